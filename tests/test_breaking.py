"""Lines that fit: exact rows, what they mean, no overfull box in pdflatex, and Markdown that stays mathematics."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
import readback
import texcheck
import written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_latex import sample
from written import WIDTH_BEFORE, L, a, before, call, expanded, fold, k, minus, number, plus, q, times, w, z

from derive.notation.breaking import Row, latex_block, markdown_block, markdown_inline, rows
from derive.notation.ink import Digits, Letter
from derive.notation.latex import latex
from derive.notation.notations import NOTATIONS
from derive.notation.tex import line
from derive.writing.index import Symbol, index
from derive.writing.nodes import (
    ONE,
    Cases,
    Compare,
    Expr,
    Gradient,
    Grouped,
    Negative,
    Number,
    Partial,
    Power,
    Quotient,
)

x = q("x")
LONG = plus(*(q("x", n) for n in range(6)))


def right_sides(tree: Expr, width: float) -> list[str]:
    return [line(row.right) for row in rows(q("y"), [tree], width=width)]


def printed(made: Sequence[Row]) -> list[tuple[str, str, str]]:
    return [(line(row.left), row.relation, line(row.right)) for row in made]


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
        [r"\max \bigl(x_{0} + x_{1} + x_{2} + x_{3}", r"\quad \quad + x_{4} + x_{5},", r"\quad x\bigr)"],
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


def test_an_equation_that_fits_is_one_row() -> None:
    assert printed(rows(a(1), [call("g", z(1), at=L)])) == [
        ("a_{1}^{(L)}", "=", r"g^{(L)}\!\left(z_{1}^{(L)}\right)"),
    ]


def test_a_chain_has_its_left_side_once() -> None:
    assert printed(rows(x, [ONE, number(2), LONG], width=11)) == [
        ("x", "=", "1"),
        ("", "=", "2"),
        ("", "=", "x_{0} + x_{1} + x_{2} + x_{3}"),
        ("", "", r"\quad + x_{4} + x_{5}"),
    ]


def test_a_wide_left_side_gets_lines_of_its_own() -> None:
    assert printed(rows(LONG, [x], width=10)) == [
        ("", "", "x_{0} + x_{1} + x_{2} + x_{3}"),
        ("", "", r"\quad + x_{4} + x_{5}"),
        ("", "=", "x"),
    ]


def test_an_expression_alone_is_broken_too() -> None:
    assert printed(rows(LONG, [], width=10)) == [
        ("", "", "x_{0} + x_{1} + x_{2} + x_{3}"),
        ("", "", r"\quad + x_{4} + x_{5}"),
    ]


def test_the_lesson_s_longest_line_breaks_once_at_a_plus() -> None:
    term = [Partial(Power(minus(a(n), q("y", n)), number(2)), a(1)) for n in range(4)]
    first, second = rows(Partial(q("C0"), a(1)), [expanded("sum", *term)])
    assert line(first.right) == " + ".join(latex(t) for t in term[:3])
    assert printed([second]) == [("", "", rf"\quad + {latex(term[3])}")]


def test_what_cannot_be_broken_is_set_smaller_and_at_last_scaled() -> None:
    name = q("momentum_of_all_parameters", *[123456789] * 2)
    (row,) = rows(x, [name], width=20)
    assert (line(row.right), row.size, row.share) == (latex(name), "small", 0)
    (row,) = rows(x, [name], width=5)
    assert row.size == "smaller"
    assert 0 < row.share < 1
    assert rf"\resizebox{{{row.share:.2f}\linewidth}}" in latex_block([row])
    assert "resizebox" not in markdown_block([row])


@given(written.arithmetic(), st.integers(2, 25))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_broken_lines_mean_what_the_whole_means(tree: Expr, width: int) -> None:
    assert readback.read(" ".join(right_sides(tree, width))) == readback.value(tree, {})


# ---------------------------------------------------------------- displays

CHAIN = rows(a(1), [call("g", z(1), at=L), Cases(Compare("<", x, ONE), x, ONE)])


def test_latex_block() -> None:
    assert latex_block(CHAIN).splitlines() == [
        r"\begin{align*}",
        r"a_{1}^{(L)} & = g^{(L)}\!\left(z_{1}^{(L)}\right) \\",
        r"& = \begin{cases} x & \text{if } x < 1 \\ 1 & \text{otherwise} \end{cases}",
        r"\end{align*}",
    ]
    assert latex_block(rows(x, [ONE])) == "\\[\nx = 1\n\\]"
    assert latex_block([Row(Letter("x"), "=", Digits("1"), "small")]) == "{\\small\n\\[\nx = 1\n\\]\n}"


def test_markdown_block() -> None:
    assert markdown_block(CHAIN).splitlines() == [
        "$$",
        r"\begin{aligned}",
        r"a_{1}^{(L)} & = g^{(L)}\negthinspace \left(z_{1}^{(L)}\right) \cr",
        r"& = \begin{cases} x & \text{if } x \lt 1 \cr 1 & \text{otherwise} \end{cases}",
        r"\end{aligned}",
        "$$",
    ]
    assert markdown_block(rows(Negative(x), [ONE])) == "$$\n{}-x = 1\n$$"
    assert markdown_block([Row(Letter("x"), "=", Digits("1"), "small")]) == "$$\n\\small\nx = 1\n$$"


def test_markdown_inline() -> None:
    assert markdown_inline(latex(times(q("out_h1"), q("xhat", 1)))) == r"$\mathrm{out}_ {h1}\thinspace \hat{x}_ {1}$"
    assert markdown_inline(latex(Compare("<", x, ONE))) == r"$x \lt 1$"


MISTAKEN = [
    ("x\n\ny", "a blank line"),
    ("x\n- y", "a line begins with -"),
    (r"a \\ b", r"\\ means something else"),
    (r"a\,b", r"\, means something else"),
    ("a < b", "< means something else"),
    (r"\hat{x}_{1}", "}_{ opens emphasis"),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKEN)
def test_the_judge_of_markdown_catches_what_it_is_for(text: str, problem: str) -> None:
    assert texcheck.markdown_problems(text) == [problem]


@given(written.expressions(), written.expressions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_markdown_stays_mathematics(left: Expr, right: Expr) -> None:
    assert texcheck.markdown_problems(markdown_block(rows(left, [right, left]))) == []
    assert texcheck.markdown_problems(markdown_inline(latex(left))) == []


def term(to: int, start: int) -> Expr:
    return times(w(to, start), before(start))


def wide() -> list[tuple[Expr, list[Expr]]]:
    """Layers with large numbers, deep labels, long names, and the forms that are hardest to break."""
    shown = [0, 1, None, 345, None, 999]
    gradient = Gradient(q("C0"), w(12, 345))
    far = [None if n is None else term(10**9 - 1, n and 10**9 - n) for n in shown]
    deep = index(Symbol("number_of_layers")) - 123456789
    names = [q("exponential_moving_average_of_gradients", n, 10**9, at=deep) for n in range(6)]
    where = Compare("!=", plus(*names[:2]), number(10**30))
    return [
        (
            Partial(z(12), w(12, 345)),
            [expanded("sum", *(n if n is None else Partial(term(12, n), w(12, 345)) for n in shown))],
        ),
        (gradient, [expanded("sum", *far), Partial(expanded("sum", *far), w(10**9 - 1, 10**9 - 2))]),
        (gradient, [times(*(Gradient(name, other) for name, other in itertools.pairwise(names)))]),
        (
            Gradient(names[0], names[1]),
            [plus(*names), Quotient(plus(*names), plus(*names)), Power(plus(*names), number(2))],
        ),
        (names[0], [fold("max", "k", WIDTH_BEFORE, plus(*names), where), Cases(where, plus(*names), names[1])]),
        (plus(*names), [Power(x, plus(*names)), call("f", *names), fold("prod", "k", WIDTH_BEFORE, times(*names))]),
        (x, [plus(*(Number(Fraction(n + 10**40, 7)) for n in range(9))), q("x", *range(10**6, 10**6 + 30))]),
        (q("x", k), [plus(*(q("x", n) for n in range(400)))]),
    ]


@pytest.mark.parametrize("chosen", ["lesson", "apart", "prince"])
def test_no_box_is_overfull(pdflatex: str, tmp_path: Path, chosen: str) -> None:
    trees = sample(150)
    chains = [*wide(), *((tree, [tree, other]) for tree, other in itertools.pairwise(trees))]
    chains += [(w(1, 2), [tree]) for tree in trees]
    blocks = [latex_block(rows(left, members, NOTATIONS[chosen])) for left, members in chains]
    assert texcheck.complaints(texcheck.compile_latex(pdflatex, tmp_path, blocks)) == []


def test_katex_sets_the_blocks(node: str, katex: Path) -> None:
    trees = sample(150)
    chains = [*wide(), *((tree, [tree, other]) for tree, other in itertools.pairwise(trees))]
    blocks = [markdown_block(rows(left, members)) for left, members in chains]
    assert texcheck.katex_errors(node, katex, [block.strip("$") for block in blocks]) == []
