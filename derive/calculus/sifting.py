"""Kronecker deltas: sums that a delta leaves a single term of.

sum(delta(k, e) * f(k) for k in range(a, b))  =>  f(e)  where a <= e < b, otherwise 0
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.calculus.facts import Facts, undecided, within
from derive.calculus.matching import solved
from derive.calculus.rewriting import rewritten
from derive.model.model import Range
from derive.writing.index import Index
from derive.writing.nodes import (
    ONE,
    ZERO,
    Apply,
    Cases,
    Condition,
    Delta,
    Expr,
    Fold,
    Logic,
    Node,
    Quantity,
    Sum,
)
from derive.writing.tidy import Monomial, monomial, plus, product_of, tidy, times
from derive.writing.walk import substitute, walk


def sifted(tree: Expr, facts: Facts) -> Expr:
    """The tree with every delta decided that the facts decide, and every sum sifted that a delta can sift."""
    return rewritten(tree, facts, _sift)


def _sift(node: Node, facts: Facts) -> Node:
    if isinstance(node, Delta):
        return _decided(node, facts)
    return _sift_fold(node, facts) if isinstance(node, Fold) and node.kind == "sum" else node


def _decided(delta: Delta, facts: Facts) -> Expr:
    same = facts.equal(delta.left, delta.right)
    return delta if same is None else ONE if same else ZERO


def _sift_fold(fold: Fold, facts: Facts) -> Expr:
    """A sum over a sum is split where a delta in one of the terms can be sifted."""
    if not _has_delta(fold.body, fold):
        return fold
    terms = multiplied_out(fold.body, fold)
    done = [_sift_term(fold, term, facts) for term in terms]
    rest = [term for term, result in zip(terms, done, strict=True) if result is None]
    if len(rest) == len(terms):
        return fold
    kept = [with_body(fold, plus(*rest))] if rest else []
    return plus(*(result for result in done if result is not None), *kept)


def with_body(fold: Fold, body: Expr) -> Fold:
    """The same range with another body."""
    return Fold(fold.kind, body, fold.symbol, fold.lower, fold.upper, fold.where)


def _has_delta(body: Expr, fold: Fold) -> bool:
    return any(isinstance(n, Delta) and fold.symbol in n.left.symbols | n.right.symbols for n in walk(body))


def multiplied_out(body: Expr, fold: Fold) -> list[Expr]:
    """The terms of the body, those factors multiplied out that are sums with a delta of the fold's letter."""
    body = tidy(body)
    if isinstance(body, Sum):
        return [term for part in body.terms for term in multiplied_out(part, fold)]
    parts = monomial(body)
    for base, exponent in parts.powers:
        if isinstance(base, Sum) and exponent == 1 and _has_delta(base, fold):
            rest = product_of(Monomial(parts.coefficient, parts.decimal, _without(parts, base)))
            return [t for term in base.terms for t in multiplied_out(times(rest, term), fold)]
    return [body]


def _without(parts: Monomial, base: Expr) -> tuple[tuple[Expr, Fraction], ...]:
    return tuple(power for power in parts.powers if power[0] != base)


def _sift_term(fold: Fold, term: Expr, facts: Facts) -> Expr | None:
    """One term without its sum, or None where no delta says which index is left."""
    parts = _deltas_out(monomial(term))
    for base, exponent in parts.powers:
        if isinstance(base, Delta) and exponent > 0:
            solution = solved(base.left - base.right, [fold.symbol])
            if solution:
                rest = product_of(Monomial(parts.coefficient, parts.decimal, _without(parts, base)))
                return _at(fold, rest, solution[fold.symbol], facts)
    return None


def _deltas_out(parts: Monomial) -> Monomial:
    """(delta * u if c else 0) => delta * (u if c else 0)"""
    powers: list[tuple[Expr, Fraction]] = []
    for base, exponent in parts.powers:
        if isinstance(base, Cases) and base.otherwise == ZERO and exponent == 1:
            inner = monomial(base.then)
            out = tuple(p for p in inner.powers if isinstance(p[0], Delta))
            kept = tuple(p for p in inner.powers if p not in out)
            then = product_of(Monomial(inner.coefficient, inner.decimal, kept))
            powers += [*out, (Cases(base.condition, then, ZERO), exponent)] if out else [(base, exponent)]
        else:
            powers.append((base, exponent))
    return Monomial(parts.coefficient, parts.decimal, tuple(powers))


def _at(fold: Fold, body: Expr, place: Index, facts: Facts) -> Expr:
    wanted = (*within(place, Range(fold.symbol, fold.lower, fold.upper)), *_where_at(fold, place))
    guards = undecided(wanted, facts)
    if guards is None:
        return ZERO
    result = sifted(substitute(body, {fold.symbol: place}), facts.given(guards))
    return guarded(result, guards)


def _where_at(fold: Fold, place: Index) -> Iterable[Condition]:
    return (substitute(condition, {fold.symbol: place}) for condition in fold.where)


def guarded(body: Expr, guards: tuple[Condition, ...]) -> Expr:
    """The body where all guards hold, otherwise 0."""
    if not guards or body == ZERO:
        return body
    return Cases(guards[0] if len(guards) == 1 else Logic("and", guards), body, ZERO)


def common_factor(expr: Expr) -> Expr:
    """a*d - a*b => a*(d - b), where a delta is among the terms: p_i (delta_ij - p_j)."""
    return _factor_out(expr) if any(isinstance(n, Delta) for n in walk(expr)) else expr


def factored(expr: Expr) -> Expr:
    """a*d - a*b => a*(d - b), where a is a quantity that all terms share."""
    return _factor_out(expr)


def _factor_out(expr: Expr) -> Expr:
    if not isinstance(expr, Sum):
        return expr
    terms = [monomial(term) for term in expr.terms]
    shared = tuple(
        p for p in terms[0].powers if isinstance(p[0], Quantity | Apply | Sum) and all(p in t.powers for t in terms[1:])
    )
    if not shared:
        return expr
    rest = (Monomial(t.coefficient, t.decimal, tuple(p for p in t.powers if p not in shared)) for t in terms)
    return times(product_of(Monomial(Fraction(1), False, shared)), plus(*map(product_of, rest)))
