"""Every ready model by every quantity that it defines itself: what autograd cannot ask, small steps can.

A defined quantity is moved by a small step where it is defined, and everything above it is computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from oracles import NETWORKS, normal

from derive.api import differentiate
from derive.calculus.domains import fixed_symbols, target
from derive.calculus.verify import verified
from derive.model.forward import given_scene
from derive.model.functions import formula_of
from derive.model.language import read_quantity
from derive.model.model import Equation, Model
from derive.model.ready import READY, ready_model
from derive.writing.evaluate import evaluate
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import ZERO, Cases, Compare, IndexValue, Logic, Quantity, Sum

STEP = 1e-5
SIZES: tuple[dict[str, int], ...] = (
    {"n": 3, "m": 2, "d": 2, "p": 2, "v": 3, "D": 3, "F": 2, "C": 2, "H": 4, "W": 5, "K": 2, "N": 5, "T": 3, "L": 2},
    {"n": 2, "m": 4, "d": 3, "p": 3, "v": 2, "D": 2, "F": 1, "C": 3, "H": 5, "W": 4, "K": 3, "N": 6, "T": 2, "L": 2},
)
LAYERS: tuple[dict[str, int], ...] = ({"n(0)": 2, "n(1)": 3, "n(2)": 2}, {"n(0)": 3, "n(1)": 2, "n(2)": 4})
CASES = [
    (name, family)
    for name in READY
    for family in ready_model(name).definitions
    if family != read_quantity(READY[name].loss).family
]


@dataclass(frozen=True)
class Point:
    """Numbers for a model's sizes, `known` being those that it leaves open, and for all that it does not define."""

    sizes: dict[str, int]
    known: dict[str, int]
    values: dict[str, Any]


@cache
def point(name: str, variant: int) -> Point:
    model, network = ready_model(name), NETWORKS[name]
    rng = np.random.default_rng(variant)
    open_ = {str(s): SIZES[variant][s.name] for s in fixed_symbols(model) if not (s.label or model.sizes)}
    open_ |= LAYERS[variant] if "L" in open_ else {}
    sizes = {**open_, **{str(symbol): size for symbol, size in model.sizes.items()}}
    values = {
        key: network.drawn.get(key, normal)(rng, shape_of(model, key, len(shape), sizes))
        for key, shape in network.shapes.items()
    }
    return Point(sizes, open_, values)


def shape_of(model: Model, key: str, rank: int, sizes: dict[str, int]) -> tuple[int, ...]:
    """The shape of a given array, as the ranges of its indices say it."""
    letters = [Symbol(f"_{i}") for i in range(rank)]
    whole = replace(read_quantity(key), indices=tuple(map(index, letters)))
    ranges = target(model, whole).facts.ranges
    return tuple(number(ranges[letter].upper, sizes) for letter in letters)


def number(place: Index, sizes: dict[str, int]) -> int:
    def size(symbol: Symbol) -> int:
        known = sizes.get(str(symbol))
        return sizes[f"{symbol.name}({number(symbol.label, sizes)})"] if known is None and symbol.label else known or 0

    return place.evaluate(size)


# ---------------------------------------------------------------- elements of a family


def elements(model: Model, family: str, sizes: dict[str, int]) -> Iterator[tuple[Quantity, Quantity, dict[str, int]]]:
    """For each equation of a family: an element in numbers, the same in letters, and the numbers of the letters."""
    for equation in model.definitions[family]:
        numbers: dict[Symbol, int] = {}
        for span, last in zip(equation.ranges, cycle((True, False)), strict=False):
            here = {s: index(n) for s, n in numbers.items()}
            lower, upper = (number(i.substitute(here), sizes) for i in (span.lower, span.upper))
            numbers[span.symbol] = upper - 1 if last else lower
        place = {symbol: index(n) for symbol, n in numbers.items()}
        yield at(equation.left, place), equation.left, {s.name: n for s, n in numbers.items()}


def at(quantity: Quantity, place: dict[Symbol, Index]) -> Quantity:
    label = None if quantity.label is None else quantity.label.substitute(place)
    return Quantity(quantity.family, label, tuple(i.substitute(place) for i in quantity.indices))


def nudged(model: Model, element: Quantity) -> Model:
    """The model in which `nudge` is added to one element where it is defined."""

    def moved(equation: Equation) -> Equation:
        if equation.left.family != element.family:
            return equation
        own = (equation.left.label, *equation.left.indices)
        pairs = zip(own, (element.label, *element.indices), strict=True)
        same = Logic("and", tuple(Compare("==", IndexValue(a), IndexValue(b)) for a, b in pairs if a and b and a != b))
        step = Cases(same, Quantity("nudge"), ZERO)
        return replace(equation, right=Sum((equation.right, step)))

    return replace(model, equations=tuple(map(moved, model.equations)), source="")


def slope(name: str, element: Quantity, at_: Point) -> float:
    """The central difference quotient of the loss by one element."""
    model = nudged(ready_model(name), element)
    ends = []
    for step in (STEP, -STEP):
        values = {**at_.values, "nudge": step}
        scene = given_scene(model, values, at_.known, NETWORKS[name].functions, catalogue=formula_of)
        ends.append(float(evaluate(read_quantity(READY[name].loss), scene)))
    return (ends[0] - ends[1]) / (2 * STEP)


@pytest.mark.parametrize("variant", range(len(SIZES)))
@pytest.mark.parametrize(("name", "family"), CASES)
def test_the_gradient_by_what_a_model_defines_is_what_small_steps_find(name: str, family: str, variant: int) -> None:
    model, here = ready_model(name), point(name, variant)
    for element, lettered, numbers in elements(model, family, here.sizes):
        expected = slope(name, element, here)
        first = {Symbol(letter): index(n) for letter, n in list(numbers.items())[:1]}
        mixed = at(lettered, first), dict(list(numbers.items())[1:])
        for by, letters in ((element, {}), (lettered, numbers), mixed):
            derivation = differentiate(model, READY[name].loss, str(by))
            found = derivation.evaluate(here.values, {**here.known, **letters}, NETWORKS[name].functions)
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-7), str(by)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_every_step_of_a_gradient_by_what_a_model_defines_is_checked(name: str, family: str) -> None:
    model = ready_model(name)
    for equation in model.definitions[family]:
        report = verified(differentiate(model, READY[name].loss, str(equation.left)), points=1)
        assert [check.step.rule for check in (*report.steps, report.result) if check.status.value == "wrong"] == []
        assert report.unchecked == ()


def test_a_step_moves_one_element_alone() -> None:
    model = nudged(ready_model("softmax"), read_quantity("z[1]"))
    values = {"w": np.zeros((3, 2)), "x": np.zeros(2), "b": np.zeros(3), "y": np.ones(3) / 3, "nudge": 0.5}
    scene = given_scene(model, values, catalogue=formula_of)
    assert [evaluate(read_quantity(f"z[{k}]"), scene) for k in range(3)] == [0.0, 0.5, 0.0]
