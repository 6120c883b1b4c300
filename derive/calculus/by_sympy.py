"""SymPy simplifies, and what it finds is written down in the reading order."""

from __future__ import annotations

from fractions import Fraction

import sympy

from derive.writing.nodes import Expr, Negative, Number, Power, Product, Quotient, Sum
from derive.writing.tidy import monomial, negative, number, plus, power, product_of, times

Leaves = dict[sympy.Symbol, Expr]


def by_sympy(expr: Expr) -> Expr:
    """The expression simplified by SymPy, as a sum or product of what it was made of."""
    leaves: Leaves = {}
    found = sympy.factor(sympy.cancel(sympy.together(_to_sympy(expr, leaves))))
    return _written(found, leaves)


def _to_sympy(expr: Expr, leaves: Leaves) -> sympy.Expr:
    """Arithmetic as SymPy's own; whatever else stands there as one symbol, numbered in reading order."""
    match expr:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Negative(body):
            return -_to_sympy(body, leaves)
        case Sum(terms):
            return sympy.Add(*(_to_sympy(t, leaves) for t in terms))
        case Product(factors):
            return sympy.Mul(*(_to_sympy(f, leaves) for f in factors))
        case Quotient(top, bottom):
            return _to_sympy(top, leaves) / _to_sympy(bottom, leaves)
        case Power(base, Number(value)) if value.denominator == 1 and value <= 8:
            return _to_sympy(base, leaves) ** int(value)
    known = next((symbol for symbol, leaf in leaves.items() if leaf == expr), None)
    symbol = known or sympy.Symbol(f"x{len(leaves):03}")
    leaves[symbol] = expr
    return symbol


def _written(found: sympy.Expr, leaves: Leaves) -> Expr:
    """SymPy's expression as a tree: terms with a plus first, otherwise in the order in which their letters were met."""
    if found in leaves:
        return leaves[found]
    if found.is_Rational:
        return number(Fraction(int(found.p), int(found.q)))
    if found.is_Pow:
        base, exponent = found.args
        inner = _written(base, leaves)
        return (
            Quotient(number(1), power(inner, number(-int(exponent))))
            if exponent < 0
            else power(inner, number(int(exponent)))
        )
    arguments = sorted(found.args, key=sympy.default_sort_key)
    parts = [_written(a, leaves) for a in arguments]
    if found.is_Add:
        return plus(*sorted(parts, key=lambda p: isinstance(p, Negative)))
    turned = [_positive(p) for p in parts]
    sign = -1 if sum(s < 0 for _, s in turned) % 2 else 1
    product = product_of(monomial(times(*(p for p, _ in turned))))
    return product if sign > 0 else negative(product)


def _positive(part: Expr) -> tuple[Expr, int]:
    """A factor without its sign, and its sign: -y + h is h - y, y - 1 is -(1 - y)."""
    if isinstance(part, Sum) and isinstance(part.terms[-1], Negative) and part.terms[-1].body == Number(Fraction(1)):
        return plus(*(negative(t) for t in reversed(part.terms))), -1
    return part, 1
