"""Sizes that nobody gave, read off the shapes of arrays: y[j] for j in range(m) makes m the length of y."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from derive.errors import OptionError
from derive.model.definitions import Letters, unified
from derive.model.model import Equation, Model, Range
from derive.writing.index import Index, Symbol
from derive.writing.nodes import ExpandedSum, Fold, Node, Quantity
from derive.writing.scene import Element
from derive.writing.walk import parts

Key = tuple[str, int | None]
Ranges = Mapping[Symbol, Range]
Ends = list[Index | None]  # for each index the length that it needs, where that is known and no other needs more


@dataclass(frozen=True)
class Shapes:
    """The shapes of arrays, the sizes that are known, and how a name with its label is written."""

    arrays: Mapping[Key, tuple[int, ...]]
    sizes: Mapping[Key, int]
    written: Callable[[str, int | None], str]


def inferred(model: Model, shapes: Shapes) -> dict[Key, int]:
    """The sizes that the arrays show; OptionError where two of them disagree."""
    found: dict[Key, int] = {}
    sources: dict[Key, str] = {}
    places = [(key, *mention) for key in shapes.arrays for mention in _furthest(list(_mentions(model, key[0])))]
    progress = True
    while progress:
        progress = False
        for array, quantity, ranges, ends in places:
            for size, value in _shown(array, quantity, ranges, ends, shapes, {**found, **shapes.sizes}):
                source = f"values[{shapes.written(*array)!r}]"
                if size not in found and size not in shapes.sizes:
                    found[size], sources[size], progress = value, source, True
                elif size in found and found[size] != value:
                    name = shapes.written(*size)
                    raise OptionError(
                        f"{sources[size]} shows that {name} is {found[size]}, but {source} that it is {value}: "
                        f"give sizes[{name!r}]"
                    )
    return found


def _shown(
    array: Key, quantity: Quantity, ranges: Ranges, ends: Ends, shapes: Shapes, known: Mapping[Key, int]
) -> Iterator[tuple[Key, int]]:
    """(size, value) for each index of a mention that ends in one size that has to be found."""
    letters = _at_label(quantity, array[1], ranges, known)
    if letters is None:
        return
    for end, length in zip(ends, shapes.arrays[array], strict=False):
        found = None if end is None else _solved(end, length, letters, known, shapes.sizes)
        if found is not None:
            yield found


def _at_label(quantity: Quantity, label: int | None, ranges: Ranges, known: Mapping[Key, int]) -> Letters | None:
    """The numbers of the letters in the label at which a mention speaks of an array; None where it does not."""
    if quantity.label is None:
        return {}
    inside = tuple(r for r in ranges.values() if r.symbol in quantity.label.symbols)
    pattern = Equation(Quantity(quantity.family, quantity.label), quantity, inside)
    try:
        return unified(pattern, Element(quantity.family, label, ()), lambda i, letters: _number(i, letters, known))
    except KeyError:
        return None


def _number(index: Index, letters: Letters, known: Mapping[Key, int]) -> int:
    def value(symbol: Symbol) -> int:
        return letters[symbol] if symbol in letters else known[_key(symbol, letters, known)]

    return index.evaluate(value)


def _key(symbol: Symbol, letters: Letters, known: Mapping[Key, int]) -> Key:
    return symbol.name, None if symbol.label is None else _number(symbol.label, letters, known)


def _solved(
    upper: Index, length: int, letters: Letters, known: Mapping[Key, int], fixed: Mapping[Key, int]
) -> tuple[Key, int] | None:
    """The one symbol of `upper` that was not given, such that upper == length."""
    symbols = sorted({s for monomial, _ in upper.terms for s in monomial}, key=lambda s: s.order)
    try:
        open_ones = [s for s in symbols if s not in letters and _key(s, letters, known) not in fixed]
        if len(open_ones) != 1 or upper.coefficient(open_ones[0]) not in (1, -1):
            return None
        size = _key(open_ones[0], letters, known)
        rest = _number(upper, letters, {**known, size: 0})
    except KeyError:
        return None
    return size, (length - rest) * (upper.coefficient(open_ones[0]) or 1)


def _mentions(model: Model, family: str) -> Iterator[tuple[Quantity, Ranges]]:
    """Every mention of a family with the ranges of the letters around it."""
    for equation in model.equations:
        ranges = {r.symbol: r for r in equation.ranges}
        yield from (
            (q, r) for q, r in [(equation.left, ranges), *_inside(equation.right, ranges)] if q.family == family
        )


def _furthest(mentions: list[tuple[Quantity, Ranges]]) -> Iterator[tuple[Quantity, Ranges, Ends]]:
    """The mentions with their ends: beside x[i+1], x[i] does not say how long x is."""
    ends = [[_end(i, ranges) for i in quantity.indices] for quantity, ranges in mentions]
    for (quantity, ranges), own in zip(mentions, ends, strict=True):
        along = zip_longest(own, *ends)
        yield quantity, ranges, [None if _is_passed(end, others) else end for end, *others in along][: len(own)]


def _end(index: Index, ranges: Ranges) -> Index | None:
    """One more than the greatest value of a letter, or of a letter and a number."""
    shift = Index(tuple(term for term in index.terms if term[0] == ())).value or 0
    letter = (index - shift).symbol
    return ranges[letter].upper + shift if letter is not None and letter in ranges and shift >= 0 else None


def _is_passed(end: Index | None, others: Iterable[Index | None]) -> bool:
    return end is not None and any(o is not None and ((o - end).value or 0) > 0 for o in others)


def _inside(node: Node, ranges: Ranges) -> Iterator[tuple[Quantity, Ranges]]:
    if isinstance(node, Quantity):
        yield node, ranges
    if isinstance(node, Fold):
        ranges = {**ranges, node.symbol: Range(node.symbol, node.lower, node.upper)}
    for part in parts(node.sigma) if isinstance(node, ExpandedSum) else parts(node):
        yield from _inside(part, ranges)
