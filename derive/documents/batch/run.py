"""The whole of a marking: a key and answers in, marks and a class report out, to be gone on with after a kill."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from derive.documents.batch.answers import Answer, Roster, Spot
from derive.documents.batch.crew import LIMITS, Crew, Limits, Lost, Setup, processors
from derive.documents.batch.desk import Desk, Mark, Words, undecided
from derive.documents.batch.journal import Journal, Row, Seal, again
from derive.documents.batch.report import report
from derive.documents.batch.source import source
from derive.documents.batch.tally import COLUMNS, Tally, decimals, entry
from derive.documents.files import REASONS, read_text, written_whole
from derive.documents.formats.base import Setting
from derive.documents.progress import Progress
from derive.documents.render import files
from derive.documents.wording import Wording
from derive.errors import OptionError
from derive.exercises.stored import LARGEST, Key, read_key
from derive.exercises.verdict import Outcome
from derive.pages.blocks import Message
from derive.pages.languages import settable

MARKS = "marks.csv"
JOURNAL = "marks.journal"
REPORT = "report"
_FORMULA = re.compile(r"[=+@\t\r-]")  # what a spreadsheet takes for the beginning of a formula, and runs
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)

Piece = tuple[Spot | Message, str]
Rows = Iterator[Row]


@dataclass(frozen=True)
class Job:
    """What to mark by what, and where to write; `-` is standard input. The language is that of the key by default.

    Where the formats were not `chosen`, those are written that can be set in the language.
    """

    key: str
    answers: str
    out: Path
    formats: tuple[str, ...] = ("md", "tex")
    chosen: bool = False
    restart: bool = False
    language: str | None = None
    templates: Path | None = None


@dataclass(frozen=True)
class Staff:
    """Who marks: by default the marker, in as many processes as there are processors, two at most."""

    setup: Setup[Piece, Mark] = Desk
    size: int = processors()
    limits: Limits = LIMITS


def mark_answers(job: Job, staff: Staff = Staff()) -> str:
    """Mark every answer, write the marks and the report, and say in a few lines what was found."""
    text = read_text(job.key, "key", LARGEST)
    key = read_key(text, job.key)
    words = Words(job.language or key.language, job.templates)
    sealed = text if words == Words(key.language) else f"{words}\n{text}"  # nothing is gone on with in other words
    setting = Setting(wording=words.wording, stem=REPORT)  # before anything is marked, as a mistake in it must not wait
    tally = Tally()
    with source(job.answers) as handed_in, _keeping(job.out), Progress("marking", "answers") as bar:
        answers = handed_in.answers(len(key.sheets))
        job.out.mkdir(parents=True, exist_ok=True)
        with Journal(job.out / JOURNAL, sealed, anew=job.restart) as journal:
            for row in _rows(answers, journal, Seal(sealed), key, staff, words):
                tally.add(row)
                bar.show(tally.answers, handed_in.part)
            paths = _write(job, tally, key, journal, setting)
            journal.remove()
    return f"{_summary(tally)}\n\nWritten: {', '.join(map(str, paths))}"


@contextmanager
def _keeping(out: Path) -> Iterator[None]:
    """What ends a marking before its time leaves the journal, and says how to go on."""
    how = f"what is done is kept in {out / JOURNAL}, and the same command goes on from there"
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {how}") from None
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or type(error).__name__)
        raise OptionError(f"cannot write into the folder {out}: {reason}; {how}") from error


# ---------------------------------------------------------------- rows


def _rows(answers: Iterator[Answer], journal: Journal, seal: Seal, key: Key, staff: Staff, words: Words) -> Rows:
    """The rows that the journal has, then the others, each as soon as it stands in the journal."""
    for _, row in again(journal, seal, answers):
        yield row
    roster = Roster(key)
    with Crew(staff.setup, (key, words), staff.size, staff.limits) as crew:
        for answer, spot, mark in _marked(answers, roster, crew, staff.limits, words.wording):
            row = entry(answer, spot, mark, roster).row
            journal.add(seal.after(answer), row)
            yield row


def _marked(
    answers: Iterator[Answer], roster: Roster, crew: Crew[Piece, Mark], limits: Limits, words: Wording
) -> Iterator[tuple[Answer, Spot | Message, Mark]]:
    """Each answer with where it belongs and its mark."""
    waiting: deque[tuple[Answer, Spot | Message]] = deque()

    def pieces() -> Iterator[Piece]:
        for answer in answers:
            waiting.append((answer, roster.spot(answer)))
            yield waiting[-1][1], answer.text

    for mark in crew.results(pieces()):
        answer, spot = waiting.popleft()
        yield answer, spot, _lost(mark, limits, words) if isinstance(mark, Lost) else mark


def _lost(lost: Lost, limits: Limits, words: Wording) -> Mark:
    values = {"seconds": limits.seconds, "megabytes": limits.megabytes}
    return undecided(Message(f"report.row.{lost.reason}", values), words)


# ---------------------------------------------------------------- out


def _write(job: Job, tally: Tally, key: Key, journal: Journal, setting: Setting) -> tuple[Path, ...]:
    """The table of marks and the report, all or nothing."""
    document = report(tally, key)
    formats = job.formats if job.chosen else settable(job.formats, setting.wording.language)
    with written_whole(job.out) as workshop:
        with workshop.stream(MARKS) as stream:
            for line in _table(row for _, row in journal.rows()):
                stream.write(line.encode())
        for name, content in files(document, formats, setting).items():
            workshop.write(name, content)
    return workshop.paths


def _table(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of the table of marks."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    place = COLUMNS.index("marks")
    for row in chain([COLUMNS], rows):
        writer.writerow([decimal(cell) if i == place else harmless(cell) for i, cell in enumerate(row)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def harmless(cell: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def decimal(marks: str) -> str:
    """Marks with at most two decimals; the header is no number."""
    return decimals(Fraction(marks)) if marks[:1].isdigit() else marks


_FOUND = {
    Outcome.EQUAL: "right",
    Outcome.DIFFERENT: "different",
    Outcome.FORM: "not in the form asked",
    Outcome.UNREADABLE: "not readable",
    Outcome.UNSURE: "to be looked at",
}


def _summary(tally: Tally) -> str:
    counts = ", ".join(f"{tally.outcomes[kind.value]:,} {words}" for kind, words in _FOUND.items())
    return f"Marked: {tally.answers:,} answers, {counts}."
