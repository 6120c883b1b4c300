"""Hints: each class of answer has one, every one is given, and none stands on paper."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import get_args

import pytest
from test_documents import leaves
from test_html import PLAN

from derive.documents.hints import HINTS, hints
from derive.documents.render import render
from derive.documents.wording import TEMPLATES, wording
from derive.documents.worksheet import Head, worksheet
from derive.exercises.answers import Expected
from derive.exercises.drawing import Drawing, Drawn
from derive.exercises.exercise import Exercise
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.plan import Plan, read_plan
from derive.pages.blocks import Document, Heading, Message, Together

WRITTEN = tomllib.loads((TEMPLATES / "en" / "hints.toml").read_text(encoding="utf-8"))


@cache
def drawn() -> tuple[Plan, tuple[Drawn, ...]]:
    plan = read_plan(PLAN)
    return plan, tuple(Drawing(plan, seed).sheet(1) for seed in range(1, 5))


def exercises() -> list[Exercise]:
    return [exercise for sheet in drawn()[1] for exercise in sheet.exercises]


def sheet() -> Document:
    plan, (first, *_) = drawn()
    return worksheet(first, Head(plan))


def test_every_class_of_answers_has_a_hint() -> None:
    assert set(HINTS) == set(get_args(Expected))


def test_every_hint_is_given_and_none_is_missing() -> None:
    given = {hint.key for exercise in exercises() for hint in hints(exercise)}
    assert given | {"hint.label"} == set(leaves(WRITTEN))


def test_a_whole_derivation_begins_where_its_target_stands() -> None:
    found = {hint for exercise in exercises() if exercise.worked for hint in hints(exercise)[1:]}
    told = {"".join(map(str, wording().phrase(hint))) for hint in found}
    assert told <= {f"{by} stands in the definition of {of}." for by, of in WHERE}
    assert len(told) > 1


WHERE = [
    *((f"w(L)[{j},{k}]", f"z(L)[{j}]") for j in "01j" for k in "012k"),
    *((f"a(L-1)[{k}]", "z(L)[j]") for k in range(3)),
    ("z[j]", "p[k]"),
]


@pytest.mark.parametrize(("count", "labels"), [(1, ["Hint"]), (2, ["Hint 1", "Hint 2"])])
def test_several_hints_are_numbered(count: int, labels: list[str]) -> None:
    made = [Message("hint.label", {"number": i, "count": count}) for i in range(1, count + 1)]
    assert [wording().phrase(label) for label in made] == [(label,) for label in labels]


def test_each_question_has_its_hints_and_paper_has_none() -> None:
    opened = (part for block in sheet().blocks for part in (block.blocks if isinstance(block, Together) else (block,)))
    headings = [block for block in opened if isinstance(block, Heading)]
    assert len([heading for heading in headings if heading.hints]) == len(headings) == len(KINDS)
    page = render(sheet(), "html")
    assert page.count('<details class="hint">') == sum(len(heading.hints) for heading in headings)
    for form in ("md", "tex", "fragment", "pandoc"):
        assert "Hint" not in render(sheet(), form)
