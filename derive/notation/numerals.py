"""Exact numbers in digits."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

SMALLEST_POSITION = -4  # of the first digit: below 0.0001 a decimal is written with a power of ten


class Numeral(NamedTuple):
    """`digits` times 10**`exponent`; an exponent of 0 is not written."""

    digits: str
    exponent: int = 0


def decimal(value: Fraction) -> Numeral | None:
    """A number that is not negative with its decimals, all of them; None where they never end."""
    places = _places(value.denominator)
    if places is None:
        return None
    digits = str(value * 10**places)
    exponent = len(digits) - 1 - places
    if value and exponent < SMALLEST_POSITION:
        return Numeral(_with_point(digits, len(digits) - 1), exponent)
    return Numeral(_with_point(digits, places))


def _places(denominator: int) -> int | None:
    """The least p with denominator dividing 10**p."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def _with_point(digits: str, places: int) -> str:
    if not places:
        return digits
    padded = digits.zfill(places + 1)
    return f"{padded[:-places]}.{padded[-places:]}"
