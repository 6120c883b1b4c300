"""LaTeX: exact strings, the lesson's own expressions, names, and random trees before judges outside the package."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import readback
import texcheck
import written
from hypothesis import HealthCheck, Phase, given, settings
from written import (
    SAMPLES,
    WIDTH,
    WIDTH_BEFORE,
    L,
    a,
    before,
    call,
    expanded,
    fold,
    j,
    k,
    minus,
    number,
    plus,
    q,
    times,
    w,
    z,
)

from derive.errors import OptionError
from derive.model.functions import FUNCTIONS
from derive.notation.expressions import Style, box
from derive.notation.latex import latex
from derive.notation.notations import LESSON, NOTATIONS, Words, notation
from derive.notation.tex import tex
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    ONE,
    Cases,
    Compare,
    Constant,
    Delta,
    Expr,
    Fold,
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
i, m = index(Symbol("i")), index(Symbol("m"))


def squared(node: int | Index) -> Power:
    return Power(minus(a(node), q("y", node)), TWO)


def product(node: int | Index) -> Expr:
    return times(w(1, node), before(node))


LOSS = fold("sum", "j", WIDTH, squared(j))
LOSS_EXPANDED = expanded("sum", *map(squared, range(4)))
WEIGHTED = fold("sum", "k", WIDTH_BEFORE, product(k))
WEIGHTED_EXPANDED = expanded("sum", product(0), product(1), product(2), None, product(5))
CHAIN = times(Partial(C0, a(1)), Partial(a(1), z(1)), Partial(z(1), w(1, 2)))
SLOPE = call("g", z(1), at=L, orders=(1,))

# The expressions of the lesson (deeplizard, Backpropagation explained, part 4), as it prints them.
LESSON_SAYS: list[tuple[Expr, str]] = [
    (w(1, 2), r"w_{12}^{(L)}"),
    (Gradient(C0, w(1, 2)), r"\frac{\partial C_{0}}{\partial w_{12}^{(L)}}"),
    (
        CHAIN,
        (
            r"\left(\frac{\partial C_{0}}{\partial a_{1}^{(L)}}\right)"
            r"\left(\frac{\partial a_{1}^{(L)}}{\partial z_{1}^{(L)}}\right)"
            r"\left(\frac{\partial z_{1}^{(L)}}{\partial w_{12}^{(L)}}\right)"
        ),
    ),
    (C0, r"C_{0}"),
    (LOSS, r"\sum_{j=0}^{n-1}\left(a_{j}^{(L)}-y_{j}\right)^{2}"),
    (
        Partial(LOSS, a(1)),
        r"\frac{\partial}{\partial a_{1}^{(L)}}\left(\sum_{j=0}^{n-1}\left(a_{j}^{(L)}-y_{j}\right)^{2}\right)",
    ),
    (
        Partial(LOSS_EXPANDED, a(1)),
        (
            r"\frac{\partial}{\partial a_{1}^{(L)}}\left(\left(a_{0}^{(L)}-y_{0}\right)^{2}"
            r" + \left(a_{1}^{(L)}-y_{1}\right)^{2}"
            r" + \left(a_{2}^{(L)}-y_{2}\right)^{2} + \left(a_{3}^{(L)}-y_{3}\right)^{2}\right)"
        ),
    ),
    (
        expanded("sum", *(Partial(squared(node), a(1)) for node in range(4))),
        (
            r"\frac{\partial}{\partial a_{1}^{(L)}}\left(\left(a_{0}^{(L)}-y_{0}\right)^{2}\right)"
            r" + \frac{\partial}{\partial a_{1}^{(L)}}\left(\left(a_{1}^{(L)}-y_{1}\right)^{2}\right)"
            r" + \frac{\partial}{\partial a_{1}^{(L)}}\left(\left(a_{2}^{(L)}-y_{2}\right)^{2}\right)"
            r" + \frac{\partial}{\partial a_{1}^{(L)}}\left(\left(a_{3}^{(L)}-y_{3}\right)^{2}\right)"
        ),
    ),
    (times(TWO, minus(a(1), q("y", 1))), r"2\left(a_{1}^{(L)}-y_{1}\right)"),
    (call("g", z(j), at=L), r"g^{(L)}\left(z_{j}^{(L)}\right)"),
    (
        Partial(call("g", z(1), at=L), z(1)),
        r"\frac{\partial}{\partial z_{1}^{(L)}}\left(g^{(L)}\left(z_{1}^{(L)}\right)\right)",
    ),
    (SLOPE, r"g'^{(L)}\left(z_{1}^{(L)}\right)"),
    (fold("sum", "k", WIDTH_BEFORE, times(w(j, k), before(k))), r"\sum_{k=0}^{n-1}w_{jk}^{(L)}a_{k}^{(L-1)}"),
    (
        Partial(WEIGHTED, w(1, 2)),
        r"\frac{\partial}{\partial w_{12}^{(L)}}\left(\sum_{k=0}^{n-1}w_{1k}^{(L)}a_{k}^{(L-1)}\right)",
    ),
    (
        Partial(WEIGHTED_EXPANDED, w(1, 2)),
        (
            r"\frac{\partial}{\partial w_{12}^{(L)}}\left(w_{10}^{(L)}a_{0}^{(L-1)} + w_{11}^{(L)}a_{1}^{(L-1)}"
            r" + w_{12}^{(L)}a_{2}^{(L-1)} + \cdots + w_{15}^{(L)}a_{5}^{(L-1)}\right)"
        ),
    ),
    (
        expanded("sum", *(None if n == 3 else Partial(product(n), w(1, 2)) for n in (0, 1, 2, 3, 5))),
        (
            r"\frac{\partial}{\partial w_{12}^{(L)}}w_{10}^{(L)}a_{0}^{(L-1)}"
            r" + \frac{\partial}{\partial w_{12}^{(L)}}w_{11}^{(L)}a_{1}^{(L-1)}"
            r" + \frac{\partial}{\partial w_{12}^{(L)}}w_{12}^{(L)}a_{2}^{(L-1)} + \cdots"
            r" + \frac{\partial}{\partial w_{12}^{(L)}}w_{15}^{(L)}a_{5}^{(L-1)}"
        ),
    ),
    (
        times(TWO, Grouped(minus(a(1), q("y", 1))), Grouped(SLOPE), Grouped(before(2))),
        r"2\left(a_{1}^{(L)}-y_{1}\right)\left(g'^{(L)}\left(z_{1}^{(L)}\right)\right)\left(a_{2}^{(L-1)}\right)",
    ),
    (
        times(Quotient(ONE, IndexValue(SAMPLES)), fold("sum", "i", SAMPLES, Gradient(q("C", i), w(1, 2)))),
        r"\frac{1}{n}\sum_{i=0}^{n-1}\frac{\partial C_{i}}{\partial w_{12}^{(L)}}",
    ),
]


def bare(tex: str) -> str:
    """The formula without spaces and without the sizes of its brackets."""
    return re.sub(r"\s|\\left(?![a-z])|\\right(?![a-z])|\\!", "", tex)


@pytest.mark.parametrize(("tree", "expected"), LESSON_SAYS)
def test_the_lesson_is_printed_as_it_prints_itself(tree: Expr, expected: str) -> None:
    assert bare(latex(tree)) == bare(expected)


POSITIVE = Compare(">", z(1), number(0))
EXACT: list[tuple[Node | Index, str]] = [
    # indices
    (w(1, 12), r"w_{1,12}^{(L)}"),
    (w(j, k + 1), r"w_{j,k+1}^{(L)}"),
    (w(j, index(Symbol("alpha"))), r"w_{j\alpha}^{(L)}"),
    (w(index(Symbol("alpha")), j), r"w_{\alpha j}^{(L)}"),
    (w(j, index(Symbol("n_a"))), r"w_{j,n_{a}}^{(L)}"),
    (q("x", 0, -1), r"x_{0,-1}"),
    (q("W_q", 1, 2), r"W_{q,12}"),
    (q("h", at=index(Symbol("t")) - 1), r"h^{(t-1)}"),
    (q("w", 3, at=12), r"w_{3}^{(12)}"),
    (WIDTH - 1, r"n-1"),
    (k * 2 + j - 3, r"j+2 k-3"),
    (j * k - m, r"j k-m"),
    (index(0), r"0"),
    (Delta(j, k), r"\delta_{jk}"),
    (Delta(j, index(12)), r"\delta_{j,12}"),
    # numbers
    (number("0.5"), r"0.5"),
    (HALF, r"\frac{1}{2}"),
    (Number(Fraction(1, 3), decimal=True), r"\frac{1}{3}"),
    (Number(Fraction(2), decimal=True), r"2"),
    (Number(Fraction(1, 10**8), decimal=True), r"10^{-8}"),
    (Number(Fraction(15, 10**8), decimal=True), r"1.5 \cdot 10^{-7}"),
    (Number(Fraction(1, 10**4), decimal=True), r"0.0001"),
    (Constant("pi"), r"\pi"),
    (Constant("e"), r"\mathrm{e}"),
    # products: two numbers never touch, nor do two words
    (times(TWO, number(3)), r"2 \cdot 3"),
    (times(TWO, x), r"2 x"),
    (times(x, TWO), r"x \cdot 2"),
    (times(TWO, HALF), r"2 \cdot \frac{1}{2}"),
    (times(x, HALF), r"x \frac{1}{2}"),
    (times(TWO, Power(number(3), x)), r"2 \cdot 3^{x}"),
    (times(q("out"), q("net"), x), r"\mathrm{out}\, \mathrm{net}\, x"),
    (times(x, call("relu", y)), r"x\, \mathrm{ReLU}(y)"),
    (times(x, times(y, TWO)), r"x (y \cdot 2)"),
    (times(plus(x, y), minus(x, y)), r"(x + y) (x - y)"),
    (times(x, Negative(y)), r"x (-y)"),
    (times(IndexValue(k + 1), IndexValue(k * 2)), r"(k+1) (2 k)"),
    # signs
    (minus(x, Negative(y)), r"x - (-y)"),
    (minus(x, minus(y, ONE)), r"x - (y - 1)"),
    (plus(Negative(x), y), r"-x + y"),
    (Negative(plus(x, y)), r"-(x + y)"),
    (Negative(Negative(x)), r"-(-x)"),
    (plus(x, IndexValue(index(-3))), r"x + (-3)"),
    (plus(expanded("sum", x, y), q("b")), r"x + y + b"),
    (plus(q("b"), expanded("sum", Negative(x), y)), r"b + (-x + y)"),
    (minus(q("b"), expanded("sum", x, None, y)), r"b - (x + \cdots + y)"),
    # powers and quotients
    (Power(x, TWO), r"x^{2}"),
    (Power(q("x", 1), TWO), r"x_{1}^{2}"),
    (Power(a(1), TWO), r"\left(a_{1}^{(L)}\right)^{2}"),
    (Power(call("g", x), TWO), r"(g(x))^{2}"),
    (Power(Power(x, TWO), y), r"\left(x^{2}\right)^{y}"),
    (Power(Grouped(x), TWO), r"(x)^{2}"),
    (Power(x, Grouped(IndexValue(L))), r"x^{L}"),
    (Power(x, Quotient(Negative(ONE), TWO)), r"x^{-1/2}"),
    (Power(x, Quotient(plus(x, y), times(TWO, y))), r"x^{(x + y)/(2 y)}"),
    (Power(x, HALF), r"x^{1/2}"),
    (Power(HALF, TWO), r"\left(\frac{1}{2}\right)^{2}"),
    (Quotient(plus(x, y), Negative(x)), r"\frac{x + y}{-x}"),
    # functions and derivatives
    (call("g", x), r"g(x)"),
    (call("g", x, orders=(2,)), r"g''(x)"),
    (call("g_1", x, at=L, orders=(1,)), r"g_{1}'^{(L)}(x)"),
    (call("f", x, y), r"f(x, y)"),
    (call("f", x, y, orders=(1, 2)), r"\partial_{1} \partial_{2}^{2} f(x, y)"),
    (call("g", Quotient(x, y)), r"g\!\left(\frac{x}{y}\right)"),
    (call("tanh", x, orders=(1,)), r"\tanh'(x)"),
    (call("sigmoid", x, orders=(1,)), r"\sigma'(x)"),
    (call("leaky_relu", x), r"\mathrm{LeakyReLU}(x)"),
    (call("max", number(0), x), r"\max(0, x)"),
    (call("sqrt", plus(x, y)), r"\sqrt{x + y}"),
    (Power(call("sqrt", x), TWO), r"\left(\sqrt{x}\right)^{2}"),
    (call("sqrt", x, orders=(1,)), r"\mathrm{sqrt}'(x)"),
    (call("abs", x), r"\lvert x \rvert"),
    (call("abs", Quotient(x, y)), r"\left\lvert \frac{x}{y} \right\rvert"),
    (times(Partial(y, x), q("b")), r"\frac{\partial y}{\partial x} b"),
    (times(Partial(times(x, y), x), q("b")), r"\left(\frac{\partial}{\partial x} x y\right) b"),
    (times(TWO, Partial(times(x, y), x)), r"2 \frac{\partial}{\partial x} x y"),
    (Partial(Grouped(plus(x, y)), x), r"\frac{\partial}{\partial x} (x + y)"),
    (Partial(Gradient(C0, x), y), r"\frac{\partial}{\partial y} \left(\frac{\partial C_{0}}{\partial x}\right)"),
    (
        times(Gradient(C0, x), Fold("sum", Gradient(C0, y), Symbol("k"), index(1), index(4))),
        r"\frac{\partial C_{0}}{\partial x} \sum_{k=1}^{3} \frac{\partial C_{0}}{\partial y}",
    ),
    # ranges
    (fold("sum", "k", 3, plus(x, y)), r"\sum_{k=0}^{2} (x + y)"),
    (times(fold("sum", "k", 3, x), y), r"\left(\sum_{k=0}^{2} x\right) y"),
    (plus(fold("sum", "k", 3, x), y), r"\sum_{k=0}^{2} x + y"),
    (plus(fold("max", "k", 3, x), y), r"\left(\max_{0 \le k \le 2} x\right) + y"),
    (minus(y, fold("max", "k", 3, x)), r"y - \max_{0 \le k \le 2} x"),
    (fold("prod", "k", 3, fold("sum", "j", m, x)), r"\prod_{k=0}^{2} \sum_{j=0}^{m-1} x"),
    (
        fold("sum", "k", m, x, Compare("!=", IndexValue(k), IndexValue(j))),
        r"\sum_{\substack{k=0 \\ k \ne j}}^{m-1} x",
    ),
    (
        fold("min", "k", m, x, Logic("and", (POSITIVE, Compare("<", IndexValue(k), IndexValue(j))))),
        r"\min_{\substack{0 \le k \le m-1 \\ z_{1}^{(L)} > 0 \\ k < j}} x",
    ),
    (expanded("prod", x, plus(x, y), None, y), r"x (x + y) \cdots y"),
    (expanded("max", x, None, plus(x, y)), r"\max(x, \ldots, x + y)"),
    # cases and conditions
    (
        Cases(POSITIVE, x, Cases(Compare("==", z(1), number(0)), HALF, y)),
        (
            r"\begin{cases} x & \text{if } z_{1}^{(L)} > 0 \\ \frac{1}{2} & \text{if } z_{1}^{(L)} = 0 "
            r"\\ y & \text{otherwise} \end{cases}"
        ),
    ),
    (
        times(TWO, Cases(POSITIVE, x, y)),
        r"2 \left(\begin{cases} x & \text{if } z_{1}^{(L)} > 0 \\ y & \text{otherwise} \end{cases}\right)",
    ),
    (
        Logic("or", (Logic("and", (POSITIVE, POSITIVE)), Not(POSITIVE))),
        r"z_{1}^{(L)} > 0 \land z_{1}^{(L)} > 0 \lor \lnot \left(z_{1}^{(L)} > 0\right)",
    ),
    (Logic("and", (Logic("or", (Compare("<=", x, y), Compare(">=", x, y))),)), r"x \le y \lor x \ge y"),
    (
        Logic("and", (Logic("or", (Compare("<=", x, y), Compare(">=", x, y))), Compare("!=", x, y))),
        r"(x \le y \lor x \ge y) \land x \ne y",
    ),
    (Logic("and", ()), r"\text{true}"),
    (Logic("or", ()), r"\text{false}"),
]


@pytest.mark.parametrize(("tree", "expected"), EXACT)
def test_latex(tree: Node | Index, expected: str) -> None:
    assert latex(tree) == expected


def test_an_unknown_node_is_an_error_that_names_it() -> None:
    class Novelty(Node):
        pass

    with pytest.raises(TypeError, match=r"^no ink for Novelty$"):
        latex(Novelty())


NAMES = [
    ("a", "a"),
    ("C0", "C_{0}"),
    ("W12", "W_{12}"),
    ("alpha", r"\alpha"),
    ("lam", r"\lambda"),
    ("lambda_", r"\lambda"),
    ("eps", r"\epsilon"),
    ("Sigma", r"\Sigma"),
    ("ell", r"\ell"),
    ("beta1", r"\beta_{1}"),
    ("W_q", "W_{q}"),
    ("W_xh", "W_{xh}"),
    ("W_in", r"W_{\mathrm{in}}"),
    ("h_prev", r"h_{\mathrm{prev}}"),
    ("sigma_x", r"\sigma_{x}"),
    ("n_gamma", r"n_{\gamma}"),
    ("E_total", r"E_{\mathrm{total}}"),
    ("out_h1", r"\mathrm{out}_{h1}"),
    ("h1_prev", r"h_{1,\mathrm{prev}}"),
    ("net", r"\mathrm{net}"),
    ("xhat", r"\hat{x}"),
    ("x_hat", r"\hat{x}"),
    ("x_hat_1", r"\hat{x}_{1}"),
    ("yhat2", r"\hat{y}_{2}"),
    ("x_bar", r"\bar{x}"),
    ("c_tilde", r"\tilde{c}"),
    ("x_dot", r"\dot{x}"),
    ("muhat", r"\hat{\mu}"),
    ("net_hat", r"\widehat{\mathrm{net}}"),
    ("hat", r"\mathrm{hat}"),
    ("crossbar", r"\mathrm{crossbar}"),
    ("α", r"\alpha"),
    ("Σ", r"\Sigma"),
    ("\u0391", "A"),
    ("λ_ij", r"\lambda_{ij}"),
    ("αβ", r"\mathrm{{\alpha}{\beta}}"),
    ("é", r"\acute{e}"),
    ("café", r"\mathrm{caf\acute{e}}"),
    ("ï", r"\ddot{\imath}"),
    ("ø", "o"),
    ("ж", r"\mathrm{zhe}"),
    ("Ж_1", r"\mathrm{Zhe}_{1}"),
    ("重", r"\mathrm{U91CD}"),
    ("か", r"\mathrm{ka}"),
    ("x\u0663", r"\mathrm{x3}"),
    ("ﬁt", r"\mathrm{fit}"),
    ("_", r"\mathrm{underscore}"),
    ("_x", "x"),
    ("_1", r"\mathrm{underscore}_{1}"),
    ("abcdefghijklmnop" * 3, r"\mathrm{abcdefghijklmnop{\ldots }ijklmnop}"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names(name: str, expected: str) -> None:
    assert name.isidentifier()
    assert latex(q(name)) == expected
    assert texcheck.problems(expected) == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_catalogued_function_has_a_printable_name(name: str) -> None:
    assert texcheck.problems(latex(call(name, x))) == []
    assert "_" not in latex(call(name, x)), "set it as one word in FUNCTIONS of notations.py"


def test_sizes_are_kept_apart_on_request() -> None:
    apart = notation("apart")
    mean = times(Quotient(ONE, IndexValue(SAMPLES)), fold("sum", "k", WIDTH_BEFORE, q("x", k, WIDTH)))
    assert latex(mean) == r"\frac{1}{n} \sum_{k=0}^{n-1} x_{kn}"
    assert latex(mean, apart) == r"\frac{1}{N} \sum_{k=0}^{n_{L-1}-1} x_{k,n_{L}}"


def test_a_notation_changes_letters_and_what_stands_around_a_layer() -> None:
    reversed_letters = replace(LESSON, families={"z": "a", "a": "z"}, label=("[", "]"))
    tree = plus(z(1), a(1), IndexValue(index(Symbol("a"))))
    assert latex(tree, reversed_letters) == "a_{1}^{[L]} + z_{1}^{[L]} + a"


def test_an_unknown_notation_lists_the_known_ones() -> None:
    with pytest.raises(OptionError) as error:
        notation("Apart")
    known = ", ".join(NOTATIONS)
    assert str(error.value) == f"unknown notation 'Apart': it must be one of {known}. Did you mean apart?"


def test_the_words_in_formulas_can_be_translated() -> None:
    german = Words(when="falls", otherwise="sonst")
    assert latex(Cases(POSITIVE, x, y), LESSON, german) == (
        r"\begin{cases} x & \text{falls } z_{1}^{(L)} > 0 \\ y & \text{sonst} \end{cases}"
    )


# ---------------------------------------------------------------- random trees


@given(written.expressions())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_trees_pass_the_checks(tree: Expr) -> None:
    for chosen in NOTATIONS.values():
        assert texcheck.problems(latex(tree, chosen)) == []


@given(written.arithmetic())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_arithmetic_reads_back_as_what_it_means(tree: Expr) -> None:
    assert readback.read(latex(tree)) == readback.value(tree, {})


def sample(count: int) -> list[Expr]:
    """Random trees for one run of a tool that is slow to start."""
    found: list[Expr] = []

    @given(written.expressions())
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def gather(tree: Expr) -> None:
        found.append(tree)

    gather()
    return list(dict.fromkeys(found))


def test_pdflatex_sets_what_is_printed_no_wider_than_was_estimated(pdflatex: str, tmp_path: Path) -> None:
    trees = [*(tree for tree, _ in LESSON_SAYS), *(t for t, _ in EXACT if isinstance(t, Expr)), *sample(300)]
    boxes = [box(tree, Style()) for tree in trees]
    printed = [tex(b.ink) for b in boxes]
    widths = texcheck.measured(pdflatex, tmp_path, printed)
    assert texcheck.complaints((tmp_path / "sheet.log").read_text(encoding="utf-8", errors="replace")) == []
    assert len(widths) == len(boxes)
    assert [
        (tex(b.ink), b.width, real) for b, real in zip(boxes, widths, strict=True) if real > 1.03 * b.width + 0.05
    ] == []
    assert sorted(b.width / real for b, real in zip(boxes, widths, strict=True))[len(boxes) // 2] < 1.2


def test_katex_sets_what_is_printed(node: str, katex: Path) -> None:
    trees = [*(tree for tree, _ in LESSON_SAYS), *(tree for tree, _ in EXACT if isinstance(tree, Expr)), *sample(300)]
    assert texcheck.katex_errors(node, katex, [latex(tree) for tree in trees]) == []


BROKEN = [
    (r"x^{2}^{3}", "two scripts ^ on one symbol"),
    (r"x_{1}'_{2}", "two scripts _ on one symbol"),
    (r"x^{2}'", "two scripts ' on one symbol"),
    (r"\left( x", r"\left is never closed"),
    (r"\left( {x \right)}", r"\right closes nothing"),
    (r"\bigl( x \biggr)", r"\biggr closes nothing"),
    (r"x & y", "a stray &"),
    (r"x \\ y", "a stray line end"),
    (r"\Alpha", r"unknown macro \Alpha"),
    (r"\operatorname{f}", r"unknown macro \operatorname"),
    ("α", "not ASCII: α"),
    ("2 3", "two numbers side by side: 2 3"),
    (r"2 \frac{1}{2}", r"two numbers side by side: 2 \frac{1}{2}"),
    (r"\begin{matrix} x \end{matrix}", "unknown environment matrix"),
    (r"x_", "a script without content"),
]


@pytest.mark.parametrize(("tex", "problem"), BROKEN)
def test_the_checks_catch_what_they_are_for(tex: str, problem: str) -> None:
    assert problem in texcheck.problems(tex)


MISREAD = [(r"a + b c", r"(a + b) c"), (r"-x + y", r"-(x + y)"), (r"\prod_{k=0}^{2} x y", r"(\prod_{k=0}^{2} x) y")]


@pytest.mark.parametrize(("left", "right"), MISREAD)
def test_the_reader_tells_different_things_apart(left: str, right: str) -> None:
    assert readback.read(left) != readback.read(right)


def test_the_judges_complain_about_wrong_input(pdflatex: str, tmp_path: Path, node: str, katex: Path) -> None:
    wide = r"\[ " + "x + " * 60 + r"y \]"
    log = texcheck.compile_latex(pdflatex, tmp_path, ["fine", wide, r"$x^{2}^{3}$"])
    found = [line.split("(")[0] for line in texcheck.complaints(log)]
    assert found == ["block 1: Overfull \\hbox ", "block 2: ./sheet.tex:16: Double superscript."]
    assert [m[:9] for m in texcheck.katex_errors(node, katex, ["x", r"\left( x", "é"])] == ["formula 1", "formula 2"]
