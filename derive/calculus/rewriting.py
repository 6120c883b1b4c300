"""Rewriting a tree from the inside out, with what is known at each place in it."""

from __future__ import annotations

from collections.abc import Callable

from derive.calculus.facts import Facts
from derive.model.model import Range
from derive.writing.nodes import Cases, Expr, Fold, Node
from derive.writing.walk import rebuilt

Change = Callable[[Node, Facts], Node]


def rewritten(tree: Expr, facts: Facts, change: Change) -> Expr:
    """The tree with `change` made at every node, whose parts are rewritten already.

    Within a sum the range and the conditions of its letter hold, within a case its condition.
    """
    new = _rewritten(tree, facts, change)
    assert isinstance(new, Expr)  # a rewriting keeps expressions expressions
    return new


def _rewritten(node: Node, facts: Facts, change: Change) -> Node:
    if isinstance(node, Cases):
        then = rewritten(node.then, facts.given([node.condition]), change)
        return change(Cases(node.condition, then, rewritten(node.otherwise, facts, change)), facts)
    inner = facts
    if isinstance(node, Fold):
        inner = facts.within([Range(node.symbol, node.lower, node.upper)]).given(node.where)
    return change(rebuilt(node, lambda part: _rewritten(part, inner, change)), facts)
