"""One verdict for what is expected and an answer, whatever the answer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch

from derive.calculus.derivation import Derivation
from derive.errors import DeriveError
from derive.exercises.answers import (
    Choice,
    Expected,
    IndexText,
    Numeral,
    Order,
    RuleName,
    Selection,
    Shape,
)
from derive.exercises.marking_short import (
    choice,
    index_text,
    numeral,
    order,
    rule_name,
    selection,
    shape,
)
from derive.exercises.verdict import Verdict, unreadable, unsure
from derive.model.model import Model
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import Message
from derive.writing.index import Symbol

Judgement = Callable[[str], Verdict]

# What bounded work may end in; a defect of the program is none of them, and is not hidden.
UNDECIDED = (DeriveError, RecursionError, OverflowError, MemoryError)


@dataclass(frozen=True)
class Setting:
    """Where an answer is read: the model, the derivation that was asked for, the notation of the sheet.

    `rules` has the rules that a name stands for, as `marking_short.normal` makes it.
    """

    model: Model | None = None
    derivation: Derivation | None = None
    notation: Notation = LESSON
    rules: Mapping[str, frozenset[str]] = field(default_factory=dict)


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


def _sizes(setting: Setting) -> Mapping[Symbol, int]:
    return {} if setting.model is None else setting.model.sizes


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
    return _short(lambda text: index_text(expected, text, _sizes(setting)))


@judgement.register
def of_shape(expected: Shape, setting: Setting) -> Judgement:
    return _short(lambda text: shape(expected, text, _sizes(setting)))
