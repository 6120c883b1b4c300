"""A matrix form in another convention: examples as rows, or weights that lead from their first index to their second.

An array whose rows and columns a book exchanges is the transpose of the one that the book prints. Transposes are
carried outwards through what works entry by entry, until they meet another or a product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.calculus.matrix import Layout, MatrixForm
from derive.writing.matrices import (
    Array,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Identity,
    Ones,
    Transpose,
)
from derive.writing.matrix_algebra import matrix_product, transposed
from derive.writing.matrix_shapes import is_scalar
from derive.writing.nodes import Apply, Expr, Grouped, Negative, Node, Product, Quotient, Sum
from derive.writing.walk import parts, rebuilt

Exchanges = Callable[[Array], bool]
ENTRY_BY_ENTRY = (Apply, Sum, Negative, Grouped, Quotient, Hadamard, HadamardPower, HadamardQuotient)
OTHER_LAYOUT = {Layout.GRADIENT: Layout.NUMERATOR, Layout.NUMERATOR: Layout.GRADIENT}


def arranged(form: MatrixForm, exchanges: Exchanges) -> MatrixForm:
    """The form with the arrays that a book exchanges as that book prints them."""
    right = _arranged(form.right, exchanges)
    left = form.left
    if not isinstance(left, Array) or not exchanges(left):
        return replace(form, right=right)
    turned = replace(left, flipped=not left.flipped)
    return replace(form, left=turned, right=transposed(right), layout=OTHER_LAYOUT[form.layout])


def _arranged(expr: Expr, exchanges: Exchanges) -> Expr:
    if isinstance(expr, Array):
        return Transpose(replace(expr, flipped=not expr.flipped)) if exchanges(expr) else expr
    if is_scalar(expr):
        return expr
    inner = rebuilt(expr, lambda part: _inside(part, exchanges))
    if isinstance(inner, Transpose):
        return transposed(inner.body)
    if isinstance(inner, Product):
        inner = matrix_product(*inner.factors)
    return _carried_out(inner)


def _inside(part: Node, exchanges: Exchanges) -> Node:
    return _arranged(part, exchanges) if isinstance(part, Expr) else part


def _carried_out(expr: Expr) -> Expr:
    """f(x') as f(x)', where everything inside is a transpose, a number, or the same either way."""
    inside = [part for part in parts(expr) if isinstance(part, Expr) and not is_scalar(part)]
    scales = isinstance(expr, Product) and len(inside) == 1
    turn = any(isinstance(part, Transpose) for part in inside)
    alike = all(isinstance(part, Transpose | Ones | Identity) for part in inside)
    if not (turn and alike and (scales or isinstance(expr, ENTRY_BY_ENTRY))):
        return expr
    return Transpose(rebuilt(expr, lambda p: transposed(p) if isinstance(p, Expr) and not is_scalar(p) else p))
