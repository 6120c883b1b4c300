"""A place in the tokens of an answer, and the way on from there. The grammar is written on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from derive.errors import Unreadable, shortened
from derive.notation.reading.conventions import Conventions
from derive.notation.reading.places import MAX_DEPTH, unreadable
from derive.notation.reading.tokens import Token
from derive.writing.index import Symbol
from derive.writing.nodes import Condition, Expr

CLOSING = {"(": ")", "[": "]", "{": "}", "lbrace": "rbrace", "lvert": "rvert", "begin": "endcases"}
_SHOWN = {
    "odot": "⊙", "oslash": "⊘", "top": "⊤", "partial": "∂", "nabla": "∇", "lbrace": "{", "rbrace": "}", "lvert": "|",
    "rvert": "|", "dots": "…", "begin": "\\begin{cases}", "endcases": "\\end{cases}", "and": "∧", "or": "∨", "not": "¬",
    "frac": "\\frac", "sum": "\\sum", "prod": "\\prod", "sqrt": "\\sqrt", "substack": "\\substack", "to": "→",
    "infty": "∞", "norm": "‖", "newline": "the end of the line", "\\\\": "the end of the line",
}  # fmt: skip


def shown(token: Token) -> str:
    """A token as a message names it."""
    return _SHOWN.get(token.text, token.text) if token.kind == "sign" else token.text


class Span(NamedTuple):
    """The tokens from `start` to before `end`."""

    start: int
    end: int


class Cursor(ABC):
    """Goes over tokens up to `end`; `bound` are the letters of the sums around, outermost first."""

    def __init__(self, text: str, tokens: list[Token], conventions: Conventions) -> None:
        self.text = text
        self.tokens = tokens
        self.conventions = conventions
        self.position = 0
        self.end = len(tokens) - 1
        self.bound: list[Symbol] = []
        self.has_arrays = False
        self.comparing = 0  # how many comparisons are open, in which a letter may be an index
        self._depth = 0
        self._partner = _partners(tokens)

    # ------------------------------------------------------------ what the grammar reads

    @abstractmethod
    def expression(self) -> Expr:
        """a + b - c"""

    @abstractmethod
    def product(self) -> Expr:
        """a b / c"""

    @abstractmethod
    def factor(self) -> Expr:
        """An atom with its powers."""

    @abstractmethod
    def starts(self) -> bool:
        """Whether a factor begins here."""

    @abstractmethod
    def condition(self) -> Condition:
        """a < b and c = d"""

    # ------------------------------------------------------------ tokens

    @property
    def token(self) -> Token:
        """The next token; the end where nothing is left."""
        return self.tokens[self.position] if self.position < self.end else self._stop()

    def _stop(self) -> Token:
        found = self.tokens[self.end]
        return Token("end", "", found.at, found.at)

    def ahead(self, count: int = 1) -> Token:
        """The token after the next ones."""
        at = self.position + count
        return self.tokens[at] if at < self.end else self._stop()

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these signs."""
        token = self.token
        return token.kind == "sign" and token.text in texts

    def take(self) -> Token:
        token = self.token
        if self.position < self.end:
            self.position += 1
        return token

    def accept(self, *texts: str) -> Token | None:
        """The next token, if it is one of these signs."""
        return self.take() if self.sees(*texts) else None

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            raise self.unexpected(f"{_SHOWN.get(text, text)} is expected here")
        return self.take()

    def error(self, message: str, token: Token | None = None) -> Unreadable:
        """The error that points at a token, or at the next one."""
        return unreadable(message, self.text, (token or self.token).at)

    def unexpected(self, wanted: str) -> Unreadable:
        """The error for a token that cannot stand here."""
        if self.token.kind == "end":
            return self.error(f"{wanted}, and the formula ends" if self.position >= self.end else wanted)
        return self.error(f"{wanted}, not {shortened(shown(self.token))}")

    # ------------------------------------------------------------ parts

    @property
    def done(self) -> bool:
        return self.position >= self.end

    def close(self, opening: int) -> int:
        """The position of the bracket that closes the one at `opening`."""
        partner = self._partner.get(opening)
        if partner is None or partner >= self.end:
            token = self.tokens[opening]
            raise self.error(f"this {shown(token)} is never closed", token)
        return partner

    def partner(self, opening: int) -> int | None:
        """The position of the bracket that closes the one at `opening`; None where there is none."""
        return self._partner.get(opening)

    def group(self) -> Span:
        """What stands in the braces that begin here, or the one token that stands in their place."""
        if self.sees("{"):
            span = Span(self.position + 1, self.close(self.position))
            self.position = span.end + 1
            return self._unwrapped(span)
        if self.token.kind == "end":
            raise self.error("something is missing here")
        self.position += 1
        return Span(self.position - 1, self.position)

    def _unwrapped(self, span: Span) -> Span:
        """{{12}} is {12}"""
        while span.start < span.end and self.tokens[span.start].text == "{" and self.close(span.start) == span.end - 1:
            span = Span(span.start + 1, span.end - 1)
        return span

    @contextmanager
    def within(self, span: Span) -> Iterator[None]:
        """Reads only these tokens, all of them, and goes back to where it was."""
        before = self.position, self.end
        self.position, self.end = span
        yield
        if not self.done:
            raise self.unexpected("an operator or the end is expected here")
        self.position, self.end = before

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper, with an error where that is too deep."""
        self._depth += 1
        if self._depth > 2 * MAX_DEPTH:
            raise self.error("the formula is nested too deeply to be read")
        yield
        self._depth -= 1

    def words(self, span: Span) -> str:
        """The tokens of a span as text."""
        return "".join(token.text for token in self.tokens[span.start : span.end])


def _partners(tokens: list[Token]) -> dict[int, int]:
    """{opening bracket: its closing bracket}, by position."""
    found: dict[int, int] = {}
    opened: list[tuple[int, str]] = []
    for i, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in CLOSING:
            opened.append((i, CLOSING[token.text]))
        elif opened and token.text in _CLOSINGS:
            kept = [k for k in range(len(opened) - 1, -1, -1) if opened[k][1] == token.text]
            if kept and (kept[0] == len(opened) - 1 or token.text == "}"):
                found[opened[kept[0]][0]] = i
                del opened[kept[0] :]
    return found


_CLOSINGS = frozenset(CLOSING.values())
