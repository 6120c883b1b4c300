r"""Dots: w_0 a_0 + w_1 a_1 + \cdots + w_5 a_5 is a sum over a range, whose terms the first and the last one tell."""

from __future__ import annotations

from typing import Any, Literal, cast

from derive.notation.reading import folds
from derive.notation.reading.cursor import Cursor
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import ZERO, Expr, Fold, Function, Node, Product, Sum
from derive.writing.walk import fresh, names_in, substitute

_MISSING = "what the dots stand for is not clear: write the terms before and after them, or a sum over a range"


class _NoPattern(Exception):
    """Two terms do not differ in one index alone."""


def sum_of(c: Cursor, terms: list[Expr | None]) -> Expr:
    """The sum with what its dots stand for."""
    return _filled(c, "sum", terms)


def product_of(c: Cursor, factors: list[Expr | None]) -> Expr:
    """The product with what its dots stand for."""
    return _filled(c, "prod", factors)


def _filled(c: Cursor, kind: Literal["sum", "prod"], parts: list[Expr | None]) -> Expr:
    """The parts from the first that fits up to the last become one fold; those before and behind them stay."""
    first_gap = parts.index(None)
    last_gap = len(parts) - 1 - parts[::-1].index(None)
    if first_gap == 0 or last_gap == len(parts) - 1:
        raise c.error(_MISSING)
    head, tail = parts[:first_gap], parts[last_gap + 1 :]
    if all(p is None or p == ZERO for p in (parts[0], parts[-1])):
        return _without_dots(kind, parts)
    between = [p for p in parts[first_gap:last_gap] if p is not None]
    last = tail[0]
    for start in range(len(head)):
        found = _folded(c, kind, [cast(Expr, p) for p in (*head[start:], *between, last)], len(head) - start)
        if found is not None:
            more = [cast(Expr, p) for p in (*head[:start], found, *tail[1:])]
            whole = Sum if kind == "sum" else Product
            return found if len(more) == 1 else whole(tuple(more))
    raise c.error(_MISSING)


def _without_dots(kind: Literal["sum", "prod"], parts: list[Expr | None]) -> Expr:
    """0 + 0 + … + x + … + 0: the dots stand for noughts"""
    written = tuple(p for p in parts if p is not None)
    return Sum(written) if kind == "sum" else Product(written)


def _folded(c: Cursor, kind: Literal["sum", "prod"], parts: list[Expr], leading: int) -> Expr | None:
    """sum of the pattern, if all parts are its values, the `leading` ones at consecutive indices."""
    first, last = parts[0], parts[-1]
    letter = fresh(Symbol("k"), names_in(first) | names_in(last) | {s.name for s in c.bound})
    differing: dict[tuple[Index, Index], None] = {}
    try:
        _compare(first, last, differing)
    except _NoPattern:
        return None
    for low, high in differing:
        body = _with_letter(first, last, (low, high), letter)
        if body is not None and _fits(body, letter, low, parts[:leading]):
            lower, upper = folds.resolved(c, letter, (low, high + 1), body)
            return Fold(kind, body, letter, lower, upper)
    return None


def _fits(body: Expr, letter: Symbol, low: Index, leading: list[Expr]) -> bool:
    return all(substitute(body, {letter: low + i}) == part for i, part in enumerate(leading))


def _compare(one: Any, other: Any, differing: dict[tuple[Index, Index], None]) -> None:
    if one == other:
        return
    if isinstance(one, Index) and isinstance(other, Index):
        differing[one, other] = None
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            _compare(a, b, differing)
    elif isinstance(one, Node | Function) and type(one) is type(other):
        for name in one.FIELDS if isinstance(one, Node) else ("name", "label", "orders"):
            _compare(getattr(one, name), getattr(other, name), differing)
    else:
        raise _NoPattern


def _with_letter(first: Expr, last: Expr, ends: tuple[Index, Index], letter: Symbol) -> Expr | None:
    """The first term with the letter in every place where the terms differ, as far from it as the first one's is."""
    try:
        return cast(Expr, _lettered(first, last, ends, letter))
    except _NoPattern:
        return None


def _lettered(one: Any, other: Any, ends: tuple[Index, Index], letter: Symbol) -> Any:
    if one == other:
        return one
    if isinstance(one, Index):
        shift = one - ends[0]
        if shift != other - ends[1]:
            raise _NoPattern
        return index(letter) + shift
    if isinstance(one, tuple):
        return tuple(_lettered(a, b, ends, letter) for a, b in zip(one, other, strict=True))
    names = one.FIELDS if isinstance(one, Node) else ("name", "label", "orders")
    return type(one)(*(_lettered(getattr(one, n), getattr(other, n), ends, letter) for n in names))
