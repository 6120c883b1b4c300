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
from derive.exercises.measure import Measure
from derive.model.functions import derivative_of, formula_of, known
from derive.model.given import applied
from derive.pages.blocks import Block, Equations, Message, Table, say
from derive.views.concrete import substituted
from derive.writing.nodes import Apply, Expr, Function, IndexValue, Partial, Quantity
from derive.writing.numbers import EXTREMES
from derive.writing.tidy import number
from derive.writing.walk import replaced, walk

MOST_PLACES = 6  # numbers for the letters of the target
TRIES, DRAWS, MOST_DRAWS = 3, 6, 60
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
    pictured: bool = False

    def fits(self, plan: Outline) -> bool:
        """Whether that is neither too much nor too little for one question."""
        return LEAST_ASKED <= len(self.asked(plan)) <= MOST_ASKED and len(self.given(plan)) <= MOST_GIVEN


FORMS = (
    Form("table", lambda plan: (*plan.forward, *plan.asked), lambda plan: tuple(plan.given), everything),
    Form(
        "graph",
        lambda plan: plan.asked,
        lambda plan: plan.used,
        along_the_paths,
        digits=(2, 1),
        pictured=True,
    ),
)


def numbers(topic: Topic, rng: random.Random) -> Exercise | None:
    """A derivative worked out with numbers; None where the model has no short ones."""
    found = () if topic.doubted else plans(topic)
    for plan in rng.sample(found, min(TRIES, len(found))):
        for form in rng.sample(FORMS, len(FORMS)):
            stand_ins = {name: rng.choice(STAND_INS) for name in unknown_functions(topic)}
            drawn = _drawn(plan, form, stand_ins, rng) if form.fits(plan) else None
            if drawn is not None:
                return _exercise(topic, plan, form, drawn, stand_ins)
    return None


# ---------------------------------------------------------------- what a topic needs once


@remembered
def plans(topic: Topic) -> tuple[Outline, ...]:
    """The lines of some examples that are neither too long nor too short, all at the same sizes."""
    with suppress(DeriveError):  # the model says too little of its sizes
        for made in instances(topic.derivation):
            found = [plan for plan in _plans(topic, made) if _worth_asking(topic, plan)]
            if found:
                return tuple(found)
    return ()


def _worth_asking(topic: Topic, plan: Outline) -> bool:
    """Whether some way to ask fits, and finds short numbers."""
    stand_ins = dict.fromkeys(unknown_functions(topic), STAND_INS[0])
    rng = random.Random(0)
    fitting = [form for form in FORMS if form.fits(plan)]
    return any(_drawn(plan, form, stand_ins, rng) is not None for form in fitting for _ in range(TRIES))


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


def _exercise(topic: Topic, plan: Outline, form: Form, found: Numbers, stand_ins: Mapping[str, str]) -> Exercise:
    asked = form.asked(plan)
    marks = [f"({chr(ord('a') + place)})" for place in range(len(asked))]
    values = [found.values[line.left] for line in asked]
    header = tuple(Message(f"numbers.{name}") for name in ("part", "quantity", "value"))
    blank = Table(header, tuple((mark, line.left, None) for mark, line in zip(marks, asked, strict=True)))
    filled = Table(
        header,
        tuple((mark, line.left, short(value)) for mark, line, value in zip(marks, asked, values, strict=True)),
    )
    return Exercise(
        "numbers",
        topic,
        (*_stem(topic, plan, form, found, stand_ins), blank),
        tuple(Part((), Numeral(value, Fraction(0) if decimal(value, PLACES_KEPT) else NEAR), 1) for value in values),
        (filled, say("numbers.worked"), *_worked(plan, asked, found)),
        Measure(len(plan.backward), len(plan.ways), 0, len(asked)),
    )


def _stem(topic: Topic, plan: Outline, form: Form, found: Numbers, stand_ins: Mapping[str, str]) -> Iterator[Block]:
    families = form.families(topic)
    yield say("numbers.equations", of=topic.derivation.of)
    for equation in topic.derivation.model.equations:
        if equation.left.family in families:
            yield Equations(equation.left, (equation.right,))
    yield from _sizes(plan)
    for name, chosen in stand_ins.items():
        yield say("numbers.stand_in", function=Apply(Function(name), (Z,)), chosen=_written(chosen))
    yield from _slopes(plan, form, stand_ins)
    values = tuple((quantity, short(found.values[quantity])) for quantity in form.given(plan))
    yield say("numbers.given", values=values, rounded=form.pictured)
    if found.table:
        yield say("numbers.rounded", values=tuple((left, short(value)) for left, value in found.table.items()))
    if form.pictured:
        yield say("numbers.picture", of=topic.derivation.of, by=plan.picture.rows[0][0], count=len(plan.picture.rows))
        yield plan.picture
    yield say(f"numbers.{form.name}", count=len(plan.picture.rows))
    if any(isinstance(line.left, Partial) and line.left.of != topic.derivation.of for line in form.asked(plan)):
        yield say("numbers.local", of=topic.derivation.of)
    if any(not decimal(found.values[line.left], PLACES_KEPT) for line in form.asked(plan)):
        yield say("numbers.exact")


def _sizes(plan: Outline) -> Iterator[Block]:
    elements = (q for q in (*plan.given, *(line.left for line in plan.forward)) if isinstance(q, Quantity))
    sizes = plan.instance.sizes(elements)
    if sizes:
        yield say("numbers.sizes", sizes=sizes)


def _slopes(plan: Outline, form: Form, stand_ins: Mapping[str, str]) -> Iterator[Block]:
    """What the derivatives of the functions are that the lines ask for."""
    nodes = (n for line in form.asked(plan) for n in walk(line.formula) if isinstance(n, Apply))
    names = dict.fromkeys(n.function.name for n in nodes if sum(n.function.orders) == 1)
    for name in names:
        function = Apply(Function(name), (Z,))
        form_ = replaced(derivative_of(stand_ins.get(name, name)), {Quantity("a"): function})
        yield say("numbers.slope", slope=Apply(Function(name, None, (1,)), (Z,)), form=form_)


def _written(name: str) -> Expr:
    """sigmoid(z); and z for the identity, whose name says no more."""
    formula = formula_of(name)
    return Z if formula == Z else Apply(Function(name), (Z,))


def _worked(plan: Outline, asked: tuple[Line, ...], found: Numbers) -> Iterator[Block]:
    """left = formula = numbers put in = value, line by line."""

    def shown(part: Expr) -> Expr:
        if isinstance(part, IndexValue):
            return number(plan.instance.number_of(part.index))
        return short(found.values[part])

    for line in asked:
        members = (line.formula, substituted(line.formula, shown), short(found.values[line.left]))
        yield Equations(line.left, tuple(dict.fromkeys(members)))
