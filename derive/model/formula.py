"""The scene in which the formula of a function is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.writing.dual import Num, Orders, mapped
from derive.writing.evaluate import evaluate
from derive.writing.nodes import Expr, Fold
from derive.writing.numbers import precise
from derive.writing.scene import Element, Scene

ARGUMENT = Element("z", None, ())


class Formula(Scene):
    """z is a number, everything else is as in the scene around it."""

    def __init__(self, base: Scene, formula: Expr) -> None:
        super().__init__({})
        self.base = base
        self.formula = formula
        self.z: Num = None

    def at(self, z: Num) -> Num:
        """The value of the formula."""
        self.z = z
        return evaluate(self.formula, self)

    def number(self, value: Fraction | int) -> Num:
        return self.base.number(value)

    def constant(self, name: str) -> Num:
        return self.base.constant(name)

    def size(self, name: str, label: int | None) -> int:
        return self.base.size(name, label)

    def element(self, element: Element) -> Num:
        return self.z if element == ARGUMENT else self.base.element(element)

    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        return self.base.applied(name, label, orders, arguments)

    def partial(self, of: Expr, by: Element) -> Num:
        return self.base.partial(of, by)

    def gradient(self, of: Element, by: Element) -> Num:
        return self.base.gradient(of, by)

    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        return self.base.spread(fold, lower, upper)


class WideFormula(Formula):
    """The same in 50 digits and with a boundless exponent, whatever the arithmetic around it."""

    def number(self, value: Fraction | int) -> Num:
        return precise().mpf(super().number(value))

    def constant(self, name: str) -> Num:
        return precise().mpf(super().constant(name))

    def element(self, element: Element) -> Num:
        return self.z if element == ARGUMENT else mapped(self.base.element(element), precise().mpf)
