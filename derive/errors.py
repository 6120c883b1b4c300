"""The errors a user can meet. Each message says what, where, why, and what to do instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class DeriveError(Exception):
    """A mistake in what was asked; its text is a clear sentence for the user."""


class OptionError(DeriveError):
    """An option, or an argument of a Python call, has a value that is not allowed."""


class TargetError(DeriveError):
    """The quantity to differentiate by does not exist in the model."""


class ModelError(DeriveError):
    """A definition of a model is wrong, though it could be read."""


class ValueMissing(DeriveError):
    """An evaluation needs a number that it was not given."""


class TooLarge(DeriveError):
    """What was asked is larger than the stated bound."""


@dataclass(frozen=True)
class Place:
    """Where in a text something stands: its line and column, both counted from 1, and the line itself."""

    line: int
    column: int
    text: str

    def __str__(self) -> str:
        """The place with a caret under the column; of a long line only what stands around it."""
        start = max(0, self.column - 80) if len(self.text) > 120 else 0
        shown = ("…" if start else "") + self.text[start : start + 120] + ("…" if start + 120 < len(self.text) else "")
        caret = " " * (self.column - 1 - start + bool(start)) + "^"
        return f"line {self.line}, column {self.column}:\n    {shown}\n    {caret}"


class LanguageError(DeriveError):
    """A text is not in the model language; `place` says where."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message if place is None else f"{message}\n{place}")
        self.message = message
        self.place = place


class Unreadable(DeriveError):
    """An answer cannot be read; `place` says where."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message if place is None else f"{message}\n{place}")
        self.message = message
        self.place = place


def unknown(kind: str, name: str, known: Iterable[str]) -> OptionError:
    """The error for a name that a catalogue does not list: it lists the known ones and suggests the nearest."""
    names = list(known)
    nearest = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1)
    suggestion = f" Did you mean {next(n for n in names if n.lower() == nearest[0])}?" if nearest else ""
    return OptionError(f"unknown {kind} {shortened(name)}: it must be one of {', '.join(names)}.{suggestion}")


def shortened(text: str, limit: int = 40) -> str:
    """The text in quotation marks, printable, cut in the middle where it is longer than `limit`."""
    shown = text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 4 :]}"
    return repr(shown)
