"""What changed between one line and the next, and which terms of a sum vanish: told apart in the printed chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.notation.highlighting import Highlight
from derive.writing.nodes import ExpandedSum, Expr, Gradient, Negative, Node, Partial, Product, Sum
from derive.writing.walk import parts, quantities, rebuilt


def with_changes(sides: Sequence[Expr]) -> tuple[Expr, ...]:
    """The sides of a chain, each with what is new in it; where all of it is new, nothing is told apart."""
    return tuple(_told(before, after) for before, after in zip((None, *sides), sides, strict=False))


def _told(before: Expr | None, after: Expr) -> Expr:
    sorted_terms = _vanishing(after)
    if sorted_terms is not None or before is None or isinstance(before, Partial | Gradient):
        return sorted_terms or after
    found = _compared(before, after)
    return after if isinstance(found, Highlight) else found


# ---------------------------------------------------------------- terms that vanish


def _vanishing(expr: Expr) -> Expr | None:
    """A sum of derivatives by one quantity, with the terms that do not contain it struck out."""
    if not isinstance(expr, Sum | ExpandedSum) or len(expr.terms) < 2:
        return None
    terms = [_vanishes(term) for term in expr.terms]
    if None in terms or len(set(terms)) < 2:
        return None
    roles = ["vanishing" if gone else "surviving" for gone in terms]
    return replace(expr, terms=tuple(_marked(term, role) for term, role in zip(expr.terms, roles, strict=True)))


def _vanishes(term: Expr) -> bool | None:
    """Whether a derivative is one of something that does not contain its quantity; None for what is no derivative."""
    body = term.body if isinstance(term, Negative) else term
    return None if not isinstance(body, Partial) else body.by not in set(quantities(body.of))


# ---------------------------------------------------------------- what is new


def _compared(before: Expr, after: Expr) -> Expr:
    if before == after:
        return after
    if isinstance(after, Sum | Product) and type(before) is type(after):
        return _terms_compared(before, after)
    old, new = list(_expressions(before)), list(_expressions(after))
    if type(before) is not type(after) or len(old) != len(new) or not _same(old, new):
        return _marked(after, "changed")
    pairs = iter(zip(old, new, strict=True))
    return rebuilt(after, lambda part: _compared(*next(pairs)) if isinstance(part, Expr) else part)


def _expressions(node: Node) -> Iterator[Expr]:
    return (part for part in parts(node) if isinstance(part, Expr))


def _same(old: list[Expr], new: list[Expr]) -> bool:
    return any(left == right for left, right in zip(old, new, strict=True))


def _terms_compared(before: Node, after: Sum | Product) -> Expr:
    """The terms or factors that the line before does not have."""
    kept = Counter(_expressions(before))
    fresh: list[Expr] = []
    for part in _expressions(after):
        is_kept = kept[part] > 0
        kept[part] -= is_kept
        fresh.append(part if is_kept else _marked(part, "changed"))
    if all(isinstance(part, Highlight) for part in fresh):
        return _marked(after, "changed")
    return Sum(tuple(fresh)) if isinstance(after, Sum) else Product(tuple(fresh))


def _marked(expr: Expr, role: str) -> Expr:
    """The expression in a role: a minus in front, and a derivative that needs brackets, keep their places."""
    match expr:
        case Negative(body):
            return Negative(_marked(body, role))
        case Partial() | Gradient() if role == "changed":
            return expr
    return Highlight(role, expr)
