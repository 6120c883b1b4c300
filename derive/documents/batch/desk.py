"""One answer marked: what it is worth, and in words why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path

from derive.documents.batch.answers import Roster, Spot
from derive.documents.formats.markdown import MARKUP
from derive.documents.marks import rule_names
from derive.documents.voice import Voice
from derive.documents.wording import Phrase, Wording, wording
from derive.exercises.marking import Marker
from derive.exercises.marking_setting import Setting
from derive.exercises.stored import Key
from derive.exercises.verdict import LineVerdict, Outcome, Standing, Verdict
from derive.notation.latex import latex
from derive.notation.notations import LESSON, Notation, notation
from derive.notation.tex import tex
from derive.pages.blocks import Equations, Message
from derive.pages.languages import ENGLISH

MARKERS = 512  # questions that are kept ready
VERDICTS = 4_096  # answers that are remembered: many students give the same one
SHORT = 400  # characters of an answer that is remembered


@dataclass(frozen=True)
class Mark:
    """What one answer is worth: `marks` is None where a person must decide, `line` the first wrong one of a working."""

    outcome: str
    marks: Fraction | None = None
    mistake: str = ""
    line: int | None = None
    feedback: str = ""
    read: str = ""


@dataclass(frozen=True)
class Words:
    """In which words marks are told: a language, and a folder with messages in the places of its own."""

    language: str = ENGLISH
    templates: Path | None = None

    @property
    def wording(self) -> Wording:
        """The messages; each process reads them once."""
        return wording(self.language, self.templates)


class Desk:
    """Marks answers by a key; what a question needs is worked out once."""

    def __init__(self, key: Key, words: Words = Words()) -> None:
        self._key = key
        self._words = words.wording
        self._roster = Roster(key)
        self._notation = notation(key.notation)
        self._marker = lru_cache(MARKERS)(self._made)
        self._remembered = lru_cache(VERDICTS)(self._mark)

    def __call__(self, piece: tuple[Spot | Message, str]) -> Callable[[], Mark]:
        """What will mark this answer, with everything that does not depend on its text ready."""
        spot, text = piece
        if isinstance(spot, Message):
            return partial(undecided, spot, self._words)
        self._marker(spot)
        return partial(self._remembered if len(text) <= SHORT else self._mark, spot, text)

    def _made(self, spot: Spot) -> Marker:
        derivation = self._key.topic(self._roster.question(spot)).derivation
        setting = Setting(derivation.model, derivation, self._notation, rule_names())
        return Marker(self._roster.part(spot).answer, setting)

    def _mark(self, spot: Spot, text: str) -> Mark:
        return told(self._marker(spot).verdict(text), self._roster.part(spot).marks, self._notation, self._words)


def told(verdict: Verdict, worth: int, book: Notation, words: Wording) -> Mark:
    """A verdict in words, in the notation and the language of the sheet, for an answer that may earn so many marks."""
    return Mark(
        verdict.outcome.value,
        None if verdict.credit is None else verdict.credit * worth,
        verdict.mistake or "",
        _first_wrong(verdict.lines),
        " ".join(_said(message, words, book) for message in verdict.messages),
        "; ".join(read if isinstance(read, str) else _set(read, book) for read in verdict.read),
    )


def _plain(phrase: Phrase, voice: Voice) -> str:
    return "".join(piece if isinstance(piece, str) else f"${tex(voice.ink(piece))}$" for piece in phrase)


PLAIN = replace(MARKUP, phrase=_plain)  # for cells of a table, which are no page: words stand in them as they are


def undecided(why: Message, words: Wording) -> Mark:
    """The mark of an answer that a person must look at."""
    return Mark(Outcome.UNSURE.value, feedback=_said(why, words))


def _first_wrong(lines: tuple[LineVerdict, ...]) -> int | None:
    return next((line.number for line in lines if line.standing is Standing.WRONG), None)


def _said(message: Message, words: Wording, book: Notation = LESSON) -> str:
    """A message in one line, its formulas in LaTeX: cells of a table are no page, so nothing else is escaped."""
    return str(Voice(PLAIN, book, words).sentence(message))


def _set(read: Equations, book: Notation) -> str:
    return f"${' = '.join(latex(side, book) for side in (read.left, *read.members))}$"
