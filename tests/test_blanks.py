"""Places to write into: how they look in every way of printing, and that nothing takes them for mathematics."""

from __future__ import annotations

import pytest
from scenes import LESSON, drawn
from texcheck import problems

from derive.notation.breaking import rows
from derive.notation.latex import latex
from derive.notation.plain import plain
from derive.notation.tex import line
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, blank_index, index
from derive.writing.nodes import TWO, Blank, Expr, Fold, Gradient, Power, Product, Quantity, Quotient

L, k = index(Symbol("L")), Symbol("k")
BOX, INDEX = r"\boxed{\scriptstyle %d \quad}", r"\boxed{\scriptstyle %d}"

PRINTED = [
    (Product((TWO, Blank(1))), "2*[1]", rf"2\, {BOX % 1}", "2 [1]"),
    (Product((Blank(1), Blank(2))), "[1]*[2]", rf"{BOX % 1}\, {BOX % 2}", "[1] [2]"),
    (Power(Blank(1), TWO), "[1]**2", rf"{BOX % 1}^{{2}}", "[1]²"),
    (Quotient(Blank(1), TWO), "[1]/2", rf"\frac{{{BOX % 1}}}{{2}}", "[1]/2"),
    (Quantity("a", L, (blank_index(3),)), "a(L)[?(3)]", rf"a_{{{INDEX % 3}}}^{{(L)}}", "a_{[3]}^(L)"),
    (
        Quantity("w", L, (blank_index(3), index(k))),
        "w(L)[?(3),k]",
        rf"w_{{{INDEX % 3},k}}^{{(L)}}",
        "w_{[3],k}^(L)",
    ),
    (Quantity("a", blank_index(1), (index(2),)), "a(?(1))[2]", rf"a_{{2}}^{{({INDEX % 1})}}", "a_2^([1])"),
    (
        Fold("sum", Quantity("x", None, (index(k),)), k, blank_index(1), blank_index(2) + 1),
        "sum(x[k] for k in range(?(1), ?(2)+1))",
        rf"\sum_{{k={INDEX % 1}}}^{{{INDEX % 2}}} x_{{k}}",
        "Σ_{k=[1]}^{[2]} xₖ",
    ),
    (
        Gradient(Quantity("C"), Quantity("w", blank_index(12))),
        "d(C)/d(w(?(12)))",
        rf"\frac{{\partial C}}{{\partial w^{{({INDEX % 12})}}}}",
        "∂C/∂w^([12])",
    ),
]


@pytest.mark.parametrize(("expr", "text", "tex", "line"), PRINTED)
def test_a_blank_is_printed_as_a_numbered_box(expr: Expr, text: str, tex: str, line: str) -> None:
    assert (str(expr), latex(expr), plain(expr)) == (text, tex, line)
    assert problems(latex(expr)) == []


def test_a_line_with_a_blank_is_broken_where_it_is_long() -> None:
    (whole,) = rows(Product((Blank(1), Power(Blank(2), TWO))), ())
    assert (line(whole.right), whole.share) == (rf"{BOX % 1}\, {BOX % 2}^{{2}}", 0.0)


def test_a_blank_has_no_value() -> None:
    with pytest.raises(TypeError, match="Blank"):
        evaluate(Blank(1), drawn(LESSON))
