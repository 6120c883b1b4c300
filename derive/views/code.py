"""A NumPy function that computes a loss and its gradient, as a text to read and to run.

It goes forward through the model's equations and back through the derivatives, a line for each; what needs itself at
another index stands in a loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.model.model import Equation, Model, Range
from derive.views.arrays import Arrays
from derive.views.frame import Frame, counting
from derive.views.helpers import helper_functions
from derive.views.holding import held
from derive.views.inputs import Inputs
from derive.views.numpy_code import term
from derive.views.program import Program, program, spans
from derive.views.schedule import Item, Line, Loop, scheduled
from derive.views.terms import broadcast
from derive.views.wrapping import INDENT, assignment, in_brackets
from derive.writing.index import Symbol
from derive.writing.nodes import Quantity

NAME = "loss_and_gradient"
WIDTH = 100


def code(model: Model, of: Quantity, by: Iterable[str] | None = None) -> str:
    """The text of `loss_and_gradient`, whose parameters are called as the families of the model are.

    It returns `of` and a dictionary of its derivatives by the families `by`, or by all that are given from without.
    """
    return written(program(model, of, by)).text


@dataclass(frozen=True)
class Written:
    """The text of a generated function, and its parameters: `inputs`, and the sizes that no array tells."""

    text: str
    arrays: Arrays
    inputs: Inputs
    sizes: tuple[Symbol, ...]


def written(found: Program) -> Written:
    """A program as the text of `loss_and_gradient`, with what whoever calls it needs to know."""
    return _Writer(found).module()


class _Writer:
    """Writes one program; what the body needs is known once it is written."""

    def __init__(self, found: Program) -> None:
        self.program = found
        self.arrays = Arrays(found)
        self.names = self.arrays.names
        self.inputs = Inputs(found, self.arrays)
        self.room: dict[str, str] = {}

    def module(self) -> Written:
        body = [*self._block("forward", self.program.forward), *self._block("backward", self.program.backward)]
        begun = list(self._begun())
        sizes, missing = self.inputs.sizes(list(self.arrays.used))
        arrays = [given.name for given in self.inputs.arrays_given()]
        parameters = [*arrays, *self.inputs.functions(), *(size.name for size in missing)]
        *head, last = in_brackets(f"def {NAME}", parameters, "()", WIDTH)
        lines = [*head, f"{last}:", *_indented([*self._docstring(), *sizes, *begun, *body, *self._answer()])]
        helpers = list(helper_functions(self.inputs.applied))
        imports = ["import math", ""] if any("math." in line for line in helpers) else []
        text = "\n".join([*imports, "import numpy as np", "", "", *helpers, *lines, ""])
        return Written(text, self.arrays, self.inputs, tuple(missing))

    # ------------------------------------------------------------ the body

    def _block(self, title: str, equations: tuple[Equation, ...]) -> Iterator[str]:
        yield f"# {title}"
        yield from self._items(scheduled(equations, _own_loops))

    def _items(self, items: Iterable[Item], around: tuple[Symbol, ...] = ()) -> Iterator[str]:
        for item in items:
            if isinstance(item, Line):
                yield from self._line(item, around)
            else:
                yield self._head(item)
                yield from _indented(self._items(item.body, (*around, item.over.symbol)))

    def _head(self, loop: Loop) -> str:
        numbers = counting(loop.over.lower, loop.over.upper, self.arrays)
        return f"for {self.names.letter(loop.over.symbol)} in {f'reversed({numbers})' if loop.down else numbers}:"

    def _line(self, line: Line, around: tuple[Symbol, ...]) -> Iterator[str]:
        equation = line.equation
        letters = held(equation).union(around)
        axes = {r.symbol: (r.lower, r.upper) for r in equation.ranges if r.symbol not in letters}
        left = self.arrays.reached(equation.left, axes)
        frame = Frame(self.arrays, axes, letters, left.letters)
        right = term(equation.right, frame)
        whole = self.arrays.is_whole(equation.left, axes)
        if not whole:
            self.room.setdefault(*self._allocated(equation.left))
        value = frame.filled(right, left.letters) if whole else broadcast(right, left.letters)
        assigned = assignment(left.text, value.text, WIDTH - len(INDENT) * (1 + len(around)))
        yield from assigned if line.over is None else [f"if {self._inside(line.over)}:", *_indented(assigned)]

    def _inside(self, over: Range) -> str:
        return f"{self.arrays.index(over.lower)} <= {self.names.letter(over.symbol)} < {self.arrays.index(over.upper)}"

    # ------------------------------------------------------------ before the body

    def _allocated(self, quantity: Quantity) -> tuple[str, str]:
        """The variable of an array that is filled part by part, and the zeros that it begins with."""
        base = self.names.base(quantity.family)
        name = self.names.of(quantity.family, quantity.label)
        if base not in self.names.stacked:
            return name, f"np.zeros({self._tuple(quantity)})"
        lefts = (
            e.left for e in (*self.program.forward, *self.program.backward) if self.names.base(e.left.family) == base
        )
        layer, letter = next((q, s) for q in lefts if q.label for s in q.label.symbols if s in self.names.letters)
        labels = spans(self.program.model, Quantity(base, layer.label, layer.indices))[0]
        numbers = counting(*labels, self.arrays)
        return name, f"{{{self.names.letter(letter)}: np.zeros({self._tuple(layer)}) for {letter} in {numbers}}}"

    def _tuple(self, quantity: Quantity) -> str:
        shape = [self.arrays.index(size) for size in self.arrays.shape(quantity) or ()]
        return shape[0] if len(shape) == 1 else f"({', '.join(shape)})"

    def _begun(self) -> Iterator[str]:
        """Dictionaries, and zeros for what is filled part by part: arrays of one shape on one line."""
        yield from _together([n for n in map(self._name, self._stacked()) if n not in self.room], "{}")
        for name in self.inputs.begun():
            self.room[name] = f"np.array({name}, dtype=float)"
        together: dict[str, list[str]] = {}
        for name, zeros in self.room.items():
            together.setdefault(zeros, []).append(name)
        for zeros, names in together.items():
            yield from _together(names, zeros)
        for family in self._stacked():
            yield from (f"{self._name(family)}[{q.label}] = {self.inputs.name(q)}" for q in self.inputs.layers(family))

    def _name(self, family: str) -> str:
        return self.names.of(family, None)

    def _stacked(self) -> list[str]:
        """The families, derivatives too, whose arrays are gathered in dictionaries."""
        lefts = (e.left.family for e in (*self.program.forward, *self.program.backward))
        return [f for f in dict.fromkeys(lefts) if self.names.base(f) in self.names.stacked]

    # ------------------------------------------------------------ what is given, and what comes back

    def _docstring(self) -> Iterator[str]:
        yield f'"""{self.program.of} and its derivatives, each in the shape of what it is taken by.'
        yield ""
        for given in self.inputs.arrays_given():
            yield f"{given.name}: {given.shape}"
        functions = self.inputs.functions()
        if functions:
            yield f"{', '.join(functions)}: functions of arrays, entry by entry"
        yield '"""'

    def _elements(self, part: Quantity) -> str:
        """All elements of which some indices are fixed: dh[0] for dh[0,j]."""
        found = {i.symbol: self.arrays.span(part, place) for place, i in enumerate(part.indices)}
        return self.arrays.reached(part, {s: span for s, span in found.items() if s is not None and span}).text

    def _answer(self) -> Iterator[str]:
        """The value and the derivatives, these by the names that the model gives to what they are taken by."""
        found: dict[str, str] = {}
        for by in self.program.wanted:
            stacked, special = self.inputs.is_stack(by), any(i.value is not None for i in by.indices)
            part = Quantity(self.program.derivatives[by.family], by.label, by.indices)
            whole = self._elements(part) if special else self.arrays.reached(replace(part, indices=()), {}).text
            found[self.inputs.key(by)] = self.names.of(part.family, None) if stacked else whole
        value = self.names.of(self.program.of.family, self.program.of.label)
        pairs = [f'"{key}": {name}' for key, name in found.items()]
        yield from in_brackets(f"return {value}, ", pairs, "{}", WIDTH - len(INDENT))


def _together(names: list[str], value: str) -> list[str]:
    """a, b, c = three of the same kind."""
    if len(names) < 2:
        return [f"{name} = {value}" for name in names]
    return assignment(", ".join(names), f"({value} for _ in range({len(names)}))", WIDTH - len(INDENT))


def _own_loops(equation: Equation) -> list[Symbol]:
    letters = held(equation)
    return [r.symbol for r in equation.ranges if r.symbol in letters]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (INDENT + line if line else line for line in lines)
