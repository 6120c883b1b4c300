"""Worksheets and their keys as documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from derive.calculus.derivation import Derivation
from derive.calculus.steps import Detail
from derive.documents.hints import hints
from derive.documents.lesson import Told, View, stage_section
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
from derive.exercises.drawing import Drawn, Made
from derive.exercises.exercise import Exercise, Part
from derive.exercises.plan import Plan
from derive.exercises.scheme import scheme, scheme_blocks
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
    Room,
    System,
    Table,
    Together,
    Ways,
    flat,
    head,
    say,
)
from derive.writing.nodes import Expr, Gradient, Negative, Number

DETAILS = {"brief": Detail.BRIEF, "lesson": Detail.LESSON, "full": Detail.FULL}
REMEMBERED = 8192  # questions that are not laid out anew
ROUGH = 8  # lines of room below a table
FIRST = 3  # lines of room that stay with the question
PLACES = 6  # of a decimal that is not written as a fraction
PAGE = 46  # lines of text on a page


@dataclass(frozen=True)
class Head:
    """What stands at the top: `variant` is the number of the sheet, "" where there is only one."""

    plan: Plan
    variant: str = ""

    def document(self, key: str, blocks: Iterator[Block], folded: bool = False) -> Document:
        plan = self.plan
        subtitle = {"course": plan.course, "date": plan.date, "variant": self.variant}
        return Document(
            Message(f"{key}.title", {"title": plan.title}),
            tuple(blocks),
            Message("worksheet.subtitle", subtitle) if any(subtitle.values()) else None,
            folded=folded,
        )


# ---------------------------------------------------------------- the sheet


def worksheet(drawn: Drawn, top: Head) -> Document:
    """The questions, with room to write."""
    return top.document("worksheet", _sheet(drawn))


def _sheet(drawn: Drawn) -> Iterator[Block]:
    yield Form(
        (Message("worksheet.name"), Message("worksheet.points")), Message("worksheet.total", {"marks": drawn.marks})
    )
    yield say("worksheet.instructions", count=len(drawn.exercises))
    for number, made in enumerate(drawn.questions, 1):
        yield from question(number, made)


@lru_cache(maxsize=REMEMBERED)
def question(number: int, made: Made) -> tuple[Block, ...]:
    """A question as the sheet prints it."""
    return flat(_question(number, made.exercise))


def _question(number: int, exercise: Exercise) -> Iterator[Block]:
    """The heading, the stem and the first part on one page; then the others.

    Below a table that is filled in there is room to work.
    """
    parts = list(_parts(exercise))
    shares = _shares(exercise) if len(parts) < len(exercise.parts) else ()
    asked, lines = parts[0] if parts else ((), ROUGH)
    heading = replace(question_heading(number, exercise), hints=hints(exercise))
    yield from _with_room((heading, *exercise.stem, *shares, *asked), lines)
    for asked, lines in parts[1:]:
        yield from _with_room(asked, lines)


def _with_room(asked: Sequence[Block], lines: int) -> Iterator[Block]:
    """What is asked with the first lines of its room on one page, and the others."""
    first = min(lines, FIRST)
    yield from together((*asked, *([Room(first)] if first else [])))
    if lines > first:
        yield Room(lines - first)


def _shares(exercise: Exercise) -> tuple[Block, ...]:
    """What each part is worth, where the parts are rows of a table."""
    shares = tuple((letter(i), part.marks) for i, part in enumerate(exercise.parts) if not part.blocks)
    return (say("worksheet.shares", shares=shares),)


def question_heading(number: int, exercise: Exercise) -> Heading:
    marks = Message("worksheet.marks", {"marks": exercise.marks})
    return Heading(2, Message("worksheet.question", {"number": number}), marks)


def _parts(exercise: Exercise) -> Iterator[tuple[tuple[Block, ...], int]]:
    """Of each part that no table of the stem asks for what is asked, and the lines of room for the answer."""
    for i, part in enumerate(exercise.parts):
        if not part.blocks:
            continue
        asked = part.blocks if len(exercise.parts) == 1 else _lettered(i, part, part.blocks)
        yield asked, part.space


def _lettered(i: int, part: Part, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with (a), (b), … in front, and the marks at the right margin."""
    marks = Message("worksheet.marks", {"marks": part.marks})
    match blocks:
        case [Paragraph(messages), *more]:
            return (Item(letter(i), messages, marks), *more)
    return (Item(letter(i), (), marks), *blocks)


def letter(i: int) -> str:
    """(a), (b), … for the parts of a question."""
    return f"({ascii_lowercase[i % 26] * (1 + i // 26)})"


def together(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks on one page; where they are too tall for one, the first three, and as many of the last as fit."""
    if sum(map(height, blocks)) <= PAGE:
        yield Together(tuple(blocks))
        return
    last = next(n for n in range(min(3, len(blocks) - 3), 0, -1) if n == 1 or sum(map(height, blocks[-n:])) <= PAGE)
    yield Together(tuple(blocks[:3]))
    yield from blocks[3:-last]
    yield Together(tuple(blocks[-last:]))


def height(block: Block) -> float:
    """About how tall a block is on paper, in lines of text."""
    return HEIGHTS.get(type(block), lambda _: 2.5)(block)


HEIGHTS: dict[type[Block], Callable[[Any], float]] = {
    Equations: lambda block: 2 + 2.6 * max(1, len(block.members)),
    System: lambda block: 2 + 2.6 * len(block.equations),
    Ways: lambda block: 3 + 1.5 * len(block.rows),
    Listing: lambda block: 2.2 * len(block.messages),
    Lines: lambda block: 2.6 * len(block.lines),
    Table: lambda block: 3 + 2.2 * len(block.rows),
    Room: lambda block: 2 * block.lines,
}


# ---------------------------------------------------------------- the key


def answer_key(drawn: Drawn, top: Head) -> Document:
    """The answers, how they are found, and what each mark is for."""
    return top.document("key", _key(drawn, top.plan), folded=True)


def _key(drawn: Drawn, plan: Plan) -> Iterator[Block]:
    yield say("key.total", marks=drawn.marks)
    for number, made in enumerate(drawn.questions, 1):
        yield from solution(number, made, plan.detail, plan.letters)


@lru_cache(maxsize=REMEMBERED)
def solution(number: int, made: Made, detail: str, letters: str) -> tuple[Block, ...]:
    """A question as the key prints it."""
    return (question_heading(number, made.exercise), *flat(_solution(made.exercise, detail, letters)))


def _solution(exercise: Exercise, detail: str, letters: str) -> Iterator[Block]:
    told: list[Block] = []
    for i, part in enumerate(exercise.parts):
        if not part.blocks:
            continue
        answer = tuple(answers(part.expected))
        yield from answer if len(exercise.parts) == 1 else _lettered(i, part, answer)
        told += answer
    yield from (block for block in exercise.solution if block not in told)
    if exercise.worked:
        yield from scheme_blocks(scheme(exercise.topic.derivation, exercise.marks))
        yield head("key.worked", 3)
        yield from worked(exercise.topic.derivation, View(DETAILS[detail], letters_shared=letters == "shared"))


def worked(derivation: Derivation, view: View) -> Iterator[Block]:
    """The whole derivation, below headings of its own."""
    told = Told()
    for stage in derivation.stages:
        for block in stage_section(stage, derivation, view, told, several=len(derivation.stages) > 1):
            yield replace(block, level=block.level + 1) if isinstance(block, Heading) else block


def answers(expected: Expected) -> Iterator[Block]:
    """What is expected, as the key prints it."""
    return ANSWERS[type(expected)](expected)


def _formula(expected: Formula) -> Iterator[Block]:
    yield say("key.answer.formula", matrix=expected.matrix)
    if expected.of is not None and expected.by is not None and not expected.matrix:
        yield Equations(Gradient(expected.of, expected.by), (expected.expr,))
    else:
        yield Equations(expected.expr)


def _order(expected: Order) -> Iterator[Block]:
    intruder = "" if expected.intruder is None else ascii_uppercase[expected.intruder]
    yield say("key.answer.order", letters=tuple(ascii_uppercase[i] for i in expected.order), intruder=intruder)


def _line(expected: WrongLine) -> Iterator[Block]:
    yield say("key.answer.line", line=expected.line)
    yield Equations(expected.corrected)


def _number(expected: Numeral) -> Iterator[Block]:
    yield say("key.answer.number", value=number(expected.value), tolerance=_tolerance(expected.tolerance))


def _tolerance(value: Fraction) -> Expr | None:
    return Number(value, decimal=True) if value else None


def number(value: Fraction) -> Expr:
    """A number as people write it: as a decimal where that ends soon, otherwise as a fraction."""
    size = Number(abs(value), decimal=(value * 10**PLACES).denominator == 1)
    return size if value >= 0 else Negative(size)


# The answer of each class as blocks.
ANSWERS: dict[type[Expected], Callable[[Any], Iterator[Block]]] = {
    Formula: _formula,
    Choice: lambda e: iter([say("key.answer.choice", letter=ascii_uppercase[e.right])]),
    Order: _order,
    RuleName: lambda e: iter([say("key.answer.rule", rule=e.rule)]),
    Numeral: _number,
    WrongLine: _line,
    Shape: lambda e: iter([say("key.answer.shape", sizes=e.sizes)]),
    Selection: lambda e: iter([say("key.answer.selection", letters=tuple(ascii_uppercase[i] for i in e.right))]),
    IndexText: lambda e: iter([say("key.answer.index", index=e.index)]),
}
