"""Matrix products and transposes as a hand writes them."""

from __future__ import annotations

from functools import singledispatch
from typing import TypeGuard

from derive.writing.index import ONE as ONE_COLUMN
from derive.writing.matrices import Diagonal, Hadamard, HadamardQuotient, Identity, Ones, Transpose, Zeros
from derive.writing.matrix_shapes import is_scalar
from derive.writing.nodes import ONE, Cases, Expr, Fold, Negative, Product, Quotient, Sum


def matrix_product(*factors: Expr) -> Expr:
    """The matrix product, products in products flattened, signs and numbers in front, ones and identities left out."""
    flat = [f for factor in factors for f in (factor.factors if _is_matrix_product(factor) else (factor,))]
    signs = sum(isinstance(f, Negative) for f in flat)
    plain = [f.body if isinstance(f, Negative) else f for f in flat]
    kept = [f for f in plain if f != ONE and not isinstance(f, Identity)] or plain[:1]
    ordered = sorted(kept, key=lambda f: not is_scalar(f))
    product = ordered[0] if len(ordered) == 1 else Product(tuple(ordered))
    return Negative(product) if signs % 2 else product


def _is_matrix_product(expr: Expr) -> TypeGuard[Product]:
    return isinstance(expr, Product) and not is_scalar(expr)


# ---------------------------------------------------------------- the transpose


def transposed(expr: Expr) -> Expr:
    """The transpose, carried inwards where that saves one: (A B)' = B' A', (A')' = A."""
    return expr if is_scalar(expr) else turned(expr)


@singledispatch
def turned(node: Expr) -> Expr:
    """The transpose of what is no number."""
    return Transpose(node)


@turned.register
def turned_transpose(node: Transpose) -> Expr:
    return node.body


@turned.register
def turned_symmetric(node: Identity | Diagonal) -> Expr:
    return node


@turned.register
def turned_filled(node: Ones | Zeros) -> Expr:
    """A row of ones is written as the transpose of a column."""
    if isinstance(node, Ones) and node.columns == ONE_COLUMN:
        return Transpose(node)
    return type(node)(node.columns, node.rows)


@turned.register
def turned_negative(node: Negative) -> Expr:
    return Negative(transposed(node.body))


@turned.register
def turned_product(node: Product) -> Expr:
    return matrix_product(*map(transposed, reversed(node.factors)))


@turned.register
def turned_quotient(node: Quotient) -> Expr:
    return Quotient(transposed(node.numerator), node.denominator)


@turned.register
def turned_fold(node: Fold) -> Expr:
    return Fold(node.kind, transposed(node.body), node.symbol, node.lower, node.upper, node.where)


@turned.register
def turned_cases(node: Cases) -> Expr:
    return Cases(node.condition, transposed(node.then), transposed(node.otherwise))


@turned.register
def turned_sum(node: Sum) -> Expr:
    return Sum(tuple(map(transposed, node.terms))) if all(map(_turns_back, node.terms)) else Transpose(node)


@turned.register
def turned_hadamard(node: Hadamard) -> Expr:
    return Hadamard(tuple(map(transposed, node.factors))) if any(map(_turns_back, node.factors)) else Transpose(node)


@turned.register
def turned_hadamard_quotient(node: HadamardQuotient) -> Expr:
    if _turns_back(node.numerator) or _turns_back(node.denominator):
        return HadamardQuotient(transposed(node.numerator), transposed(node.denominator))
    return Transpose(node)


def _turns_back(expr: Expr) -> bool:
    """Whether a transpose is undone somewhere in it."""
    match expr:
        case Transpose():
            return True
        case Negative(body) | Fold(_, body):
            return _turns_back(body)
        case Product(factors) | Hadamard(factors):
            return any(map(_turns_back, factors))
    return False
