"""Building results the way people write them: no `1 *`, no `+ 0`, signs and numbers in front, equal factors collected.

`times`, `plus`, `negative`, `over` and `power` do what a hand does without thinking. `tidy` also collects equal
factors and like terms and cancels; it never multiplies out, and it keeps factors in the order in which they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from derive.writing.nodes import (
    ONE,
    ZERO,
    Apply,
    Cases,
    Constant,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Grouped,
    IndexValue,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from derive.writing.walk import free_symbols, rebuilt

SQRT = Function("sqrt")
HALF = Fraction(1, 2)


def number(value: int | Fraction, decimal: bool = False) -> Expr:
    """An exact number, a negative one as `Negative`."""
    fraction = Fraction(value)
    shown = Number(abs(fraction), decimal and _terminates(fraction))
    return Negative(shown) if fraction < 0 else shown


def negative(body: Expr) -> Expr:
    """-body, with two signs cancelling."""
    match body:
        case Negative():
            return body.body
        case Number() if body.value == 0:
            return body
        case Sum() if isinstance(body.terms[0], Negative):
            return plus(*(negative(term) for term in body.terms))
    return Negative(body)


def plus(*terms: Expr) -> Expr:
    """The sum without zeros, sums in sums flattened."""
    kept = tuple(part for term in terms for part in _terms(term) if part != ZERO)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Sum(kept)


def _terms(term: Expr) -> Iterator[Expr]:
    match term:
        case Sum():
            for part in term.terms:
                yield from _terms(part)
        case Negative(Sum() as inner):
            for part in inner.terms:
                yield from _terms(negative(part))
        case _:
            yield term


def times(*factors: Expr) -> Expr:
    """The product with its sign and its number in front, without ones; zero where a factor is zero."""
    value, decimal, kept = Fraction(1), False, list[Expr]()
    for factor in _factors(factors):
        if isinstance(factor, Number) and _joins(factor, Fraction(1)):
            value, decimal = value * factor.value, decimal or factor.decimal
        elif isinstance(factor, Negative):
            value = -value
            kept += [] if factor.body == ONE else [factor.body]
        else:
            kept.append(factor)
    if value == 0:
        return ZERO
    return _signed(value, decimal, kept)


def _signed(value: Fraction, decimal: bool, kept: list[Expr]) -> Expr:
    front = abs(value)
    if front != 1 or not kept:
        kept = [_written(front, decimal), *kept]
    body = kept[0] if len(kept) == 1 else Product(tuple(kept))
    return Negative(body) if value < 0 else body


def _factors(factors: Iterable[Expr]) -> Iterator[Expr]:
    for factor in factors:
        match factor:
            case Product():
                yield from _factors(factor.factors)
            case Negative(Product() as inner):
                yield Negative(ONE)
                yield from _factors(inner.factors)
            case Negative(Number() as value):
                yield Negative(ONE)
                yield value
            case Quotient(Number() as top, Number() as bottom) if bottom.value:
                yield Number(top.value / bottom.value)
            case _:
                yield factor


def _written(value: Fraction, decimal: bool = False) -> Expr:
    """A positive number: whole or decimal as it is, otherwise as a fraction of whole numbers."""
    if value.denominator == 1 or (decimal and _terminates(value)):
        return Number(value, decimal and value.denominator != 1)
    return Quotient(Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def _terminates(value: Fraction) -> bool:
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    return bottom == 1


def over(numerator: Expr, denominator: Expr) -> Expr:
    """numerator / denominator, without a denominator of one."""
    if denominator == ONE or numerator == ZERO:
        return numerator
    if isinstance(numerator, Negative):
        return negative(over(numerator.body, denominator))
    return Quotient(numerator, denominator)


def power(base: Expr, exponent: Expr) -> Expr:
    """base ** exponent, without exponents of one and zero."""
    if exponent == ONE:
        return base
    return ONE if exponent == ZERO else Power(base, exponent)


# ---------------------------------------------------------------- collecting


@dataclass(frozen=True)
class Monomial:
    """coefficient * product of base ** exponent, in reading order."""

    coefficient: Fraction
    decimal: bool
    powers: tuple[tuple[Expr, Fraction], ...]

    @property
    def key(self) -> frozenset[tuple[Expr, Fraction]]:
        return frozenset(self.powers)


def monomial(expr: Expr) -> Monomial:
    """The factors of an expression, equal ones collected and cancelled."""
    coefficient, decimal, exponents = Fraction(1), False, dict[Expr, Fraction]()
    for base, exponent in _powers(expr, Fraction(1)):
        if isinstance(base, Number) and _joins(base, exponent):
            coefficient *= base.value**exponent.numerator
            decimal = decimal or base.decimal
        elif base == _MINUS:
            coefficient = -coefficient
        else:
            exponents[base] = exponents.get(base, Fraction(0)) + exponent
    powers = tuple((base, e) for base, e in exponents.items() if e)
    return Monomial(coefficient, decimal, powers if coefficient else ())


def rational(expr: Expr) -> Fraction:
    """The number that an expression of numbers alone is: 3, -1/2; 0 for any other."""
    match expr:
        case Number(value):
            return value
        case Negative(body):
            return -rational(body)
        case Quotient(top, bottom) if rational(bottom):
            return rational(top) / rational(bottom)
    return Fraction(0)


def _is_small(raised: Expr, exponent: Fraction) -> bool:
    """Whether an exponent is a number by which factors can be collected: whole or half, and small."""
    power = exponent * rational(raised)
    return power != 0 and power.denominator <= 2 and abs(power) <= MAX_EXPONENT


def _joins(base: Number, exponent: Fraction) -> bool:
    """Whether a number is multiplied into the coefficient: not where that makes a short decimal a long one."""
    if exponent.denominator != 1 or (not base.value and exponent <= 0):
        return False
    if not base.decimal:
        return True
    return len(str(base.value.denominator)) <= SHORT and (exponent > 0 or _terminates(1 / base.value))


_MINUS = Negative(ONE)
SHORT = 7  # digits of a decimal that people still multiply
MAX_EXPONENT = 64


def _powers(expr: Expr, exponent: Fraction) -> Iterator[tuple[Expr, Fraction]]:
    match expr:
        case Product():
            for factor in expr.factors:
                yield from _powers(factor, exponent)
        case Quotient():
            yield from _powers(expr.numerator, exponent)
            yield from _powers(expr.denominator, -exponent)
        case Negative() if expr != _MINUS and exponent.denominator == 1:
            if exponent.numerator % 2:
                yield _MINUS, Fraction(1)
            yield from _powers(expr.body, exponent)
        case Grouped():
            yield from _powers(expr.body, exponent)
        case Power(base, raised) if _is_small(raised, exponent):
            power = exponent * rational(raised)
            yield from _powers(base, power) if power.denominator == 1 else ((base, power),)
        case Apply(function, (argument,)) if function == SQRT:
            yield argument, exponent / 2
        case _:
            yield expr, exponent


def product_of(parts: Monomial) -> Expr:
    """The monomial as it is written: plain numbers and sizes of the denominator in front, other denominators below."""
    if not parts.coefficient:
        return ZERO
    if parts.coefficient < 0:
        parts = _turned(parts)
    value = abs(parts.coefficient)
    above = [_raised(base, e) for base, e in parts.powers if e > 0]
    below = [(base, -e) for base, e in parts.powers if e < 0]
    sizes = [_raised(base, e) for base, e in below if isinstance(base, IndexValue | Constant)]
    others = [_raised(base, e) for base, e in below if not isinstance(base, IndexValue | Constant)]
    if parts.decimal and _terminates(value):
        top, bottom = Number(value, value.denominator != 1), ONE
    else:
        top, bottom = Number(Fraction(value.numerator)), Number(Fraction(value.denominator))
    if others:
        result = over(times(top, *above), times(bottom, *sizes, *others))
    elif sizes or bottom != ONE:
        result = times(Quotient(top, times(bottom, *sizes)), *above)
    else:
        result = times(top, *above)
    return negative(result) if parts.coefficient < 0 else result


def _turned(parts: Monomial) -> Monomial:
    """The minus sign in front taken in, where it cancels another one: -2*(y - a) => 2*(a - y).

    That is so for the difference of two quantities where nothing else stands beside it, and for a case that is 0
    otherwise: -(-a if k < n else 0) => a if k < n else 0.
    """
    match parts.powers:
        case ((Sum((first, Negative(second))), exponent),) if exponent == 1:
            if not isinstance(first, Number | Negative) and not isinstance(second, Number):
                return Monomial(-parts.coefficient, parts.decimal, ((Sum((second, Negative(first))), exponent),))
    for i, (base, exponent) in enumerate(parts.powers):
        match base:
            case Cases(condition, Negative(then), otherwise) if otherwise == ZERO and exponent == 1:
                powers = (*parts.powers[:i], (Cases(condition, then, ZERO), exponent), *parts.powers[i + 1 :])
                return Monomial(-parts.coefficient, parts.decimal, powers)
    return parts


def _raised(base: Expr, exponent: Fraction) -> Expr:
    if exponent == HALF:
        return Apply(SQRT, (base,))
    return power(base, _written(exponent))


@lru_cache(maxsize=4096)
def tidy(expr: Expr) -> Expr:
    """The expression with equal factors collected, like terms added and fractions cancelled, from the inside out.

    Sums are not multiplied out, sums over a range are not expanded, and brackets kept for show are removed.
    """
    inner = rebuilt(expr, _tidy_part)
    match inner:
        case Grouped():
            return inner.body
        case Sum():
            return _tidy_sum(inner)
        case Product() | Quotient() | Power() | Negative():
            return _tidy_product(inner)
        case Apply(function, (argument,)) if function == SQRT and argument in (ZERO, ONE):
            return argument
        case Fold("sum", body) if body == ZERO:
            return ZERO
        case Fold("sum"):
            return outside(inner)
        case Cases(_, then, otherwise) if then == otherwise:
            return then
    return inner


def _tidy_part(part: Node) -> Node:
    if isinstance(part, ExpandedSum) or not isinstance(part, Expr):
        return part
    return tidy(part)


def _tidy_product(expr: Expr) -> Expr:
    return product_of(monomial(expr))


def _tidy_sum(expr: Sum) -> Expr:
    """Like terms added, each at the place of the first."""
    found: dict[frozenset[tuple[Expr, Fraction]], Monomial] = {}
    for term in (part for t in expr.terms for part in _terms(t)):
        new = monomial(term)
        old = found.get(new.key)
        if old is not None:
            new = Monomial(old.coefficient + new.coefficient, old.decimal or new.decimal, old.powers)
        found[new.key if old is None else old.key] = new
    return _positive_first([product_of(m) for m in found.values() if m.coefficient])


def _positive_first(terms: list[Expr]) -> Expr:
    """The sum beginning with a term that is added, where there is one: `a - y`, not `-y + a`."""
    first = next((t for t in terms if not isinstance(t, Negative)), None)
    if first is not None and isinstance(terms[0], Negative) and len(terms) == 2:
        terms = [first, *(t for t in terms if t is not first)]
    return plus(*terms)


def outside(fold: Fold) -> Expr:
    """sum(c * f(k)) => c * sum(f(k)) for every factor c without k; a number or a sign stays with what it belongs to."""
    parts = monomial(fold.body)
    fixed = tuple(p for p in parts.powers if fold.symbol not in free_symbols(p[0]))
    if parts.coefficient == 1 and not fixed:
        return fold
    kept = tuple(p for p in parts.powers if p not in fixed)
    body = product_of(Monomial(Fraction(1), False, kept))
    rest = Fold(fold.kind, body, fold.symbol, fold.lower, fold.upper, fold.where)
    front = product_of(Monomial(parts.coefficient, parts.decimal, fixed))
    return times(front, rest)
