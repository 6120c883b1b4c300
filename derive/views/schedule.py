"""In which order equations are computed, and which of them in a loop: those that need each other at another index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from derive.calculus.matching import arguments
from derive.errors import ModelError
from derive.model.model import Equation, Range
from derive.views.meeting import meets
from derive.writing.index import Symbol, index
from derive.writing.nodes import Quantity
from derive.writing.walk import quantities, substitute


@dataclass(frozen=True)
class Line:
    """One equation; `over` is its own range where that is smaller than the range of the loop around it."""

    equation: Equation
    over: Range | None = None


@dataclass(frozen=True)
class Loop:
    """The body for every value of a letter; downwards, where the body needs what comes after."""

    over: Range
    body: tuple[Item, ...]
    down: bool = False
    recurrent: bool = False


Item: TypeAlias = "Line | Loop"
Loops = Mapping[Equation, tuple[Symbol, ...]]  # the letters of the loops around an equation, the outermost first
OwnLoops = Callable[[Equation], Sequence[Symbol]]


def scheduled(equations: Sequence[Equation], own_loops: OwnLoops) -> tuple[Item, ...]:
    """The equations in an order in which each finds what it needs; `own_loops` are the letters that need a loop anyway.

    Of those that could come next, the first in the given order does.
    """
    return _fused(_arranged(list(equations), own_loops, {}))


def _arranged(equations: list[Equation], own_loops: OwnLoops, around: Loops) -> list[Item]:
    items: list[Item] = []
    for group in _groups(equations, around):
        if len(group) > 1 or _needs(group[0], group[0], around):
            items.append(_recurrence(group, own_loops, around))
        else:
            items.append(_alone(group[0], [s for s in own_loops(group[0]) if s not in around.get(group[0], ())]))
    return items


def _alone(equation: Equation, letters: Sequence[Symbol]) -> Item:
    item: Item = Line(equation)
    for letter in reversed(letters):
        item = Loop(_range_of(equation, letter), (item,))
    return item


def _range_of(equation: Equation, letter: Symbol) -> Range:
    return next(r for r in equation.ranges if r.symbol == letter)


# ---------------------------------------------------------------- what needs what


def _needs(one: Equation, other: Equation, around: Loops) -> bool:
    """Whether an equation reads what another one defines, in the same round of the loops around both."""
    return any(meets(q, one, other) and not any(_shifts(q, one, other, around)) for q in quantities(one.right))


def _shifts(quantity: Quantity, one: Equation, other: Equation, around: Loops) -> Iterator[int]:
    """For each loop around both, how many rounds later what is read is defined: -1 for h[t-1]."""
    for own, its in zip(around.get(one, ()), around.get(other, ()), strict=False):
        yield (arguments(quantity)[_place(other, its)] - own).value or 0


def _place(equation: Equation, letter: Symbol) -> int:
    """The position on the left side that a letter counts."""
    return next(place for place, i in enumerate(arguments(equation.left)) if i.symbol == letter)


def _groups(equations: list[Equation], around: Loops) -> Iterator[list[Equation]]:
    """Equations that need each other stand together; each group comes after what it needs."""
    reach = {id(e): {id(o) for o in equations if _needs(e, o, around)} for e in equations}
    for middle, further in reach.items():  # what is reached through `middle` is reached
        for found in reach.values():
            found.update(further if middle in found else ())
    waiting = list(equations)
    while waiting:
        left = {id(e) for e in waiting}
        first = next(e for e in waiting if all(id(e) in reach[o] for o in reach[id(e)] & left))
        group = [e for e in waiting if e is first or (id(e) in reach[id(first)] and id(first) in reach[id(e)])]
        yield group
        waiting = [e for e in waiting if e not in group]


# ---------------------------------------------------------------- recurrences


def _recurrence(group: list[Equation], own_loops: OwnLoops, around: Loops) -> Loop:
    """The group in a loop over the letter that its equations shift."""
    letters = _loop_letters(group, around)
    inner = {e: (*around.get(e, ()), letters[e]) for e in group}
    shifts = {shift[-1] for shift in _all_shifts(group, inner) if not any(shift[:-1])}
    if min(shifts) < 0 < max(shifts):
        raise ModelError(f"{group[0].left.family} needs itself both before and after: no order of computation exists")
    over = _joined([_range_of(e, letters[e]) for e in group])
    renamed = {e: _with_letter(e, letters[e], over.symbol) for e in group}
    loops = {renamed[e]: (*around.get(e, ()), over.symbol) for e in group}
    body = _arranged(list(renamed.values()), own_loops, loops)
    return Loop(over, tuple(_guarded(item, over) for item in body), max(shifts) > 0, recurrent=True)


def _all_shifts(group: list[Equation], around: Loops) -> Iterator[tuple[int, ...]]:
    for one in group:
        for other in group:
            for quantity in quantities(one.right):
                if meets(quantity, one, other):
                    yield tuple(_shifts(quantity, one, other, around))


def _loop_letters(group: list[Equation], around: Loops) -> dict[Equation, Symbol]:
    """The letter of each equation that the next loop runs over, found from one that is shifted."""
    start = next((found for one in group for other in group for found in _shifted(one, other, around)), None)
    if start is None:
        raise ModelError(f"{group[0].left} needs itself at the same index")
    letters = dict([start])
    while len(letters) < len(group):
        more = {e: s for one in group for e, s in _linked(one, group, letters) if e not in letters}
        if not more:
            raise ModelError(f"{group[0].left.family} needs itself at indices that no single loop can follow")
        letters |= more
    return letters


def _shifted(one: Equation, other: Equation, around: Loops) -> Iterator[tuple[Equation, Symbol]]:
    """(equation, its letter) where it reads h[t-1] of what the other defines as h[t], in the same round so far."""
    letters = [r.symbol for r in one.ranges if r.symbol not in around.get(one, ())]
    for quantity in quantities(one.right):
        if meets(quantity, one, other) and not any(_shifts(quantity, one, other, around)):
            for have, left in zip(arguments(quantity), arguments(other.left), strict=True):
                if left.symbol is not None:
                    yield from ((one, s) for s in letters if (have - s).value not in (0, None))


def _linked(
    one: Equation, group: list[Equation], known: Mapping[Equation, Symbol]
) -> Iterator[tuple[Equation, Symbol]]:
    """Further letters that follow from those known, through what an equation reads of another."""
    for other in group:
        for quantity in quantities(one.right):
            if meets(quantity, one, other):
                for have, left in zip(arguments(quantity), arguments(other.left), strict=True):
                    own = next((r.symbol for r in one.ranges if r.symbol in have.symbols), None)
                    if own is not None and left.symbol is not None:
                        if known.get(one) == own:
                            yield other, left.symbol
                        if known.get(other) == left.symbol:
                            yield one, own


def _with_letter(equation: Equation, old: Symbol, new: Symbol) -> Equation:
    if old == new:
        return equation
    change = {old: index(new)}
    ranges = tuple(
        Range(new if r.symbol == old else r.symbol, r.lower.substitute(change), r.upper.substitute(change))
        for r in equation.ranges
    )
    return Equation(substitute(equation.left, change), substitute(equation.right, change), ranges, equation.line)


def _joined(ranges: list[Range]) -> Range:
    """The smallest range that holds all, as far as their ends can be compared."""
    first, *others = ranges
    for other in others:
        lower = other.lower if ((other.lower - first.lower).value or 0) < 0 else first.lower
        upper = other.upper if ((other.upper - first.upper).value or 0) > 0 else first.upper
        first = Range(first.symbol, lower, upper)
    return first


def _guarded(item: Item, over: Range) -> Item:
    """A line whose own range is smaller than the loop's says so."""
    if isinstance(item, Loop):
        return replace(item, body=tuple(_guarded(part, over) for part in item.body))
    own = _range_of(item.equation, over.symbol)
    return item if own == over else replace(item, over=own)


# ---------------------------------------------------------------- loops side by side


def _fused(items: Sequence[Item]) -> tuple[Item, ...]:
    """Loops over the same range made one, where the second needs of the first only what the same round gives."""
    done: list[Item] = []
    for item in items:
        place = _joining(item, done) if isinstance(item, Loop) else None
        if isinstance(item, Line):
            done.append(item)
        elif place is None:
            done.append(replace(item, body=_fused(item.body)))
        else:
            before = done[place]
            assert isinstance(before, Loop)  # only loops are joined
            done[place] = replace(before, body=_fused((*before.body, *item.body)))
    return tuple(done)


def _joining(loop: Loop, done: Sequence[Item]) -> int | None:
    """The place of an earlier loop that this one can join, past all that it does not need."""
    for place in reversed(range(len(done))):
        before = done[place]
        if isinstance(before, Loop) and _follows(loop, before):
            return place
        if any(_needs(one, other, {}) for one in _equations(loop) for other in _equations(before)):
            return None
    return None


def _follows(loop: Loop, before: Loop) -> bool:
    """Whether each round of a loop needs of the other one only what the same round gives."""
    if loop.recurrent or loop.over != before.over:
        return False
    letter = loop.over.symbol
    return all(
        arguments(q)[_place(other, letter)] == index(letter)
        for one in _equations(loop)
        for other in _equations(before)
        for q in quantities(one.right)
        if meets(q, one, other)
    )


def _equations(item: Item) -> Iterator[Equation]:
    if isinstance(item, Line):
        yield item.equation
    else:
        yield from (equation for part in item.body for equation in _equations(part))
