"""Mistakes with whole matrices: the order of their factors, rows and columns."""

from __future__ import annotations

from collections.abc import Iterator

from derive.exercises.mistakes.edits import at_each
from derive.exercises.mistakes.mistake import Example, Mistake
from derive.exercises.mistakes.setting import Setting
from derive.writing.matrices import Diagonal, Hadamard, Transpose
from derive.writing.nodes import Expr, Product


def diagonal_misplaced(expr: Expr, _: Setting) -> Iterator[Expr]:
    """W^T*diag(s)*g => W^T*g*diag(s), and W^T*(s ⊙ g) => (W^T*g) ⊙ s"""

    def moved(node: Expr) -> Iterator[Expr]:
        match node:
            case Product((*before, Diagonal() as diagonal, last)):
                yield Product((*before, last, diagonal))
            case Product((Transpose() as weight, Hadamard((upstream, *slope)))):
                yield Hadamard((Product((weight, upstream)), *slope))

    return at_each(expr, moved)


def outer_product_turned(expr: Expr, _: Setting) -> Iterator[Expr]:
    """delta*x^T => delta^T*x, which is a number where both are as long"""

    def turned(node: Expr) -> Iterator[Expr]:
        match node:
            case Product((*front, column, Transpose(row))):
                yield Product((*front, Transpose(column), row))

    return at_each(expr, turned)


WHOLE = (
    Mistake("diagonal_misplaced", "matrix", diagonal_misplaced, Example("attention", "loss", "S[i,j]", "matrix")),
    Mistake("outer_product_turned", "matrix", outer_product_turned, Example("lesson", "C0", "w(L)[j,k]", "matrix")),
)
