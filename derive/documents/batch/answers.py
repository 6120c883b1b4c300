"""Answers: who answered which part of which question on which sheet with what, from rows of any layout."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from derive.documents.batch.records import Lines, csv_header, csv_records, json_objects, jsonl_objects
from derive.errors import OptionError, shortened
from derive.exercises.stored import Key, Question, StoredPart
from derive.pages.blocks import Message

LONGEST_NAME = 200  # characters of a student's name, a sheet's or a question's; what goes on is cut
LONGEST_ANSWER = 20_000  # characters; no answer is that long
MAX_COLUMNS = 1_000
SHOWN_COLUMNS = 12

# How people call the columns that are needed, in lower case.
ROLES: Mapping[str, tuple[str, ...]] = {
    "student": ("student", "name", "student name", "student id", "id", "matriculation number", "user", "email"),
    "sheet": ("sheet", "variant", "version", "sheet/variant"),
    "question": ("question", "exercise", "item", "task", "q"),
    "part": ("part", "subquestion"),
    "answer": ("answer", "response", "solution", "text"),
}
NEEDED = ("student", "question", "answer")
_QUESTION = re.compile(r"(?:question|exercise|q)?[\s.:_-]*(\d{1,4})[\s.:_(-]*([a-z]?)[\s.:)]*", re.IGNORECASE)
_SHEET = re.compile(r"(?:sheet|variant|version|no\.?|nr\.?|#)?\s*(\d{1,9})(?:\.0)?", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """One answer as it was handed in: names as they were written. `unread`: its row is none that can be read."""

    student: str
    sheet: str
    question: str
    text: str
    unread: bool = False


@dataclass(frozen=True)
class Spot:
    """A part of a question of a sheet, by their places in the key."""

    sheet: int
    question: int
    part: int


class Roster:
    """What a key's sheets, questions and parts are called: sheet 3, question 2b, or 2 where it has one part only."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._sheets = {sheet.variant: i for i, sheet in enumerate(key.sheets)}

    def names(self, spot: Spot) -> tuple[str, str]:
        """The names of a sheet and of a question: its variant, and `2b`, or `2` where the question has one part."""
        sheet = self._key.sheets[spot.sheet]
        parts = _letters(len(sheet.questions[spot.question].parts))
        return str(sheet.variant), f"{spot.question + 1}{parts[spot.part] if len(parts) > 1 else ''}"

    def part(self, spot: Spot) -> StoredPart:
        """What is expected there."""
        return self.question(spot).parts[spot.part]

    def question(self, spot: Spot) -> Question:
        """The whole question."""
        return self._key.sheets[spot.sheet].questions[spot.question]

    def spot(self, answer: Answer) -> Spot | Message:
        """Where the answer belongs, or why it belongs nowhere."""
        if answer.unread:
            return Message("report.row.unread")
        sheet = self._sheet(answer.sheet)
        if sheet is None:
            return Message("report.row.sheet", {"sheet": answer.sheet, "count": len(self._sheets)})
        questions = self._key.sheets[sheet].questions
        found = _QUESTION.fullmatch(answer.question.strip())
        number = int(found[1]) if found else 0
        if not found or not 1 <= number <= len(questions):
            return Message("report.row.question", {"question": answer.question, "count": len(questions)})
        parts = len(questions[number - 1].parts)
        part = ord(found[2].lower()) - ord("a") if found[2] else 0
        if part >= parts or (parts > 1 and not found[2]):
            return Message("report.row.part", {"question": answer.question, "parts": tuple(_letters(parts))})
        return Spot(sheet, number - 1, part)

    def _sheet(self, said: str) -> int | None:
        """The sheet of this number; where there is only one it need not be said."""
        if not said.strip() and len(self._sheets) == 1:
            return 0
        found = _SHEET.fullmatch(said.strip())
        return None if found is None else self._sheets.get(int(found[1]))


def _letters(count: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[:count]


# ---------------------------------------------------------------- columns


@dataclass(frozen=True)
class Layout:
    """Which columns hold what: one answer a row, or, where `answers` names columns, all answers of a student."""

    roles: Mapping[str, str]
    answers: tuple[str, ...] = ()

    def read(self, row: Mapping[str, str], unread: bool = False) -> Iterator[Answer]:
        """The answers of a row."""
        cells = {role: row.get(column, "") for role, column in self.roles.items()}
        student, sheet = (_plain(cells.get(role, "")) for role in ("student", "sheet"))
        for column in self.answers:
            yield Answer(student, sheet, _plain(column), row.get(column, "")[:LONGEST_ANSWER], unread)
        if not self.answers:
            question = _plain(f"{cells['question'].strip()}{cells.get('part', '').strip()}")
            yield Answer(student, sheet, question, cells["answer"][:LONGEST_ANSWER], unread)


def _plain(text: str) -> str:
    """A name in one line of characters that can be seen, cut where it is long."""
    seen = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text[: 2 * LONGEST_NAME].split()))
    return seen if len(seen) <= LONGEST_NAME else f"{seen[: LONGEST_NAME - 1]}…"


@lru_cache(maxsize=64)
def layout(columns: tuple[str, ...], sheets: int) -> Layout:
    """What the columns hold, in a table for a key with so many sheets; an OptionError says what is missing."""
    if len(columns) > MAX_COLUMNS:
        raise OptionError(f"the answers have {len(columns):,} columns, and may have at most {MAX_COLUMNS:,}")
    called = {" ".join(column.lower().split()): column for column in reversed(columns)}
    roles = {role: called[known] for role, ways in ROLES.items() for known in reversed(ways) if known in called}
    answers = tuple(column for column in columns if _QUESTION.fullmatch(column.strip()))
    needed = [role for role in NEEDED if role not in roles]
    if answers and "answer" not in roles:
        needed = [role for role in needed if role == "student"]
    else:
        answers = ()
    if sheets > 1 and "sheet" not in roles:
        needed.append("sheet")
    if needed:
        raise _missing(columns, needed)
    return Layout(roles, answers)


def _missing(columns: Sequence[str], needed: Sequence[str]) -> OptionError:
    found = ", ".join(shortened(column) for column in columns[:SHOWN_COLUMNS]) or "nothing"
    more = f" and {len(columns) - SHOWN_COLUMNS} more" if len(columns) > SHOWN_COLUMNS else ""
    return OptionError(
        f"the answers lack the column{'s' if len(needed) > 1 else ''} {', '.join(needed)}; they have {found}{more}. "
        "Name the columns student, sheet, question and answer, or give each question a column of its own: "
        "student, sheet, 1, 2a, 2b"
    )


# ---------------------------------------------------------------- kinds of file


def from_csv(stream: io.TextIOBase, sheets: int) -> Iterator[Answer]:
    """The answers of a table; its header is looked at before the first is asked for."""
    lines = Lines(stream)
    header, delimiter = csv_header(lines)
    plan = layout(tuple(header), sheets)
    records = csv_records(lines, delimiter, len(header))
    return chain.from_iterable(_of_record(record, header, plan, delimiter) for record in records)


def _of_record(record: list[str], header: list[str], plan: Layout, joint: str) -> Iterator[Answer]:
    """The answers of a row. One with too many cells has an answer with the delimiter in it, and no marks around it:
    w_{1,2}. Where the answer is last, `joint` puts it together; elsewhere nobody can tell which cells it has.
    """
    last = len(header) - 1
    if plan.roles.get("answer") == header[-1]:
        record = [*record[:last], *([joint.join(record[last:])] if len(record) > last else [])]
    return plan.read(dict(zip(header, record, strict=False)), unread=len(record) > len(header))


def from_json(stream: io.TextIOBase, sheets: int) -> Iterator[Answer]:
    """The answers of a list of objects."""
    return _of_objects(json_objects(stream), sheets)


def from_jsonl(stream: io.TextIOBase, sheets: int) -> Iterator[Answer]:
    """The answers of objects, one a line."""
    return _of_objects(jsonl_objects(Lines(stream)), sheets)


def _of_objects(objects: Iterator[Any], sheets: int) -> Iterator[Answer]:
    for i, found in enumerate(objects):
        row = _row(found)
        try:
            plan = layout(tuple(row), sheets)
        except OptionError:
            if i == 0:
                raise
            yield Answer(_plain(row.get("student", "")), _plain(row.get("sheet", "")), "", "", unread=True)
        else:
            yield from plan.read(row)


def _row(found: Any) -> dict[str, str]:
    """The entries of an object as texts; answers in an object of their own are as good as beside the others."""
    if not isinstance(found, dict):
        return {}
    inner = found.get("answers")
    flat = {**found, **inner} if isinstance(inner, dict) else found
    return {str(name): _text(value) for name, value in flat.items() if not isinstance(value, dict)}


def _text(value: Any) -> str:
    """Working may be a list of lines."""
    if isinstance(value, list):
        return "\n".join(str(line) for line in value)
    return "" if value is None else str(value)
