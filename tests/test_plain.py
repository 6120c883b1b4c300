"""One line for the terminal: exact strings, and random arithmetic read back by a reader outside the package."""

from __future__ import annotations

from fractions import Fraction

import pytest
import readback
import written
from hypothesis import HealthCheck, given, settings
from written import SAMPLES, WIDTH, L, a, before, call, expanded, fold, j, k, minus, number, plus, q, times, w, z

from derive.notation.notations import NOTATIONS, Words
from derive.notation.plain import plain
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ONE,
    Cases,
    Compare,
    Constant,
    Delta,
    Expr,
    Gradient,
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Partial,
    Power,
    Quotient,
)

C0, x, y = q("C0"), q("x"), q("y")
TWO, HALF = number(2), Number(Fraction(1, 2))
POSITIVE = Compare(">", x, number(0))

PLAIN: list[tuple[Node | Index, str]] = [
    (Gradient(C0, w(1, 2)), "∂C₀/∂w₁₂⁽ᴸ⁾"),
    (
        times(TWO, minus(a(1), q("y", 1)), call("g", z(1), at=L, orders=(1,)), before(2)),
        "2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾",
    ),
    (times(Partial(C0, a(1)), Partial(a(1), z(1))), "(∂C₀/∂a₁⁽ᴸ⁾) (∂a₁⁽ᴸ⁾/∂z₁⁽ᴸ⁾)"),
    (Partial(times(w(1, 0), before(0)), w(1, 2)), "∂/∂w₁₂⁽ᴸ⁾ (w₁₀⁽ᴸ⁾ a₀⁽ᴸ⁻¹⁾)"),
    (times(Partial(Grouped(plus(x, y)), x), y), "(∂/∂x (x + y)) y"),
    (times(Quotient(ONE, IndexValue(SAMPLES)), fold("sum", "i", SAMPLES, x)), "(1/n) Σ_{i=0}^{n−1} x"),
    # scripts that Unicode lacks are written out, all of them
    (w(1, 12), "w_{1,12}^(L)"),
    (w(j, k + 1), "w_{j,k+1}^(L)"),
    (q("W_q", 1, 2), "W_{q,12}"),
    (q("W_q"), "W_q"),
    (q("b", index(Symbol("b"))), "b_b"),
    (q("Q", k, index(Symbol("c"))), "Q_{kc}"),
    (q("w", 1, at=index(Symbol("q"))), "w_1^(q)"),
    (w(j, k), "wⱼₖ⁽ᴸ⁾"),
    (q("x", WIDTH - 1), "xₙ₋₁"),
    (q("E_total"), "E_total"),
    (q("h_prev", 1), "h_{prev,1}"),
    (q("out_h1"), "outₕ₁"),
    (q("xhat", 2), "x̂₂"),
    (q("lam"), "λ"),
    (q("café"), "café"),
    (Delta(j, k), "δⱼₖ"),
    (Delta(j, index(12)), "δ_{j,12}"),
    (k * 2 + 1, "2 k+1"),
    # arithmetic
    (times(TWO, number(3), x), "2 · 3 x"),
    (times(TWO, HALF), "2 (1/2)"),
    (times(x, IndexValue(k + 1)), "x (k+1)"),
    (minus(x, Negative(y)), "x − (−y)"),
    (Negative(plus(x, y)), "−(x + y)"),
    (Power(q("x", 1), TWO), "x₁²"),
    (Power(a(1), TWO), "(a₁⁽ᴸ⁾)²"),
    (Power(x, Quotient(Negative(ONE), TWO)), "x^(−1/2)"),
    (Power(x, plus(x, y)), "x^(x + y)"),
    (Power(x, Grouped(IndexValue(L))), "xᴸ"),
    (Power(x, call("g", y)), "x^(g(y))"),
    (Quotient(plus(x, y), call("sqrt", TWO)), "(x + y)/√(2)"),
    (Quotient(times(TWO, x), times(x, y)), "(2 x)/(x y)"),
    (number("0.5"), "0.5"),
    (Number(Fraction(15, 10**8), decimal=True), "1.5 · 10⁻⁷"),
    (Number(Fraction(1, 10**8), decimal=True), "10⁻⁸"),
    (Constant("pi"), "π"),
    # functions
    (call("abs", x), "|x|"),
    (call("sigmoid", x, orders=(1,)), "σ′(x)"),
    (call("relu", x), "ReLU(x)"),
    (call("f", x, y, orders=(1, 2)), "∂₁∂₂²f(x, y)"),
    # ranges, cases and conditions
    (fold("max", "k", 3, x, Compare("!=", IndexValue(k), IndexValue(j))), "max_{0≤k≤2, k ≠ j} x"),
    (fold("prod", "k", 3, plus(x, y)), "Π_{k=0}^{2} (x + y)"),
    (expanded("sum", x, None, Negative(y)), "x + ⋯ − y"),
    (expanded("prod", x, None, y), "x ⋯ y"),
    (expanded("max", x, None, y), "max(x, …, y)"),
    (Cases(POSITIVE, x, Cases(Not(POSITIVE), y, ONE)), "{x if x > 0; y if ¬(x > 0); 1 otherwise}"),
    (Logic("and", (POSITIVE, Logic("or", (POSITIVE, POSITIVE)))), "x > 0 ∧ (x > 0 \N{LOGICAL OR} x > 0)"),
    (Logic("and", ()), "true"),
    (Logic("or", (POSITIVE,)), "x > 0"),
]


@pytest.mark.parametrize(("tree", "expected"), PLAIN)
def test_plain(tree: Node | Index, expected: str) -> None:
    assert plain(tree) == expected


def test_notations_and_words_are_respected() -> None:
    tree = fold("sum", "k", WIDTH, IndexValue(SAMPLES))
    assert plain(tree, NOTATIONS["apart"]) == "Σ_{k=0}^{n_L−1} N"
    assert plain(Cases(POSITIVE, x, y), words=Words(when="si", otherwise="sinon")) == "{x si x > 0; y sinon}"


def test_an_unknown_node_is_an_error_that_names_it() -> None:
    class Novelty(Node):
        pass

    with pytest.raises(TypeError, match=r"^no plain text for Novelty$"):
        plain(Novelty())


@given(written.arithmetic())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_arithmetic_reads_back_as_what_it_means(tree: Expr) -> None:
    assert readback.read(readback.from_plain(plain(tree))) == readback.value(tree, {})


@given(written.expressions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_tree_fits_one_line(tree: Expr) -> None:
    text = plain(tree)
    assert "\n" not in text
    assert text.count("(") == text.count(")")
    assert "  " not in text
