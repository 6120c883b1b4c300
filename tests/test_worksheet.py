"""Worksheets and keys as pages: they compile, they render, they say only what is there, nothing is torn apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from test_documents import (
    formulas,
    leaves,
    stray,
    typeset,
)
from texcheck import katex_errors, problems

from derive import handouts
from derive.documents.render import render
from derive.documents.wording import TEMPLATES
from derive.documents.worksheet import Head, answer_key, answers, letter, worksheet
from derive.exercises.answers import (
    Choice,
    Expected,
    Formula,
    IndexText,
    Numeral,
    Option,
    Order,
    RuleName,
    Selection,
    Shape,
    WrongLine,
)
from derive.exercises.drawing import Drawing, Drawn
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.plan import Plan, read_plan
from derive.pages.blocks import (
    Block,
    Document,
    Equations,
    Form,
    Heading,
    Item,
    Lines,
    Listing,
    Message,
    Paragraph,
    Table,
    Together,
)
from derive.writing.index import Symbol, index
from derive.writing.nodes import ONE, Quantity

TOPICS = """
title = "Week 6: & _ % # {} ~ ^ \\\\ * [x]"
course = "Learning <machines>"
[[topics]]
model = "lesson"
sizes = ["3,2", "2,3,2"]
activation = ["g", "sigmoid", "relu"]
targets = ["w(L)[*,*]", "w(L)[j,k]", "a(L-1)[*]"]
[[topics]]
model = "softmax"
targets = ["z[j]", "w[j,k]"]
[[topics]]
model = "rnn"
[[topics]]
model = "batchnorm"
[[questions]]
"""
SHEETS = 6


def plan(kind: str) -> Plan:
    return read_plan(f'{TOPICS}kind = "{kind}"\ncount = 2\n')


@cache
def drawn(kind: str) -> tuple[Drawn, ...]:
    """Sheets with two questions of a kind, and one of the example plan with all of them."""
    return tuple(Drawing(plan(kind), 5).sheets(SHEETS))


@cache
def documents() -> dict[str, Document]:
    """{name: document} of sheets and keys for every kind."""
    found: dict[str, Document] = {}
    for kind in KINDS:
        for sheet in drawn(kind):
            top = Head(plan(kind), str(sheet.variant))
            found[f"{kind} {sheet.variant}"] = worksheet(sheet, top)
            found[f"key of {kind} {sheet.variant}"] = answer_key(sheet, top)
    example = read_plan(handouts.example_plan())
    (sheet,) = Drawing(example, 1).sheets(1)
    return found | {"the example": worksheet(sheet, Head(example)), "its key": answer_key(sheet, Head(example))}


@cache
def printed(form: str) -> dict[str, str]:
    return {name: render(document, form) for name, document in documents().items()}


def test_every_sheet_and_key_compiles_and_no_box_is_overfull(pdflatex: str, tmp_path: Path) -> None:
    names = list(printed("tex"))
    found = typeset(pdflatex, tmp_path, list(printed("tex").values()))
    assert [re.sub(r"block (\d+)", lambda number: names[int(number[1])], line) for line in found] == []


def test_markdown_takes_every_formula_as_it_is_meant() -> None:
    found = ((name, list(stray(text))) for name, text in printed("md").items())
    assert [(name, wrong) for name, wrong in found if wrong] == []


@cache
def all_formulas() -> dict[str, str]:
    return {formula: name for name, text in printed("md").items() for formula in formulas(text)}


def test_every_formula_is_sound() -> None:
    found = ((name, formula, problems(formula)) for formula, name in all_formulas().items())
    assert [(name, formula, wrong) for name, formula, wrong in found if wrong] == []


def test_every_formula_renders_through_katex_at_its_strictest(node: str, katex: Path) -> None:
    assert katex_errors(node, katex, list(all_formulas())) == []


# ---------------------------------------------------------------- what stands on them


def inside(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Together):
            yield from inside(block.blocks)


def messages(document: Document) -> Iterator[Message]:
    yield from filter(None, (document.title, document.subtitle))
    for block in inside(document.blocks):
        match block:
            case Heading(_, message, aside):
                yield from filter(None, (message, aside))
            case Item(_, found, aside):
                yield from filter(None, (*found, aside))
            case Form(labels, last):
                yield from filter(None, (*labels, last))
            case Paragraph(found) | Listing(found):
                yield from found
            case Lines(lines):
                yield from (line for line in lines if isinstance(line, Message))
            case Table(header, rows):
                yield from (cell for row in (header, *rows) for cell in row if isinstance(cell, Message))


WRITTEN = frozenset(leaves(tomllib.loads((TEMPLATES / "en" / "worksheet.toml").read_text(encoding="utf-8"))))


X = Quantity("x")
ANSWERED: list[tuple[Expected, str]] = [
    (Formula(X), "The answer, in any equal form:\n\n$$\nx\n$$"),
    (
        Formula(X, Quantity("C"), Quantity("y")),
        "The answer, in any equal form:\n\n$$\n\\frac{\\partial C}{\\partial y} = x\n$$",
    ),
    (Formula(X, Quantity("C"), Quantity("y"), matrix=True), "The answer, in matrices:\n\n$$\nx\n$$"),
    (Choice((Option(X), Option(ONE, "drop factor 2")), 1), "B"),
    (Order((2, 0, 1)), "C, A, B"),
    (Order((2, 0), 1), "C, A; B belongs nowhere"),
    (RuleName("chain rule"), "The chain rule."),
    (Numeral(Fraction(-3, 4)), "$-0.75$"),
    (Numeral(Fraction(2, 3)), r"$\frac{2}{3}$"),
    (Numeral(Fraction(2), Fraction(1, 100)), "$2$; anything up to $0.01$ away counts as well"),
    (WrongLine(3, "drop factor 2", X), "Line 3. It should say\n\n$$\nx\n$$"),
    (Shape((index(4), index(Symbol("n")))), "$4$ × $n$"),
    (Selection((0, 3), 4), "A, D"),
    (Selection((), 4), "None"),
    (IndexText(index(Symbol("L")) - 1), "$L-1$"),
]


def told(expected: Expected) -> Document:
    return Document(Message("worksheet.name"), tuple(answers(expected)))


@pytest.mark.parametrize(("expected", "text"), ANSWERED)
def test_the_answer_of_every_class_is_told(expected: Expected, text: str) -> None:
    assert render(told(expected), "md") == f"# Name\n\n{text}\n"


def test_every_class_of_answers_is_there() -> None:
    assert {type(expected) for expected, _ in ANSWERED} == set(get_args(Expected))


def test_every_message_of_worksheets_is_said_and_none_is_missing() -> None:
    pages = [*documents().values(), *(told(expected) for expected, _ in ANSWERED)]
    said = {message.key for document in pages for message in messages(document)}
    own = {key for key in said if key.startswith(("worksheet.", "key."))}
    assert own == WRITTEN


def test_a_sheet_has_a_line_for_the_name_its_marks_and_numbered_questions() -> None:
    for name, document in documents().items():
        if "key" not in name:
            first = document.blocks[0]
            assert isinstance(first, Form)
            headings = [block for block in inside(document.blocks) if isinstance(block, Heading)]
            assert [dict(h.message.values) for h in headings] == [{"number": i} for i in range(1, len(headings) + 1)]
            assert first.last is not None
            marks = [h.aside.values["marks"] for h in headings if h.aside is not None]
            assert sum(map(int, map(str, marks))) == first.last.values["marks"]


def test_every_part_has_room_to_write() -> None:
    for kind in KINDS:
        for sheet in drawn(kind):
            parts = [part for exercise in sheet.exercises for part in exercise.parts]
            assert all(part.space > 0 for part in parts if part.blocks), kind
            for exercise in sheet.exercises:
                in_a_table = sum(len(block.rows) for block in exercise.stem if isinstance(block, Table))
                assert sum(not part.blocks for part in exercise.parts) == in_a_table


def test_a_question_stays_with_its_options() -> None:
    """Marked lines, and tables that fit on a page, stand in a block that no page may part, behind what is asked."""
    for name, document in documents().items():
        if "key" not in name:
            loose = [b for b in document.blocks if isinstance(b, Lines) or (isinstance(b, Table) and len(b.rows) <= 12)]
            assert loose == [], name


def test_the_key_says_every_answer() -> None:
    for kind in KINDS:
        for sheet in drawn(kind):
            key = list(inside(answer_key(sheet, Head(plan(kind))).blocks))
            for exercise in sheet.exercises:
                for part in exercise.parts:
                    told = [b for b in answers(part.expected) if isinstance(b, Equations)]
                    assert all(block in key for block in told), kind


def test_a_key_prints_verified_lines_only() -> None:
    for kind in KINDS:
        for sheet in drawn(kind):
            assert all(not exercise.topic.doubted for exercise in sheet.exercises)


def test_letters_go_on_after_z() -> None:
    assert [letter(i) for i in (0, 1, 25, 26, 27)] == ["(a)", "(b)", "(z)", "(aa)", "(bb)"]
