"""Dual numbers: a value that carries its derivative along, so that a formula evaluated forward differentiates itself.

This is the judge of the differentiation rules, and shares no code with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

# Fraction, float, mpmath's mpf, or Dual over one of these: no type of Python's says "a number that has + - * /".
Num = Any

Orders = tuple[int, ...]


class Dual:
    """value + slope * e, where e*e = 0.

    Derivatives of derivatives nest: a dual number of a higher `level` has parts of lower levels, and a number of a
    lower level is a constant to it.
    """

    __hash__ = None  # type: ignore[assignment]  # equality goes by value alone, so no hash could serve a table
    __slots__ = ("level", "slope", "value")

    def __init__(self, value: Num, slope: Num, level: int = 1) -> None:
        self.value = value
        self.slope = slope
        self.level = level

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.slope!r}, level={self.level})"

    def __add__(self, other: Num) -> Dual:
        return _plus(self, other)

    def __radd__(self, other: Num) -> Dual:
        return _plus(other, self)

    def __sub__(self, other: Num) -> Dual:
        return _plus(self, -other)

    def __rsub__(self, other: Num) -> Dual:
        return _plus(other, -self)

    def __mul__(self, other: Num) -> Dual:
        return _times(self, other)

    def __rmul__(self, other: Num) -> Dual:
        return _times(other, self)

    def __truediv__(self, other: Num) -> Dual:
        return _over(self, other)

    def __rtruediv__(self, other: Num) -> Dual:
        return _over(other, self)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope, self.level)

    def __eq__(self, other: object) -> bool:
        return bool(plain(self) == plain(other))

    def __lt__(self, other: Num) -> bool:
        return bool(plain(self) < plain(other))

    def __le__(self, other: Num) -> bool:
        return bool(plain(self) <= plain(other))

    def __gt__(self, other: Num) -> bool:
        return bool(plain(self) > plain(other))

    def __ge__(self, other: Num) -> bool:
        return bool(plain(self) >= plain(other))


def level(x: Num) -> int:
    """How deeply dual numbers nest in x; 0 for a plain number."""
    return x.level if x.__class__ is Dual else 0


def plain(x: Num) -> Num:
    """x without any slope."""
    while x.__class__ is Dual:
        x = x.value
    return x


def slope(x: Num, at: int) -> Num:
    """The derivative that x carries at a level, 0 where it carries none."""
    return x.slope if level(x) == at else unit(x) * 0


def unit(x: Num) -> Num:
    """The number 1 of the same kind as x."""
    x = plain(x)
    if isinstance(x, float):
        return 1.0
    return x.context.one if hasattr(x, "context") else Fraction(1)


def parts(x: Num, at: int) -> tuple[Num, Num]:
    """Value and slope at a level; the slope of a constant is None, since 0 * inf would spoil the sum."""
    return (x.value, x.slope) if level(x) == at else (x, None)


def joined(left: Num, right: Num) -> Num:
    """left + right, where None is nothing."""
    if left is None:
        return right
    return left if right is None else left + right


def mapped(x: Num, change: Callable[[Num], Num]) -> Num:
    """x with its value and all its slopes in another arithmetic."""
    if x.__class__ is Dual:
        return Dual(mapped(x.value, change), mapped(x.slope, change), x.level)
    return change(x)


def finite(x: Num) -> bool:
    """Whether neither value nor slope of a float has overflowed; other numbers never do."""
    if x.__class__ is Dual:
        return finite(x.value) and finite(x.slope)
    return not isinstance(x, float) or math.isfinite(x)


def _plus(left: Num, right: Num) -> Dual:
    at = max(level(left), level(right))
    (a, da), (b, db) = parts(left, at), parts(right, at)
    return Dual(a + b, joined(da, db), at)


def _times(left: Num, right: Num) -> Dual:
    at = max(level(left), level(right))
    (a, da), (b, db) = parts(left, at), parts(right, at)
    return Dual(a * b, joined(None if da is None else da * b, None if db is None else a * db), at)


def _over(left: Num, right: Num) -> Dual:
    at = max(level(left), level(right))
    (a, da), (b, db) = parts(left, at), parts(right, at)
    value = a / b
    return Dual(value, joined(None if da is None else da / b, None if db is None else -value * db / b), at)


# ---------------------------------------------------------------- derivatives


def nth_derivative(function: Callable[[Num], Num], order: int, x: Num, above: int = 0) -> Num:
    """The derivative of some order of a function of one number that is written in terms of dual numbers' arithmetic.

    `above` is the highest level of the dual numbers that occur inside the function.
    """
    if order == 0:
        return function(x)
    at = max(level(x), above) + 1
    return slope(nth_derivative(function, order - 1, Dual(x, unit(x), at), at), at)


def through(function: Callable[[Orders, list[Num]], Num], orders: Orders, arguments: list[Num]) -> Num:
    """function(orders, arguments), where the function knows its derivatives but takes only plain numbers."""
    at = max(map(level, arguments), default=0)
    if at == 0:
        return function(orders, arguments)
    split = [parts(argument, at) for argument in arguments]
    values = [value for value, _ in split]
    total = None
    for i, (_, inner) in enumerate(split):
        if inner is not None:
            raised = (*orders[:i], orders[i] + 1, *orders[i + 1 :])
            total = joined(total, through(function, raised, values) * inner)
    return Dual(through(function, orders, values), total, at)
