"""What a generated function is given: arrays, functions, and the sizes that it reads off them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.calculus.domains import known_of
from derive.model.functions import known
from derive.model.names import OF_SEVERAL
from derive.views.arrays import Arrays
from derive.views.numpy_code import derivative_name
from derive.views.program import Program, spans
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Function, Quantity
from derive.writing.text import compact
from derive.writing.walk import quantities, walk


@dataclass(frozen=True)
class Input:
    """A parameter, with the quantity that it holds at letters for its indices, and how it is described."""

    name: str
    quantity: Quantity
    shape: str


class Inputs:
    """The inputs of one program."""

    def __init__(self, program: Program, arrays: Arrays) -> None:
        self.program, self.arrays, self.model = program, arrays, program.model
        self.names = arrays.names
        equations = (*program.forward, *program.backward)
        self.mentioned = dict.fromkeys(q.family for e in equations for q in quantities(e.right))
        applications = (n for e in equations for n in walk(e.right) if isinstance(n, Apply))
        self.applied = {n.function: len(n.arguments) for n in applications}

    # ------------------------------------------------------------ arrays

    def arrays_given(self) -> list[Input]:
        """A parameter for each family, or for each of its labels, of which something is given from without."""
        found: dict[str, Input] = {}
        for quantity in self.program.given:
            if quantity.family in self.mentioned:
                name = self.name(quantity)
                found.setdefault(name, Input(name, quantity, self._shape(quantity)))
        return list(found.values())

    def name(self, quantity: Quantity) -> str:
        """The parameter that a given quantity stands in: a0 for layer 0 of what is stacked."""
        name = self.names.of(quantity.family, quantity.label)
        return f"{name}{quantity.label}" if self._is_layer(quantity) else name

    def _is_layer(self, quantity: Quantity) -> bool:
        """Whether a quantity is one layer of what is stacked."""
        label = quantity.label
        return quantity.family in self.names.stacked and label is not None and label.value is not None

    def is_stack(self, quantity: Quantity) -> bool:
        """Whether a quantity stands for all layers of what is gathered in a dictionary."""
        label = quantity.label
        return quantity.family in self.names.stacked and label is not None and label.value is None

    def key(self, by: Quantity) -> str:
        """What the derivative by a quantity is called where the function returns it."""
        special = any(i.value is not None for i in by.indices)
        return str(by if special else Quantity(by.family, None if self.is_stack(by) else by.label))

    def layers(self, family: str) -> list[Quantity]:
        """The layers of a stacked family that are given from without."""
        return [q for q in self.program.given if q.family == family and self._is_layer(q)]

    def begun(self) -> list[str]:
        """The arrays of which only some elements are given; equations fill the rest."""
        partly = (q for q in self.program.given if q.family in self.model.definitions and q.label is None)
        return list(dict.fromkeys(self.name(q) for q in partly))

    def _shape(self, quantity: Quantity) -> str:
        """How an array is described: its shape, and which of its rows nobody looks at."""
        shape = self.arrays.shape(quantity)
        if not quantity.indices:
            return "a number"
        if shape is None:
            return f"an array with {len(quantity.indices)} axes"
        written = f"({', '.join(map(compact, shape))}{',' if len(shape) == 1 else ''})"
        axes = [self.arrays.span(quantity, place) for place in range(len(shape))]
        unused = [f"axis {place} begins at {axis[0]}" for place, axis in enumerate(axes) if axis and axis[0].value != 0]
        described = "; ".join([written, *unused])
        if not self.is_stack(quantity):
            return described
        return f"a dictionary, {self.names.of(quantity.family, None)}[{quantity.label}] has shape {described}"

    # ------------------------------------------------------------ functions and sizes

    def functions(self) -> list[str]:
        """The unknown functions and their derivatives."""
        return list(self.unknown())

    def unknown(self) -> dict[str, Function]:
        """The unknown functions, each followed by its derivatives, by the names of their parameters."""
        found: dict[str, Function] = {}
        for function in sorted(self.applied, key=lambda f: sum(f.orders)):
            if known(function.name) is None and function.name not in OF_SEVERAL:
                name = self.names.function(function.name, function.label)
                found.setdefault(derivative_name(name, function.orders), function)
        return found

    def sizes(self, wanted: list[Symbol]) -> tuple[list[str], list[Symbol]]:
        """The lines that read sizes off arrays, and the sizes that no array tells."""
        lines: list[str] = []
        chosen = known_of(self.model).from_zero
        left = [s for s in wanted if s not in chosen]
        for given in self.arrays_given():
            axes = [length.symbol for _, length in self._axes(given.quantity)]
            whole = len(axes) == len(given.quantity.indices) > 1 and not self.is_stack(given.quantity)
            if whole and len(set(axes)) == len(axes) and all(s in left for s in axes):
                lines.append(f"{', '.join(s.name for s in axes if s)} = {given.name}.shape")
                left = [s for s in left if s not in axes]
        sources = {s: code for s in left if (code := next(self._read(s), None)) is not None}
        return [*lines, *(f"{s.name} = {code}" for s, code in sources.items())], [
            s for s in wanted if s in chosen or (s in left and s not in sources)
        ]

    def _read(self, size: Symbol) -> Iterator[str]:
        """How a size can be read off: where an axis is as long, rather than where one is longer by a number."""
        found = [
            (length - size, given, place)
            for given in self.arrays_given()
            for place, length in self._axes(given.quantity)
        ]
        for rest, given, place in sorted(found, key=lambda f: f[0].value != 0):
            if rest.value is not None:
                yield _less(_length(given.name, place), rest.value - (place < 0))

    def _axes(self, quantity: Quantity) -> Iterator[tuple[int, Index]]:
        """(place, length) for each axis; place -1 for the labels of a dictionary, which end one before it."""
        found = spans(self.model, quantity)
        labelled = quantity.label is not None
        for place, (_, upper) in sorted(found.items()):
            if place or not labelled or self.is_stack(quantity):
                yield place - labelled, upper


def _length(name: str, place: int) -> str:
    return f"max({name})" if place < 0 else f"len({name})" if place == 0 else f"{name}.shape[{place}]"


def _less(text: str, number: int) -> str:
    return text if number == 0 else f"{text} {'-' if number > 0 else '+'} {abs(number)}"
