"""Sheets marked with their own keys: what a key says earns all marks, and a planted mistake is found at its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from derive.documents.batch.answers import Spot
from derive.documents.batch.desk import Desk
from derive.documents.marks import rule_names
from derive.documents.sheets import Batch, Maker
from derive.documents.wording import wording
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
from derive.exercises.drawing import Drawing
from derive.exercises.exercise import Exercise
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.marking import Marker
from derive.exercises.marking_setting import Setting
from derive.exercises.plan import Plan, read_plan
from derive.exercises.stored import CLOSING, Key, key_opening, read_key
from derive.exercises.verdict import Standing
from derive.notation.latex import latex
from derive.pages.blocks import Equations, Lines
from derive.writing.nodes import Gradient

TOPICS = """
title = "Week 6"
[[topics]]
model = "lesson"
sizes = ["3,2", "2,3,2"]
activation = ["g", "sigmoid"]
targets = ["w(L)[*,*]", "w(L)[j,k]", "a(L-1)[*]"]
[[topics]]
model = "softmax"
targets = ["z[j]", "w[j,k]"]
[[topics]]
model = "linear_regression"
[[topics]]
model = "residual"
[[questions]]
"""
VARIANTS = 4
SEEDS = (1, 2, 3, 4, 5)


def plan(kind: str) -> Plan:
    return read_plan(f'{TOPICS}kind = "{kind}"\n')


@cache
def key(kind: str, seed: int) -> Key:
    """The key of some variants, as it is written and read."""
    maker = Maker(Batch(plan(kind), seed, VARIANTS))
    sheets = (maker.variant(number).stored for number in range(1, VARIANTS + 1))
    return read_key(key_opening(maker.key) + ",\n".join(sheets) + CLOSING)


def letters(numbers: tuple[int, ...]) -> str:
    return " ".join(chr(ord("A") + i) for i in numbers)


def formula(expected: Formula) -> str:
    if expected.of is None or expected.by is None or expected.matrix:
        return latex(expected.expr)
    return f"{latex(Gradient(expected.of, expected.by))} = {latex(expected.expr)}"


# What a student who read the key would write.
AS_ANSWERED: dict[type[Expected], Callable[[Any], str]] = {
    Formula: formula,
    Choice: lambda expected: letters((expected.right,)),
    Order: lambda expected: letters(expected.order),
    Selection: lambda expected: letters(expected.right) or "none",
    RuleName: lambda expected: str(wording().messages["rule"][expected.rule]["name"]),
    Numeral: lambda expected: str(expected.value),
    WrongLine: lambda expected: f"{expected.line}: {latex(expected.corrected)}",
    Shape: lambda expected: " x ".join(map(str, expected.sizes)),
    IndexText: lambda expected: str(expected.index),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_key_marked_by_the_projects_own_marker_gets_full_marks(kind: str, seed: int) -> None:
    found = key(kind, seed)
    desk = Desk(found)
    for i, sheet in enumerate(found.sheets):
        for j, question in enumerate(sheet.questions):
            for k, part in enumerate(question.parts):
                text = AS_ANSWERED[type(part.answer)](part.answer)
                mark = desk((Spot(i, j, k), text))()
                told = (question.model, str(question.by), text, mark)
                assert (mark.outcome, mark.marks) == ("equal", Fraction(part.marks)), told


def erroneous(seed: int) -> Iterator[Exercise]:
    for sheet in Drawing(plan("find the error"), seed).sheets(VARIANTS):
        yield from sheet.exercises


@pytest.mark.parametrize("seed", SEEDS)
def test_each_planted_mistake_is_found_at_its_own_line(seed: int) -> None:
    for exercise in erroneous(seed):
        (part,) = exercise.parts
        assert isinstance(part.expected, WrongLine)
        (lines,) = (block for block in exercise.stem if isinstance(block, Lines))
        working = [f"{latex(b.left)} = {latex(b.members[0])}" for b in lines.lines if isinstance(b, Equations)]
        assert len(working) == len(lines.lines)
        derivation = exercise.topic.derivation
        expected = Formula(derivation.result, derivation.of, derivation.by, working=True)
        verdict = Marker(expected, Setting(derivation.model, derivation, rules=rule_names())).verdict(
            "\n".join(working)
        )
        wrong = [line.number for line in verdict.lines if line.standing is Standing.WRONG]
        assert wrong[:1] == [part.expected.line], (exercise.topic.model_name, str(derivation.by), working)
