"""Answers as they are handed in: a file of one of FILES, or standard input."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from derive.documents.batch.answers import Answer, from_csv, from_json, from_jsonl
from derive.documents.batch.records import text_of
from derive.documents.files import READING, opened
from derive.errors import OptionError, shortened, unknown

FILES: Mapping[str, Callable[[io.TextIOBase, int], Iterator[Answer]]] = {
    ".csv": from_csv,
    ".tsv": from_csv,
    ".txt": from_csv,
    ".json": from_json,
    ".jsonl": from_jsonl,
}
STARTS = {"[": ".json", "{": ".jsonl"}  # of standard input, whose name does not say what it is


class Source:
    """Open answers, read once from the first to the last."""

    def __init__(self, name: str, data: io.BufferedReader) -> None:
        self._name = name
        self._size = os.fstat(data.fileno()).st_size if name != "-" else 0
        self._data = data
        self._read = FILES[_kind(name, data)]
        self._text = text_of(data)

    def answers(self, sheets: int) -> Iterator[Answer]:
        """Every answer, for a key with so many sheets. What is wrong with the whole is said before the first."""
        return self._guarded(self._read(self._text, sheets))

    def _guarded(self, answers: Iterator[Answer]) -> Iterator[Answer]:
        try:
            yield from answers
        except OSError as error:
            reason = READING.get(error.errno or 0, error.strerror or type(error).__name__)
            raise OptionError(f"cannot read the answers {shortened(self._name, 200)} to their end: {reason}") from error

    @property
    def part(self) -> float | None:
        """How much has been read, where that can be known."""
        return self._data.tell() / self._size if self._size else None


@contextmanager
def source(name: str) -> Iterator[Source]:
    """The answers of this name, `-` for standard input; an OptionError says why there are none."""
    with opened(name, "answers") as data:
        yield Source(name, data)


def _kind(name: str, data: io.BufferedReader) -> str:
    if name == "-":
        start = data.peek().decode("latin-1").lstrip("\xef\xbb\xbf \r\n\t")[:1]
        return STARTS.get(start, ".csv")
    ending = Path(name).suffix.lower()
    if ending not in FILES:
        raise unknown("kind of answers", ending or name, FILES)
    return ending
