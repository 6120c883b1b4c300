"""Drawing sheets: the same seed the same sheet, no exercise twice, variants as difficult as each other."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from derive.errors import OptionError
from derive.exercises.answers import Formula
from derive.exercises.drawing import Drawing, subjects, worth
from derive.exercises.exercise import Exercise, Part, Topic
from derive.exercises.kinds.catalogue import KINDS, Kind
from derive.exercises.measure import Measure
from derive.exercises.plan import Plan, read_plan
from derive.pages.blocks import say

MODELS = """
title = "Week 6"
[[topics]]
model = "lesson"
sizes = "3,2"
activation = ["g", "sigmoid"]
targets = ["w(L)[*,*]", "w(L)[j,k]", "a(L-1)[*]"]
[[topics]]
model = "softmax"
targets = ["z[j]"]
"""


def asking(*kinds: str, more: str = "") -> Plan:
    return read_plan(f"{more}{MODELS}" + "".join(f'[[questions]]\nkind = "{kind}"\n' for kind in kinds))


def state(topic: Topic, rng: random.Random) -> Exercise:
    """A question for tests: one of three about a topic."""
    asked = say("title", of=topic.derivation.result, by=(topic.derivation.by, rng.randrange(3)))
    part = Part((asked,), Formula(topic.derivation.result), 2)
    return Exercise("state", topic, (), (part,), (asked,), topic.measure)


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "state", Kind("state", state))
    monkeypatch.setitem(KINDS, "nothing", Kind("nothing", lambda topic, rng: None))


def printed(drawing: Drawing, variants: int) -> list[str]:
    return [
        str([(e.kind, e.topic.derivation.by, e.stem, e.parts) for e in sheet.exercises])
        for sheet in drawing.sheets(variants)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_sheet_whatever_was_drawn_before(kind: str) -> None:
    plan = asking(kind)
    once, again = Drawing(plan, 7), Drawing(plan, 7)
    first = printed(once, 4)
    assert again.sheet(4).exercises == again.sheet(4).exercises
    assert printed(again, 4) == first
    assert len(set(first)) == 4


def test_another_seed_gives_another_sheet() -> None:
    plan = asking("state", "state", "state")
    assert printed(Drawing(plan, 1), 1) != printed(Drawing(plan, 2), 1)


def test_no_exercise_stands_twice_on_a_sheet() -> None:
    plan = asking(*["state"] * 12)
    for sheet in Drawing(plan, 3).sheets(5):
        told = [exercise.parts for exercise in sheet.exercises]
        assert all(a != b for i, a in enumerate(told) for b in told[:i])


def test_topics_that_the_sheet_does_not_have_yet_come_first() -> None:
    for sheet in Drawing(asking(*["state"] * 4), 5).sheets(5):
        assert (
            len(
                {
                    str(exercise.topic.derivation.by) + exercise.topic.derivation.model.source
                    for exercise in sheet.exercises
                }
            )
            == 4
        )


def test_variants_are_held_to_one_measure() -> None:
    plan = asking("state", "state", "state")
    drawing = Drawing(plan, 11)
    for sheet in drawing.sheets(20):
        totals = [exercise.measure.total for exercise in sheet.exercises]
        assert all(
            abs(total - held.exercise) <= plan.band for total, held in zip(totals, drawing.measures, strict=True)
        )


@pytest.mark.parametrize("bounds", [(0, 6), (7, 9), (10, 14)])
def test_what_is_drawn_is_as_difficult_as_the_plan_says(bounds: tuple[int, int]) -> None:
    plan = replace(asking("state", "state"), difficulty=bounds, band=0)
    for sheet in Drawing(plan, 2).sheets(3):
        assert all(bounds[0] <= exercise.measure.total <= bounds[1] for exercise in sheet.exercises)


def test_a_question_may_name_its_models() -> None:
    plan = read_plan(f'{MODELS}[[questions]]\nkind = "state"\nmodels = "softmax"\n')
    assert {e.topic.model_name for sheet in Drawing(plan, 1).sheets(3) for e in sheet.exercises} == {"softmax"}


def test_an_asterisk_is_any_number_that_the_index_can_be() -> None:
    source = asking("state").sources[0]
    there = [s.target for s in subjects(replace(source, targets=("w(L)[*,*]", "a(L)[*]")), 0) if s.derivation]
    assert there == ["w(L)[0,0]", "w(L)[0,1]", "w(L)[0,2]", "w(L)[1,0]", "w(L)[1,1]", "w(L)[1,2]", "a(L)[0]", "a(L)[1]"]


def few(count: int) -> Plan:
    text = 'title = "a"\n[[topics]]\ntext = "C = x**2"\ntargets = "x"\n'
    return read_plan(text + '[[questions]]\nkind = "state"\n' * count)


def test_a_plan_that_gives_too_little_says_so() -> None:
    advice = "add topics to the plan, allow another difficulty, or ask fewer of this kind"
    with pytest.raises(OptionError) as caught:
        list(Drawing(few(5), 1).sheets(1))
    assert str(caught.value) == (
        f"question 4 of the plan, of the kind 'state', finds no new exercise for the sheet: {advice}"
    )


def test_more_sheets_than_there_are_is_an_error() -> None:
    with pytest.raises(OptionError) as caught:
        list(Drawing(few(1), 1).sheets(4))
    assert str(caught.value) == (
        "the plan gives no more than about 3 different sheets: ask for fewer variants, or add topics or kinds of "
        "exercise to it"
    )


SHARES = [
    ((1, 1, 1), 3, [1, 1, 1]),
    ((1, 2, 3), 12, [2, 4, 6]),
    ((1, 2), 7, [2, 5]),
    ((3, 3, 1), 5, [2, 2, 1]),
    ((1, 1), 1, [1, 1]),
]


@pytest.mark.parametrize(("marks", "whole", "shares"), SHARES)
def test_marks_are_shared_among_the_parts(marks: tuple[int, ...], whole: int, shares: list[int]) -> None:
    topic = next(Drawing(few(1), 1).sheets(1)).exercises[0].topic
    parts = tuple(Part((), Formula(topic.derivation.result), mark) for mark in marks)
    exercise = Exercise("state", topic, (), parts, (), Measure(1, 1, 1, 1))
    assert [part.marks for part in worth(exercise, whole).parts] == shares
