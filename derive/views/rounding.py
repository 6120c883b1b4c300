"""How numbers are shown in a worked solution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.errors import OptionError
from derive.writing.dual import Num
from derive.writing.nodes import Expr
from derive.writing.numbers import DIGITS
from derive.writing.tidy import number

MOST_DIGITS = 30


@dataclass(frozen=True)
class Rounding:
    """`digits` after the point, or significant ones; half to even, so that 0.125 with two digits is 0.12.

    A fraction stays one where `fractions` asks for it; what is no fraction is rounded all the same.
    """

    digits: int = 4
    kind: Literal["decimal", "significant"] = "decimal"
    fractions: bool = False

    def __post_init__(self) -> None:
        least = 0 if self.kind == "decimal" else 1
        if not least <= self.digits <= MOST_DIGITS:
            raise OptionError(f"digits is {self.digits}, but must lie between {least} and {MOST_DIGITS}")

    def shown(self, value: Num) -> Shown:
        """A number as it is written, and whether that is all of it."""
        exact = exactly(value)
        if self.fractions and isinstance(value, Fraction):
            return Shown(number(value), True)
        rounded = round(exact, self._places(exact))
        return Shown(number(rounded, rounded.denominator != 1), rounded == exact)

    def _places(self, value: Fraction) -> int:
        if self.kind == "decimal" or not value:
            return self.digits
        return self.digits - 1 - _magnitude(value)


@dataclass(frozen=True)
class Shown:
    """A number as it is written; `exact` where nothing was rounded off."""

    expr: Expr
    exact: bool


def _magnitude(value: Fraction) -> int:
    """The exponent of the power of ten that a number begins with: -2 for 0.05."""
    guess = math.floor(math.log10(abs(value.numerator)) - math.log10(value.denominator))
    return guess + 1 if abs(value) >= Fraction(10) ** (guess + 1) else guess


def exactly(value: Num) -> Fraction:
    """Any number as a fraction: a float as the decimal that Python writes for it, 50 digits as they are."""
    if isinstance(value, Fraction | int):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(repr(value))
    return Fraction(value.context.nstr(value, DIGITS, strip_zeros=True))
