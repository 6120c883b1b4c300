"""The result of a stage as it is printed: what a textbook would still do once every factor is in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.calculus.cancelling import cancelled
from derive.calculus.facts import Facts
from derive.calculus.naming import matched
from derive.calculus.narrowing import narrowed
from derive.calculus.sifting import factored, sifted
from derive.calculus.steps import Detail, Step
from derive.model.model import Model
from derive.writing.nodes import (
    ZERO,
    Cases,
    Compare,
    Condition,
    Expr,
    Fold,
    Grouped,
    Logic,
    Node,
    Product,
    Quantity,
)
from derive.writing.tidy import Monomial, monomial, product_of, tidy, times
from derive.writing.walk import rebuilt, walk

ROUNDS = 4

Simplifier = Callable[[Expr, Model, Facts], Expr]


def simplified(tree: Expr, model: Model, facts: Facts) -> Iterator[Step]:
    """The steps from the product of all factors to the result."""
    plain = _ungrouped(tree)
    if plain != tree and tidy(plain) == plain:
        yield Step(tree, plain, "brackets", Detail.FULL)
        tree = plain
    for _ in range(ROUNDS):
        begun = tree
        for rule, simplify in SIMPLIFIERS.items():
            after = simplify(tree, model, facts)
            if after != tree:
                yield Step(tree, after, rule, Detail.LESSON)
                tree = after
        if tree == begun:
            return


def _ungrouped(node: Expr) -> Expr:
    """The tree without brackets kept for show, products in products flattened."""
    return _without_groups(node)  # type: ignore[return-value]


def _without_groups(node: Node) -> Node:
    if isinstance(node, Grouped):
        return _without_groups(node.body)
    inner = rebuilt(node, _without_groups)
    return times(*inner.factors) if isinstance(inner, Product) else inner


def restricted(tree: Expr) -> Expr:
    """Cases that are 0 elsewhere, as a condition of the sum that they stand in."""
    return _restricted(tree)  # type: ignore[return-value]


def _restricted(node: Node) -> Node:
    """sum(f(k) * (g(k) if c(k) else 0)) => sum(f(k) * g(k) where c(k))"""
    inner = rebuilt(node, _restricted)
    if isinstance(inner, Fold) and inner.kind == "sum":
        return _restrict(inner)
    return inner


def _restrict(fold: Fold) -> Fold:
    body = fold.body.body if isinstance(fold.body, Grouped) else fold.body
    if isinstance(body, Cases) and body.otherwise == ZERO and _on_indices(body.condition):
        return _restrict(Fold("sum", body.then, fold.symbol, fold.lower, fold.upper, _where(fold, body.condition)))
    parts = monomial(body)
    for base, exponent in parts.powers:
        if exponent == 1 and isinstance(base, Cases) and base.otherwise == ZERO and _on_indices(base.condition):
            powers = tuple((base.then, e) if b == base else (b, e) for b, e in parts.powers)
            rest = product_of(monomial(product_of(Monomial(parts.coefficient, parts.decimal, powers))))
            return _restrict(Fold("sum", rest, fold.symbol, fold.lower, fold.upper, _where(fold, base.condition)))
    return fold


def _where(fold: Fold, condition: Condition) -> tuple[Condition, ...]:
    return (*fold.where, *(c for c in _joined(condition) if c not in fold.where))


def _joined(condition: Condition) -> Iterator[Condition]:
    """The conditions that an `and` joins, one by one."""
    if isinstance(condition, Logic) and condition.connective == "and":
        for part in condition.parts:
            yield from _joined(part)
    else:
        yield condition


def _on_indices(condition: Condition) -> bool:
    return not any(isinstance(n, Quantity) for n in walk(condition))


def _assumed(tree: Expr, model: Model) -> Expr:
    """sum(y_j) => 1, where the model promises it"""
    for promise in model.assumptions:
        if isinstance(promise, Compare) and promise.relation == "==":
            tree = _replaced_like(tree, promise.left, promise.right)  # type: ignore[assignment]
    return tree


def _replaced_like(node: Node, pattern: Expr, by: Expr) -> Node:
    if matched(pattern, node, (), {}) is not None:
        return by
    return rebuilt(node, lambda part: _replaced_like(part, pattern, by))


SIMPLIFIERS: dict[str, Simplifier] = {
    "simplify": lambda tree, model, facts: tidy(tree),
    "restrict": lambda tree, model, facts: narrowed(restricted(tree), facts),
    "sift": lambda tree, model, facts: sifted(tree, facts),
    "assumption": lambda tree, model, facts: _assumed(tree, model),
    "common factor": lambda tree, model, facts: factored(tree),
    "cancel": lambda tree, model, facts: cancelled(tree),
}
