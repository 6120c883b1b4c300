"""Fractions that cancel: SymPy simplifies the product, and what it finds is written down in the reading order.

((1 - y)/(1 - h) - y/h) * h * (1 - h)  =>  h - y
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from derive.writing.nodes import Expr, Node, Product, Quotient, Sum
from derive.writing.tidy import Monomial, monomial, number, power, product_of, times
from derive.writing.walk import rebuilt, walk

MOST_NODES = 60  # SymPy's time grows steeply; a person would not cancel in more either


@lru_cache(maxsize=1024)
def cancelled(expr: Expr) -> Expr:
    """The tree with every product simplified in which a sum of fractions meets factors of their denominators."""
    return _cancelled(expr)  # type: ignore[return-value]


def _cancelled(node: Node) -> Node:
    inner = rebuilt(node, _cancelled)
    return _product(inner) if isinstance(inner, Product | Quotient) else inner


def _product(expr: Product | Quotient) -> Expr:
    parts = monomial(expr)
    for base, exponent in parts.powers:
        below = set(_denominators(base))
        meeting = [p for p in parts.powers if p[0] in below and p[1] > 0]
        if exponent == 1 and meeting and sum(1 for _ in walk(base)) <= MOST_NODES:
            product = times(base, *(b if e == 1 else power(b, number(e)) for b, e in meeting))
            short = _shortened(product)
            if sum(1 for _ in walk(short)) < sum(1 for _ in walk(product)):
                powers = tuple((short, e) if b == base else (b, e) for b, e in parts.powers if (b, e) not in meeting)
                return product_of(monomial(product_of(Monomial(parts.coefficient, parts.decimal, powers))))
    return expr


def _denominators(expr: Expr) -> Iterator[Expr]:
    """What the terms of a sum are divided by."""
    if isinstance(expr, Sum):
        for term in expr.terms:
            yield from (base for base, exponent in monomial(term).powers if exponent < 0)


def _shortened(product: Expr) -> Expr:
    from derive.calculus.by_sympy import by_sympy  # imports SymPy, 0.4 s, only where fractions meet

    return by_sympy(product)
