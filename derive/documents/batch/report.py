"""The report on a class: how each question went, which mistakes were made how often and where, what each has earned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from derive.documents.batch.tally import MOST_STUDENTS, MOST_TO_LOOK_AT, OfQuestion, Tally, decimals
from derive.exercises.stored import Key
from derive.exercises.verdict import Outcome
from derive.pages.blocks import Block, Cell, Document, Message, Table, flat, head, say


def report(tally: Tally, key: Key) -> Document:
    """The whole report."""
    return Document(Message("report.title", {"title": key.title}), flat(_blocks(tally, key)))


def _blocks(tally: Tally, key: Key) -> Iterator[Block]:
    students = len(tally.students) if tally.students is not None else None
    counts = {outcome.value: tally.outcomes[outcome.value] for outcome in Outcome}
    yield say("report.counts", answers=tally.answers, students=students, **counts)
    if tally.questions:
        yield from _questions(tally)
    if tally.mistakes:
        yield from _mistakes(tally)
    if tally.look:
        yield from _look(tally)
    if tally.answers:
        yield from _students(tally, key)


def _header(name: str, *columns: str) -> tuple[Message, ...]:
    return tuple(Message(f"report.{name}.{column}") for column in columns)


# ---------------------------------------------------------------- questions


def _questions(tally: Tally) -> Iterator[Block]:
    yield head("report.questions.heading")
    yield say("report.questions.said")
    header = _header("questions", "question", "answers", "mean", "of", *(outcome.value for outcome in Outcome))
    ordered = sorted(tally.questions.items(), key=lambda item: _place(item[0]))
    yield Table(header, tuple(_of_question(name, question) for name, question in ordered))


def _place(name: str) -> tuple[int, str]:
    """10b comes after 2a."""
    digits = name.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits), name


def _of_question(name: str, question: OfQuestion) -> tuple[Cell, ...]:
    counts = (str(question.outcomes[outcome.value]) for outcome in Outcome)
    return name, str(question.answers), decimals(question.mean), str(question.of), *counts


# ---------------------------------------------------------------- mistakes


def _mistakes(tally: Tally) -> Iterator[Block]:
    yield head("report.mistakes.heading")
    yield say("report.mistakes.said")
    ordered = sorted(tally.mistakes.items(), key=lambda item: (not item[0], -item[1].count, item[0]))
    rows = (
        (_title(name), str(mistake.count), _where(mistake.questions), _where(mistake.lines))
        for name, mistake in ordered
    )
    yield Table(_header("mistakes", "mistake", "count", "questions", "lines"), tuple(rows))


def _title(mistake: str) -> Cell:
    return Message(f"mistake.{mistake}.title" if mistake else "report.mistakes.other")


def _where(counts: Counter[str]) -> str:
    """1a (3), 2 (1): the names in their order, with how often each was met."""
    known = sorted((name for name in counts if name), key=_place)
    return ", ".join(f"{name} ({counts[name]})" for name in known)


# ---------------------------------------------------------------- what a person must do


def _look(tally: Tally) -> Iterator[Block]:
    yield head("report.look.heading")
    count = tally.outcomes[Outcome.UNSURE.value]
    yield say("report.look.said", count=count, most=MOST_TO_LOOK_AT)
    rows = tuple((row.student, row.sheet, row.question, row.feedback) for row in tally.look)
    yield Table(_header("look", "student", "sheet", "question", "why"), rows)


def _students(tally: Tally, key: Key) -> Iterator[Block]:
    yield head("report.students.heading")
    if tally.students is None:
        yield say("report.students.many", most=MOST_STUDENTS)
        return
    yield say("report.students.said")
    worth = {str(sheet.variant): sheet.marks for sheet in key.sheets}
    rows = (
        (student, sheet, str(len(marks)), decimals(_total(marks)), str(worth[sheet]), str(_open(marks)))
        for (student, sheet), marks in sorted(tally.students.items(), key=lambda item: (item[0][0], _place(item[0][1])))
    )
    yield Table(_header("students", "student", "sheet", "answers", "marks", "of", "open"), tuple(rows))


def _total(marks: dict[str, Fraction | None]) -> Fraction:
    return sum((earned for earned in marks.values() if earned is not None), Fraction(0))


def _open(marks: dict[str, Fraction | None]) -> int:
    return sum(earned is None for earned in marks.values())
