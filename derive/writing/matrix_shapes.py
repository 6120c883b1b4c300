"""How many rows and columns a matrix expression has."""

from __future__ import annotations

from functools import singledispatch
from itertools import pairwise

from derive.writing.index import ONE, Index
from derive.writing.matrices import (
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
from derive.writing.nodes import Apply, Cases, Expr, Fold, Grouped, Negative, Node, Product, Quotient, Sum

Shape = tuple[Index, Index]
SCALAR: Shape = (ONE, ONE)


@singledispatch
def shape(node: Node) -> Shape:
    """(rows, columns); what is no matrix is one number, 1 x 1. ValueError where two parts do not fit."""
    if isinstance(node, Expr):
        return SCALAR
    raise TypeError(f"no shape for {type(node).__name__}")


def is_scalar(expr: Expr) -> bool:
    return shape(expr) == SCALAR


@shape.register
def shape_of_array(node: Array) -> Shape:
    rows, columns = (*(axis.size for axis in node.axes), ONE, ONE)[:2]
    return (columns, rows) if node.flipped else (rows, columns)


@shape.register
def shape_of_filled(node: Ones | Zeros) -> Shape:
    return node.rows, node.columns


@shape.register
def shape_of_identity(node: Identity) -> Shape:
    return node.size, node.size


@shape.register
def shape_of_transpose(node: Transpose) -> Shape:
    rows, columns = shape(node.body)
    return columns, rows


@shape.register
def shape_of_diagonal(node: Diagonal) -> Shape:
    return shape(node.body)[0], shape(node.body)[0]


@shape.register
def shape_of_power(node: HadamardPower) -> Shape:
    return shape(node.base)


@shape.register
def shape_of_hadamard(node: Hadamard) -> Shape:
    return _same(node, *node.factors)


@shape.register
def shape_of_hadamard_quotient(node: HadamardQuotient) -> Shape:
    return _same(node, node.numerator, node.denominator)


@shape.register
def shape_of_indicator(node: Indicator) -> Shape:
    return _same(node, node.left, node.right)


@shape.register
def shape_of_sum(node: Sum) -> Shape:
    return _same(node, *node.terms)


@shape.register
def shape_of_apply(node: Apply) -> Shape:
    return _same(node, *node.arguments) if node.arguments else SCALAR


@shape.register
def shape_of_cases(node: Cases) -> Shape:
    return _same(node, node.then, node.otherwise)


@shape.register
def shape_of_body(node: Negative | Grouped | Fold) -> Shape:
    return shape(node.body)


@shape.register
def shape_of_quotient(node: Quotient) -> Shape:
    return shape(node.numerator)


@shape.register
def shape_of_product(node: Product) -> Shape:
    """Numbers scale; what is left must fit, columns to rows."""
    shapes = [s for s in map(shape, node.factors) if s != SCALAR]
    for left, right in pairwise(shapes):
        if left[1] != right[0]:
            raise ValueError(f"{left[0]} x {left[1]} does not fit {right[0]} x {right[1]} in {node}")
    return (shapes[0][0], shapes[-1][1]) if shapes else SCALAR


def _same(node: Node, *parts: Expr) -> Shape:
    (first, *others) = map(shape, parts)
    for other in others:
        if other != first:
            raise ValueError(f"{first[0]} x {first[1]} does not fit {other[0]} x {other[1]} in {node}")
    return first
