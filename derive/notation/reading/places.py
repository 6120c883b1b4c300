"""Places in an answer, and the bounds that hold before it is cut into tokens."""

from __future__ import annotations

import re

from derive.errors import Place, Unreadable
from derive.notation.reading import signs

MAX_TEXT = 10_000
MAX_TOKENS = 4_000
MAX_DEPTH = 40
MAX_DIGITS = 100
MAX_LINES = 100


def place(text: str, at: int) -> Place:
    """The line and the column of a position, with characters that cannot be printed replaced."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    row = text[start : end if end >= 0 else len(text)]
    shown = row if row.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in row)
    return Place(text.count("\n", 0, at) + 1, at - start + 1, shown)


def unreadable(message: str, text: str, at: int) -> Unreadable:
    """The error that points at a position of the text."""
    return Unreadable(message, place(text, at))


def checked(text: str) -> None:
    """Refuses what is no text, too long, or holds what cannot be seen."""
    if not isinstance(text, str):
        raise Unreadable(f"an answer is text, not {type(text).__name__}")
    if len(text) > MAX_TEXT:
        raise Unreadable(f"the answer has {len(text)} characters, and may have at most {MAX_TEXT}")
    if not text.isascii():
        hidden = next((i for i, c in enumerate(text) if signs.is_hidden(c)), None)
    else:
        found = _CONTROL.search(text)
        hidden = found.start() if found else None
    if hidden is not None:
        name = signs.described(text[hidden])
        raise unreadable(f"the character {name} cannot be seen: take it out", text, hidden)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
