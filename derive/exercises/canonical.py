"""The structural normal form of an expression: equal for what differs in writing alone.

Left out are the order of factors and terms, brackets, how a sum is written out, and the names of bound letters; nothing
is multiplied out. It is a key for tables, not a tree.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from functools import lru_cache, singledispatch

from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Grouped,
    IndexValue,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from derive.writing.tidy import MAX_EXPONENT, rational

Bound = tuple[Symbol, ...]  # the letters that are bound here, the outermost first
Powers = dict[Hashable, int]


def canonical(expr: Expr) -> Hashable:
    """A key that two expressions share only if they are the same, wherever both have a value."""
    return _key(expr, ())


@singledispatch
def _key(node: Node, bound: Bound) -> Hashable:
    return (type(node).__name__, *(_field(getattr(node, name), bound) for name in node.FIELDS))


def _field(value: object, bound: Bound) -> Hashable:
    match value:
        case Node():
            return _key(value, bound)
        case Index():
            return value.substitute(_renaming(bound))
        case Function(name, label, orders):
            return (name, None if label is None else label.substitute(_renaming(bound)), orders)
        case tuple():
            return tuple(_field(item, bound) for item in value)
    assert isinstance(value, Hashable)
    return value


@lru_cache(maxsize=1024)
def _renaming(bound: Bound) -> dict[Symbol, Index]:
    """Bound letters named by how deep they are bound; of two that are alike, the inner one counts."""
    return {symbol: index(Symbol(f":{depth}")) for depth, symbol in enumerate(bound)}


@_key.register
def _key_of_grouped(node: Grouped, bound: Bound) -> Hashable:
    return _key(node.body, bound)


@_key.register
def _key_of_expanded(node: ExpandedSum, bound: Bound) -> Hashable:
    return _key(node.sigma, bound)


@_key.register
def _key_of_fold(node: Fold, bound: Bound) -> Hashable:
    inner = (*bound, node.symbol)
    ends = (_field(node.lower, bound), _field(node.upper, bound))
    return (node.kind, _key(node.body, inner), *ends, frozenset(_key(c, inner) for c in node.where))


@_key.register
def _key_of_index_value(node: IndexValue, bound: Bound) -> Hashable:
    value = node.index.value
    return ("index", _field(node.index, bound)) if value is None else _monomial_key(Fraction(value), {})


# ---------------------------------------------------------------- factors


@_key.register
def _key_of_product(node: Product | Quotient | Negative | Power | Number, bound: Bound) -> Hashable:
    powers: Powers = {}
    return _monomial_key(_collected(node, 1, powers, bound), powers)


def _monomial_key(coefficient: Fraction, powers: Powers) -> Hashable:
    kept = frozenset((base, e) for base, e in powers.items() if e)
    if coefficient == 1 and len(kept) == 1:
        ((base, exponent),) = kept
        if exponent == 1:
            return base
    return ("product", coefficient, kept if coefficient else frozenset())


def _collected(expr: Expr, exponent: int, powers: Powers, bound: Bound) -> Fraction:
    """The number in an expression raised to a power; its other factors are added to `powers`."""
    match expr:
        case Number(value) if value and abs(exponent) == 1:
            return value**exponent
        case Grouped(body):
            return _collected(body, exponent, powers, bound)
        case Negative(body):
            return _collected(body, exponent, powers, bound) * (-1 if exponent % 2 else 1)
        case Product(factors):
            coefficient = Fraction(1)
            for factor in factors:
                coefficient *= _collected(factor, exponent, powers, bound)
            return coefficient
        case Quotient(numerator, denominator):
            above = _collected(numerator, exponent, powers, bound)
            return above * _collected(denominator, -exponent, powers, bound)
        case Power(base, raised) if _is_small(raised, exponent):
            return _collected(base, exponent * int(rational(raised)), powers, bound)
    return _added(expr, exponent, powers, bound)


def _added(expr: Expr, exponent: int, powers: Powers, bound: Bound) -> Fraction:
    if expr == Number(Fraction(0)) and exponent > 0:
        return Fraction(0)
    key = _whole_key(expr, bound)
    powers[key] = powers.get(key, 0) + exponent
    return Fraction(1)


def _whole_key(expr: Expr, bound: Bound) -> Hashable:
    """The key of an expression that is no product of others."""
    match expr:
        case Number(value):
            return ("number", value)
        case Power(base, raised):
            return ("power", _key(base, bound), _key(raised, bound))
    return _key(expr, bound)


def _is_small(raised: Expr, exponent: int) -> bool:
    power = exponent * rational(raised)
    return power != 0 and power.denominator == 1 and abs(power) <= MAX_EXPONENT


# ---------------------------------------------------------------- terms


@_key.register
def _key_of_sum(node: Sum, bound: Bound) -> Hashable:
    """Like terms added up."""
    found: dict[Hashable, Fraction] = {}
    for sign, term in _terms(node, 1):
        powers: Powers = {}
        coefficient = sign * _collected(term, 1, powers, bound)
        key = frozenset((base, e) for base, e in powers.items() if e)
        found[key] = found.get(key, Fraction(0)) + coefficient
    kept = [(key, c) for key, c in found.items() if c]
    if len(kept) > 1:
        return ("sum", frozenset(kept))
    return _monomial_key(kept[0][1], dict(kept[0][0])) if kept else _monomial_key(Fraction(0), {})  # type: ignore[call-overload]


def _terms(expr: Expr, sign: int) -> Iterator[tuple[int, Expr]]:
    match expr:
        case Sum(terms):
            for term in terms:
                yield from _terms(term, sign)
        case Negative(body):
            yield from _terms(body, -sign)
        case Grouped(body):
            yield from _terms(body, sign)
        case _:
            yield sign, expr
