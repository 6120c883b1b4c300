r"""How long a column of ones is: \mathbf{1} does not say it, and its neighbours do.

A number beside whole arrays, as in 1 - a, is that many ones.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.writing.index import Index, Symbol, index
from derive.writing.matrices import (
    MATRIX_LEAVES,
    Diagonal,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Indicator,
    Ones,
    Transpose,
    Zeros,
)
from derive.writing.matrix_shapes import SCALAR, Shape, shape
from derive.writing.nodes import ONE, ZERO, Apply, Cases, Expr, Fold, Negative, Node, Product, Quotient, Sum
from derive.writing.walk import parts, rebuilt, walk

_LENGTH = index(Symbol(":ones"))
COLUMN_OF_ONES = Ones(_LENGTH)


class NoLength(Exception):
    """Nothing says how long a column of ones is."""


def filled(expr: Expr, like: Expr | None = None) -> Expr:
    """The expression with all lengths found, and the numbers in sums of arrays written as columns of ones.

    It has the shape of `like` where that is known. NoLength where a length stays unknown.
    """
    return _filled(expr, None if like is None else _known(like))


def _is_open(node: Node) -> bool:
    return any(n == COLUMN_OF_ONES for n in walk(node))


def _known(expr: Expr) -> Shape | None:
    """The shape of an expression without lengths that are open; None where its parts do not fit."""
    if _is_open(expr):
        return None
    try:
        return shape(expr)
    except ValueError:
        return None


def _has_arrays(node: Node) -> bool:
    return any(isinstance(n, MATRIX_LEAVES) for n in walk(node))


def _filled(node: Expr, wanted: Shape | None) -> Expr:
    if not _has_arrays(node):
        return node
    fill = _FILLS.get(type(node))
    return node if fill is None else fill(node, wanted)


def _inside(node: Expr, wanted: Shape | None) -> Expr:
    """What has the shape of its part."""
    return rebuilt(node, lambda part: _filled(part, wanted) if isinstance(part, Expr) else part)


def _like_each_other(node: Expr, wanted: Shape | None) -> Expr:
    """What has the shape that all its parts have."""
    terms = tuple(part for part in parts(node) if isinstance(part, Expr))
    known = dict(zip(map(id, terms), _alike(terms, wanted), strict=True))
    return rebuilt(node, lambda part: known.get(id(part), part))


def _product(node: Expr, wanted: Shape | None) -> Expr:
    assert isinstance(node, Product)
    return Product(_chained(node.factors, wanted))


def _turned(node: Expr, wanted: Shape | None) -> Expr:
    return _inside(node, None if wanted is None else (wanted[1], wanted[0]))


def _on_the_diagonal(node: Expr, wanted: Shape | None) -> Expr:
    return _inside(node, None if wanted is None else (wanted[0], SCALAR[1]))


def _power(node: Expr, wanted: Shape | None) -> Expr:
    assert isinstance(node, HadamardPower)
    return HadamardPower(_filled(node.base, wanted), node.exponent)


def _quotient(node: Expr, wanted: Shape | None) -> Expr:
    assert isinstance(node, Quotient)
    return Quotient(_filled(node.numerator, wanted), _filled(node.denominator, None))


def _ones(node: Expr, wanted: Shape | None) -> Expr:
    if node != COLUMN_OF_ONES:
        return node
    if wanted is None:
        raise NoLength
    return Ones(*wanted)


def _alike(parts: tuple[Expr, ...], wanted: Shape | None) -> tuple[Expr, ...]:
    """Parts that have one shape: that of the first which tells it."""
    known = (_known(part) for part in parts if _has_arrays(part))
    common = next((s for s in known if s is not None and s != SCALAR), wanted)
    return tuple(_as_array(_filled(part, common), common) for part in parts)


def _as_array(part: Expr, wanted: Shape | None) -> Expr:
    if wanted is None or wanted == SCALAR or _has_arrays(part):
        return part
    if isinstance(part, Negative):
        return Negative(_as_array(part.body, wanted))
    if part == ZERO:
        return Zeros(*wanted)
    ones = Ones(*wanted)
    return ones if part == ONE else Product((part, ones))


def _chained(factors: tuple[Expr, ...], wanted: Shape | None) -> tuple[Expr, ...]:
    """The factors of a matrix product: each open one begins where its left neighbour ends."""
    arrays = [i for i, f in enumerate(factors) if _has_arrays(f) and _known(f) != SCALAR]
    found = list(factors)
    for place, i in enumerate(arrays):
        before = None if place == 0 else _known(found[arrays[place - 1]])
        after = None if place == len(arrays) - 1 else _known(found[arrays[place + 1]])
        rows = _end(before, 1) or (wanted[0] if wanted and place == 0 else None)
        columns = _end(after, 0) or (wanted[1] if wanted and place == len(arrays) - 1 else None)
        own = None if rows is None else (rows, columns if columns is not None else SCALAR[1])
        found[i] = _filled(found[i], own)
    return tuple(found)


def _end(neighbour: Shape | None, side: int) -> Index | None:
    return None if neighbour is None else neighbour[side]


_FILLS: dict[type[Expr], Callable[[Expr, Shape | None], Expr]] = {
    Ones: _ones,
    Sum: _like_each_other,
    Hadamard: _like_each_other,
    HadamardQuotient: _like_each_other,
    Cases: _like_each_other,
    Indicator: _like_each_other,
    Product: _product,
    Transpose: _turned,
    Diagonal: _on_the_diagonal,
    HadamardPower: _power,
    Quotient: _quotient,
    Negative: _inside,
    Fold: _inside,
    Apply: _inside,
}
