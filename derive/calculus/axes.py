"""Which indices run along the rows and columns of arrays, and which ones choose an array, as a time step does.

An index that a model ever shifts or fixes (`h[t-1]`, `h[0]`, `x[i+u]`) chooses. So does the first of three: each head
of an attention has its own matrices. And whatever shares a letter with an index that chooses does so too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from derive.model.model import Equation, Model
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Condition, ExpandedSum, Fold, Node, Quantity
from derive.writing.walk import parts

# Why an index chooses an array instead of running along one.
Choice = Literal["shifted index", "many indices"]
Position = tuple[str, int]  # a family and the place of one of its indices
Letter = tuple[int, Symbol]  # a letter and where it is bound

MOST_AXES = 2


@dataclass(frozen=True)
class Use:
    """One index of one mention of a family, with the letters in it as they are bound there."""

    position: Position
    index: Index
    letters: tuple[Letter, ...]


def choosing(model: Model) -> Mapping[Position, Choice]:
    """The positions whose index chooses an array, each with the reason: shifted index, or many indices."""
    return _choosing(model.equations)


@lru_cache(maxsize=64)
def _choosing(equations: tuple[Equation, ...]) -> Mapping[Position, Choice]:
    uses = [use for number, equation in enumerate(equations) for use in _uses_in(equation, number)]
    shifted = _spread({use.position for use in uses if not _runs(use)}, uses)
    found = shifted
    for family, count in _ranks(uses).items():
        running = [i for i in range(count) if (family, i) not in found]
        found = _spread(found | {(family, i) for i in running[:-MOST_AXES]}, uses)
    return {position: "shifted index" if position in shifted else "many indices" for position in sorted(found)}


def _runs(use: Use) -> bool:
    return use.index.symbol is not None and len(use.letters) == 1


def _spread(found: set[Position], uses: list[Use]) -> set[Position]:
    """Everything that shares a letter with one of the positions, directly or through others."""
    while True:
        letters = {letter for use in uses if use.position in found for letter in use.letters}
        more = {use.position for use in uses if not letters.isdisjoint(use.letters)}
        if more <= found:
            return found
        found = found | more


def _ranks(uses: list[Use]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for use in uses:
        family, place = use.position
        ranks[family] = max(ranks.get(family, 0), place + 1)
    return ranks


def _uses_in(equation: Equation, number: int) -> Iterator[Use]:
    bound = {r.symbol: (number, r.symbol) for r in equation.ranges}
    yield from _uses(equation.left, bound)
    yield from _uses(equation.right, bound)


def _uses(node: Node, bound: dict[Symbol, Letter]) -> Iterator[Use]:
    match node:
        case Quantity(family, _, indices):
            for place, index in enumerate(indices):
                letters = tuple(bound[s] for s in sorted(index.symbols & bound.keys(), key=lambda s: s.order))
                yield Use((family, place), index, letters)
        case ExpandedSum(sigma):
            yield from _uses(sigma, bound)
        case Fold():
            inner = {**bound, node.symbol: (id(node), node.symbol)}
            yield from (use for part in parts(node) for use in _uses(part, inner))
        case Condition():
            return
        case _:
            yield from (use for part in parts(node) for use in _uses(part, bound))
