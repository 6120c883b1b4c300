"""One verdict for what is expected and an answer, whatever the answer is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch

from derive.errors import DeriveError
from derive.exercises.answers import (
    Choice,
    Expected,
    Formula,
    IndexText,
    Numeral,
    Order,
    RuleName,
    Selection,
    Shape,
    WrongLine,
)
from derive.exercises.marking_formula import FormulaMarker
from derive.exercises.marking_setting import Setting
from derive.exercises.marking_short import (
    choice,
    index_text,
    numeral,
    order,
    rule_name,
    selection,
    shape,
)
from derive.exercises.verdict import Outcome, Verdict, unreadable, unsure, wrong
from derive.pages.blocks import Message

Judgement = Callable[[str], Verdict]

# What bounded work may end in; a defect of the program is none of them, and is not hidden.
UNDECIDED = (DeriveError, RecursionError, OverflowError, MemoryError)


class Marker:
    """Marks any number of answers to one question: what it needs to know is worked out once."""

    def __init__(self, expected: Expected, setting: Setting) -> None:
        self._judgement = judgement(expected, setting)

    def verdict(self, text: str) -> Verdict:
        """What an answer is worth; whatever it is, it gets a verdict."""
        try:
            return self._judgement(text)
        except UNDECIDED:
            return unsure(Message("marking.unsure"))


def marked(expected: Expected, text: str, setting: Setting) -> Verdict:
    """What one answer is worth."""
    return Marker(expected, setting).verdict(text)


@singledispatch
def judgement(expected: Expected, _: Setting) -> Judgement:
    """What marks the answers to one question."""
    raise TypeError(f"no answer of the class {type(expected).__name__} can be marked")


# ---------------------------------------------------------------- short answers

SHORT = 200


def _short(judge: Judgement) -> Judgement:
    """The judgement of an answer that is a few words long."""

    def judged(text: str) -> Verdict:
        if not text.strip():
            return unreadable(Message("marking.empty"))
        if len(text) > SHORT:
            return unreadable(Message("marking.long", {"most": SHORT}))
        return judge(text)

    return judged


@judgement.register
def of_choice(expected: Choice, _: Setting) -> Judgement:
    return _short(lambda text: choice(expected, text))


@judgement.register
def of_order(expected: Order, _: Setting) -> Judgement:
    return _short(lambda text: order(expected, text))


@judgement.register
def of_selection(expected: Selection, _: Setting) -> Judgement:
    return _short(lambda text: selection(expected, text))


@judgement.register
def of_rule_name(expected: RuleName, setting: Setting) -> Judgement:
    return _short(lambda text: rule_name(expected, text, setting.rules))


@judgement.register
def of_numeral(expected: Numeral, _: Setting) -> Judgement:
    return _short(lambda text: numeral(expected, text))


@judgement.register
def of_index_text(expected: IndexText, setting: Setting) -> Judgement:
    return _short(lambda text: index_text(expected, text, setting.model.sizes))


@judgement.register
def of_shape(expected: Shape, setting: Setting) -> Judgement:
    return _short(lambda text: shape(expected, text, setting.model.sizes))


# ---------------------------------------------------------------- formulas


_NUMBERED = re.compile(r"\s*(?:[A-Za-z]+\s*)?\(?(\d{1,3})(?!\d)(?:\s*[:.,;)]+|\s+[-–](?=\s))?\s*(.*)", re.DOTALL)
HALF = Fraction(1, 2)


@judgement.register
def of_wrong_line(expected: WrongLine, setting: Setting) -> Judgement:
    corrected = FormulaMarker(Formula(expected.corrected), setting)

    def judged(text: str) -> Verdict:
        found = _NUMBERED.fullmatch(text)
        if found is None:
            return unreadable(Message("marking.wrong_line.unreadable"))
        if int(found[1]) != expected.line:
            return wrong(Message("marking.wrong_line.wrong"), found[1])
        if not found[2].strip():
            return Verdict(Outcome.FORM, HALF, (Message("marking.wrong_line.uncorrected"),), read=(found[1],))
        return _corrected(corrected.verdict(found[2]), found[1])

    return judged


def _corrected(verdict: Verdict, line: str) -> Verdict:
    """The verdict of a correction in the right line, which earns half of the marks by itself."""
    credit = None if verdict.credit is None else HALF + verdict.credit / 2
    messages = verdict.messages
    if verdict.outcome is not Outcome.EQUAL:
        messages = (Message("marking.wrong_line.found"), *messages)
    return replace(verdict, credit=credit, messages=messages, read=(line, *verdict.read))


@judgement.register
def of_formula(expected: Formula, setting: Setting) -> Judgement:
    return FormulaMarker(expected, setting).verdict
