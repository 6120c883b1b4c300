"""Which elements of a model depend on which, at small sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from derive.exercises.kinds.instance import Instance
from derive.views.sheet import ordered
from derive.writing.nodes import Quantity

Way = tuple[Quantity, ...]


@dataclass(frozen=True)
class Graph:
    """The elements that the loss is computed from, each after those that it needs itself, and what each one reads."""

    of: Quantity
    below: Mapping[Quantity, tuple[Quantity, ...]]

    @cached_property
    def above(self) -> Mapping[Quantity, tuple[Quantity, ...]]:
        """The elements that read one."""
        found: dict[Quantity, list[Quantity]] = {quantity: [] for quantity in self.below}
        for quantity, read in self.below.items():
            for one in read:
                found[one].append(quantity)
        return {quantity: tuple(readers) for quantity, readers in found.items()}

    @cached_property
    def paths(self) -> Mapping[Quantity, int]:
        """The number of paths from each element to the loss: those of all that read it, added up."""
        found = dict.fromkeys(self.below, 0)
        found[self.of] = 1
        for quantity in reversed(tuple(self.below)):
            for one in self.below[quantity]:
                found[one] += found[quantity]
        return found

    def ways(self, start: Quantity) -> Iterator[Way]:
        """Every path from an element to the loss, one by one."""
        if start == self.of:
            yield (start,)
        for reader in self.above[start]:
            yield from ((start, *way) for way in self.ways(reader))

    def reached(self, start: Quantity) -> frozenset[Quantity]:
        """The element and all that it is computed from."""
        found, waiting = {start}, [start]
        while waiting:
            new = [q for q in self.below.get(waiting.pop(), ()) if q not in found]
            found.update(new)
            waiting += new
        return frozenset(found)


def graph(model: Instance, of: Quantity) -> Graph:
    """The dependencies of the loss at the instance's sizes."""
    below: dict[Quantity, tuple[Quantity, ...]] = {}

    def read(quantity: Quantity) -> list[Quantity]:
        if quantity not in below:
            below[quantity] = tuple(model.below(quantity))
        return list(below[quantity])

    return Graph(of, {quantity: below[quantity] for quantity in ordered([of], read)})
