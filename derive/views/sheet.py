"""One point of a model: rows of left side = formula = numbers put in = value, for whatever is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from derive.errors import TooLarge
from derive.model.forward import ModelScene
from derive.model.model import Equation
from derive.views.concrete import Place, concrete, substituted, valued
from derive.views.rounding import Rounding
from derive.writing.around import Within
from derive.writing.dual import Num
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol
from derive.writing.nodes import Expr, Gradient, Quantity
from derive.writing.scene import Element

MOST_ROWS = 2000


@dataclass(frozen=True)
class Row:
    """left = formula = substituted = value; a given number has no formula, and a formula of one letter no substitution.

    `value` is written as the rounding asks, `exact` where nothing was rounded off; `number` is what was computed.
    """

    left: Expr
    value: Expr
    exact: bool
    number: Num
    formula: Expr | None = None
    substituted: Expr | None = None


class Known(Within):
    """A scene in which the derivatives that were found already have their numbers."""

    def __init__(self, around: ModelScene) -> None:
        super().__init__(around)
        self.found: dict[Element, Num] = {}

    def gradient(self, of: Element, by: Element) -> Num:
        return self.found[by] if by in self.found else super().gradient(of, by)


@dataclass
class Sheet:
    """A model with numbers, and how they are written."""

    scene: ModelScene
    numbered: frozenset[Symbol]
    rounding: Rounding
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        self.known = Known(self.scene)

    @contextmanager
    def at(self, letters: Mapping[Symbol, int]) -> Iterator[Place]:
        """The place where the letters have these numbers."""
        outer = dict(self.scene.letters)
        self.scene.letters.update(letters)
        try:
            yield Place(self.known, self.numbered)
        finally:
            self.scene.letters.clear()
            self.scene.letters.update(outer)

    # ------------------------------------------------------------ rows

    def row(self, left: Expr, formula: Expr, letters: Mapping[Symbol, int]) -> Row:
        """A formula in indices at one place; a derivative on the left is known from then on."""
        with self.at(letters) as place:
            number = evaluate(formula, self.known)
            written, start = concrete(formula, place), concrete(left, place)
            if isinstance(start, Gradient):
                self.known.found[self.known.located(start.by)] = number
        shown = self.rounding.shown(number)
        numbers = substituted(written, self.number)
        return Row(start, shown.expr, shown.exact, number, written, None if numbers == shown.expr else numbers)

    def given(self, quantity: Quantity) -> Row:
        """A quantity that has its number from without."""
        number = evaluate(quantity, self.scene)
        shown = self.rounding.shown(number)
        return Row(quantity, shown.expr, shown.exact, number)

    def number(self, part: Expr) -> Expr:
        """The number that takes the place of a quantity, a derivative or a size."""
        return self.rounding.shown(evaluate(part, self.known)).expr

    def parts(self, formula: Expr, letters: Mapping[Symbol, int]) -> list[Expr]:
        """The quantities and derivatives in a formula at one place, all terms of every sum among them."""
        with self.at(letters) as place:
            return list(dict.fromkeys(valued(concrete(formula, place.in_full()))))

    # ------------------------------------------------------------ the values of a model

    def forward(self, wanted: Iterable[Quantity]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The given numbers behind some quantities, and the rows that lead from these to those, in order."""
        order = ordered(wanted, self._below)
        defined = [q for q in order if self._definition(q) is not None]
        given = [q for q in order if self._definition(q) is None]
        return tuple(map(self.given, self._sorted(given))), tuple(map(self._defined, defined))

    def _sorted(self, given: list[Quantity]) -> list[Quantity]:
        """Family by family, as the model mentions them first."""
        families = self.scene.model.families
        return sorted(given, key=lambda q: (families.index(q.family), self.scene.located(q)[1:]))

    def _below(self, quantity: Quantity) -> list[Quantity]:
        found = self._definition(quantity)
        return [] if found is None else [p for p in self.parts(*found) if isinstance(p, Quantity)]

    def _defined(self, quantity: Quantity) -> Row:
        found = self._definition(quantity)
        assert found is not None  # only defined quantities are asked for
        return self.row(quantity, *found)

    def _definition(self, quantity: Quantity) -> tuple[Expr, Mapping[Symbol, int]] | None:
        element = self.scene.located(quantity)
        if self.scene.ground.overriding(element) is not None:
            return None
        found = self.scene.definition(element)
        return None if found is None else (found[0].right, found[1])

    def definition(self, quantity: Quantity) -> Equation | None:
        """The equation that defines a quantity, None for a given one."""
        found = self.scene.definition(self.scene.located(quantity))
        return None if found is None else found[0]


def ordered(wanted: Iterable[Quantity], below: Callable[[Quantity], list[Quantity]]) -> list[Quantity]:
    """Everything that is needed, each after what it needs itself; what needs as many steps stands together."""
    levels: dict[Quantity, int] = {}
    waiting = [(quantity, False) for quantity in reversed(list(wanted))]
    while waiting:
        quantity, ready = waiting.pop()
        if ready:
            levels[quantity] = 1 + max((levels[q] for q in below(quantity)), default=-1)
        elif quantity not in levels:
            waiting.append((quantity, True))
            waiting += [(q, False) for q in reversed(below(quantity)) if q not in levels]
        if len(levels) > MOST_ROWS:
            raise TooLarge(f"a worked example may have at most {MOST_ROWS} numbers: take smaller sizes")
    return sorted(levels, key=lambda q: levels[q])
