r"""Sums, products and extremes over a range: \sum_{k=0}^{n-1}, \sum_j, \sum_{k \ne j}, \max_{0 \le k \le n-1}.

A range that is not written, or is written with a letter that stands for the sizes of all layers, is that of the index
in the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, cast

from derive.notation.reading.conditions import RELATIONS
from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.indices import comma_parts, index_in, indices_in, outside
from derive.notation.reading.tokens import Token
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Condition, Expr, Fold, Quantity
from derive.writing.walk import walk

MAX_RANGE = 10_000
COUNTER = Symbol("i")
_WORDS = frozenset({"true", "false", "not"})
Kind = Literal["sum", "prod", "max", "min"]


@dataclass
class _Head:
    """The letter of a sum, with what is written of its range; `upper` is the first index that is no longer in it."""

    letter: Symbol
    token: Token
    lower: Index | None = None
    upper: Index | None = None
    where: list[Condition] = field(default_factory=list)


def fold(c: Cursor) -> Expr:
    """The sum or product whose sign stands at the cursor."""
    return over_range(c, c.take())


def over_range(c: Cursor, sign: Token) -> Expr:
    """What the sign says, over the range below it and above it, of the product that follows."""
    below, above = _limits(c)
    if below is None:
        raise c.error(
            f"the letter of this {_name(sign)} is missing: write it as in \\{sign.text}_{{k=0}}^{{n-1}}", sign
        )
    heads: list[_Head] = []
    for item in _items(c, below):
        if heads and above is not None:
            _one_more(c, item, heads)
        else:
            _take_item(c, item, heads)
    if not heads:
        raise c.error(f"the letter of this {_name(sign)} is missing", sign)
    if above is not None:
        last = next((h for h in heads if h.lower is not None and h.upper is None), heads[-1])
        last.upper = index_in(c, above) + 1
    with c.nested():
        body = c.product()
    for head in reversed(heads):
        c.bound.remove(head.letter)
        body = _folded(c, cast(Kind, sign.text), head, body)
    return body


def _name(sign: Token) -> str:
    return {"sum": "sum", "prod": "product", "max": "maximum", "min": "minimum"}[sign.text]


def _limits(c: Cursor) -> tuple[Span | None, Span | None]:
    found: dict[str, Span] = {}
    while c.sees("_", "^"):
        mark = c.take()
        if mark.text in found:
            raise c.error("a second limit stands here", mark)
        found[mark.text] = c.group()
    return found.get("_"), found.get("^")


def _items(c: Cursor, span: Span) -> list[Span]:
    r"""The parts between commas and line ends, also of a \substack."""
    if c.tokens[span.start].text == "substack" and span.end > span.start + 1:
        span = Span(span.start + 2, c.close(span.start + 1))
    found: list[Span] = []
    for part in comma_parts(c, span):
        cuts = [i for i in outside(c, part) if c.tokens[i].text in {"\\\\", "newline", ":", ";", "|"}]
        edges = [part.start - 1, *cuts, part.end]
        found += [Span(a + 1, b) for a, b in pairwise(edges) if a + 1 < b]
    return found


def _take_item(c: Cursor, item: Span, heads: list[_Head]) -> None:
    """k, k = 0, k \\ne j, 0 \\le k < n, or a further condition"""
    first = c.tokens[item.start]
    marks = [i for i in outside(c, item) if c.tokens[i].text in RELATIONS and c.tokens[i].kind == "sign"]
    texts = [c.tokens[i].text for i in marks]
    is_bounded = len(marks) == 2 and set(texts) <= {"<", "<="} and marks[1] == marks[0] + 2
    ranged = bool(heads) and heads[-1].upper is not None and not is_bounded
    if heads and (ranged or first.text in _WORDS or _is_bound(heads, first)):
        _condition(c, item, heads)
        return
    if is_bounded:
        _bounded(c, item, marks, heads)
        return
    lone = not marks or marks[0] == item.start + 1
    if not lone or first.kind not in {"letter", "word"}:
        _condition(c, item, heads)
    elif texts == ["="]:
        lower = index_in(c, Span(marks[0] + 1, item.end))
        _bind(c, heads, first).lower = lower
    elif not marks and item.end > item.start + 1:
        _several(c, item, heads)
    else:
        _bind(c, heads, first)
        if marks:
            _condition(c, item, heads)


def _one_more(c: Cursor, item: Span, heads: list[_Head]) -> None:
    """A condition below a sum that has its range; a second letter would need a second upper end."""
    first = c.tokens[item.start]
    in_a_row = c.tokens[item.start - 1].text == ","
    if in_a_row and c.tokens[item.start + 1].text == "=" and Symbol(first.text) not in c.bound:
        raise c.error(
            "each letter needs its own sum where the range is written: \\sum_{j=0}^{n-1} \\sum_{k=0}^{m-1}", first
        )
    _condition(c, item, heads)


def _condition(c: Cursor, item: Span, heads: list[_Head]) -> None:
    """What else holds of the letter."""
    if not heads:
        raise c.error("the letter of the range is expected here", c.tokens[item.start])
    with c.within(item):
        heads[-1].where.append(c.condition())


def _is_bound(heads: list[_Head], token: Token) -> bool:
    return any(head.letter.name == token.text for head in heads)


def _bind(c: Cursor, heads: list[_Head], token: Token) -> _Head:
    head = _Head(Symbol(token.text), token)
    if _is_bound(heads, token):
        raise c.error(f"{token.text} is the letter of this sum already", token)
    c.bound.append(head.letter)
    heads.append(head)
    return head


def _several(c: Cursor, item: Span, heads: list[_Head]) -> None:
    """\\sum_{jk}"""
    for token in c.tokens[item.start : item.end]:
        if token.kind != "letter":
            raise c.error("a range is written k=0, k, or k \\ne j", token)
        _bind(c, heads, token)


def _bounded(c: Cursor, item: Span, marks: list[int], heads: list[_Head]) -> None:
    """0 \\le k < n"""
    low, high = marks
    lower, upper = index_in(c, Span(item.start, low)), index_in(c, Span(high + 1, item.end))
    head = _bind(c, heads, c.tokens[low + 1])
    head.lower = lower + (c.tokens[low].text == "<")
    head.upper = upper + (c.tokens[high].text == "<=")


def indices_of(c: Cursor, span: Span) -> tuple[Index, ...]:
    """The one index of a subscript."""
    return indices_in(c, span, 1, 1)


# ---------------------------------------------------------------- ranges


def _folded(c: Cursor, kind: Kind, head: _Head, body: Expr) -> Expr:
    lower, upper = _range(c, head, body)
    size = (upper - lower).value
    if size is not None and size > MAX_RANGE:
        raise c.error(f"a range may have at most {MAX_RANGE} numbers, and this one has {size}", head.token)
    return Fold(kind, body, head.letter, lower, upper, tuple(head.where))


def _range(c: Cursor, head: _Head, body: Expr) -> tuple[Index, Index]:
    """What is written, or what the body says where that is more."""
    if head.lower is None or head.upper is None:
        return _unwritten(c, head, _of_columns(c, head.letter, body))
    lower, upper = resolved(c, head.letter, (head.lower, head.upper), body)
    bare = next((s for s in upper.symbols if s.label is None and c.conventions.sizes.get(s.name)), None)
    if bare is not None and not c.conventions.open:
        raise c.error(f"which layer's {bare} is this? Write {bare}_{{L}} for that of layer L", head.token)
    return lower, upper


def resolved(c: Cursor, letter: Symbol, written: tuple[Index, Index], body: Expr) -> tuple[Index, Index]:
    """A range as the conventions have it, where it prints, or has the value, that is written."""
    ranges = _of_body(c, letter, body)
    for lower, upper in ranges:
        if lower == written[0] and _looks(c, upper, written[1]):
            return lower, upper
    return written[0], next((upper for _, upper in ranges if _looks(c, upper, written[1])), written[1])


def _unwritten(c: Cursor, head: _Head, ranges: list[tuple[Index, Index]]) -> tuple[Index, Index]:
    name = head.letter.name
    form = f"write the range, as in \\sum_{{{name}=0}}^{{n-1}}"
    if head.lower is not None or head.upper is not None:
        raise c.error(f"one end of the range of {name} is missing: {form}", head.token)
    if len(ranges) != 1:
        why = "no index of the sum tells" if not ranges else "its indices tell different ranges"
        raise c.error(f"the range of {name} is not written, and {why}: {form}", head.token)
    return ranges[0]


def _of_body(c: Cursor, letter: Symbol, body: Expr) -> list[tuple[Index, Index]]:
    """The ranges of all indices in the body that are this letter, each once."""
    return list(dict.fromkeys(extent for _, extent in _extents(c, letter, body)))


def _extents(c: Cursor, letter: Symbol, body: Expr) -> Iterator[tuple[int, tuple[Index, Index]]]:
    """The same in reading order, each behind the number of indices of its quantity."""
    own = index(letter)
    for node in walk(body):
        if isinstance(node, Quantity):
            for place, at in enumerate(node.indices):
                extent = c.conventions.extent(node.family, node.label, place) if at == own else None
                if extent is not None:
                    yield len(node.indices), extent


def _of_columns(c: Cursor, letter: Symbol, body: Expr) -> list[tuple[Index, Index]]:
    """The ranges that the quantities with the fewest indices tell: where w_{2k} delta_k has its indices exchanged, the
    sum still runs over all delta.
    """
    found = list(_extents(c, letter, body))
    fewest = min((count for count, _ in found), default=0)
    return list(dict.fromkeys(extent for count, extent in found if count == fewest))


def _looks(c: Cursor, upper: Index, written: Index) -> bool:
    """Whether the bound prints as what is written, or has the value that is written."""
    if upper == written or _plain(c, upper) == _plain(c, written):
        return True
    return written.value is not None and _valued(c, upper) == written


def _plain(c: Cursor, bound: Index) -> Index:
    """The bound as a notation prints it that gives all layers one letter."""
    notation = c.conventions.notation
    return bound.substitute({s: index(Symbol(notation.letter(s))) for s in bound.symbols if s not in c.bound})


def _valued(c: Cursor, bound: Index) -> Index:
    return bound.substitute({s: index(v) for s, v in c.conventions.numbers.items()})
