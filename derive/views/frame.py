"""Where a formula is written as code: the arrays, and what each letter does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

from derive.calculus.spans import Span
from derive.views.arrays import Arrays
from derive.views.terms import Letters, Level, Term, broadcast
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Compare, Condition, Fold, IndexValue, Logic


@dataclass(frozen=True)
class Frame:
    """The arrays, the letters that run along their axes, and those that are counted through; `first` orders axes."""

    arrays: Arrays
    axes: dict[Symbol, Span]
    held: frozenset[Symbol]
    first: Letters

    def given(self, known: Condition) -> Frame:
        """The frame where a condition holds: an axis as long as n(l) is as long as n(L) where l == L."""
        match known:
            case Compare("==", IndexValue(left), IndexValue(right)) if left.symbol is not None:
                same = {left.symbol: right}
                return replace(
                    self, axes={s: (a.substitute(same), b.substitute(same)) for s, (a, b) in self.axes.items()}
                )
            case Logic("and", parts):
                return reduce(Frame.given, parts, self)
        return self

    def filled(self, term: Term, order: Letters) -> Term:
        """A term repeated along the axes that it lacks."""
        found = broadcast(term.whole, order)
        if set(found.letters) == set(order):
            return found
        sizes = [self.arrays.index(upper - lower) for lower, upper in map(self.axes.__getitem__, order)]
        shape = sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
        if found.text == "0":
            return Term(f"np.zeros({shape})", Level.ATOM, order)
        return Term(f"np.broadcast_to({found.text}, {shape})", Level.ATOM, order)

    def along(self, fold: Fold) -> Frame:
        """The frame inside a sum whose letter runs along an axis."""
        return replace(self, axes={**self.axes, fold.symbol: (fold.lower, fold.upper)})


def counting(lower: Index, upper: Index, arrays: Arrays) -> str:
    """range(n), or range(1, n)."""
    stop = arrays.index(upper)
    return f"range({stop})" if lower.value == 0 else f"range({arrays.index(lower)}, {stop})"
