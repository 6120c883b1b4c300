"""Where trees are evaluated: a scene says what the leaves are worth.

A sum may have 10**9 terms: its scene also says which of them are alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from derive.writing.dual import Num, Orders
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Expr, Fold, Quantity


class Element(NamedTuple):
    """One element of a family, its label and indices as numbers."""

    family: str
    label: int | None
    indices: tuple[int, ...]

    def __str__(self) -> str:
        label = "" if self.label is None else f"({self.label})"
        return f"{self.family}{label}" + (f"[{','.join(map(str, self.indices))}]" if self.indices else "")


class Scene(ABC):
    """What the leaves of a tree are worth.

    `letters` holds the letters that are bound at the moment, and those of a target. With `smooth`, max and min have no
    derivative where it depends on which of several equal numbers is chosen; without, the first is.
    """

    smooth = False

    def __init__(self, letters: dict[Symbol, int]) -> None:
        self.letters = letters

    @abstractmethod
    def number(self, value: Fraction | int) -> Num:
        """An exact number in the scene's arithmetic."""

    @abstractmethod
    def constant(self, name: str) -> Num:
        """The number that a name stands for: pi."""

    @abstractmethod
    def size(self, name: str, label: int | None) -> int:
        """The value of a size or label symbol, which is no letter: n(3), m, L."""

    @abstractmethod
    def element(self, element: Element) -> Num:
        """The value of one element of a family."""

    @abstractmethod
    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        """The value of a function that is not elementary, or of its derivative; one order for each argument."""

    @abstractmethod
    def partial(self, of: Expr, by: Element) -> Num:
        """The local derivative of an expression, or of the definition of a quantity."""

    @abstractmethod
    def gradient(self, of: Element, by: Element) -> Num:
        """The derivative of an element by another through everything that depends on it."""

    @abstractmethod
    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        """(index, count) for the indices at which to evaluate a fold's body, each with the number of those alike."""

    def symbol(self, symbol: Symbol) -> int:
        """The value of a letter, size or label symbol."""
        value = self.letters.get(symbol)
        if value is not None:
            return value
        return self.size(symbol.name, None if symbol.label is None else self.index(symbol.label))

    def index(self, index: Index) -> int:
        """The value of an index."""
        value = index.value
        if value is not None:
            return value
        return self.symbol(index.symbol) if index.symbol is not None else index.evaluate(self.symbol)

    def located(self, quantity: Quantity) -> Element:
        """The element that a written quantity is at the moment."""
        label = None if quantity.label is None else self.index(quantity.label)
        return Element(quantity.family, label, tuple([self.index(i) for i in quantity.indices]))
