"""Numbers that stay short: functions without exact values take rounded ones, which a sheet gives beside the others.

Where sigmoid(0.5) is given as 0.62, its derivative there is 0.62*(1 - 0.62): everything that follows is exact again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import cast

from derive.model.forward import given_scene
from derive.model.functions import derivative_of, formula_of, known
from derive.model.language import read_model
from derive.model.model import Model
from derive.writing.around import Within
from derive.writing.dual import Num, Orders
from derive.writing.evaluate import evaluate
from derive.writing.nodes import Apply, Expr, Function, Node, Quantity
from derive.writing.numbers import EXTREMES, PRIMITIVES, NotExact, OutsideDomain
from derive.writing.scene import Element, Scene
from derive.writing.tidy import number
from derive.writing.walk import quantities, rebuilt, replaced, walk

RATIONAL = frozenset(EXTREMES) | {name for name, primitive in PRIMITIVES.items() if primitive.on_fraction is not None}
TABLED = "tabled "
ROOT = "exact root"
DIGITS = 2  # significant ones of a value that is given
DECIMALS = 6
ARGUMENT, VALUE = Quantity("z"), Quantity("a")


def decimal(value: Fraction, places: int = DECIMALS) -> bool:
    """Whether a number is one with so many decimals."""
    scaled: Fraction = value * 10**places
    return scaled.denominator == 1


def short(value: Fraction) -> Expr:
    """A number as people write it: a decimal where it ends soon, otherwise a fraction."""
    return number(value, value.denominator != 1 and decimal(value))


def length(value: Fraction) -> int:
    """How many digits a number takes."""
    if decimal(value):
        scaled = f"{abs(float(value)):.{DECIMALS}f}".rstrip("0").rstrip(".").replace(".", "")
        return len(scaled.lstrip("0"))
    return len(str(abs(value.numerator))) + len(str(value.denominator))


def prepared(expr: Expr) -> Expr:
    """The formula with a name of ours for every elementary function, so that the scene is asked for its values."""
    return cast(Expr, _prepared(expr))


def _prepared(node: Node) -> Node:
    inner = rebuilt(node, _prepared)
    match inner:
        case Apply(Function("sqrt", None, orders), arguments) if any(True for _ in quantities(inner)):
            return Apply(Function(ROOT, None, orders), arguments)
        case Apply(Function(name, None, orders), arguments) if name in PRIMITIVES and name not in RATIONAL:
            return Apply(Function(f"{TABLED}{name}", None, orders), arguments)
    return inner


class Tabled(Within):
    """A scene in which `given` gives the numbers of what is not known yet.

    `stand_ins` says what unknown functions are, `gradients` are the derivatives of the loss that were found.

    `table` holds the rounded values that were used, by the application as it is written.
    """

    def __init__(self, around: Scene, given: Callable[[Element], Num], stand_ins: Mapping[str, str]) -> None:
        super().__init__(around)
        self.given, self.stand_ins = given, stand_ins
        self.elements: dict[Element, Num] = {}
        self.gradients: dict[Element, Num] = {}
        self.table: dict[Expr, Fraction] = {}

    def constant(self, name: str) -> Num:
        raise NotExact(f"{name} is no short number")

    def element(self, element: Element) -> Num:
        found = self.elements.get(element)
        if found is None:
            found = self.elements[element] = self.given(element)
        return found

    def gradient(self, of: Element, by: Element) -> Num:  # noqa: ARG002 - there is one loss
        return self.gradients[by]

    def applied(self, name: str, _label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        if name == ROOT:
            return _root(arguments[0], orders)
        plain = name.removeprefix(TABLED)
        base = self.stand_ins.get(plain, plain)
        if len(arguments) != 1 or sum(orders) > 1 or known(base) is None:
            raise NotExact(f"{plain} has no short values")
        if any(arguments[0] == kink for kink in _kinks(base)):
            raise OutsideDomain(f"{base} has no derivative at {arguments[0]}")
        return self._slope(base, arguments[0]) if sum(orders) else self._value(base, arguments[0])

    def _value(self, base: str, x: Fraction) -> Num:
        if _rational(base):
            return evaluate(replaced(_formula(base), {ARGUMENT: short(x)}), self)
        found = self.table[Apply(Function(base), (short(x),))] = rounded(base, x)
        return found

    def _slope(self, base: str, x: Fraction) -> Num:
        form = prepared(derivative_of(base))
        if any(n == VALUE for n in walk(form)):
            form = replaced(form, {VALUE: short(self._value(base, x))})
        return evaluate(replaced(form, {ARGUMENT: short(x)}), self)


def _root(x: Fraction, orders: Orders) -> Fraction:
    """A root is only taken where it is exact: whoever squares a rounded one does not come back to where he was."""
    if x < 0 or math.isqrt(x.numerator) ** 2 != x.numerator or math.isqrt(x.denominator) ** 2 != x.denominator:
        raise OutsideDomain(f"the root of {x} is no short number")
    value = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
    if not any(orders):
        return value
    if sum(orders) > 1 or not value:
        raise OutsideDomain(f"the root has no such derivative at {x}")
    return 1 / (2 * value)


@lru_cache(maxsize=4096)
def rounded(name: str, x: Fraction) -> Fraction:
    """The value of a known function with DIGITS significant digits."""
    scene = given_scene(_alone(name), {"z": float(x)}, catalogue=formula_of)
    return significant(evaluate(Quantity("y"), scene), DIGITS)


def significant(value: Num, digits: int) -> Fraction:
    """A number rounded to so many significant digits."""
    return Fraction(f"{float(value):.{digits}g}")


@cache
def _alone(name: str) -> Model:
    return read_model(f"y = {name}(z)")


@cache
def _formula(name: str) -> Expr:
    return formula_of(name) or Apply(Function(name), (ARGUMENT,))


@cache
def _rational(name: str) -> bool:
    """Whether a known function has exact values at fractions."""
    if name in PRIMITIVES or name in EXTREMES:
        return name in RATIONAL
    applied = (n.function.name for n in walk(_formula(name)) if isinstance(n, Apply))
    return all(map(_rational, applied))


@cache
def _kinks(name: str) -> tuple[Fraction, ...]:
    entry = known(name)
    return tuple(map(Fraction, () if entry is None else entry.kinks))
