"""What a tree is once it was printed and read: the same, but for what print does not show.

Brackets that were only kept for show are gone; a sum written out is its terms, or the sum over its range where dots
stand in it; a fraction is a quotient; bound letters are told by where they are bound.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from derive.notation.numerals import decimal
from derive.writing.index import Symbol, index
from derive.writing.nodes import (
    ZERO,
    Condition,
    ExpandedSum,
    Expr,
    Fold,
    Gradient,
    Grouped,
    Logic,
    Negative,
    Node,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.walk import rebuilt, substitute, walk

TEN = Number(Fraction(10))


def as_read(node: Expr, losses: tuple[str, ...] = ()) -> Expr:
    """The normal form; derivatives of `losses` print alike, whether they are local or not."""
    return cast(Expr, _normal(node, losses))


def _normal(node: Node, losses: tuple[str, ...]) -> Node:
    if isinstance(node, ExpandedSum):
        return _normal(_written_out(node), losses)
    inner = rebuilt(node, lambda part: _normal(part, losses))
    match inner:
        case Grouped(body):
            return body
        case Number():
            return _number(inner)
        case Quotient(Negative(body), below):
            return Negative(Quotient(body, below))
        case Partial(Quantity() as of, by) if of.family in losses:
            return Gradient(of, by)
        case Fold():
            return _renamed(inner)
    return inner


def _written_out(node: ExpandedSum) -> Expr:
    if None in node.shown and not node.terms[0] == node.terms[-1] == ZERO:
        return node.sigma
    if len(node.terms) == 1:
        return node.terms[0]
    return Product(node.terms) if node.sigma.kind == "prod" else Sum(node.terms)


def _number(node: Number) -> Expr:
    """1/3 as a quotient, 0.00002 as it is printed: 2 * 10**-5"""
    numeral = decimal(node.value)
    if numeral is None or (node.value.denominator != 1 and not node.decimal):
        return Quotient(Number(Fraction(node.value.numerator)), Number(Fraction(node.value.denominator)))
    if not numeral.exponent:
        return Number(node.value)
    power = Power(TEN, Negative(Number(Fraction(-numeral.exponent))))
    return power if numeral.digits == "1" else Product((Number(Fraction(numeral.digits)), power))


def _renamed(node: Fold) -> Fold:
    letter = Symbol(f":{sum(isinstance(n, Fold) for n in walk(node.body))}")
    renaming = {node.symbol: index(letter)}
    where = tuple(substitute(c, renaming) for condition in node.where for c in _conjuncts(condition))
    return Fold(node.kind, substitute(node.body, renaming), letter, node.lower, node.upper, where)


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """What must hold together: it is printed below each other under a sum, or with a sign between."""
    if isinstance(condition, Logic) and condition.connective == "and" and condition.parts:
        return tuple(c for part in condition.parts for c in _conjuncts(part))
    return (condition,)
