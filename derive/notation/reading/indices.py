"""Whole numbers inside formulas: layers, limits of sums, and indices, which stand side by side or between commas."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

from derive.notation.reading.conventions import Entry
from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.tokens import Token
from derive.writing.index import ONE, ZERO, Index, Symbol, index

MAX_INDEX_DIGITS = 12
MAX_PLACES = 8  # of indices of one quantity, and of the letters that may stand side by side there


class Unit(NamedTuple):
    """A number, a letter or a bracket, and what stands before it: `joined` to the one before, or after a sign."""

    value: Index
    sign: str  # "+", "-", "*", or "" where it stands right beside the one before
    spaced: bool
    digits: str = ""


def index_in(c: Cursor, span: Span) -> Index:
    """The whole number that all tokens of a span are: L-1, 2k+1."""
    with c.within(span):
        found = _units(c, whole=True)
    return _value(found)


def indices_in(c: Cursor, span: Span, least: int, most: int | None) -> tuple[Index, ...]:
    """The indices that stand in a subscript: `least` to `most` of them, any number where that is None."""
    parts = comma_parts(c, span)
    if len(parts) > 1:
        found = tuple(index_in(c, part) for part in parts)
        if len(found) < least or (most is not None and len(found) > most):
            raise c.error(_counted(least, most, len(found)), c.tokens[span.start])
        return found
    with c.within(span):
        units = _units(c, whole=False)
    return _split(c, span, units, least, most)


def comma_parts(c: Cursor, span: Span) -> list[Span]:
    """The parts between the commas that stand in no bracket."""
    cuts = [i for i in outside(c, span) if c.tokens[i].text == "," and c.tokens[i].kind == "sign"]
    edges = [span.start - 1, *cuts, span.end]
    return [Span(a + 1, b) for a, b in pairwise(edges)]


def outside(c: Cursor, span: Span) -> list[int]:
    """The positions of the tokens that stand in no bracket."""
    found, i = [], span.start
    while i < span.end:
        found.append(i)
        partner = c.partner(i)
        i = partner + 1 if partner is not None and partner < span.end else i + 1
    return found


def natural(c: Cursor, span: Span) -> int:
    """How many indices a subscript seems to hold, digits counted alone."""
    parts = comma_parts(c, span)
    if len(parts) > 1:
        return len(parts)
    with c.within(span):
        return 1 + len(_joints(_units(c, whole=False)))


# ---------------------------------------------------------------- units


def _units(c: Cursor, whole: bool) -> list[Unit]:
    """All that stands up to the end; a number is one unit where it is `whole`, otherwise each of its digits is."""
    found: list[Unit] = []
    while not c.done:
        spaced = c.token.spaced
        sign = c.take().text if c.sees("+", "-", "*") else ""
        if c.done:
            raise c.unexpected("a number or a letter is expected here")
        if c.token.kind == "number":
            found += _digits(c, sign, spaced, whole)
        else:
            found.append(Unit(_unit(c), sign, spaced))
    if not found:
        raise c.error("an index is missing here")
    if found[0].sign == "*":
        raise c.error("an index begins with a number or a letter", c.tokens[max(c.position - 1, 0)])
    return found


def _digits(c: Cursor, sign: str, spaced: bool, whole: bool) -> list[Unit]:
    token = c.take()
    if not token.text.isdigit():
        raise c.error("an index is a whole number", token)
    if len(token.text) > MAX_INDEX_DIGITS:
        raise c.error(f"an index may have at most {MAX_INDEX_DIGITS} digits", token)
    if whole:
        return [Unit(index(int(token.text)), sign, spaced, token.text)]
    first = Unit(index(int(token.text[0])), sign, spaced, token.text[0])
    return [first, *(Unit(index(int(d)), "", False, d) for d in token.text[1:])]


def _unit(c: Cursor) -> Index:
    if c.sees("(", "{", "["):
        opening = c.position
        inner = Span(opening + 1, c.close(opening))
        value = index_in(c, inner)
        c.position = inner.end + 1
        return value
    if c.token.kind == "letter" or (c.token.kind == "word" and c.token.text in c.conventions.names):
        return index(letter(c, c.take()))
    raise c.unexpected("an index is made of numbers and letters")


def letter(c: Cursor, token: Token) -> Symbol:
    """The letter, label or size that begins with this token, with its own subscripts and its label."""
    plain = Symbol(token.text)
    if plain in c.bound:
        return plain
    sizes = [e for e in c.conventions.names.get(token.text, ()) if e.kind == "size"]
    scripts = _scripts(c, sizes)
    for entry in sizes:
        found = _size(c, entry, scripts)
        if found is not None:
            return found
    if scripts:
        raise c.error(f"{token.text} has no layer or subscript here", token)
    return plain


def _scripts(c: Cursor, sizes: list[Entry]) -> list[Span]:
    """Subscripts, where one of the sizes can have any, and a layer in brackets above."""
    labelled = any(c.conventions.sizes[e.name] for e in sizes)
    named = any(e.subscripts for e in sizes)
    found: list[Span] = []
    while (c.sees("_") and (labelled or named)) or (labelled and (named or not found) and _layer_above(c)):
        c.take()
        found.append(c.group())
    return found


def _layer_above(c: Cursor) -> bool:
    """n^{(l)}, n^{[l]} and n^{l}"""
    first = c.ahead(2) if c.ahead().text == "{" else c.ahead()
    return c.sees("^") and (first.text in {"(", "["} or (first.kind == "letter" and first.text in c.conventions.labels))


def _size(c: Cursor, entry: Entry, scripts: list[Span]) -> Symbol | None:
    """The size, if the scripts are those of its name and its layer."""
    labelled = c.conventions.sizes[entry.name]
    rest = list(scripts)
    if entry.subscripts:
        if not rest or c.words(rest[0]) != ",".join(entry.subscripts):
            return None
        rest = rest[1:]
    if not rest:
        return Symbol(entry.name)
    if not labelled or len(rest) > 1:
        return None
    return Symbol(entry.name, label_in(c, rest[0]))


def label_in(c: Cursor, span: Span) -> Index:
    """L-1, (L-1) or [L-1]"""
    if c.tokens[span.start].text in {"(", "["} and c.partner(span.start) == span.end - 1:
        span = Span(span.start + 1, span.end - 1)
    return index_in(c, span)


# ---------------------------------------------------------------- which belongs to which


def _joints(units: list[Unit]) -> list[int]:
    """Where an index may end and the next begin."""
    return [i for i in range(1, len(units)) if not units[i].sign]


def _split(c: Cursor, span: Span, units: list[Unit], least: int, most: int | None) -> tuple[Index, ...]:
    joints = _joints(units)
    seen = len(joints) + 1
    if most is None:
        most = seen if any(not u.digits for u in units) else 1
        least = min(least, most)
    if most == 1:
        return (_one(c, span, units),)
    if least <= seen <= most:
        return _cut(units, joints)
    if seen < least:
        raise c.error(_counted(least, most, seen), c.tokens[span.start])
    spaced = [i for i in joints if units[i].spaced]
    if least <= len(spaced) + 1 <= most and spaced:
        return _cut(units, spaced)
    return _only(c, span, units, joints[:MAX_PLACES], most)


def _one(c: Cursor, span: Span, units: list[Unit]) -> Index:
    if _has_product_of_letters(units):
        raise c.error("one index is due here, and several letters stand side by side", c.tokens[span.start])
    return _value(units)


def _has_product_of_letters(units: list[Unit]) -> bool:
    return any(not a.digits and not b.digits and not b.sign for a, b in pairwise(units))


def _only(c: Cursor, span: Span, units: list[Unit], joints: list[int], count: int) -> tuple[Index, ...]:
    """The only way to make so many indices of the units, or an error that names two of them."""
    ways = [way for chosen in combinations(joints, count - 1) if (way := _plausible(units, list(chosen)))]
    if len(ways) == 1:
        return ways[0]
    token = c.tokens[span.start]
    if not ways:
        raise c.error(_counted(count, count, len(joints) + 1), token)
    first, second = (",".join(str(i).replace(" ", "") for i in way) for way in ways[:2])
    raise c.error(f"these indices can be {first} or {second}: put commas between them", token)


def _plausible(units: list[Unit], cuts: list[int]) -> tuple[Index, ...] | None:
    """The indices, unless one of them would be a product of letters, or begin with a nought."""
    for part in _parts(units, cuts):
        if _has_product_of_letters(part) or any(not a.digits and b.digits and not b.sign for a, b in pairwise(part)):
            return None
        if len(part) > 1 and part[0].digits == "0" and part[1].digits and not part[1].sign:
            return None
    return _cut(units, cuts)


def _parts(units: list[Unit], cuts: list[int]) -> list[list[Unit]]:
    edges = [0, *cuts, len(units)]
    return [units[a:b] for a, b in pairwise(edges)]


def _cut(units: list[Unit], cuts: list[int]) -> tuple[Index, ...]:
    return tuple(map(_value, _parts(units, cuts)))


def _value(units: list[Unit]) -> Index:
    """Digits that touch are one number; what else stands side by side is a product."""
    total, term, sign, digits = ZERO, ONE, 1, ""
    for i, unit in enumerate(units):
        if unit.sign in {"+", "-"} or i == 0:
            total = total + term * sign if i else ZERO
            term, sign, digits = unit.value, -1 if unit.sign == "-" else 1, unit.digits
        elif unit.digits and digits and not unit.sign and not unit.spaced:
            digits += unit.digits
            term = index(int(digits))
        else:
            term, digits = term * unit.value, ""
    return total + term * sign


def _counted(least: int, most: int | None, found: int) -> str:
    wanted = counted(least) if least == most else f"{least} to {most} indices are" if most else "indices are"
    return f"{wanted} due here, and {found} {'is' if found == 1 else 'are'} given"


def counted(count: int) -> str:
    """2 indices are"""
    return "1 index is" if count == 1 else f"{count} indices are"
