"""Pieces of NumPy code that know which letter runs along each of their axes, and how to put them together."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeAlias

from derive.writing.index import Symbol

Letters: TypeAlias = tuple[Symbol, ...]


class Level(IntEnum):
    """How tightly Python binds a piece of code."""

    CASES = 0
    COMPARE = 1
    SUM = 2
    PRODUCT = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True)
class Term:
    """Code for an array, with the letter of each of its axes; none for a number.

    `firm` is longer code where `text` may also give a single number in the place of the array.
    """

    text: str
    level: Level = Level.ATOM
    letters: Letters = ()
    firm: str = ""

    @property
    def whole(self) -> Term:
        """The term with all its axes, whatever it is worth."""
        return Term(self.firm, self.level, self.letters) if self.firm else self

    def at(self, level: Level) -> str:
        """The code, in brackets where it binds less tightly."""
        return self.text if self.level >= level else f"({self.text})"


@dataclass(frozen=True)
class Factors:
    """above[0] * above[1] * … / below[0] / …"""

    above: tuple[Term, ...]
    below: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        return (*self.above, *self.below)

    @property
    def whole(self) -> Factors:
        """The factors with all their axes, unless there is just one."""
        if len(self.terms) == 1:
            return self
        return Factors(tuple(t.whole for t in self.above), tuple(t.whole for t in self.below))

    def having(self, letters: Iterable[Symbol]) -> Factors:
        """The factors over exactly these letters."""
        wanted = set(letters)
        return Factors(*(tuple(t for t in side if set(t.letters) == wanted) for side in (self.above, self.below)))

    def split(self, letters: Iterable[Symbol]) -> tuple[Factors, Factors]:
        """The factors over one of the letters, and the others."""
        over = set(letters)
        sides = (self.above, self.below)
        inside = Factors(*(tuple(t for t in side if not over.isdisjoint(t.letters)) for side in sides))
        return inside, Factors(*(tuple(t for t in side if over.isdisjoint(t.letters)) for side in sides))


def union(terms: Iterable[Term], first: Letters = ()) -> Letters:
    """The letters of all terms: as in the one that has them all, otherwise those of the result in its order first."""
    ordered = sorted(terms, key=lambda t: -len(t.letters))
    found = dict.fromkeys(s for term in ordered for s in term.letters)
    if ordered and len(ordered[0].letters) == len(found):
        return ordered[0].letters
    return (*(s for s in first if s in found), *(s for s in found if s not in first))


# ---------------------------------------------------------------- broadcasting


def broadcast(term: Term, order: Letters) -> Term:
    """The term such that NumPy's broadcasting gives it these axes: x[:, None] where it has no second one."""
    wanted = tuple(s for s in order if s in term.letters)
    if wanted == term.letters and wanted == order[len(order) - len(wanted) :]:
        return term
    turned = transposed(term.whole, wanted)
    present = order[order.index(wanted[0]) :] if wanted else ()
    if len(present) == len(wanted):
        return turned
    places = ", ".join(":" if s in wanted else "None" for s in present)
    return Term(f"{turned.at(Level.ATOM)}[{places}]", Level.ATOM, wanted)


def transposed(term: Term, order: Letters) -> Term:
    """The same array with its axes in another order."""
    if term.letters == order:
        return term
    if len(order) == 2:
        return Term(f"{term.at(Level.ATOM)}.T", Level.ATOM, order)
    places = ", ".join(str(term.letters.index(s)) for s in order)
    return Term(f"np.transpose({term.text}, ({places}))", Level.ATOM, order)


def entrywise(terms: Sequence[Term], first: Letters) -> tuple[list[Term], Letters]:
    """The terms with axes that NumPy can broadcast, and the letters of what it makes of them."""
    order = union(terms, first)
    sure = any(t.letters == order and not t.firm for t in terms)
    return [t if sure and t.letters == order else broadcast(t.whole, order) for t in terms], order


# ---------------------------------------------------------------- products


def multiplied(factors: Factors, first: Letters) -> Term:
    """The product entry by entry; of two columns, their outer product."""
    factors = factors.whole
    order = union(factors.terms, first)
    if len(order) == 2 and not any(len(t.letters) == 2 for t in factors.terms):
        return _outer(factors, order)
    return _in_a_row(factors, order)


def _outer(factors: Factors, order: Letters) -> Term:
    rows, columns = (_in_a_row(factors.having((s,)), (s,)) for s in order)
    numbers = factors.having(())
    outer = Term(f"np.outer({rows.text}, {columns.text})", Level.ATOM, order)
    return _in_a_row(Factors((*numbers.above, outer), numbers.below), order)


def _in_a_row(factors: Factors, order: Letters) -> Term:
    above, below = ([broadcast(t, order) for t in side] for side in (factors.above, factors.below))
    if len(above) == 1 and not below:
        return replace(above[0], letters=order)
    text = _starred(above) if above else "1"
    if below:
        text += f" / {below[0].at(Level.POWER) if len(below) == 1 else f'({_starred(below)})'}"
    return Term(text, Level.PRODUCT, order)


def _starred(terms: list[Term]) -> str:
    return " * ".join([terms[0].at(Level.PRODUCT), *(t.at(Level.POWER) for t in terms[1:])])


# ---------------------------------------------------------------- sums over letters


def summed(over: Letters, factors: Factors, first: Letters) -> Term:
    """The sum of a product over all values of some letters, with @ where there is a matrix product."""
    inside, outside = Factors(*(tuple(t.whole for t in side) for side in (factors.above, factors.below))).split(over)
    whole = _contracted(over, _grouped(inside), first)
    return multiplied(Factors(_in_order(outside.above, whole), outside.below), first)


def _in_order(outside: tuple[Term, ...], whole: Term) -> tuple[Term, ...]:
    """Numbers stand in front of the sum, arrays after it."""
    numbers = tuple(t for t in outside if not t.letters)
    return (*numbers, whole, *(t for t in outside if t.letters))


def _grouped(factors: Factors) -> list[Factors]:
    """The factors with the same letters together."""
    keys = dict.fromkeys(frozenset(t.letters) for t in factors.terms)
    return [factors.having(key) for key in keys]


def _contracted(over: Letters, groups: list[Factors], first: Letters) -> Term:
    found = [_in_a_row(g, union(g.terms)) for g in groups]
    if len(over) == 1:
        groups, found = _absorbed(over[0], groups, found)
    out = tuple(s for s in union(found, first) if s not in over)
    if len(found) == 1:
        return _single(over, groups[0], found[0], out)
    if len(found) == 2 and len(over) == 1 and _matrices(found, over[0]):
        return _matmul(found, over[0], out)
    return _einsum(found, out)


def _absorbed(letter: Symbol, groups: list[Factors], found: list[Term]) -> tuple[list[Factors], list[Term]]:
    """A weight v_s between two matrices is multiplied into the first: (A * v) @ B."""
    weight = next((i for i, t in enumerate(found) if t.letters == (letter,)), None)
    if len(found) != 3 or weight is None:
        return groups, found
    others = [i for i in range(3) if i != weight]
    merged = Factors(groups[others[0]].above + groups[weight].above, groups[others[0]].below + groups[weight].below)
    order = tuple(sorted(found[others[0]].letters, key=lambda s: s == letter))
    return [merged, groups[others[1]]], [_in_a_row(merged, order), found[others[1]]]


def _single(over: Letters, group: Factors, term: Term, out: Letters) -> Term:
    if not out and len(over) == 1 and len(group.above) == 2 and not group.below:
        left, right = (t.at(Level.POWER) for t in group.above)
        return Term(f"{left} @ {right}", Level.PRODUCT)
    if not out:
        return Term(f"np.sum({term.text})")
    axes = [str(term.letters.index(s)) for s in over]
    where = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
    left_over = tuple(s for s in term.letters if s in out)
    return Term(f"np.sum({term.text}, axis={where})", Level.ATOM, left_over)


def _matrices(found: list[Term], letter: Symbol) -> bool:
    """Whether two terms share nothing but the letter, and neither has more than two axes."""
    one, other = found
    return set(one.letters) & set(other.letters) == {letter} and max(len(one.letters), len(other.letters)) <= 2


def _matmul(found: list[Term], letter: Symbol, out: Letters) -> Term:
    """A @ B with the rows of the result on the left; W.T @ v for a matrix and a column."""
    if len(out) == 1:
        matrix, column = sorted(found, key=lambda t: -len(t.letters))
        ordered = transposed(matrix, (out[0], letter)), column
    else:
        left, right = sorted(found, key=lambda t: out.index(next(s for s in t.letters if s != letter)))
        ordered = transposed(left, (out[0], letter)), transposed(right, (letter, out[1]))
    return Term(" @ ".join(t.at(Level.POWER) for t in ordered), Level.PRODUCT, out)


def _einsum(found: list[Term], out: Letters) -> Term:
    names = _one_letter_each(s for t in found for s in t.letters)
    inputs = ",".join("".join(names[s] for s in t.letters) for t in found)
    text = f'np.einsum("{inputs}->{"".join(names[s] for s in out)}", {", ".join(t.text for t in found)})'
    return Term(text, Level.ATOM, out)


def _one_letter_each(symbols: Iterable[Symbol]) -> dict[Symbol, str]:
    """A single letter of the alphabet for each symbol, its own where it is one."""
    found: dict[Symbol, str] = {}
    for symbol in dict.fromkeys(symbols):
        own = symbol.name if len(symbol.name) == 1 and symbol.name in string.ascii_letters else "a"
        free = (c for c in own + string.ascii_letters if c not in found.values())
        found[symbol] = next(free)
    return found
