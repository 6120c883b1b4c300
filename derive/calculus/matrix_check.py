"""A matrix form against its form in indices, entry by entry, where no two sizes are alike.

A matrix form only rearranges, so it must hold whatever the arrays are: every element, every derivative that is cited
and every function is drawn by itself, in exact fractions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import cast

from derive.calculus.matrix import Layout, MatrixForm
from derive.model.model import Range
from derive.writing.dual import Num, Orders
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol
from derive.writing.matrices import HadamardPower
from derive.writing.matrix_values import values
from derive.writing.nodes import Apply, Expr, Fold, Function, Node, Number, Power
from derive.writing.numbers import agree
from derive.writing.scene import Element, Scene
from derive.writing.walk import rebuilt

SMALLEST = 2
GRID = 97


def matrix_checked(form: MatrixForm, seed: int = 0) -> bool:
    """Whether the form agrees at a random point, exactly."""
    own = replace(form, right=_drawable(form.right), elements=_drawable(form.elements))
    return matrix_agrees(own, Anywhere(seed))


def matrix_agrees(form: MatrixForm, scene: Scene) -> bool:
    """Whether every entry of the right side is worth what the formula in indices is worth at that row and column."""
    return all(_agrees_at(form, scene, each) for each in _places(form.each, scene))


def _places(ranges: tuple[Range, ...], scene: Scene) -> Iterator[dict[Symbol, int]]:
    """All values of some letters; a range may speak of those before it."""
    if not ranges:
        yield {}
        return
    (first, *others) = ranges
    for i in range(scene.index(first.lower), scene.index(first.upper)):
        scene.letters[first.symbol] = i
        yield from ({first.symbol: i, **rest} for rest in _places(tuple(others), scene))


def _agrees_at(form: MatrixForm, scene: Scene, each: Mapping[Symbol, int]) -> bool:
    scene.letters.update(each)
    grid = values(form.right, scene)
    if form.layout is Layout.NUMERATOR:
        grid = [list(column) for column in zip(*grid, strict=True)]
    spans = [range(scene.index(r.lower), scene.index(r.upper)) for r in form.letters]
    fits = [len(grid), len(grid[0])] == [*map(len, spans), 1, 1][:2]
    return fits and all(
        agree(*pair) for pair in zip([x for row in grid for x in row], _wanted(form, scene), strict=True)
    )


def _wanted(form: MatrixForm, scene: Scene) -> list[Num]:
    """The formula in indices row by row."""
    found: list[Num] = []
    for at in list(_places(form.letters, scene)):
        scene.letters.update(at)
        found.append(evaluate(form.elements, scene))
    return found


class Anywhere(Scene):
    """Numbers for everything, drawn from a seed: fractions for elements, polynomials for functions, different sizes."""

    def __init__(self, seed: int) -> None:
        super().__init__({})
        self.seed = seed
        self._sizes: dict[tuple[str, int | None], int] = {}

    def number(self, value: Fraction | int) -> Num:
        return Fraction(value)

    def constant(self, name: str) -> Num:
        return self._drawn("constant", name)

    def size(self, name: str, label: int | None) -> int:
        """No two sizes are equal: a transpose in the wrong place does not fit."""
        return self._sizes.setdefault((name, label), SMALLEST + len(self._sizes))

    def element(self, element: Element) -> Num:
        return self._drawn(element)

    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        """c + d*x + e*x*x for each argument x, with coefficients of the function's own."""
        powers = [(place, x, power) for place, x in enumerate(arguments) for power in range(3)]
        return sum(self._drawn(name, label, orders, place, power) * x**power for place, x, power in powers)

    def partial(self, of: Expr, by: Element) -> Num:
        return self._drawn(of, by)

    def gradient(self, of: Element, by: Element) -> Num:
        return self._drawn("derivative", of, by)

    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:  # noqa: ARG002
        return ((i, 1) for i in range(lower, upper))

    def _drawn(self, *key: object) -> Fraction:
        """A fraction between -1 and 1 that is not 0; Python's own hash of a text differs from run to run."""
        digest = hashlib.blake2b(repr((self.seed, *key)).encode(), digest_size=8).digest()
        return Fraction(2 * (int.from_bytes(digest) % GRID) - GRID, GRID)


def _drawable(expr: Expr) -> Expr:
    """The expression with a function that the scene draws in the place of each that has no exact values."""
    return cast(Expr, _renamed(expr))


def _renamed(node: Node) -> Node:
    inner = rebuilt(node, _renamed)
    match inner:
        case Apply(function, arguments):
            return Apply(Function(f"any {function.name}", function.label, function.orders), arguments)
        case Power(base, exponent) | HadamardPower(base, exponent) if not _is_whole(exponent):
            return Apply(Function(f"power {exponent}"), (base,))
    return inner


def _is_whole(exponent: Expr) -> bool:
    return isinstance(exponent, Number) and exponent.value.denominator == 1
