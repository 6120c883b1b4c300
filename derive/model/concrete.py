"""A model at a few small sizes, where it can be seen which equation defines which element.

Two symbols that differ could have equal values in one example, so whoever wants to be sure asks several `Example`s.
Ranges are looked at from both ends, three values at most: width costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import NamedTuple

from derive.model.mentions import model_mentions, symbols_of
from derive.model.model import Equation, Model
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Quantity

Values = Mapping[Symbol, int]
SHOWN = 3
BUDGET = 100_000


class Element(NamedTuple):
    """One element of a family: the values of its label, if there is one, and of its indices."""

    family: str
    place: tuple[int, ...]


@dataclass(frozen=True)
class Definition:
    """An equation with the places of its left side: those that hold a letter with a range, those that are fixed."""

    equation: Equation
    letters: tuple[tuple[int, Symbol], ...]
    fixed: tuple[tuple[int, int], ...]


class Example:
    """A model as far as `families` are concerned, with `numbers` for the names of sizes and labels that have none."""

    def __init__(self, model: Model, families: Collection[str], numbers: Mapping[str, int]) -> None:
        self.families = families
        self.numbers = numbers
        self.given: dict[Symbol, int] = {s: n for s, n in model.sizes.items() if s.label is None}
        self.given |= {self._at_label(s, {}): n for s, n in model.sizes.items() if s.label is not None}
        self.model = model
        self.left = BUDGET

    def afford(self) -> bool:
        """Whether there is still time to look, which this takes some of."""
        self.left -= 1
        return self.left > 0

    # ------------------------------------------------------------ numbers

    def number(self, at: Index, values: Values) -> int:
        return at.value if at.value is not None else at.evaluate(lambda symbol: self._symbol(symbol, values))

    def _symbol(self, symbol: Symbol, values: Values) -> int:
        if symbol in values:
            return values[symbol]
        if symbol.label is None:
            return self.given.get(symbol, self.numbers.get(symbol.name, 0))
        symbol = self._at_label(symbol, values)
        label = symbol.label.value or 0 if symbol.label else 0
        return self.given.get(symbol, self.numbers.get(symbol.name, 0) + label % 2)

    def _at_label(self, symbol: Symbol, values: Values) -> Symbol:
        return symbol if symbol.label is None else Symbol(symbol.name, index(self.number(symbol.label, values)))

    def run(self, lower: Index, upper: Index, values: Values) -> Sequence[int]:
        """The values of a range, only the first ones and the last of many."""
        start, stop = self.number(lower, values), self.number(upper, values)
        return range(start, stop) if stop - start <= SHOWN else (start, start + 1, stop - 1)

    # ------------------------------------------------------------ elements

    def element(self, quantity: Quantity, values: Values) -> Element:
        return Element(quantity.family, tuple(self.number(place, values) for place in places(quantity)))

    def cases(self, definition: Definition) -> Iterator[dict[Symbol, int]]:
        """The values of the letters of an equation."""
        yield from self._cases(definition, {}, 0)

    def _cases(self, definition: Definition, values: dict[Symbol, int], depth: int) -> Iterator[dict[Symbol, int]]:
        if depth == len(definition.equation.ranges):
            yield values
            return
        found = definition.equation.ranges[depth]
        for value in self.run(found.lower, found.upper, values):
            if self.afford():
                yield from self._cases(definition, {**values, found.symbol: value}, depth + 1)

    @cached_property
    def definitions(self) -> Mapping[str, tuple[Definition, ...]]:
        return {
            family: tuple(map(self._definition, equations))
            for family, equations in self.model.definitions.items()
            if family in self.families
        }

    def _definition(self, equation: Equation) -> Definition:
        bound = {found.symbol for found in equation.ranges}
        letters: list[tuple[int, Symbol]] = []
        fixed: list[tuple[int, int]] = []
        for at, place in enumerate(places(equation.left)):
            if place.symbol in bound and place.symbol is not None:
                letters.append((at, place.symbol))
            else:
                fixed.append((at, self.number(place, {})))
        return Definition(equation, tuple(letters), tuple(fixed))

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[tuple[int, ...], Mapping[tuple[int, ...], list[Definition]]]]:
        """family -> which places are fixed -> their values -> the definitions: found without trying every equation."""
        tables: dict[str, dict[tuple[int, ...], dict[tuple[int, ...], list[Definition]]]] = {}
        for family, definitions in self.definitions.items():
            table = tables.setdefault(family, {})
            for definition in definitions:
                mask, values = tuple(at for at, _ in definition.fixed), tuple(value for _, value in definition.fixed)
                table.setdefault(mask, {}).setdefault(values, []).append(definition)
        return tables

    def defining(self, element: Element) -> Iterator[tuple[Definition, dict[Symbol, int]]]:
        """The equations that define an element, each with the values that its letters then have."""
        for mask, table in self._tables[element.family].items():
            for definition in table.get(tuple(element.place[at] for at in mask), ()):
                values = {symbol: element.place[at] for at, symbol in definition.letters}
                if self.afford() and self._within(definition.equation, values):
                    yield definition, values

    def _within(self, equation: Equation, values: Values) -> bool:
        return all(
            self.number(r.lower, values) <= values[r.symbol] < self.number(r.upper, values) for r in equation.ranges
        )


def places(quantity: Quantity) -> tuple[Index, ...]:
    """The label, if there is one, and the indices."""
    return quantity.indices if quantity.label is None else (quantity.label, *quantity.indices)


def quantity_of(element: Element, definition: Definition) -> Quantity:
    """The element as it is written, with a number only where its equation has a letter with a range."""
    left = definition.equation.left
    written = list(places(left))
    for at, _ in definition.letters:
        written[at] = index(element.place[at])
    if left.label is None:
        return Quantity(left.family, None, tuple(written))
    return Quantity(left.family, written[0], tuple(written[1:]))


def examples(model: Model, families: Collection[str]) -> tuple[Example, Example, Example]:
    """What holds in all of these holds not by chance: the sizes differ, and so do their order and distances."""
    names = sorted({symbol.name for symbol in symbols_of(model_mentions(model))})
    return (
        Example(model, families, dict(zip(names, count(3), strict=False))),
        Example(model, families, dict(zip(names, count(5, 3), strict=False))),
        Example(model, families, dict(zip(reversed(names), count(4, 2), strict=False))),
    )
