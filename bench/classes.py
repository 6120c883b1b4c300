"""A class for the benchmarks: thirty worksheets, right answers and wrong ones, and among them some that mean harm."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, singledispatch
from itertools import cycle, islice
from pathlib import Path
from string import ascii_uppercase

from derive.documents.batch.answers import Roster, Spot
from derive.documents.batch.desk import Desk
from derive.documents.batch.run import Job, mark_answers
from derive.documents.sheets import Batch, write
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
from derive.exercises.plan import read_plan
from derive.exercises.stored import Key, read_key
from derive.handouts import example_plan
from derive.notation.latex import latex

SHEETS = 30
EVERY = 50  # one answer of so many is hostile
HOSTILE = (
    "(" * 9_000,
    "9" * 9_000,
    "9^{9^{9^{9^{9}}}}",
    r"\frac{" * 3_000,
    "{" * 60 + "x" + "}" * 60,
    "x^" * 2_000 + "2",
    r"\sum_{i=0}^{10^{12}} i",
    r"\sum_{i=0}^{99} " * 200 + "i",
    "1/(" * 500 + "1" + ")" * 500,
    "(a+b)" * 2_000,
    "(1+a_1)^{999999999}",
    r"\left(" * 2_000 + "1" + r"\right)" * 2_000,
    "__import__('os').system('true')",
    r"\input{/etc/passwd}",
    r"\def\x{\x\x}\x",
    "=" * 5_000,
    "a=" * 3_000 + "a",
    "\x00\ud7ff\u202e\ufeff" * 1_000,
    "σ" * 9_000,
    r"\sigma'" + "'" * 5_000 + "(z)",
)


@cache
def key() -> tuple[str, Key]:
    """The manifest of thirty worksheets of the example plan, as text and read."""
    with tempfile.TemporaryDirectory() as folder:
        write(Batch(read_plan(example_plan()), 7, SHEETS, ("md",)), Path(folder))
        text = (Path(folder) / "worksheet-key.json").read_text(encoding="utf-8")
    return text, read_key(text)


def answers(hostile: bool) -> Iterator[tuple[int, Spot, str]]:
    """The number of each answer, where it belongs and its text, without end; every third is wrong."""
    _, found = key()
    spots = [
        Spot(i, j, k)
        for i, sheet in enumerate(found.sheets)
        for j, question in enumerate(sheet.questions)
        for k in range(len(question.parts))
    ]
    roster, harm = Roster(found), cycle(HOSTILE)
    for number, spot in enumerate(cycle(spots)):
        if hostile and number % EVERY == EVERY - 1:
            yield number, spot, next(harm)
        else:
            right = typed(roster.part(spot).answer)
            yield number, spot, right if number % 3 else f"{number} {right}"


def marked(count: int) -> Callable[[int], object]:
    """A table of so many answers marked: what `derive mark` does."""
    text, found = key()
    roster = Roster(found)

    def whole(_: int) -> object:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "key.json").write_text(text, encoding="utf-8")
            with (folder / "answers.jsonl").open("w", encoding="utf-8") as stream:
                for number, spot, answer in islice(answers(hostile=True), count):
                    sheet, question = roster.names(spot)
                    row = {"student": f"s{number // 10 % 400}", "sheet": sheet, "question": question, "answer": answer}
                    stream.write(f"{json.dumps(row)}\n")
            return mark_answers(Job(str(folder / "key.json"), str(folder / "answers.jsonl"), folder / "out"))

    return whole


def one_answer(count: int) -> float:
    """The 95th percentile of the seconds that an answer takes, among so many that no one has given before."""
    desk = Desk(key()[1])
    return _percentile(desk, islice(answers(hostile=False), count))


def hostile_answer(count: int) -> float:
    """The same for hostile answers."""
    found = key()[1]
    spots = (spot for _, spot, _ in answers(hostile=False))
    return _percentile(Desk(found), ((i, next(spots), text) for i, text in enumerate(islice(cycle(HOSTILE), count))))


def _percentile(desk: Desk, given: Iterator[tuple[int, Spot, str]]) -> float:
    taken = []
    for number, spot, text in given:
        ready = desk((spot, f"{text}{' ' * number}"))
        start = time.perf_counter()
        ready()
        taken.append(time.perf_counter() - start)
    return statistics.quantiles(taken, n=20)[-1]


# ---------------------------------------------------------------- right answers, as students type them


@singledispatch
def typed(expected: Expected) -> str:
    """A right answer."""
    raise TypeError(type(expected).__name__)


@typed.register
def typed_formula(expected: Formula) -> str:
    return latex(expected.expr)


@typed.register
def typed_choice(expected: Choice) -> str:
    return ascii_uppercase[expected.right]


@typed.register
def typed_order(expected: Order) -> str:
    return " ".join(ascii_uppercase[i] for i in expected.order)


@typed.register
def typed_rule(expected: RuleName) -> str:
    return expected.rule


@typed.register
def typed_number(expected: Numeral) -> str:
    return str(expected.value)


@typed.register
def typed_line(expected: WrongLine) -> str:
    return str(expected.line)


@typed.register
def typed_shape(expected: Shape) -> str:
    return " x ".join(map(str, expected.sizes))


@typed.register
def typed_selection(expected: Selection) -> str:
    return ", ".join(ascii_uppercase[i] for i in expected.right) or "none"


@typed.register
def typed_index(expected: IndexText) -> str:
    return str(expected.index)
