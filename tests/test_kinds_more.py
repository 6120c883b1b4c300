"""Numbers, counts, zeros and matrices: every answer is found once more, from the equations of the model alone."""

from __future__ import annotations

import json
import math
import random
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import islice
from math import prod
from pathlib import Path
from string import ascii_uppercase
from typing import Any, cast

import pytest
from test_documents import formulas, leaves, stray, typeset
from texcheck import katex_errors, problems

import derive
from derive.calculus.matching import arguments
from derive.calculus.matrix_check import matrix_checked
from derive.calculus.printed import with_stages
from derive.calculus.questions import concrete
from derive.documents.render import render
from derive.documents.wording import TEMPLATES
from derive.exercises.answers import Expected, Formula, Numeral, Selection, Shape
from derive.exercises.coding import Entry, read, written
from derive.exercises.exercise import Exercise, Topic
from derive.exercises.kinds import matrices
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.kinds.tabled import decimal, length, rounded, short
from derive.exercises.marking import Marker
from derive.exercises.marking_setting import Setting
from derive.model.forward import ModelScene, random_scene
from derive.model.functions import formula_of
from derive.model.ready import READY
from derive.model.running import Ground
from derive.model.spreading import Spreader
from derive.notation.latex import latex
from derive.pages.blocks import (
    Block,
    Document,
    Equations,
    Item,
    Lines,
    Listing,
    Message,
    Paragraph,
    System,
    Table,
    Ways,
)
from derive.writing.around import Within
from derive.writing.dual import Dual, Num, Orders
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol
from derive.writing.nodes import Apply, Expr, Fold, Function, Gradient, Negative, Node, Number, Partial, Quantity
from derive.writing.numbers import ARITHMETICS, PRIMITIVES
from derive.writing.scene import Element
from derive.writing.walk import quantities, rebuilt

MINE = ("numbers", "shapes and counts", "why zero", "matrix")
SEEDS = range(4)
BEYOND = 2000  # paths that are listed one by one

LAYER = "z[j] = sum(w[j,k]*x[k] for k in range(m)) for j in range(n)\n"
STEP = f"C = sum((a[j] - y[j])**2 for j in range(n))\na[j] = step(z[j]) + z[j]**2*b for j in range(n)\n{LAYER}"
KINK = f"C = sum(a[j]*v[j] for j in range(n))\na[j] = abs(z[j]) for j in range(n)\n{LAYER}"
CONSTANT = f"C = sum((a[j] - y[j])**2 for j in range(n))\na[j] = step(z[j]) for j in range(n)\n{LAYER}"

SMALL = {
    "a step": (STEP, "w[j,k]"),
    "a kink": (KINK, "w[j,k]"),
    "constant": (CONSTANT, "y[j]"),
    "one number": ("C = (w*x - y)**2", "w"),
    "its own sizes": ("C = sum(x[i]**2*c for i in range(3))", "x[1]"),
    "a filter": ("C = sum(x[i]**2 for i in range(n) if x[i] > 0)", "x[i]"),
    "pi": ("C = sum(sin(pi*x[i]) for i in range(n))", "x[i]"),
    "two arguments": ("C = sum(f(x[i], y) for i in range(n))", "x[i]"),
}


@cache
def topic(name: str) -> Topic:
    if name in READY:
        found = derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target)
    else:
        text, target = SMALL[name]
        found = derive.differentiate(derive.read_model(text), "C", target)
    return Topic(found, name)


@cache
def made(kind: str, name: str) -> tuple[Exercise, ...]:
    found = (KINDS[kind].make(topic(name), random.Random(seed)) for seed in SEEDS)
    return tuple(exercise for exercise in found if exercise is not None)


def everything() -> list[Exercise]:
    return [exercise for kind in MINE for name in (*READY, *SMALL) for exercise in made(kind, name)]


def blocks_of(exercise: Exercise) -> tuple[Block, ...]:
    return (*exercise.stem, *(block for part in exercise.parts for block in part.blocks), *exercise.solution)


def said(blocks: Iterable[Block]) -> Iterator[Message]:
    for block in blocks:
        match block:
            case Paragraph(found) | Listing(found) | Item(_, found):
                yield from found
            case Lines(lines):
                yield from (line for line in lines if isinstance(line, Message))
            case Table(header, rows):
                yield from header
                yield from (cell for row in rows for cell in row if isinstance(cell, Message))


def values(exercise: Exercise, key: str, name: str) -> tuple[tuple[Expr, Expr], ...]:
    """The pairs that a message of the stem lists."""
    found = (message.values[name] for message in said(exercise.stem) if message.key == key)
    return cast(tuple[tuple[Expr, Expr], ...], next(found, ()))


# ---------------------------------------------------------------- a model at the sizes of a sheet


def sizes_of(exercise: Exercise) -> dict[Symbol, int]:
    keys = ("numbers.sizes", "counting.sizes")
    found = [message.values["sizes"] for message in said(exercise.stem) if message.key in keys]
    return {size: count for sizes in found for size, _, count in cast(list[tuple[Symbol, object, int]], sizes)}


def scene_of(exercise: Exercise) -> ModelScene:
    """The model with the sizes of the sheet; its values are those of nobody."""
    return random_scene(exercise.topic.derivation.model, sizes_of(exercise), {}, random.Random(0))


class Dependencies:
    """Which elements read which: every definition written out, whatever it is about."""

    def __init__(self, exercise: Exercise) -> None:
        self.scene = scene_of(exercise)
        self.of = self.scene.located(exercise.topic.derivation.of)
        self.below: dict[Element, tuple[Element, ...]] = {}
        waiting = [self.of]
        while waiting:
            here = waiting.pop()
            if here not in self.below:
                self.below[here] = tuple(dict.fromkeys(self._read(here)))
                waiting += self.below[here]

    def _read(self, element: Element) -> Iterator[Element]:
        found = self.scene.definition(element)
        if found is not None:
            equation, letters = found
            self.scene.letters.update(letters)
            inner = concrete(equation.right, self.scene)
            self.scene.letters.clear()
            yield from map(self.scene.located, quantities(inner))

    def paths(self, start: Element) -> Iterator[int]:
        """1 for each way from an element up to the loss."""
        if start == self.of:
            yield 1
        for element, reads in self.below.items():
            if start in reads:
                yield from self.paths(element)

    def reached(self, start: Element) -> set[Element]:
        found, waiting = {start}, [start]
        while waiting:
            new = [e for e in self.below.get(waiting.pop(), ()) if e not in found]
            found.update(new)
            waiting += new
        return found

    def like(self, whole: Quantity) -> list[Element]:
        """The elements of an array."""
        label = self.scene.located(whole).label
        return [element for element in self.below if (element.family, element.label) == (whole.family, label)]


# ---------------------------------------------------------------- numbers

SLOPES: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "sigmoid": lambda _, a: a * (1 - a),
    "tanh": lambda _, a: 1 - a * a,
    "exp": lambda _, a: a,
    "sqrt": lambda _, a: 1 / (2 * a),
    "log": lambda x, _: 1 / x,
}
EXACT: dict[str, tuple[Callable[[Fraction], Fraction], Callable[[Fraction], Fraction]]] = {
    "relu": (lambda x: max(x, Fraction(0)), lambda x: Fraction(int(x > 0))),
    "identity": (lambda x: x, lambda _: Fraction(1)),
    "step": (lambda x: Fraction(int(x >= 0)), lambda _: Fraction(0)),
}


def fraction(expr: Expr) -> Fraction:
    if isinstance(expr, Negative):
        return -fraction(expr.body)
    assert isinstance(expr, Number)
    return expr.value


class Forward(Within):
    """The model evaluated forward in fractions, with the values of functions that the sheet gives.

    `by` is what is differentiated by, in dual numbers; every other quantity is worth what it is in `fixed`, if any.
    """

    def __init__(self, exercise: Exercise, by: Quantity | None = None, fixed: Forward | None = None) -> None:
        self.exercise, self.model_scene, self.fixed = exercise, scene_of(exercise), fixed
        super().__init__(self.model_scene)
        self.by = None if by is None else self.model_scene.located(by)
        given = values(exercise, "numbers.given", "values")
        self.given = {self.model_scene.located(cast(Quantity, q)): fraction(value) for q, value in given}
        self.table = {
            (cast(Apply, f).function.name, fraction(cast(Apply, f).arguments[0])): fraction(value)
            for f, value in values(exercise, "numbers.rounded", "values")
        }
        self.stand_ins = stand_ins(exercise)
        self.known: dict[Element, Num] = {}

    def number(self, value: Fraction | int) -> Num:
        return Fraction(value)

    def element(self, element: Element) -> Num:
        if element not in self.known:
            self.known[element] = self._element(element)
        return self.known[element]

    def _element(self, element: Element) -> Num:
        if element == self.by:
            return Dual(self._value(element), Fraction(1))
        if self.fixed is not None:
            return self.fixed.element(element)
        if self.model_scene.definition(element) is None:
            return self.given[element]
        value = self.defined(element)
        slope = value.slope if isinstance(value, Dual) else Fraction(0)
        return Dual(self.given[element], slope) if element in self.given else value

    def _value(self, element: Element) -> Num:
        return self.given[element] if element in self.given else self.defined(element)

    def defined(self, element: Element) -> Num:
        found = self.model_scene.definition(element)
        assert found is not None
        equation, letters = found
        outer = dict(self.letters)
        self.letters.clear()
        self.letters.update(letters)
        try:
            return evaluate(renamed(equation.right), self)
        finally:
            self.letters.clear()
            self.letters.update(outer)

    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        plain = name.removeprefix("my ")
        base = self.stand_ins.get(plain, plain)
        (x,) = arguments
        if isinstance(x, Dual):
            value = self.applied(name, label, orders, [x.value])
            return Dual(value, self._slope(base, x.value, value) * x.slope)
        if base == "sqrt" and (base, x) not in self.table:
            return Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
        return EXACT[base][0](x) if base in EXACT else self.table[base, x]

    def _slope(self, base: str, x: Fraction, value: Fraction) -> Fraction:
        return EXACT[base][1](x) if base in EXACT else SLOPES[base](x, value)


def stand_ins(exercise: Exercise) -> dict[str, str]:
    found = [message.values for message in said(exercise.stem) if message.key == "numbers.stand_in"]
    return {name(mentioned["function"]): name(mentioned["chosen"]) for mentioned in found}


def name(function: object) -> str:
    return function.function.name if isinstance(function, Apply) else "identity"


def renamed(node: Node) -> Node:
    """The tree with names for exp, log and the like under which the scene is asked for them."""
    inner = rebuilt(node, renamed)
    if isinstance(inner, Apply) and inner.function.name in PRIMITIVES and inner.function.name != "abs":
        return Apply(Function(f"my {inner.function.name}"), inner.arguments)
    return inner


def worked_out(exercise: Exercise, left: Expr) -> Num:
    match left:
        case Gradient(of, by):
            scene = Forward(exercise, by)
            found = scene.element(scene.located(of))
        case Partial(Quantity() as of, by):
            scene = Forward(exercise, by, Forward(exercise))
            found = scene.defined(scene.located(of))
        case _:
            scene = Forward(exercise)
            return scene.element(scene.located(cast(Quantity, left)))
    return found.slope if isinstance(found, Dual) else Fraction(0)


def asked(exercise: Exercise) -> list[Expr]:
    (table,) = (block for block in exercise.stem if isinstance(block, Table))
    assert [row[2] for row in table.rows] == [None] * len(exercise.parts)
    return [cast(Expr, row[1]) for row in table.rows]


def is_backward(exercise: Exercise) -> bool:
    return any(message.key == "numbers.backward" for message in said(exercise.stem))


@pytest.mark.parametrize("model", [*READY, "a step", "a kink", "one number"])
def test_every_number_follows_from_those_that_are_given(model: str) -> None:
    """Where all is worked out, by dual numbers; where only the backward pass is, by the printed result."""
    assert made("numbers", model)
    for exercise in made("numbers", model):
        found = [cast(Numeral, part.expected).value for part in exercise.parts]
        if is_backward(exercise):
            near = 0.15 if values(exercise, "numbers.rounded", "values") else 1e-9
            assert float(found[-1]) == pytest.approx(evaluated(exercise, 1), rel=near)
            assert evaluated(exercise, 2) == pytest.approx(evaluated(exercise, 1), rel=1e-9)
        else:
            assert found == [worked_out(exercise, left) for left in asked(exercise)]


def evaluated(exercise: Exercise, seed: int) -> float:
    """The printed result at what the sheet gives; what it does not give is drawn, and must not matter."""
    derivation, ground = exercise.topic.derivation, Known(exercise, seed)
    (*_, last) = asked(exercise)
    assert isinstance(last, Gradient)
    pairs = zip(arguments(derivation.by), arguments(last.by), strict=True)
    letters = {i.symbol: n.value for i, n in pairs if i.symbol is not None and n.value is not None}
    scene = ModelScene(with_stages(derivation), ground, letters, Spreader(1000))
    return float(evaluate(cast(Expr, named(derivation.result)), scene))


def named(node: Node) -> Node:
    if isinstance(node, Gradient):
        return Quantity(f"d({node.of})/d({node.by.family})", node.by.label, node.by.indices)
    return rebuilt(node, named)


class Known(Ground):
    """What a sheet gives, in floats."""

    arithmetic = ARITHMETICS["float"]

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.scene, self.seed = scene_of(exercise), seed
        given = values(exercise, "numbers.given", "values")
        self.known = {self.scene.located(cast(Quantity, q)): float(fraction(value)) for q, value in given}
        self.stand_ins = stand_ins(exercise)

    def size(self, name: str, label: int | None) -> int:
        return self.scene.ground.size(name, label)

    def given(self, element: Element) -> Num:
        return self.known.get(element) or random.Random(f"{self.seed} {element}").uniform(0.2, 0.9)

    def overriding(self, element: Element) -> Num | None:
        return self.known.get(element)

    def formula(self, name: str, _label: int | None) -> Expr | None:
        return formula_of(self.stand_ins.get(name, name))

    def unknown(self, name: str, _label: int | None, _orders: Orders, _arguments: list[Num]) -> Num:
        raise AssertionError(f"the sheet does not say what {name} is")


def test_numbers_are_short_and_the_result_is_not_zero() -> None:
    for model in READY:
        for exercise in made("numbers", model):
            found = [cast(Numeral, part.expected) for part in exercise.parts]
            assert all(length(number.value) <= 7 for number in found)
            assert all(number.tolerance == 0 or not decimal(number.value, 4) for number in found)
            assert found[-1].value != 0


def test_nobody_has_more_to_work_out_than_his_neighbour() -> None:
    counts = {model: {len(exercise.parts) for exercise in made("numbers", model)} for model in READY}
    assert all(len(found) == 1 and 2 <= max(found) <= 16 for found in counts.values())


def test_the_key_fills_the_table_in() -> None:
    for model in READY:
        for exercise in made("numbers", model):
            filled = next(block for block in exercise.solution if isinstance(block, Table))
            assert [row[1] for row in filled.rows] == asked(exercise)
            shown = [fraction(cast(Expr, row[2])) for row in filled.rows]
            assert shown == [cast(Numeral, part.expected).value for part in exercise.parts]
            (worked,) = (block for block in exercise.solution if isinstance(block, System))
            assert [line.left for line in worked.equations] == asked(exercise)


def test_some_sheets_have_a_picture_and_others_do_not() -> None:
    pictured = {any(isinstance(b, Ways) for b in e.stem) for seed in range(12) for e in [numbers_of("softmax", seed)]}
    assert pictured == {True, False}


def numbers_of(model: str, seed: int) -> Exercise:
    found = KINDS["numbers"].make(topic(model), random.Random(seed))
    assert found is not None
    return found


@pytest.mark.parametrize("model", ["a filter", "pi", "two arguments"])
def test_there_are_no_numbers_where_none_are_short(model: str) -> None:
    assert made("numbers", model) == ()


ROUNDED = [("sigmoid", "1/2", "0.62"), ("exp", "1", "2.7"), ("tanh", "-1/4", "-0.24"), ("exp", "3", "20")]


@pytest.mark.parametrize(("function", "x", "value"), ROUNDED)
def test_values_of_functions_have_two_digits(function: str, x: str, value: str) -> None:
    assert rounded(function, Fraction(x)) == Fraction(value)


WRITTEN = [("1/2", "0.5", 1), ("-3", "-3", 1), ("8/11", "8/11", 3), ("0.0273", "0.0273", 3), ("1/1024", "1/1024", 5)]


@pytest.mark.parametrize(("value", "text", "digits"), WRITTEN)
def test_a_number_is_a_decimal_where_that_ends_soon(value: str, text: str, digits: int) -> None:
    assert (str(short(Fraction(value))), length(Fraction(value))) == (text, digits)


# ---------------------------------------------------------------- shapes and counts


def counted(exercise: Exercise) -> Iterator[tuple[Message, object]]:
    for part in exercise.parts:
        (message,) = said(part.blocks)
        yield message, part.expected


@pytest.mark.parametrize("model", READY)
def test_every_count_is_that_of_a_list(model: str) -> None:
    assert made("shapes and counts", model)
    for exercise in made("shapes and counts", model):
        found = Dependencies(exercise)
        for message, expected in counted(exercise):
            if isinstance(expected, Shape):
                assert tuple(size.value for size in expected.sizes) == listed_shape(found, message)
            else:
                assert isinstance(expected, Numeral)
                assert expected.value == COUNTS[message.key](found, message.values), message.key


def listed_shape(found: Dependencies, message: Message) -> tuple[int, ...]:
    elements = found.like(cast(Quantity, message.values["by"]))
    shape = tuple(len(set(axis)) for axis in zip(*(element.indices for element in elements), strict=True))
    assert prod(shape) == len(elements)
    return shape


def listed_paths(found: Dependencies, mentioned: Mapping[str, object]) -> int:
    ways = found.paths(found.scene.located(cast(Quantity, mentioned["by"])))
    return sum(islice(ways, BEYOND))


def listed_numbers(found: Dependencies, mentioned: Mapping[str, object]) -> int:
    return sum(len(found.like(array)) for array in cast(tuple[Quantity, ...], mentioned["by"]))


def listed_terms(found: Dependencies, mentioned: Mapping[str, object]) -> int:
    def terms(expr: Expr) -> int:
        if not isinstance(expr, Fold):
            return 1
        return sum(terms(expr.body) for _ in range(found.scene.index(expr.lower), found.scene.index(expr.upper)))

    return terms(cast(Expr, mentioned["sum"]))


COUNTS = {"counting.paths": listed_paths, "counting.numbers": listed_numbers, "counting.terms": listed_terms}


# ---------------------------------------------------------------- why zero


def derivatives(exercise: Exercise) -> list[Gradient]:
    (block,) = (block for block in exercise.stem if isinstance(block, Lines))
    return [cast(Gradient, cast(Equations, line).left) for line in block.lines]


@pytest.mark.parametrize("model", READY)
def test_what_vanishes_is_what_nothing_leads_to(model: str) -> None:
    assert made("why zero", model)
    for exercise in made("why zero", model):
        found, listed = Dependencies(exercise), derivatives(exercise)
        which, why = (cast(Selection, part.expected) for part in exercise.parts)
        joined = [found.scene.located(d.by) in found.reached(found.scene.located(d.of)) for d in listed]
        assert which.count == len(listed) == len(set(listed))
        assert which.right == tuple(place for place, is_joined in enumerate(joined) if not is_joined)
        assert 0 < len(which.right) < len(listed)
        (asked_for,) = (
            cast(Gradient, m.values["derivative"]) for m in said(exercise.parts[1].blocks) if m.key == "zeros.why"
        )
        assert asked_for in [listed[place] for place in which.right]
        assert why.right == (int(at_other_indices(found, asked_for)),)


def at_other_indices(found: Dependencies, derivative: Gradient) -> bool:
    of, by = found.scene.located(derivative.of), found.scene.located(derivative.by)
    alike = [element for element in found.below if element[:2] == of[:2]]
    return any(element[:2] == by[:2] for start in alike for element in found.reached(start))


def test_a_function_that_is_constant_is_a_reason_too() -> None:
    exercises = [KINDS["why zero"].make(topic("constant"), random.Random(seed)) for seed in range(20)]
    assert "zeros.because.constant" in {m.key for e in exercises if e is not None for m in said(e.solution)}


# ---------------------------------------------------------------- matrices


@pytest.mark.parametrize("model", READY)
def test_both_forms_say_the_same(model: str) -> None:
    forms = {pair.form.right: pair for pair in matrices.pairs(topic(model))}
    elements = {pair.stage.result: pair for pair in forms.values()}
    assert all(matrix_checked(form.form, seed) for form in forms.values() for seed in (11, 12))
    for exercise in made("matrix", model):
        (expected,) = (cast(Formula, part.expected) for part in exercise.parts)
        pair = (forms if expected.matrix else elements)[expected.expr]
        (given,) = (block for block in exercise.stem if isinstance(block, Equations))
        assert given.members == (pair.stage.result if expected.matrix else pair.form.right,)
        assert (expected.of, expected.by) == (pair.derivation.of, pair.stage.by)


def test_both_directions_are_asked_for() -> None:
    directions = [KINDS["matrix"].make(topic("dense"), random.Random(seed)) for seed in range(12)]
    assert {cast(Formula, e.parts[0].expected).matrix for e in directions if e is not None} == {True, False}


# ---------------------------------------------------------------- in a file


@pytest.mark.parametrize("kind", MINE)
def test_answers_are_read_back_from_a_file_as_they_were(kind: str) -> None:
    for model in READY:
        for part in (part for exercise in made(kind, model) for part in exercise.parts):
            stored = json.loads(json.dumps(written(part.expected, Expected)))
            assert read(Entry(stored), Expected) == part.expected


# ---------------------------------------------------------------- the marker

AS_WRITTEN: dict[type[Expected], Callable[[Any], str]] = {
    Formula: lambda expected: latex(expected.expr),
    Numeral: lambda expected: str(expected.value),
    Selection: lambda expected: " ".join(ascii_uppercase[place] for place in expected.right),
    Shape: lambda expected: " x ".join(map(str, expected.sizes)),
}


@pytest.mark.parametrize("model", READY)
def test_what_is_expected_gets_full_marks_as_it_is_printed(model: str) -> None:
    derivation = topic(model).derivation
    setting = Setting(derivation.model, derivation)
    for exercise in (exercise for kind in MINE for exercise in made(kind, model)[:2]):
        for part in exercise.parts:
            answer = AS_WRITTEN[type(part.expected)](part.expected)
            assert Marker(part.expected, setting).verdict(answer).credit == 1, (exercise.kind, answer)


# ---------------------------------------------------------------- on the page


def page(exercise: Exercise, form: str) -> str:
    return render(Document(Message("numbers.value"), blocks_of(exercise)), form)


def test_every_exercise_compiles(pdflatex: str, tmp_path: Path) -> None:
    exercises = [made(kind, model)[:1] for kind in MINE for model in (*READY, *SMALL)]
    assert typeset(pdflatex, tmp_path, [page(e, "tex") for some in exercises for e in some]) == []


@cache
def pages() -> tuple[str, ...]:
    return tuple(page(exercise, "md") for exercise in everything())


def test_every_formula_is_sound_and_markdown_takes_it_as_it_is() -> None:
    found = {formula for text in pages() for formula in formulas(text)}
    assert [(formula, problems(formula)) for formula in found if problems(formula)] == []
    assert [wrong for text in pages() for wrong in stray(text)] == []


def test_katex_takes_every_formula(node: str, katex: Path) -> None:
    assert katex_errors(node, katex, sorted({formula for text in pages() for formula in formulas(text)})) == []


def test_no_message_is_dead_and_none_is_missing() -> None:
    wanted = frozenset(leaves(tomllib.loads((TEMPLATES / "en" / "exercises_more.toml").read_text(encoding="utf-8"))))
    more = [KINDS["why zero"].make(topic("constant"), random.Random(seed)) for seed in range(20)]
    exercises = [*everything(), *(e for e in more if e is not None)]
    assert {message.key for exercise in exercises for message in said(blocks_of(exercise))} == wanted


SAYS = [
    ("numbers", "lesson", "Let $g(z)$ be"),
    ("numbers", "lesson", "Here layer $L$ has $n$ = 2 nodes and layer $L-1$ has $n$ = 3 nodes."),
    ("shapes and counts", "attention", "What shape does it have? Give the number of entries along each of its 2 axes."),
    ("why zero", "lesson", "Which of them are 0, whatever the numbers are? Give their letters."),
    ("matrix", "lesson", "Vectors are columns. A gradient such as"),
]


@pytest.mark.parametrize(("kind", "model", "sentence"), SAYS)
def test_it_is_said(kind: str, model: str, sentence: str) -> None:
    assert any(sentence in page(exercise, "md") for exercise in made(kind, model))
