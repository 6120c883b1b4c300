"""What an answer is worth, and why: as data, in no language and no format yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from derive.pages.blocks import Equations, Message
from derive.writing.nodes import Expr


class Outcome(Enum):
    """What was found; UNSURE asks a person to look, and decides nothing."""

    EQUAL = "equal"
    DIFFERENT = "different"
    FORM = "form"
    UNREADABLE = "unreadable"
    UNSURE = "unsure"


class Standing(Enum):
    """How one line of working stands to what is above it.

    A line FOLLOWS where it is right only if the first wrong line is taken as given; it is TRIVIAL where that line has
    left nothing to do.
    """

    RIGHT = "right"
    WRONG = "wrong"
    FOLLOWS = "follows"
    TRIVIAL = "trivial"
    UNSURE = "unsure"


@dataclass(frozen=True)
class LineVerdict:
    """One line of working, numbered from 1 as it was written: an equality, in a chain that begins with `head`."""

    number: int
    read: Equations
    standing: Standing
    head: Expr


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth beside what was expected.

    `credit` is the part of the marks that it earns, None where a person must decide. `mistake` is one of MISTAKES that
    reproduces the answer. `read` is what was understood: equations, or the canonical form of an answer without any.
    """

    outcome: Outcome
    credit: Fraction | None
    messages: tuple[Message, ...]
    mistake: str | None = None
    read: tuple[Equations | str, ...] = ()
    lines: tuple[LineVerdict, ...] = ()


FULL, NOTHING = Fraction(1), Fraction(0)


def right(*read: Equations | str) -> Verdict:
    """All of the marks."""
    return Verdict(Outcome.EQUAL, FULL, (Message("marking.equal"),), read=read)


def wrong(message: Message, *read: Equations | str, credit: Fraction = NOTHING, mistake: str | None = None) -> Verdict:
    """An answer that was understood, and differs."""
    return Verdict(Outcome.DIFFERENT, credit, (message,), mistake, read)


def unreadable(message: Message) -> Verdict:
    """An answer of which nothing can be made; the message says what would be one."""
    return Verdict(Outcome.UNREADABLE, NOTHING, (message,))


def unsure(message: Message, *read: Equations | str) -> Verdict:
    """An answer that a person must look at."""
    return Verdict(Outcome.UNSURE, None, (message,), read=read)
