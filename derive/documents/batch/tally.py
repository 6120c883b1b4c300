"""What a class did, counted row by row: by question, by mistake, by student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, fields
from fractions import Fraction

from derive.documents.batch.answers import Answer, Roster, Spot
from derive.documents.batch.desk import Mark
from derive.documents.batch.journal import Row
from derive.exercises.verdict import Outcome
from derive.pages.blocks import Message

MOST_STUDENTS = 5_000  # of more, no totals are kept: that is no class, and memory has an end
MOST_TO_LOOK_AT = 200


@dataclass(frozen=True)
class Entry:
    """A row of the marks, as texts: an empty one says that there is none."""

    student: str
    sheet: str
    question: str
    marks: str
    of: str
    outcome: str
    mistake: str
    line: str
    feedback: str
    read: str

    @property
    def earned(self) -> Fraction | None:
        """The marks, None where a person must decide."""
        return Fraction(self.marks) if self.marks else None

    @property
    def row(self) -> Row:
        """The texts alone."""
        return astuple(self)


def decimals(marks: Fraction | None) -> str:
    """Marks with at most two decimals: 2/3 is 0.67; nothing for None."""
    return "" if marks is None else f"{float(marks):.2f}".rstrip("0").rstrip(".")


COLUMNS = tuple(field.name for field in fields(Entry))


def entry(answer: Answer, spot: Spot | Message, mark: Mark, roster: Roster) -> Entry:
    """The row of an answer and its mark, in the key's own names where it belongs somewhere."""
    names = (answer.sheet, answer.question, "")
    if isinstance(spot, Spot):
        names = (*roster.names(spot), str(roster.part(spot).marks))
    sheet, question, of = names
    found = (mark.outcome, mark.mistake, mark.line, mark.feedback, mark.read)
    marks = "" if mark.marks is None else str(mark.marks)
    return Entry(answer.student, sheet, question, marks, of, *("" if value is None else str(value) for value in found))


@dataclass
class OfQuestion:
    """How one question went, over all variants: what marks its answers earned, how often with which outcome."""

    of: int = 0
    earned: Fraction = Fraction(0)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        """How many there are."""
        return self.outcomes.total()

    @property
    def mean(self) -> Fraction | None:
        """The mean of the marks, over the answers that could be decided."""
        decided = self.answers - self.outcomes[Outcome.UNSURE.value]
        return self.earned / decided if decided else None


@dataclass
class OfMistake:
    """Where one mistake was made: at which questions, and in which line of the working, "" where it has one only."""

    questions: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.questions.total()


@dataclass
class Tally:
    """All rows so far. Its size is bounded, however many there are.

    `mistakes` has under "" the wrong answers that no known mistake explains. `students` has, for a student's name and
    sheet, the marks of each question, where the last answer counts; None where there are more than MOST_STUDENTS.
    """

    questions: dict[str, OfQuestion] = field(default_factory=dict)
    mistakes: dict[str, OfMistake] = field(default_factory=dict)
    look: list[Entry] = field(default_factory=list)
    students: dict[tuple[str, str], dict[str, Fraction | None]] | None = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        """How many rows there are."""
        return self.outcomes.total()

    def add(self, row: Sequence[str]) -> None:
        """Count one more row."""
        new = Entry(*row)
        self.outcomes[new.outcome] += 1
        if new.outcome == Outcome.UNSURE.value and len(self.look) < MOST_TO_LOOK_AT:
            self.look.append(new)
        if new.of:
            self._question(new)
            self._mistake(new)
            self._student(new)

    def _question(self, new: Entry) -> None:
        question = self.questions.setdefault(new.question, OfQuestion())
        question.of = max(question.of, int(new.of))
        question.earned += new.earned or 0
        question.outcomes[new.outcome] += 1

    def _mistake(self, new: Entry) -> None:
        if new.mistake or new.outcome == Outcome.DIFFERENT.value:
            mistake = self.mistakes.setdefault(new.mistake, OfMistake())
            mistake.questions[new.question] += 1
            mistake.lines[new.line] += 1

    def _student(self, new: Entry) -> None:
        if self.students is not None:
            self.students.setdefault((new.student, new.sheet), {})[new.question] = new.earned
            if len(self.students) > MOST_STUDENTS:
                self.students = None
