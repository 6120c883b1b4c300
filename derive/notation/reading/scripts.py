"""What stands above and below a name: primes, subscripts, layers, powers, transposes."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.notation.reading.conventions import Entry
from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.indices import comma_parts, index_in
from derive.notation.reading.tokens import Token
from derive.writing.index import Index
from derive.writing.matrices import Array
from derive.writing.nodes import Expr
from derive.writing.walk import walk

_INDEX_LETTERS = frozenset("ijklmnpq")


@dataclass
class Scripts:
    """The scripts of one name; `above` holds layers and powers in their order."""

    primes: int = 0
    below: Span | None = None
    above: list[Span] = field(default_factory=list)


def scripts(c: Cursor) -> Scripts:
    """All scripts that stand here."""
    found = Scripts()
    while c.sees("'", "_", "^"):
        mark = c.take()
        if mark.text == "'":
            found.primes += 1
        elif mark.text == "_":
            if found.below is not None:
                raise c.error("a second subscript stands here: put both into one, with a comma", mark)
            found.below = script(c)
            _refuse_loose_index(c, found.below)
        else:
            _raise(c, found, script(c))
    return found


def script(c: Cursor) -> Span:
    """The group behind _ or ^; in plain text also (L), or a number with its sign."""
    if c.sees("(", "["):
        span = Span(c.position, c.close(c.position) + 1)
        c.position = span.end
        return span
    if c.sees("-") and c.ahead().kind in {"number", "letter"}:
        c.position += 2
        return Span(c.position - 2, c.position)
    return c.group()


def _refuse_loose_index(c: Cursor, below: Span) -> None:
    """w_jk, which TeX sets as w_j times k, while its writer may mean w_{jk}."""
    first, here = c.tokens[below.start], c.token
    touches = below.end == below.start + 1 and first.kind == here.kind == "letter" and first.until == here.at
    if (
        touches
        and here.text in _INDEX_LETTERS
        and here.text not in c.conventions.names
        and c.ahead().text not in {"_", "^"}
    ):
        pair = f"{first.text}{here.text}"
        raise c.error(f"_{pair} can be one subscript or the subscript {first.text} and a factor: write _{{{pair}}}")


def _raise(c: Cursor, found: Scripts, span: Span) -> None:
    """g^{\\prime(L)} and g^{(L)\\prime} are g' with its layer."""
    start, end = span
    while start < end and _is_prime(c.tokens[start]):
        start, found.primes = start + 1, found.primes + 1
    while start < end and _is_prime(c.tokens[end - 1]):
        end, found.primes = end - 1, found.primes + 1
    if start < end:
        found.above.append(Span(start, end))
    elif span.start == span.end:
        raise c.error("an exponent is missing here", c.tokens[min(span.start, len(c.tokens) - 1)])


def _is_prime(token: Token) -> bool:
    return token.text == "'" and token.kind == "sign"


# ---------------------------------------------------------------- layers and powers


@dataclass
class Above:
    """What stands above a name, told apart; `powers` are the spans that are no layer."""

    label: Index | None = None
    powers: list[Span] = field(default_factory=list)


def told_apart(c: Cursor, spans: list[Span], labelled: bool, name: str) -> Above:
    """The first layer is the label: what stands in brackets, or is made of letters for layers."""
    found = Above()
    for span in spans:
        inner, rest = _bracketed(c, span)
        if inner is not None and labelled and found.label is None:
            found.label = index_in(c, inner)
            if rest.start < rest.end:
                found.powers.append(rest)
        elif inner is not None and rest.start == rest.end:
            raise c.error(_no_layer(c, name, inner, labelled), c.tokens[span.start])
        elif labelled and found.label is None and is_layer(c, span):
            found.label = index_in(c, span)
        else:
            found.powers.append(span)
    return found


def _no_layer(c: Cursor, name: str, inner: Span, labelled: bool) -> str:
    label = c.words(inner)
    if labelled:
        return f"{name} has two layers here"
    return f"a number in brackets is a layer, and {name} has none here: a power is written {name}^{{{label}}}"


def _bracketed(c: Cursor, span: Span) -> tuple[Span | None, Span]:
    """What stands in the brackets that a script begins with, and what follows them."""
    if c.tokens[span.start].text in {"(", "["} and c.tokens[span.start].kind == "sign":
        close = c.close(span.start)
        if close < span.end:
            return Span(span.start + 1, close), Span(close + 1, span.end)
    return None, span


def is_layer(c: Cursor, span: Span) -> bool:
    """L, L-1, l+1; a number alone is a layer only where the notation writes layers without brackets."""
    inside = c.tokens[span.start : span.end]
    if any(t.kind not in {"letter", "number"} and t.text not in {"+", "-"} for t in inside):
        return False
    letters = [t.text for t in inside if t.kind == "letter"]
    if not letters:
        return c.conventions.notation.label == ("", "")
    return all(letter in c.conventions.labels for letter in letters)


def is_transpose(c: Cursor, span: Span, base: Expr) -> bool:
    r"""\top, \intercal, or a T that is no letter of the model, or stands above a whole array."""
    inside = c.tokens[span.start : span.end]
    if len(inside) != 1 or inside[0].text not in {"top", "T"}:
        return False
    return inside[0].text == "top" or "T" not in c.conventions.names or any(isinstance(n, Array) for n in walk(base))


# ---------------------------------------------------------------- subscripts that belong to the name


def own_subscripts(c: Cursor, entry: Entry, below: Span | None) -> tuple[bool, Span | None]:
    """Whether the subscripts of the name itself stand there, and what is left for indices."""
    wanted = entry.subscripts
    if not wanted:
        return True, below
    if below is None:
        return False, None
    parts = comma_parts(c, below)
    if len(parts) < len(wanted) or any(c.words(p) != w for p, w in zip(parts, wanted, strict=False)):
        return False, None
    rest = parts[len(wanted) :]
    return True, Span(rest[0].start, rest[-1].end) if rest else None
