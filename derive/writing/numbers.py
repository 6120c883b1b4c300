"""The arithmetic of trees: powers and elementary functions of exact fractions, floats, 50 digits, and dual numbers."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from derive.errors import DeriveError, TooLarge
from derive.writing.dual import Dual, Num, finite, joined, level, parts, plain, slope, unit

DIGITS = 50
EXACT_BITS = 10_000
LARGEST = 2**64  # beyond it neither a whole exponent nor the period of a sine fits into memory
_AGREEMENT = {float: 1e-9}
_PRECISE_AGREEMENT = 10.0 ** (12 - DIGITS)


class OutsideDomain(DeriveError):
    """A formula has no value at this point: a logarithm of 0, a division by 0, a root of a negative number."""


class NotExact(DeriveError):
    """A function has no rational value here, so that exact arithmetic cannot go on."""


# ---------------------------------------------------------------- powers


def power(base: Num, exponent: Num) -> Num:
    """base ** exponent, exact where the exponent is whole; 0 ** 0 is 1, as it is in every polynomial."""
    try:
        if level(exponent):
            return _dual_power(base, exponent)
        whole = _whole(exponent)
        if whole is not None:
            return _whole_power(base, whole)
        return _dual_power(base, exponent) if level(base) else _broken_power(base, exponent)
    except ZeroDivisionError:
        raise OutsideDomain(f"0 has no power {_shown(exponent)}: that divides by 0") from None


def _whole(x: Num) -> int | None:
    """x as a whole number, None where it is none."""
    if isinstance(x, int | Fraction):
        return x.numerator if x.denominator == 1 else None
    if isinstance(x, float):
        return int(x) if x.is_integer() else None
    return int(_bounded(x, "an exponent")) if x.context.isint(x) else None


def _bounded(x: Num, what: str) -> Num:
    """A number with 50 digits that is not so large that counting with it takes all memory."""
    if abs(x) > LARGEST:
        raise TooLarge(f"{what} is larger than 2**64")
    return x


def _whole_power(base: Num, exponent: int) -> Num:
    if level(base):
        value = _whole_power(base.value, exponent)
        inner = _whole_power(base.value, exponent - 1) * exponent * base.slope if exponent else base.slope * 0
        return Dual(value, inner, base.level)
    if isinstance(base, float):
        return _float_power(base, float(exponent))
    if isinstance(base, Fraction) and abs(base) != 1 and bits(base) * abs(exponent) > EXACT_BITS:
        raise TooLarge(f"a power with exponent {exponent} has more than {EXACT_BITS} binary digits")
    return base**exponent


def _broken_power(base: Num, exponent: Num) -> Num:
    if base < 0:
        raise OutsideDomain(f"{_shown(base)} is negative: it has no power {_shown(exponent)}")
    if isinstance(base, Fraction):
        raise NotExact(f"{base} ** {exponent} is not rational: evaluate it with 50 digits")
    return _float_power(base, exponent) if isinstance(base, float) else base**exponent


def _float_power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


def _dual_power(base: Num, exponent: Num) -> Dual:
    """(b**e)' = e * b**(e - 1) * b' + b**e * log(b) * e'"""
    at = max(level(base), level(exponent))
    (b, db), (e, de) = parts(base, at), parts(exponent, at)
    value = power(b, e)
    by_base = None if db is None else e * power(b, e - 1) * db
    by_exponent = None if de is None else value * PRIMITIVES["log"](b) * de
    return Dual(value, joined(by_base, by_exponent), at)


def bits(x: Fraction) -> int:
    """The length of a fraction in binary digits."""
    return max(x.numerator.bit_length(), x.denominator.bit_length())


# ---------------------------------------------------------------- elementary functions


@dataclass(frozen=True)
class Primitive:
    """An elementary function with its derivative f'(x), which may use the value f(x) as well.

    `domain` holds where there is a value; `at_infinity` is the value where a float overflows. One that `shrinks` its
    argument may be given any number: of the others, a number too large for its value would take all memory.
    """

    name: str
    on_float: Callable[[float], float]
    derivative: Callable[[Num, Num], Num]
    precise: str = ""
    on_fraction: Callable[[Fraction], Fraction] | None = None
    domain: Callable[[Num], bool] | None = None
    allowed: str = ""
    at_infinity: Callable[[float], float] = abs
    shrinks: bool = False

    def __call__(self, x: Num) -> Num:
        if x.__class__ is Dual:
            value = self(x.value)
            return Dual(value, self._slope(x.value, value) * x.slope, x.level)
        if self.domain is not None and not self.domain(x):
            raise OutsideDomain(f"{self.name}({_shown(x)}) has no value: {self.name} needs {self.allowed}")
        if isinstance(x, Fraction):
            return self._exact(x)
        if isinstance(x, float):
            return self._float(x)
        argument = x if self.shrinks else _bounded(x, f"the argument of {self.name}")
        return getattr(x.context, self.precise or self.name)(argument)

    def _slope(self, x: Num, value: Num) -> Num:
        try:
            return self.derivative(x, value)
        except ZeroDivisionError:
            raise OutsideDomain(f"{self.name} has no derivative at {_shown(x)}") from None

    def _exact(self, x: Fraction) -> Fraction:
        if self.on_fraction is None:
            raise NotExact(f"{self.name}({x}) is not rational: evaluate it with 50 digits")
        return self.on_fraction(x)

    def _float(self, x: float) -> float:
        try:
            return self.on_float(x)
        except OverflowError:
            return self.at_infinity(math.copysign(math.inf, x))
        except ValueError:
            raise OutsideDomain(f"{self.name}({_shown(x)}) has no value") from None


def _sign(x: Num) -> Num:
    return unit(x) * ((x > 0) - (x < 0))


def _erf_slope(x: Num, _: Num) -> Num:
    pi = math.pi if isinstance(plain(x), float) else plain(x).context.pi
    return PRIMITIVES["exp"](-x * x) * 2 / PRIMITIVES["sqrt"](pi * unit(x))


PRIMITIVES: dict[str, Primitive] = {
    primitive.name: primitive
    for primitive in (
        Primitive("exp", math.exp, lambda _, y: y),
        Primitive(
            "log", math.log, lambda x, _: 1 / x, domain=lambda x: x > 0, allowed="a number above 0", shrinks=True
        ),
        Primitive(
            "sqrt",
            math.sqrt,
            lambda _, y: 1 / (2 * y),
            domain=lambda x: x >= 0,
            allowed="a number from 0 on",
            shrinks=True,
        ),
        Primitive("sin", math.sin, lambda x, _: PRIMITIVES["cos"](x)),
        Primitive("cos", math.cos, lambda x, _: -PRIMITIVES["sin"](x)),
        Primitive("tan", math.tan, lambda x, _: 1 / power(PRIMITIVES["cos"](x), 2)),
        Primitive("tanh", math.tanh, lambda _, y: 1 - y * y),
        Primitive("sinh", math.sinh, lambda x, _: PRIMITIVES["cosh"](x), at_infinity=lambda x: x),
        Primitive("cosh", math.cosh, lambda x, _: PRIMITIVES["sinh"](x)),
        Primitive("erf", math.erf, _erf_slope),
        Primitive("abs", abs, lambda x, _: PRIMITIVES["sign"](x), precise="fabs", on_fraction=abs, shrinks=True),
        Primitive("sign", _sign, lambda x, _: unit(x) * 0, on_fraction=_sign, shrinks=True),
    )
}

# The largest or smallest of several numbers; the first of those that are equal, and with it its derivative.
EXTREMES: dict[str, Callable[[Num, Num], bool]] = {"max": operator.gt, "min": operator.lt}


def extreme(name: str, orders: Sequence[int], arguments: Sequence[Num]) -> Num:
    """max or min of several numbers, or its derivative: 1 by the one that is chosen, 0 by the others."""
    chosen = 0
    for i, argument in enumerate(arguments):
        if EXTREMES[name](argument, arguments[chosen]):
            chosen = i
    if not any(orders):
        return arguments[chosen]
    return unit(arguments[chosen]) * (sum(orders) == 1 and orders[chosen] == 1)


def has_kink(name: str, arguments: Sequence[Num]) -> bool:
    """Whether the derivative of max or min depends on which of several equal numbers is chosen."""
    at = max(map(level, arguments), default=0)
    if at == 0:
        return False
    best = extreme(name, (), arguments)
    slopes = [slope(argument, at) for argument in arguments if argument == best]
    return any(other != slopes[0] for other in slopes[1:])


# ---------------------------------------------------------------- arithmetics, comparison


@cache
def precise() -> Any:
    """mpmath's arithmetic with 50 digits, in a context of its own: the global precision is the user's."""
    import mpmath  # costs 30 ms, which only those who ask for 50 digits should pay

    context = mpmath.MPContext()
    context.dps = DIGITS
    return context


@dataclass(frozen=True)
class Arithmetic:
    """How the exact numbers of a tree, and pi, become numbers to count with."""

    number: Callable[[Fraction | int], Num]
    pi: Callable[[], Num]


def _fraction(value: Fraction | int) -> Fraction:
    return value if value.__class__ is Fraction else Fraction(value)


def _float(value: Fraction | int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise TooLarge("a number is too large for a float") from None


def _digits(value: Fraction | int) -> Num:
    whole = precise().mpf(value.numerator)
    return whole if value.denominator == 1 else whole / value.denominator


# pi is transcendental: an equation between rational expressions in pi holds only if it holds for every number in its
# place. So exact arithmetic takes a rational one, so near to pi that comparisons stay true.
ARITHMETICS = {
    "exact": Arithmetic(_fraction, lambda: Fraction(355, 113)),
    "precise": Arithmetic(_digits, lambda: +precise().pi),
    "float": Arithmetic(_float, lambda: math.pi),
}


def agree(left: Num, right: Num) -> bool:
    """Whether two numbers are equal: fractions exactly, others up to the rounding of a long computation."""
    left, right = plain(left), plain(right)
    if left == right:
        return True
    if (isinstance(left, Fraction) and isinstance(right, Fraction)) or not finite(left - right):
        return False
    allowed = _AGREEMENT.get(type(left), _PRECISE_AGREEMENT)
    return bool(abs(left - right) <= allowed * max(1, abs(left), abs(right)))


def _shown(x: Num) -> str:
    return f"{float(plain(x)):.6g}"
