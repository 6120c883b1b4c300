"""Nothing stays written out that has a name: a definition's right side is replaced by its left side."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, cast

from derive.calculus.facts import Facts, undecided, within
from derive.model.model import Equation, Range
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    Constant,
    Expr,
    Fold,
    Function,
    IndexValue,
    Node,
    Number,
    Partial,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.tidy import Monomial, monomial, plus, product_of
from derive.writing.walk import free_symbols, rebuilt, substitute

Binding = dict[Symbol, Index]


def named(tree: Expr, equation: Equation, facts: Facts) -> Expr:
    """The tree with every instance of the equation's right side replaced by its left side, but not under a derivative.

    A fraction of a sum is split, (u + v)/s => u/s + v/s, where that makes all its parts namable.
    """
    if isinstance(equation.right, Quantity | Number | IndexValue | Constant):
        return tree
    return cast(Expr, _named(tree, equation, facts))


def _named(node: Node, equation: Equation, facts: Facts) -> Node:
    if isinstance(node, Partial):
        return node
    if isinstance(node, Expr):
        found = instance(node, equation, facts)
        if found is not None:
            return found
    if isinstance(node, Fold):
        facts = facts.within([Range(node.symbol, node.lower, node.upper)])
    inner = rebuilt(node, lambda part: _named(part, equation, facts))
    if isinstance(inner, Quotient):
        return _named_parts(inner, equation, facts) or inner
    return inner


def instance(expr: Expr, equation: Equation, facts: Facts) -> Quantity | None:
    """The element that the expression defines, where it is an instance of the equation's right side."""
    letters = {r.symbol: r for r in equation.ranges}
    binding = matched(equation.right, expr, letters.keys(), {})
    if binding is None or binding.keys() != letters.keys():
        return None
    wanted = (c for letter, span in letters.items() for c in within(binding[letter], _at(span, binding)))
    return substitute(equation.left, binding) if undecided(wanted, facts) == () else None


def _at(span: Range, binding: Binding) -> Range:
    return Range(span.symbol, span.lower.substitute(binding), span.upper.substitute(binding))


def _named_parts(quotient: Quotient, equation: Equation, facts: Facts) -> Expr | None:
    """(u + v)/s, or c*u/s, with u/s put as a name; None where a part has none."""
    terms = quotient.numerator.terms if isinstance(quotient.numerator, Sum) else (quotient.numerator,)
    found = [_named_part(term, quotient.denominator, equation, facts) for term in terms]
    return None if None in found else plus(*cast(list[Expr], found))


def _named_part(term: Expr, below: Expr, equation: Equation, facts: Facts) -> Expr | None:
    """c*u / s => c*name for the factor u that makes u/s namable."""
    parts = monomial(term)
    for base, exponent in parts.powers:
        name = instance(Quotient(base, below), equation, facts) if exponent == 1 else None
        if name is not None:
            powers = tuple((name, e) if b == base else (b, e) for b, e in parts.powers)
            return product_of(monomial(product_of(Monomial(parts.coefficient, parts.decimal, powers))))
    return None


# ---------------------------------------------------------------- matching


def matched(pattern: Any, tree: Any, letters: Any, binding: Binding) -> Binding | None:
    """The letters of the pattern bound so that it becomes the tree; None where that cannot be."""
    if isinstance(pattern, Index):
        return _matched_index(pattern, tree, letters, binding) if isinstance(tree, Index) else None
    if type(pattern) is not type(tree):
        return None
    if isinstance(pattern, Fold):
        return _matched_fold(pattern, tree, letters, binding)
    if isinstance(pattern, tuple):
        return _matched_all(zip(pattern, tree, strict=True), letters, binding) if len(pattern) == len(tree) else None
    if isinstance(pattern, Node | Function):
        pairs = ((getattr(pattern, f.name), getattr(tree, f.name)) for f in fields(cast(Any, pattern)))
        return _matched_all(pairs, letters, binding)
    return binding if pattern == tree else None


def _matched_all(pairs: Any, letters: Any, binding: Binding) -> Binding | None:
    for pattern, tree in pairs:
        found = matched(pattern, tree, letters, binding)
        if found is None:
            return None
        binding = found
    return binding


def _matched_index(pattern: Index, tree: Index, letters: Any, binding: Binding) -> Binding | None:
    free = [s for s in pattern.symbols if s in letters and s not in binding]
    pattern = pattern.substitute(binding)
    if not free:
        return binding if pattern == tree else None
    letter = min(free, key=lambda s: s.order)
    if pattern.coefficient(letter) != 1:
        return None
    return {**binding, letter: tree - (pattern - index(letter))}


def _matched_fold(pattern: Fold, tree: Fold, letters: Any, binding: Binding) -> Binding | None:
    """Two folds, whatever their bound letters are called; what is bound inside never gets out."""
    if pattern.symbol != tree.symbol and pattern.symbol in free_symbols(tree):
        return None
    own = _relettered(tree, pattern.symbol)
    pairs = ((getattr(pattern, f.name), getattr(own, f.name)) for f in fields(pattern))
    found = _matched_all(pairs, letters, binding)
    leaks = found is not None and any(
        pattern.symbol in i.symbols for letter, i in found.items() if letter not in binding
    )
    return None if leaks else found


def _relettered(fold: Fold, symbol: Symbol) -> Fold:
    """The fold with its bound letter called as in the pattern."""
    change = {fold.symbol: index(symbol)}
    where = tuple(substitute(c, change) for c in fold.where)
    return Fold(fold.kind, substitute(fold.body, change), symbol, fold.lower, fold.upper, where)
