"""Rows of a table as people export them: CSV with any of three delimiters, JSON, or JSON Lines, read one by one.

What a spreadsheet, a browser or a person may have done to a file is put up with: a byte order mark, another encoding,
quotation marks that are never closed, lines without end. A row that cannot be read is a row all the same.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from derive.errors import OptionError, TooLarge

DELIMITERS = (",", ";", "\t")
LONGEST_LINE = 100_000  # characters; the rest of a longer line is not read
LONGEST_CELL_LINES = 200  # lines that one cell in quotation marks may have
LARGEST_JSON = 50_000_000  # bytes; JSON must be held whole, the other kinds need not
csv.field_size_limit(LONGEST_LINE * LONGEST_CELL_LINES)

Record = list[str]  # the cells of a line of CSV


def text_of(stream: io.BufferedReader) -> io.TextIOWrapper:
    """The stream as text: in UTF-8, or UTF-16 with its mark, or, where it cannot be UTF-8, in Western European letters.

    What is no character in that encoding becomes U+FFFD.
    """
    return io.TextIOWrapper(stream, encoding=_encoding(stream.peek()), errors="replace", newline=None)


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


# ---------------------------------------------------------------- CSV


class Lines:
    """The lines of a text, one by one, none longer than LONGEST_LINE; some can be put back."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()

    def next(self) -> str | None:
        """The next line, None at the end."""
        if self._waiting:
            return self._waiting.popleft()
        line = self._stream.readline(LONGEST_LINE)
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith("\n"):
            rest = self._stream.readline(LONGEST_LINE)
        return line or None

    def put_back(self, lines: Sequence[str]) -> None:
        """They come next, in this order."""
        self._waiting.extendleft(reversed(lines))


def csv_header(lines: Lines) -> tuple[Record, str]:
    """The cells of the first line that is not empty, and the delimiter: the one that makes most cells of it."""
    line = lines.next()
    while line is not None and not line.strip(" \t\n,;"):
        line = lines.next()
    if line is None:
        raise OptionError("the answers are empty: their first line must name the columns")
    if line.lower().startswith("sep="):  # how Excel tells itself the delimiter
        return csv_header(lines)
    delimiter = max(DELIMITERS, key=line.count)
    lines.put_back([line])
    return next(csv_records(lines, delimiter, None)), delimiter


def csv_records(lines: Lines, delimiter: str, width: int | None) -> Iterator[Record]:
    """The rows of a table that is `width` cells wide; empty lines are none.

    A cell in quotation marks may go on over lines. Where that leads to no row of the right width, the mark that began
    it means itself, and its line is read alone.
    """
    while (line := lines.next()) is not None:
        if not line.strip():
            continue
        whole = _strictly(line, delimiter)
        if whole is None or (width is not None and len(whole) != width):
            whole = _over_lines(line, lines, delimiter, width) or whole or _alone(line, delimiter)
        yield whole


def _strictly(text: str, delimiter: str) -> Record | None:
    try:
        (found,) = csv.reader([text], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return None
    return found


def _over_lines(first: str, lines: Lines, delimiter: str, width: int | None) -> Record | None:
    """The row that begins here and ends some lines below, or None, with those lines put back."""
    taken = [first]
    marks = first.count('"')
    while marks and len(taken) < LONGEST_CELL_LINES:
        line = lines.next()
        if line is None:
            break
        taken.append(line)
        marks += line.count('"')
        if '"' in line and marks % 2 == 0:
            found = _joined(taken, delimiter)
            if found is not None and (width is None or len(found) == width):
                return found
    lines.put_back(taken[1:])
    return None


def _joined(taken: Sequence[str], delimiter: str) -> Record | None:
    try:
        rows = list(csv.reader(taken, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _alone(line: str, delimiter: str) -> Record:
    """The cells of one line in which a quotation mark was never closed, and means itself."""
    cells = csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return next(cells, [line])


# ---------------------------------------------------------------- JSON


def json_objects(stream: io.TextIOBase) -> Iterator[Any]:
    """The entries of a list in JSON, which is read whole."""
    text = stream.read(LARGEST_JSON + 1)
    if len(text) > LARGEST_JSON:
        raise TooLarge(f"the answers have more than {LARGEST_JSON:,} characters: give them as CSV or as JSON Lines")
    found = _loaded(text)
    if not isinstance(found, list):
        raise OptionError("the answers in JSON must be a list of objects, one for each answer or each student")
    yield from found


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise OptionError(f"the answers are not JSON ({error.msg.lower()}): {place}") from None
    except (RecursionError, ValueError):
        raise OptionError("the answers are not JSON: they are nested too deep, or a number is too long") from None


def jsonl_objects(lines: Lines) -> Iterator[Any]:
    """What each line that is not empty holds in JSON; None where it holds none."""
    while (line := lines.next()) is not None:
        if line.strip():
            yield _line(line)


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (RecursionError, ValueError):
        return None
