"""Which equation defines an element: the left side matched against its label and indices."""

from __future__ import annotations

from collections.abc import Callable

from derive.errors import ModelError
from derive.model.model import Equation
from derive.writing.index import Index, Symbol
from derive.writing.scene import Element

Letters = dict[Symbol, int]
Value = Callable[[Index, Letters], int]


def matched(equation: Equation, element: Element, value: Value) -> Letters | None:
    """The numbers of the equation's free letters at which its left side is the element; None where it never is."""
    letters = unified(equation, element, value)
    if letters is None:
        return None
    for r in equation.ranges:
        if not value(r.lower, letters) <= letters[r.symbol] < value(r.upper, letters):
            return None
    return letters


def unified(equation: Equation, element: Element, value: Value) -> Letters | None:
    """As `matched`, whether or not the letters lie in their ranges."""
    left = equation.left
    if (left.label is None) != (element.label is None) or len(left.indices) != len(element.indices):
        return None
    free = {r.symbol for r in equation.ranges}
    letters: Letters = {}
    have = (element.label, *element.indices)
    for pattern, number in zip((left.label, *left.indices), have, strict=True):
        if pattern is not None and number is not None and not _bound(pattern, number, free, letters, value):
            return None
    if free - letters.keys():
        missing = min(s.name for s in free - letters.keys())
        raise ModelError(f"{equation} says nothing of {missing} on its left side: write it as an index there")
    return letters


def _bound(pattern: Index, number: int, free: set[Symbol], letters: Letters, value: Value) -> bool:
    """Whether one index fits; a free letter that is met for the first time gets its number."""
    new = [s for s in free if s not in letters and s in pattern.symbols]
    if not new:
        return value(pattern, letters) == number
    c = pattern.coefficient(new[0])
    if c is None or len(new) > 1:
        raise ModelError(
            f"the index {pattern} on a left side has no single letter that it determines: write one letter"
        )
    letters[new[0]] = 0
    letters[new[0]], rest = divmod(number - value(pattern, letters), c)
    return rest == 0
