"""The kind *numbers*: a forward and a backward pass with numbers that stay short, as a table or along a picture."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.families import families_above, families_below
from derive.errors import DeriveError
from derive.exercises.answers import Numeral
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.instance import Instance, instances, placements
from derive.exercises.kinds.outline import Line, Numbers, Outline, outline, with_numbers
from derive.exercises.kinds.tabled import decimal, length, short
from derive.model.functions import derivative_of, formula_of, known
from derive.model.given import applied
from derive.pages.blocks import Block, Equations, Message, Paragraph, System, Table, say
from derive.views.concrete import substituted
from derive.writing.nodes import Apply, Expr, Function, IndexValue, Partial, Quantity
from derive.writing.numbers import EXTREMES
from derive.writing.tidy import number
from derive.writing.walk import replaced, walk

MOST_PLACES = 6  # numbers for the letters of the target
TRIES, DRAWS, MOST_DRAWS = 3, 6, 60
PICTURED = 0.5  # how often the paths are drawn beside the table
NUMBERS = ("integers", "halves", "tenths", "positive tenths")
STAND_INS = ("relu", "identity", "sigmoid")  # for a function of which nothing is known
LEAST_ASKED, MOST_ASKED = 2, 16
MOST_GIVEN = 30
GOOD, LONGEST = 5, 7  # digits
PLACES_KEPT = 4  # decimals that are written in full
NEAR = Fraction(1, 1000)  # how far off a rounded answer may be
Z = Quantity("z")


def everything(topic: Topic) -> tuple[str, ...]:
    """The families that the loss is computed from."""
    return families_above(topic.derivation.model, topic.derivation.of.family)


def along_the_paths(topic: Topic) -> tuple[str, ...]:
    """The families between the target and the loss, these two included."""
    below = families_below(topic.derivation.model, topic.derivation.by.family)
    return tuple(family for family in everything(topic) if family in below)


@dataclass(frozen=True)
class Form:
    """A way to ask: the lines to fill in, the quantities that are given, and how many digits of these may be kept."""

    name: str
    asked: Callable[[Outline], tuple[Line, ...]]
    given: Callable[[Outline], tuple[Quantity, ...]]
    families: Callable[[Topic], tuple[str, ...]]
    digits: tuple[int | None, ...] = (None,)

    def fits(self, plan: Outline) -> bool:
        """Whether that is neither too much nor too little for one question."""
        return LEAST_ASKED <= len(self.asked(plan)) <= MOST_ASKED and len(self.given(plan)) <= MOST_GIVEN


WHOLE = Form("whole", lambda plan: (*plan.forward, *plan.asked), lambda plan: tuple(plan.given), everything)
BACKWARD = Form("backward", lambda plan: plan.asked, lambda plan: plan.used, along_the_paths, digits=(2, 1))


def numbers(topic: Topic, rng: random.Random) -> Exercise | None:
    """A derivative worked out with numbers; None where the model has no short ones."""
    found = None if topic.doubted else examples(topic)
    if found is None:
        return None
    form, plans = found
    pictured = form is BACKWARD or rng.random() < PICTURED
    for _ in range(TRIES):
        plan = rng.choice(plans)
        stand_ins = {name: rng.choice(STAND_INS) for name in unknown_functions(topic)}
        drawn = _drawn(plan, form, stand_ins, rng)
        if drawn is not None:
            return _exercise(topic, Sheet(plan, form, drawn, stand_ins, pictured))
    return None


# ---------------------------------------------------------------- what a topic needs once


@remembered
def examples(topic: Topic) -> tuple[Form, tuple[Outline, ...]] | None:
    """How the topic is asked about, and examples with equally many lines; the whole network where it is not too large.

    They are alike, so that nobody has more to work out than his neighbour.
    """
    with suppress(DeriveError):  # the model says too little of its sizes
        for made in instances(topic.derivation):
            plans = list(_plans(topic, made))
            for form in (WHOLE, BACKWARD):
                found = [plan for plan in plans if form.fits(plan) and _has_numbers(topic, plan, form)]
                if found:
                    count = max(len(form.asked(plan)) for plan in found)
                    return form, tuple(plan for plan in found if len(form.asked(plan)) == count)
    return None


def _has_numbers(topic: Topic, plan: Outline, form: Form) -> bool:
    """Whether short numbers are soon found."""
    stand_ins = dict.fromkeys(unknown_functions(topic), STAND_INS[0])
    rng = random.Random(0)
    return any(_drawn(plan, form, stand_ins, rng) is not None for _ in range(TRIES))


def _plans(topic: Topic, made: Instance) -> Iterator[Outline]:
    places = placements(topic.derivation, made)
    for at in places[:: 1 + len(places) // MOST_PLACES]:
        with suppress(DeriveError):  # which terms there are depends on the numbers
            yield outline(topic.derivation, made, at)


@remembered
def unknown_functions(topic: Topic) -> tuple[str, ...]:
    """The functions of which the model says nothing."""
    names = (f.name for f in applied(topic.derivation.model))
    return tuple(dict.fromkeys(name for name in names if known(name) is None and name not in EXTREMES))


# ---------------------------------------------------------------- numbers


def _drawn(plan: Outline, form: Form, stand_ins: Mapping[str, str], rng: random.Random) -> Numbers | None:
    """Numbers of which the longest is short; None where no draw has any."""
    best, least = None, LONGEST + 1
    draws = 0
    for _ in range(MOST_DRAWS):
        digits = form.digits[draws * len(form.digits) // DRAWS]
        try:
            found = with_numbers(plan, rng.getrandbits(32), rng.choice(NUMBERS), stand_ins, digits)
        except DeriveError:
            continue
        draws += 1
        cost = _cost(plan, form, found)
        if cost < least:
            best, least = found, cost
        if cost <= GOOD or draws == DRAWS:
            break
    return best


def _cost(plan: Outline, form: Form, found: Numbers) -> int:
    """The digits of the longest number; a number that is 0 teaches less, and a result that is 0 nothing."""
    if not found.values[plan.result.left]:
        return LONGEST + 1
    values = [found.values[line.left] for line in form.asked(plan)]
    return max(map(length, values)) + sum(not value for value in values) // 2


# ---------------------------------------------------------------- the exercise


@dataclass(frozen=True)
class Sheet:
    """An example with its numbers, and how it is asked."""

    plan: Outline
    form: Form
    found: Numbers
    stand_ins: Mapping[str, str]
    pictured: bool

    @property
    def asked(self) -> tuple[Line, ...]:
        """The lines to fill in."""
        return self.form.asked(self.plan)

    def value(self, left: Expr) -> Expr:
        """The number of a quantity or a derivative, as people write it."""
        return short(self.found.values[left])


def _exercise(topic: Topic, sheet: Sheet) -> Exercise:
    values = [sheet.found.values[line.left] for line in sheet.asked]
    return Exercise(
        "numbers",
        topic,
        (*_stem(topic, sheet), _table(sheet, filled=False)),
        tuple(Part((), Numeral(value, Fraction(0) if decimal(value, PLACES_KEPT) else NEAR), 1) for value in values),
        (_table(sheet, filled=True), say("numbers.worked"), System(tuple(_worked(sheet)))),
        topic.measure,
    )


def _table(sheet: Sheet, *, filled: bool) -> Table:
    header = tuple(Message(f"numbers.{name}") for name in ("part", "quantity", "value"))
    marks = (f"({chr(ord('a') + place)})" for place in range(len(sheet.asked)))
    lefts = [line.left for line in sheet.asked]
    return Table(header, tuple((m, x, sheet.value(x) if filled else None) for m, x in zip(marks, lefts, strict=True)))


def _stem(topic: Topic, sheet: Sheet) -> Iterator[Block]:
    of, families, plan = topic.derivation.of, sheet.form.families(topic), sheet.plan
    equations = (e for e in topic.derivation.model.equations if e.left.family in families)
    yield say("numbers.equations", of=of)
    yield System(tuple(Equations(equation.left, (equation.right,)) for equation in equations))
    yield from _functions(sheet)
    yield Paragraph(tuple(_numbers(sheet)))
    if sheet.pictured:
        yield say("numbers.picture", of=of, by=plan.picture.rows[0][0], count=len(plan.picture.rows))
        yield plan.picture
    yield Paragraph(tuple(_task(of, sheet)))


def _numbers(sheet: Sheet) -> Iterator[Message]:
    """Sizes, and the numbers that are given."""
    plan = sheet.plan
    elements = (q for q in (*plan.given, *(line.left for line in plan.forward)) if isinstance(q, Quantity))
    sizes = plan.instance.sizes(elements)
    if sizes:
        yield Message("numbers.sizes", {"sizes": sizes})
    values = tuple((quantity, sheet.value(quantity)) for quantity in sheet.form.given(plan))
    yield Message("numbers.given", {"values": values, "rounded": sheet.form is BACKWARD})
    if sheet.found.table:
        table = tuple((left, short(value)) for left, value in sheet.found.table.items())
        yield Message("numbers.rounded", {"values": table})


def _functions(sheet: Sheet) -> Iterator[Block]:
    """What unknown functions are, and the derivatives that the lines ask for."""
    for name, chosen in sheet.stand_ins.items():
        yield say("numbers.stand_in", function=Apply(Function(name), (Z,)), chosen=_written(chosen))
    nodes = (n for line in sheet.asked for n in walk(line.formula) if isinstance(n, Apply))
    for name in dict.fromkeys(n.function.name for n in nodes if sum(n.function.orders) == 1):
        function = Apply(Function(name), (Z,))
        form = replaced(derivative_of(sheet.stand_ins.get(name, name)), {Quantity("a"): function})
        yield say("numbers.slope")
        yield Equations(Apply(Function(name, None, (1,)), (Z,)), (form,))


def _written(name: str) -> Expr:
    """sigmoid(z); and z for the identity, whose name says no more."""
    formula = formula_of(name)
    return Z if formula == Z else Apply(Function(name), (Z,))


def _task(of: Quantity, sheet: Sheet) -> Iterator[Message]:
    yield Message(f"numbers.{sheet.form.name}", {"count": len(sheet.plan.picture.rows)})
    if any(isinstance(line.left, Partial) and line.left.of != of for line in sheet.asked):
        yield Message("numbers.local", {"of": of})
    if any(not decimal(sheet.found.values[line.left], PLACES_KEPT) for line in sheet.asked):
        yield Message("numbers.exact")


def _worked(sheet: Sheet) -> Iterator[Equations]:
    """left = numbers put in, line by line; a formula of one letter stays."""

    def shown(part: Expr) -> Expr:
        if isinstance(part, IndexValue):
            return number(sheet.plan.instance.number_of(part.index))
        return sheet.value(part)

    for line in sheet.asked:
        numbers_in = substituted(line.formula, shown)
        yield Equations(line.left, (line.formula if numbers_in == sheet.value(line.left) else numbers_in,))
