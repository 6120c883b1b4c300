"""The arrays of a program: how long their axes are, and how their elements are reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.calculus.domains import fixed_symbols
from derive.calculus.matching import solved
from derive.calculus.spans import Span
from derive.views.naming import Names
from derive.views.program import Program, spans
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Quantity

Axes = Mapping[Symbol, Span]


@dataclass(frozen=True)
class Reached:
    """The code of an array, or of a part of it, with the letters that run along its axes."""

    text: str
    letters: tuple[Symbol, ...]


class Arrays:
    """Where the elements of each family stand: at their own indices, so that a range from 1 leaves row 0 unused."""

    def __init__(self, program: Program) -> None:
        self.model, self.given = program.model, program.given
        self.names = Names(program)
        self.sizes = fixed_symbols(program.model)
        self.used: dict[Symbol, None] = {}
        self._spans: dict[Quantity, dict[int, Span]] = {}

    # ------------------------------------------------------------ shapes

    def span(self, quantity: Quantity, place: int) -> Span | None:
        """The range of one index of a family, or of a derivative by it, as far as the model says it."""
        own = Quantity(self.names.base(quantity.family), quantity.label, quantity.indices)
        if own not in self._spans:
            self._spans[own] = spans(self.model, own)
        return self._spans[own].get(place + (own.label is not None))

    def shape(self, quantity: Quantity) -> list[Index] | None:
        """How long the axes are; None where the model does not say it of all."""
        spans = [self.span(quantity, place) for place in range(len(quantity.indices))]
        return None if None in spans else [span[1] for span in spans if span is not None]

    # ------------------------------------------------------------ elements

    def reached(self, quantity: Quantity, axes: Axes) -> Reached:
        """The part of an array that an element stands for while some of its letters run: x[t], or h[:T] for h[t-1]."""
        name = self.names.of(quantity.family, quantity.label)
        if self.names.base(quantity.family) in self.names.stacked and quantity.label is not None:
            name += f"[{self.index(quantity.label)}]"
        parts = [self._part(quantity, place, axes) for place in range(len(quantity.indices))]
        letters = tuple(s for i in quantity.indices for s in axes if s in i.symbols)
        while parts and parts[-1] == ":":
            parts.pop()
        return Reached(f"{name}[{', '.join(parts)}]" if parts else name, letters)

    def is_whole(self, quantity: Quantity, axes: Axes) -> bool:
        """Whether all elements of an array are reached at once."""
        return all(self._part(quantity, place, axes) == ":" for place in range(len(quantity.indices)))

    def _part(self, quantity: Quantity, place: int, axes: Axes) -> str:
        i = quantity.indices[place]
        letter = next((s for s in axes if s in i.symbols), None)
        if letter is None:
            return self.index(i)
        lower, upper = axes[letter]
        start, stop = i.substitute({letter: lower}), i.substitute({letter: upper - 1}) + 1
        whole = self.span(quantity, place)
        first = "" if start.value == 0 else self.index(start)
        last = "" if whole is not None and whole[1] == stop else self.index(stop)
        return f"{first}:{last}"

    # ------------------------------------------------------------ whole numbers

    def index(self, value: Index) -> str:
        """An index as code: t - 1, n + 1, 2 * i."""
        text = ""
        for monomial, c in value.signed_terms():
            factors = [self._symbol(s) for s in monomial]
            if abs(c) != 1 or not factors:
                factors.insert(0, str(abs(c)))
            sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
            text += sign + " * ".join(factors)
        return text or "0"

    def _symbol(self, symbol: Symbol) -> str:
        if symbol in self.names.letters:
            return self.names.letter(symbol)
        if symbol.label is None:
            self.used[symbol] = None
            return symbol.name
        return next(self._measured(symbol), f"{symbol.name}[{self.index(symbol.label)}]")

    def _measured(self, size: Symbol) -> Iterator[str]:
        """The length of an axis that is as long as a size says: w[l].shape[0] for n(l)."""
        for quantity in self.given:
            for place in range(len(quantity.indices)):
                span = self.span(quantity, place)
                stop = None if span is None else span[1].symbol
                if stop is not None and stop.name == size.name and stop.label is not None and size.label is not None:
                    letters = [s for s in stop.label.symbols if s not in self.sizes]
                    change = solved(stop.label - size.label, letters)
                    own = Quantity(quantity.family, (quantity.label or size.label).substitute(change), ())
                    if stop.label.substitute(change) == size.label:
                        yield f"{self.reached(own, {}).text}.shape[{place}]"
