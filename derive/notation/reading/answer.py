r"""`read_answer`: a student's answer as lines of equalities, each expression with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from derive.errors import Place, Unreadable
from derive.notation.notations import Notation
from derive.notation.reading.bounds import MAX_EXPONENT, check
from derive.notation.reading.conventions import Conventions
from derive.notation.reading.cursor import Span
from derive.notation.reading.grammar import Grammar
from derive.notation.reading.indices import outside
from derive.notation.reading.lines import lines
from derive.notation.reading.naming import identifier
from derive.notation.reading.ones import NoLength, filled
from derive.notation.reading.places import MAX_DIGITS, place, unreadable
from derive.notation.reading.tokens import Token, tokens
from derive.notation.telling import untold
from derive.writing.matrices import Array
from derive.writing.nodes import Expr, Gradient, Negative, Number, Partial, Quantity


@dataclass(frozen=True)
class Line:
    """left = members[0] = members[1] = …; `left` is None where nothing, or no name, stands before the first =.

    `goes_on` where the line begins with =; `places` say where each member stands.
    """

    left: Expr | None
    members: tuple[Expr, ...]
    place: Place
    places: tuple[Place, ...]
    goes_on: bool = False


@dataclass(frozen=True)
class Answer:
    """What was read, line by line."""

    lines: tuple[Line, ...]

    @property
    def left(self) -> Expr | None:
        """What the answer says it is the value of."""
        return next((line.left for line in self.lines if line.left is not None), None)

    @property
    def members(self) -> tuple[Expr, ...]:
        """Every expression of the working, in order."""
        return tuple(member for line in self.lines for member in line.members)

    @property
    def final(self) -> Expr:
        """The expression in which the answer ends."""
        return self.members[-1]


def read_answer(text: str, conventions: Conventions) -> Answer:
    r"""The answer that a text in LaTeX gives; Unreadable says where it cannot be read, why, and what to write.

    Lines end in \\ or where the text's line ends; each is one expression, or several with = between them.
    """
    if isinstance(text, str):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if _NUMERAL.fullmatch(text) and len(text) <= MAX_DIGITS:
            return _numeral(text)
    read = tokens(text, conventions.words)
    if conventions.for_arrays is not None and _has_arrays(read, conventions.for_arrays):
        conventions = conventions.for_arrays
    found = lines(read)
    if not found:
        raise Unreadable("the answer is empty: write an expression, such as 2(a_1 - y_1)")
    return Answer(tuple(_of_the_engine(_line(text, line, conventions), conventions.notation) for line in found))


def _of_the_engine(line: Line, notation: Notation) -> Line:
    """A line counted and ordered as the engine does it, and not the book."""
    left = None if line.left is None else untold(line.left, notation)
    return replace(line, left=left, members=tuple(untold(member, notation) for member in line.members))


def _has_arrays(found: list[Token], conventions: Conventions) -> bool:
    """Whether an answer is matrix algebra: it has a transpose, a product entry by entry, or W beside a whole column."""
    columns = {name for name, form in conventions.families.items() if form.indices == 1} | conventions.deltas.keys()
    capitals = frozenset(conventions.capitals.values())
    has_capital = any(token.kind == "letter" and token.text in capitals for token in found)
    return any(
        (token.kind == "sign" and token.text in {"odot", "oslash", "top"})
        or (token.kind == "word" and token.text == "diag")
        or (token.kind == "letter" and token.text == "T" and _stands_above(found, i))
        or (has_capital and token.text in columns and found[i + 1].text != "_")
        for i, token in enumerate(found)
    )


def _stands_above(found: list[Token], place: int) -> bool:
    """Whether a T ends what stands above a name: W^T, W^{T}, W^{(L)T}."""
    before = [token.text for token in found[max(place - 2, 0) : place]]
    return before[-1:] in (["^"], [")"], ["]"]) or before == ["^", "{"]


_NUMERAL = re.compile(r"\s*([-+]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE]([-+]?[0-9]{1,3})\s*")


def _numeral(text: str) -> Answer:
    """2.5e-3, as a calculator writes it; inside a formula, e is the base of the exponential function."""
    found = _NUMERAL.fullmatch(text)
    assert found is not None
    sign, digits, exponent = found.groups()
    if abs(int(exponent)) > MAX_EXPONENT:
        raise unreadable(f"an exponent may be at most {MAX_EXPONENT}", text, found.start(3))
    number = Number(Fraction(digits) * Fraction(10) ** int(exponent), decimal=True)
    where = place(text, found.start(2))
    return Answer((Line(None, (Negative(number) if sign == "-" else number,), where, (where,)),))


def _line(text: str, line: list[Token], conventions: Conventions) -> Line:
    end = Token("end", "", line[-1].until, line[-1].until)
    grammar = Grammar(text, [*line, end], conventions)
    parts = _between_equals(grammar, len(line))
    goes_on = len(parts) > 1 and parts[0].start == parts[0].end
    parts = parts[1:] if goes_on else parts
    left = _new_name(grammar, parts[0]) if len(parts) > 1 and not goes_on else None
    parts = parts if left is None else parts[1:]
    members = [_member(grammar, part) for part in parts]
    places = [place(text, grammar.tokens[part.start].at) for part in parts]
    if grammar.has_arrays:
        members = _with_lengths(grammar, members)
    if left is None and not goes_on and len(members) > 1 and isinstance(members[0], _LEFT_SIDES):
        left, *members = members
        places = places[1:]
    return Line(left, tuple(members), place(text, line[0].at), tuple(places), goes_on)


def _with_lengths(grammar: Grammar, members: list[Expr]) -> list[Expr]:
    """The members with their columns of ones as long as what they are equal to."""
    try:
        return [filled(member, members[0]) for member in members]
    except NoLength:
        raise grammar.error("nothing says how long this column of ones is", grammar.tokens[0]) from None


_LEFT_SIDES = (Quantity, Gradient, Partial, Array)


def _between_equals(grammar: Grammar, end: int) -> list[Span]:
    tokens = grammar.tokens
    cuts = [i for i in outside(grammar, Span(0, end)) if tokens[i].kind == "sign" and tokens[i].text == "="]
    edges = [-1, *cuts, end]
    return [Span(a + 1, b) for a, b in pairwise(edges)]


def _new_name(grammar: Grammar, span: Span) -> Expr | None:
    """A letter that means nothing here, on the left: the answer written for y = …"""
    token = grammar.tokens[span.start]
    if span.end != span.start + 1 or token.kind not in {"letter", "word"} or token.text in grammar.conventions.names:
        return None
    return Quantity(identifier(token))


def _member(grammar: Grammar, span: Span) -> Expr:
    token = grammar.tokens[span.start]
    if span.start >= span.end:
        raise unreadable("an expression is missing here", grammar.text, token.at)
    with grammar.within(span):
        found = grammar.expression()
    check(found, grammar, token)
    return found
