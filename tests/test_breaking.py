"""Lines that fit: the rows exactly, what they mean, and no overfull box in pdflatex; Markdown that stays mathematics."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import readback
import texcheck
import written
from derive.notation.breaking import Row, latex_block, markdown_block, markdown_inline, rows
from derive.notation.latex import latex
from derive.notation.notations import NOTATIONS
from derive.writing.index import Symbol, index
from derive.writing.nodes import ONE, Cases, Compare, Expr, Gradient, Grouped, Negative, Number, Partial, Power, Quotient
from test_latex import sample
from written import WIDTH_BEFORE, L, a, before, call, expanded, fold, k, minus, number, plus, q, times, w, z

x = q("x")
LONG = plus(*(q("x", n) for n in range(6)))


def right_sides(tree: Expr, width: float) -> list[str]:
    return [row.right for row in rows(q("y"), [tree], width=width)]


BROKEN: list[tuple[Expr, float, list[str]]] = [
    (LONG, 20, ["x_{0} + x_{1} + x_{2} + x_{3} + x_{4} + x_{5}"]),
    (LONG, 11, [r"x_{0} + x_{1} + x_{2} + x_{3}", r"\quad + x_{4} + x_{5}"]),
    (Negative(LONG), 12, [r"-\bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad \quad + x_{4} + x_{5}\bigr)"]),
    (
        Partial(LONG, q("w")),
        12,
        [r"\frac{\partial}{\partial w} \bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad + x_{4} + x_{5}\bigr)"],
    ),
    (Grouped(LONG), 11, [r"\bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad + x_{4} + x_{5}\bigr)"]),
    (
        call("tanh", LONG, at=L),
        14,
        [r"\tanh^{(L)} \bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad + x_{4} + x_{5}\bigr)"],
    ),
    (call("sqrt", LONG), 11, [r"\bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad + x_{4} + x_{5}\bigr)^{1/2}"]),
    (
        fold("sum", "k", 3, LONG),
        13,
        [r"\sum_{k=0}^{2} \bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad \quad + x_{4} + x_{5}\bigr)"],
    ),
    (
        Quotient(LONG, plus(x, ONE)),
        13,
        [r"\bigl(x_{0} + x_{1} + x_{2} + x_{3} + x_{4}", r"\quad \quad + x_{5}\bigr)", r"\quad / (x + 1)"],
    ),
    (
        times(number(2), minus(x, q("y", 1)), plus(*(q("a", n) for n in range(3)))),
        10,
        [r"2 (x - y_{1})", r"\quad \cdot (a_{0} + a_{1} + a_{2})"],
    ),
    (
        call("max", LONG, x),
        14,
        [r"\max \bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad \quad + x_{4} + x_{5}, ", r"\quad x\bigr)"],
    ),
    (
        Cases(Compare(">", x, ONE), LONG, x),
        20,
        [
            r"\biggl\lbrace x_{0} + x_{1} + x_{2} + x_{3} + x_{4} + x_{5}",
            r"\quad \text{ if }x > 1;\ x\text{ otherwise}\biggr\rbrace",
        ],
    ),
]


@pytest.mark.parametrize(("tree", "width", "expected"), BROKEN)
def test_lines_end_at_a_plus_and_inside_brackets(tree: Expr, width: float, expected: list[str]) -> None:
    assert right_sides(tree, width) == expected
