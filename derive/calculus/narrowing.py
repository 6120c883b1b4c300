"""Conditions of a sum that only shorten its range.

sum(f(k) for k in range(0, n) where 1 <= k)  =>  sum(f(k) for k in range(1, n))
"""

from __future__ import annotations

from derive.calculus.facts import Facts, differences
from derive.calculus.matching import solved
from derive.calculus.rewriting import rewritten
from derive.model.model import Range
from derive.writing.index import Index
from derive.writing.nodes import Compare, Condition, Expr, Fold, Node


def narrowed(tree: Expr, facts: Facts) -> Expr:
    """The tree with every condition in the range of its sum, where it is known to end within that range."""
    return rewritten(tree, facts, _narrow)


def _narrow(node: Node, facts: Facts) -> Node:
    if not isinstance(node, Fold):
        return node
    span, kept = Range(node.symbol, node.lower, node.upper), list[Condition]()
    for condition in node.where:
        shorter = _shorter(span, condition, facts)
        if shorter is None:
            kept.append(condition)
        span = shorter or span
    return Fold(node.kind, node.body, node.symbol, span.lower, span.upper, tuple(kept))


def _shorter(span: Range, condition: Condition, facts: Facts) -> Range | None:
    """The part of the range in which the condition holds; None where it is not known to be a range."""
    match condition, tuple(differences(condition)):
        case Compare(), (difference,):
            edge = solved(difference, [span.symbol]).get(span.symbol)
            if edge is not None and span.symbol not in edge.symbols:
                return _cut(span, edge, difference.coefficient(span.symbol) == 1, facts)
    return None


def _cut(span: Range, edge: Index, below: bool, facts: Facts) -> Range | None:
    """The range from the edge on, or up to it; an edge within the range, so that an empty one is not turned round."""
    end = edge if below else edge + 1
    if not (facts.at_least(end - span.lower, 0) and facts.at_least(span.upper - end, 0)):
        return None
    return Range(span.symbol, end, span.upper) if below else Range(span.symbol, span.lower, end)
