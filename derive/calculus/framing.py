"""What is known while a formula in indices becomes a matrix expression: which letters run, and over what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from derive.calculus.axes import Choice, Position
from derive.calculus.domains import fixed_symbols, known_of
from derive.calculus.pieces import Bench
from derive.calculus.spans import Span, spans_of
from derive.model.model import Equation, Model
from derive.writing.index import Index, Symbol, index
from derive.writing.matrices import Axis
from derive.writing.nodes import (
    Apply,
    Compare,
    Condition,
    Fold,
    IndexValue,
    Node,
    Quantity,
)
from derive.writing.walk import free_symbols, indices, walk


@dataclass(frozen=True)
class Frame:
    """The model, which of its indices choose an array, and the letters that run along rows and columns."""

    model: Model
    chosen: Mapping[Position, Choice]
    bench: Bench
    equal: Mapping[Symbol, Index] = field(default_factory=dict)

    def within(self, fold: Fold) -> Frame:
        """The frame inside a sum whose letter runs."""
        return replace(self, bench=self.bench.within(fold.symbol, Axis(fold.lower, fold.upper)))

    def given(self, condition: Condition) -> Frame:
        """The frame where a condition holds: n(l) is n(L) where l == L."""
        match condition:
            case Compare("==", IndexValue(left), IndexValue(right)) if left.symbol is not None:
                return replace(self, equal={**self.equal, left.symbol: right})
        return self

    def letters(self, node: Node) -> frozenset[Symbol]:
        """The running letters that stand in a tree."""
        return frozenset(free_symbols(node) & self.bench.axes.keys())

    def whole(self, quantity: Quantity, place: int, letter: Symbol) -> bool:
        """Whether a letter runs over the whole range of one index of a family, as far as the model says that."""
        found = _spans(self.model, quantity).get(place + (quantity.label is not None))
        axis = self.bench.axes[letter]
        return found is None or [i.substitute(self.equal) for i in found] == [
            i.substitute(self.equal) for i in (axis.lower, axis.upper)
        ]

    def has_capital(self, family: str) -> bool:
        """Whether the capital of a family's letter is free to stand for its matrix."""
        return family[0].upper() + family[1:] not in self._names - {family}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.model.families) | {s.name for s in fixed_symbols(self.model)}

    def chooses(self, fold: Fold) -> bool:
        """Whether the letter of a sum chooses arrays: it is shifted, stands in a label, or where an index chooses."""
        return any(self._chooses(node, fold.symbol) for node in walk(fold.body))

    def _chooses(self, node: Node, letter: Symbol) -> bool:
        if isinstance(node, Quantity):
            if node.label is not None and letter in node.label.symbols:
                return True
            places = [(place, i) for place, i in enumerate(node.indices) if letter in i.symbols]
            return any((node.family, place) in self.chosen or i.symbol != letter for place, i in places)
        return isinstance(node, Apply | Fold) and any(letter in i.symbols for i in indices(node))


def _spans(model: Model, quantity: Quantity) -> Mapping[int, Span]:
    """The ranges of a family's label and indices, whatever letters stand there."""
    letters = tuple(index(Symbol(f":{place}")) for place in range(len(quantity.indices)))
    known = model.equations, tuple(model.sizes.items()), model.assumptions
    return _remembered_spans(*known, Quantity(quantity.family, quantity.label, letters))


@lru_cache(maxsize=1024)
def _remembered_spans(
    equations: tuple[Equation, ...],
    sizes: tuple[tuple[Symbol, int], ...],
    assumptions: tuple[Condition, ...],
    quantity: Quantity,
) -> Mapping[int, Span]:
    model = Model(equations, dict(sizes), assumptions)
    return spans_of(model, quantity, known_of(model))
