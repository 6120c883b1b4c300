"""A scene that is another one, but for what a subclass changes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.writing.dual import Num, Orders
from derive.writing.nodes import Expr, Fold
from derive.writing.scene import Element, Scene


class Within(Scene):
    """Everything is as `around` has it; the letters that are bound are shared."""

    def __init__(self, around: Scene) -> None:
        super().__init__(around.letters)
        self.around = around

    def number(self, value: Fraction | int) -> Num:
        return self.around.number(value)

    def constant(self, name: str) -> Num:
        return self.around.constant(name)

    def size(self, name: str, label: int | None) -> int:
        return self.around.size(name, label)

    def element(self, element: Element) -> Num:
        return self.around.element(element)

    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        return self.around.applied(name, label, orders, arguments)

    def partial(self, of: Expr, by: Element) -> Num:
        return self.around.partial(of, by)

    def gradient(self, of: Element, by: Element) -> Num:
        return self.around.gradient(of, by)

    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        return self.around.spread(fold, lower, upper)
