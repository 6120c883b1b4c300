"""Sums written out: which terms are shown, and where the one that matters stands.

Up to four terms a sum is shown in full. Beyond: the first terms up to the one that matters, dots, the last one; where
the one that matters is far in, or a letter: the first two, dots, it, dots, the last.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.facts import Facts
from derive.calculus.matching import occurrences, solved
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import ExpandedSum, Fold, Quantity
from derive.writing.walk import substitute

IN_FULL = 4
NEAR = 3


def place(fold: Fold, by: Quantity) -> Index | None:
    """The one index of a sum whose term contains `by`, or None where there is none or more than one."""
    if fold.kind != "sum" or fold.where:
        return None
    found = {_place(occurrence, binders, fold, by) for occurrence, binders in occurrences(fold.body, by.family)}
    return found.pop() if len(found) == 1 else None


def _place(occurrence: Quantity, binders: tuple[Fold, ...], fold: Fold, by: Quantity) -> Index | None:
    if binders or occurrence.label != by.label:
        return None
    for have, want in zip(occurrence.indices, by.indices, strict=True):
        if fold.symbol in have.symbols:
            return solved(have - want, [fold.symbol]).get(fold.symbol)
    return None


def expanded(fold: Fold, matters: Index, facts: Facts) -> ExpandedSum | None:
    """The sum written out around the index that matters; None where its range leaves nothing to show."""
    shown = indices_shown(fold.lower, fold.upper, matters, facts.sizes)
    if shown is None:
        return None
    terms = tuple(substitute(fold.body, {fold.symbol: i}) for i in shown if i is not None)
    return ExpandedSum(fold, shown, terms)


def indices_shown(
    lower: Index, upper: Index, matters: Index, sizes: Mapping[Symbol, int]
) -> tuple[Index | None, ...] | None:
    """The indices of the terms to write, None for dots; None altogether where the range is empty."""
    first, last = known(lower, sizes), known(upper - 1, sizes)
    at = matters.value
    end = upper - 1 if last is None else index(last)
    if first is None or at is None or at < first:
        return _sparse(lower, matters, end)
    if last is None:
        near = [index(i) for i in range(first, max(at, first + 1) + 1)] if at - first <= NEAR else None
        return (*near, None, end) if near else _sparse(lower, matters, end)
    if not first <= at <= last:
        return None
    return tuple(None if i is None else index(i) for i in _numbers(first, at, last))


def _sparse(lower: Index, matters: Index, end: Index) -> tuple[Index | None, ...]:
    around = () if matters in (lower, lower + 1, end) else (None, matters)
    return (lower, lower + 1, *around, None, end)


def _numbers(first: int, at: int, last: int) -> list[int | None]:
    if last - first < IN_FULL:
        return list(range(first, last + 1))
    near = at - first <= NEAR and at != last
    start = range(first, max(at, first + 1) + 1) if near else range(first, first + 2)
    wanted = sorted({*start, at, last})
    return [i for pair in zip(wanted, [*wanted[1:], None], strict=True) for i in _with_gap(*pair)]


def _with_gap(i: int, following: int | None) -> tuple[int | None, ...]:
    return (i,) if following is None or following == i + 1 else (i, None)


def known(bound: Index, sizes: Mapping[Symbol, int]) -> int | None:
    """The number, where every size in it has a value."""
    if all(symbol in sizes for monomial, _ in bound.terms for symbol in monomial):
        return bound.evaluate(sizes.__getitem__)
    return None
