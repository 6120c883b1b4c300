"""What matrix expressions are worth, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import singledispatch

from derive.writing.around import Within
from derive.writing.dual import Num
from derive.writing.evaluate import evaluate, holds
from derive.writing.index import Symbol
from derive.writing.matrices import (
    COLUMN,
    ROW,
    Array,
    Diagonal,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Identity,
    Indicator,
    Ones,
    Transpose,
    Zeros,
)
from derive.writing.matrix_shapes import SCALAR, shape
from derive.writing.nodes import (
    ONE,
    ZERO,
    Apply,
    Cases,
    Compare,
    Expr,
    Fold,
    Grouped,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.scene import Element, Scene

Grid = list[list[Num]]


@singledispatch
def values(node: Expr, scene: Scene) -> Grid:
    """The rows of a matrix expression; an expression that is no matrix is one number, in one row."""
    return [[evaluate(node, scene)]]


# ---------------------------------------------------------------- leaves


@values.register
def values_of_array(node: Array, scene: Scene) -> Grid:
    places = [(scene.index(axis.lower), scene.index(axis.upper)) for axis in node.axes]
    (top, bottom), (left, right) = (*places, (0, 1), (0, 1))[:2]
    grid = [[_at(node.of, {ROW: i, COLUMN: j}, scene) for j in range(left, right)] for i in range(top, bottom)]
    return _turned(grid) if node.flipped else grid


def _at(expr: Expr, letters: dict[Symbol, int], scene: Scene) -> Num:
    scene.letters.update(letters)
    try:
        return evaluate(expr, scene)
    finally:
        for letter in letters:
            del scene.letters[letter]


@values.register
def values_of_ones(node: Ones, scene: Scene) -> Grid:
    return _filled(1, node, scene)


@values.register
def values_of_zeros(node: Zeros, scene: Scene) -> Grid:
    return _filled(0, node, scene)


def _filled(number: int, node: Ones | Zeros, scene: Scene) -> Grid:
    return [[scene.number(number)] * scene.index(node.columns) for _ in range(scene.index(node.rows))]


@values.register
def values_of_identity(node: Identity, scene: Scene) -> Grid:
    size = scene.index(node.size)
    return [[scene.number(int(i == j)) for j in range(size)] for i in range(size)]


# ---------------------------------------------------------------- matrix algebra


@values.register
def values_of_transpose(node: Transpose, scene: Scene) -> Grid:
    return _turned(values(node.body, scene))


def _turned(grid: Grid) -> Grid:
    return [list(column) for column in zip(*grid, strict=True)]


@values.register
def values_of_diagonal(node: Diagonal, scene: Scene) -> Grid:
    column = [x for (x,) in values(node.body, scene)]
    return [[x if i == j else scene.number(0) for j in range(len(column))] for i, x in enumerate(column)]


@values.register
def values_of_product(node: Product, scene: Scene) -> Grid:
    """Numbers scale, matrices multiply."""
    grid, *others = [values(f, scene) for f in node.factors if shape(f) != SCALAR] or [[[scene.number(1)]]]
    for other in others:
        columns = _turned(other)
        grid = [[_total([a * b for a, b in zip(row, c, strict=True)], scene) for c in columns] for row in grid]
    for factor in (f for f in node.factors if shape(f) == SCALAR):
        ((number,),) = values(factor, scene)
        grid = [[number * x for x in row] for row in grid]
    return grid


def _total(terms: Sequence[Num], scene: Scene) -> Num:
    return sum(terms[1:], terms[0]) if terms else scene.number(0)


# ---------------------------------------------------------------- entry by entry


def _entries(parts: Iterable[Grid], of: Callable[..., Num]) -> Grid:
    return [[of(*entry) for entry in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]


def _written(expr: Expr, parts: Sequence[Expr], scene: Scene) -> Grid:
    """An expression in the quantities `_place(0)`, `_place(1)`, … with the entries of the parts put in their places."""
    return _entries([values(part, scene) for part in parts], lambda *numbers: evaluate(expr, _Entry(scene, numbers)))


def _place(i: int) -> Quantity:
    return Quantity(f":{i}")


class _Entry(Within):
    """The scene in which the places hold the numbers of one entry."""

    def __init__(self, around: Scene, numbers: Sequence[Num]) -> None:
        super().__init__(around)
        self.numbers = {f":{i}": number for i, number in enumerate(numbers)}

    def element(self, element: Element) -> Num:
        return self.numbers[element.family] if element.family in self.numbers else super().element(element)


@values.register
def values_of_sum(node: Sum, scene: Scene) -> Grid:
    return _entries([values(term, scene) for term in node.terms], lambda *terms: _total(terms, scene))


@values.register
def values_of_negative(node: Negative, scene: Scene) -> Grid:
    return _entries([values(node.body, scene)], lambda x: -x)


@values.register
def values_of_grouped(node: Grouped, scene: Scene) -> Grid:
    return values(node.body, scene)


@values.register
def values_of_hadamard(node: Hadamard, scene: Scene) -> Grid:
    places = tuple(_place(i) for i in range(len(node.factors)))
    return _written(Product(places), node.factors, scene)


@values.register
def values_of_hadamard_quotient(node: HadamardQuotient, scene: Scene) -> Grid:
    return _written(Quotient(_place(0), _place(1)), (node.numerator, node.denominator), scene)


@values.register
def values_of_hadamard_power(node: HadamardPower, scene: Scene) -> Grid:
    return _written(Power(_place(0), node.exponent), (node.base,), scene)


@values.register
def values_of_power(node: Power, scene: Scene) -> Grid:
    ((base,),), ((exponent,),) = values(node.base, scene), values(node.exponent, scene)
    return [[evaluate(Power(_place(0), _place(1)), _Entry(scene, (base, exponent)))]]


@values.register
def values_of_quotient(node: Quotient, scene: Scene) -> Grid:
    ((number,),) = values(node.denominator, scene)
    whole = Quotient(_place(0), _place(1))
    return _entries([values(node.numerator, scene)], lambda x: evaluate(whole, _Entry(scene, (x, number))))


@values.register
def values_of_apply(node: Apply, scene: Scene) -> Grid:
    places = tuple(_place(i) for i in range(len(node.arguments)))
    return _written(Apply(node.function, places), node.arguments, scene)


@values.register
def values_of_indicator(node: Indicator, scene: Scene) -> Grid:
    compared = Compare(node.relation, _place(0), _place(1))
    return _written(Cases(compared, ONE, ZERO), (node.left, node.right), scene)


# ---------------------------------------------------------------- letters


@values.register
def values_of_fold(node: Fold, scene: Scene) -> Grid:
    """The sum of the matrices at every value of a letter; other folds are of numbers only."""
    if node.kind != "sum":
        return [[evaluate(node, scene)]]
    rows, columns = shape(node)
    total = values(Zeros(rows, columns), scene)
    outer = scene.letters.get(node.symbol)
    for i in range(scene.index(node.lower), scene.index(node.upper)):
        scene.letters[node.symbol] = i
        if all(holds(condition, scene) for condition in node.where):
            total = _entries([total, values(node.body, scene)], lambda x, y: x + y)
    scene.letters.pop(node.symbol, None)
    if outer is not None:
        scene.letters[node.symbol] = outer
    return total


@values.register
def values_of_cases(node: Cases, scene: Scene) -> Grid:
    return values(node.then if holds(node.condition, scene) else node.otherwise, scene)
