"""The matrix form of a result, found from its form in indices.

An index that runs along a row or a column disappears into its array; a sum over one becomes a matrix product; what is
multiplied without a sum is multiplied entry by entry. The other indices choose an array, one for each time step or
layer, and stay (`axes.py` says which is which).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from derive.calculus.axes import Choice, Position, choosing
from derive.calculus.derivation import Derivation
from derive.calculus.domains import fixed_symbols
from derive.calculus.framing import Frame
from derive.calculus.gathering import piece
from derive.calculus.matching import arguments
from derive.calculus.pieces import MOST_LETTERS, Bench, Letters, NoMatrices, Reason
from derive.calculus.stages import Stage
from derive.model.model import Model, Range
from derive.writing.index import Symbol
from derive.writing.matrices import MATRIX_LEAVES, Array, Axis, Transpose
from derive.writing.matrix_algebra import matrix_product, transposed
from derive.writing.matrix_shapes import Shape, shape
from derive.writing.nodes import Expr, Gradient, Node, Product, Quantity
from derive.writing.walk import rebuilt, walk


class Layout(Enum):
    """A gradient has the shape of what it is taken by; in numerator layout, its rows and columns are exchanged."""

    GRADIENT = "gradient"
    NUMERATOR = "numerator"


@dataclass(frozen=True)
class MatrixForm:
    """left = right for whole arrays, once for every value of the letters in `each`.

    In gradient layout, row r and column c of the right side are `elements` with `letters` at r and c.
    """

    left: Expr
    right: Expr
    each: tuple[Range, ...]
    letters: tuple[Range, ...]
    elements: Expr
    layout: Layout = Layout.GRADIENT

    @cached_property
    def shapes(self) -> Mapping[Expr, Shape]:
        """{array: (rows, columns)} for the left side and every array on the right, in reading order."""
        arrays = (n for side in (self.left, self.right) for n in walk(side) if isinstance(n, Array))
        return {array: shape(array) for array in arrays}


@dataclass(frozen=True)
class NoForm:
    """Why there is no matrix form, and the part that stands in the way as the model writes it."""

    reason: Reason
    about: str


Found = MatrixForm | NoForm


def matrix_form_of(derivation: Derivation, layout: Layout = Layout.GRADIENT) -> Found:
    """The matrix form of a derivation's result."""
    return _of_stage(derivation, derivation.stages[-1], layout)


def matrix_forms_of(derivation: Derivation, layout: Layout = Layout.GRADIENT) -> tuple[Found, ...]:
    """The matrix form of every stage, from the loss down."""
    return tuple(_of_stage(derivation, stage, layout) for stage in derivation.stages)


def _of_stage(derivation: Derivation, stage: Stage, layout: Layout) -> Found:
    gradient = Gradient(derivation.of, stage.by)
    return matrix_form(gradient, stage.result, stage.facts.ranges, derivation.model, layout)


def matrix_form(
    gradient: Gradient, result: Expr, ranges: Mapping[Symbol, Range], model: Model, layout: Layout = Layout.GRADIENT
) -> Found:
    """The matrix form of `gradient = result`, whose free letters have these ranges."""
    try:
        form = _form(gradient, result, ranges, model)
    except NoMatrices as obstacle:
        return NoForm(obstacle.reason, obstacle.about)
    return form if layout is Layout.GRADIENT else _numerator_layout(form)


def _form(gradient: Gradient, result: Expr, ranges: Mapping[Symbol, Range], model: Model) -> MatrixForm:
    chosen = choosing(model)
    letters = _running(gradient.by, chosen, ranges, model)
    axes = {s: Axis(ranges[s].lower, ranges[s].upper) for s in letters}
    frame = Frame(model, chosen, Bench(axes, letters))
    left, right = piece(gradient, frame), piece(result, frame)
    if not any(isinstance(n, MATRIX_LEAVES) for n in walk(right.body)):
        raise NoMatrices("numbers only", gradient.by)
    each = tuple(ranges[s] for s in _bare_letters(gradient.by) if s in ranges and s not in letters)
    running = tuple(ranges[s] for s in letters)
    return MatrixForm(left.body, frame.bench.spread(right, letters), each, running, result)


def _bare_letters(by: Quantity) -> Iterator[Symbol]:
    return (i.symbol for i in arguments(by) if i.symbol is not None)


def _running(by: Quantity, chosen: Mapping[Position, Choice], ranges: Mapping[Symbol, Range], model: Model) -> Letters:
    """The letters of the target that run along the rows and columns of the result."""
    places = [(place, i) for place, i in enumerate(by.indices) if i.symbols - fixed_symbols(model)]
    if any(i.symbol is None for _, i in places):
        raise NoMatrices("shifted index", by)
    if any(i.symbol not in ranges for _, i in places):
        raise NoMatrices("unknown range", by)
    letters = [(place, i.symbol) for place, i in places if i.symbol is not None]
    running = tuple(s for place, s in letters if (by.family, place) not in chosen)
    if len(running) > MOST_LETTERS:
        raise NoMatrices("many indices", by)
    if letters and not running:
        raise NoMatrices(chosen[by.family, letters[0][0]], by)
    return running


# ---------------------------------------------------------------- numerator layout


def _numerator_layout(form: MatrixForm) -> MatrixForm:
    left, right = (transposed(_flipped(side)) for side in (form.left, form.right))
    return replace(form, left=left, right=right, layout=Layout.NUMERATOR)


def _flipped(expr: Expr) -> Expr:
    """The same matrix, the derivatives in it written as they stand in numerator layout."""
    flipped = _flip(expr)
    assert isinstance(flipped, Expr)  # a rewriting keeps expressions expressions
    return flipped


def _flip(node: Node) -> Node:
    match node:
        case Array(of):
            return Transpose(replace(node, flipped=True)) if isinstance(of, Gradient) else node
        case Transpose(body):
            return transposed(_flipped(body))
        case Product(factors):
            return matrix_product(*map(_flipped, factors))
    return rebuilt(node, _flip)
