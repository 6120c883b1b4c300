"""Formulas and working in lines: what an answer is worth, which mistake it is, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

import pytest
from answers_corpus import PAIRS, Pair
from test_marking_short import LESSON as SHORT_SETTING
from test_marking_short import SAID as SAID_OF_SHORT

import derive
from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.documents.marks import feedback
from derive.documents.wording import Wording, wording
from derive.exercises.answers import Formula, WrongLine
from derive.exercises.marking import marked
from derive.exercises.marking_formula import FormulaMarker
from derive.exercises.marking_setting import Setting
from derive.exercises.scheme import claims
from derive.exercises.verdict import Outcome, Standing, Verdict
from derive.model.ready import READY
from derive.notation.latex import latex
from derive.pages.blocks import Equations, Message
from derive.writing.nodes import TWO, Product, Quantity

W12 = r"\frac{\partial C_0}{\partial w_{12}^{(L)}}"
RESULT = r"2(a_1^{(L)} - y_1) g'^{(L)}(z_1^{(L)}) a_2^{(L-1)}"
LESSON = f"{W12} = {RESULT}"
CHAIN = (
    r"\frac{\partial C_0}{\partial a_1^{(L)}} \frac{\partial a_1^{(L)}}{\partial z_1^{(L)}} "
    r"\frac{\partial z_1^{(L)}}{\partial w_{12}^{(L)}}"
)
BY_A = r"\frac{\partial C_0}{\partial a_1^{(L)}}"
BY_Z = r"\frac{\partial a_1^{(L)}}{\partial z_1^{(L)}}"
BY_W = r"\frac{\partial z_1^{(L)}}{\partial w_{12}^{(L)}}"
DELTA = r"\delta_j^{(l)} = \sum_{k=0}^{n-1} w_{kj}^{(l+1)} \delta_k^{(l+1)} g'^{(l)}(z_j^{(l)})"
MEAN = r"\frac{1}{n} \sum_{i=0}^{n-1} \frac{\partial C_i}{\partial w_{12}^{(L)}}"

TWO_MISSING = (
    "The factor 2 of the square is missing: a square gives 2 times what was squared, and this loss has no 1/2 that "
    "cancels it."
)
SLOPE_MISSING = (
    "The slope of the output's activation is missing: under a squared error nothing cancels it, so the derivative of "
    "the activation function stands beside the residual."
)
UNDECIDED = (
    "This could not be told apart from the right answer, nor shown to be the same. It waits for somebody to look at it."
)
NOTHING_LEFT = "What comes after it is right, given that line, but the slip has left nothing to do there."
FALSE = "This is not equal to the derivative that was asked for."
NOT_READ = (
    "a number, a letter or a bracket is expected here, and the formula ends\nline 1, column 4:\n    x +\n       ^"
)

# answer, reference, outcome, mistake
Row = tuple[str, str, str, str | None]
EQUAL, DIFFERENT, FORM, UNREADABLE, UNSURE = "equal", "different", "form", "unreadable", "unsure"

THE_LESSON: list[Row] = [
    # ways of writing the same
    (RESULT, LESSON, EQUAL, None),
    (LESSON, LESSON, EQUAL, None),
    (RESULT, RESULT, EQUAL, None),
    (r"2 a_2^{(L-1)} g'(z_1^{(L)}) (a_1^{(L)} - y_1)", LESSON, EQUAL, None),
    (r"-2(y_1 - a_1^{(L)}) \cdot g'^{(L)}(z_1^{(L)}) \cdot a_2^{(L-1)}", LESSON, EQUAL, None),
    (r"2 a_1^{(L)} g'(z_1^{(L)}) a_2^{(L-1)} - 2 y_1 g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, EQUAL, None),
    (r"\left(2a_1^{(L)}-2y_1\right)\,g^{(L)\prime}\!\left(z_1^{(L)}\right) a_{2}^{(L-1)}", LESSON, EQUAL, None),
    (r"y = 2(a_1^{(L)} - y_1) g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, EQUAL, None),
    (r"\frac{2(a_1^{(L)} - y_1)}{1} g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, EQUAL, None),
    (rf"\frac{{\partial C_0}}{{\partial w_{{1,2}}^{{(L)}}}} = {RESULT}", LESSON, EQUAL, None),
    (rf"\frac{{\partial C_0}}{{\partial w^{{(L)}}_{{12}}}} = {RESULT}", LESSON, EQUAL, None),
    (f"$$ {RESULT} $$", LESSON, EQUAL, None),
    (f"{RESULT}.", LESSON, EQUAL, None),
    ("2*(a(L)[1] - y[1])*g(L)(z(L)[1])*a(L-1)[2]", LESSON, DIFFERENT, None),
    (r"\delta_1^{(L)} a_2^{(L-1)}", LESSON, EQUAL, None),
    (RESULT, rf"{W12} = \delta_1^{{(L)}} a_2^{{(L-1)}}", EQUAL, None),
    (rf"{W12} = {CHAIN} = {RESULT}", LESSON, EQUAL, None),
    (rf"{CHAIN} = {RESULT}", LESSON, EQUAL, None),
    # partials along one path contract
    (CHAIN, rf"\frac{{\partial C_0}}{{\partial z_1^{{(L)}}}} {BY_W}", EQUAL, None),
    (rf"{BY_A}{BY_Z}", r"\frac{\partial C_0}{\partial z_1^{(L)}}", EQUAL, None),
    (r"\delta_1^{(L)}", r"\frac{\partial C_0}{\partial z_1^{(L)}}", EQUAL, None),
    # the factors
    ("2(a_1^{(L)} - y_1)", f"{BY_A} = 2(a_1^{{(L)}} - y_1)", EQUAL, None),
    ("a_2^{(L-1)}", f"{BY_W} = a_2^{{(L-1)}}", EQUAL, None),
    ("g'(z_1^{(L)})", f"{BY_Z} = g'^{{(L)}}(z_1^{{(L)}})", EQUAL, None),
    (r"2(a_j^{(L)} - y_j)", r"\frac{\partial C_0}{\partial a_j^{(L)}} = 2(a_j^{(L)} - y_j)", EQUAL, None),
    # sums, with any letter, and written out
    (r"\sum_{i=0}^{n-1} w_{1i}^{(L)} a_i^{(L-1)}", r"\sum_{k=0}^{n-1} w_{1k}^{(L)} a_k^{(L-1)}", EQUAL, None),
    (r"\sum_k w_{1k}^{(L)} a_k^{(L-1)}", r"z_1^{(L)}", EQUAL, None),
    (r"\sum_{j=0}^{n-1} (a_j^{(L)} - y_j)^2", "C_0", EQUAL, None),
    (r"\sum_{k=0}^{n-1} w_{1k}^{(L)} a_k^{(L)}", "z_1^{(L)}", DIFFERENT, None),
    # what is equal only by a definition, or only by one that is not made
    ("g(z_1^{(L)})", "a_1^{(L)}", EQUAL, None),
    (r"\sigma(z)(1-\sigma(z))", r"\sigma'(z)", EQUAL, None),
    (r"\sigma(z)", r"\sigma'(z)", DIFFERENT, None),
    (r"\sigma(z)(1-\sigma(z))", "g'(z)", DIFFERENT, None),
    (r"\sigma'(z_1^{(L)})", "g'(z_1^{(L)})", DIFFERENT, None),
    ("a_1^{(L)}(1-a_1^{(L)})", "g'(z_1^{(L)})", DIFFERENT, None),
    # all layers
    (DELTA.split("=", 1)[1], DELTA, EQUAL, None),
    (r"g'(z_j^{(l)}) \sum_m \delta_m^{(l+1)} w_{mj}^{(l+1)}", DELTA, EQUAL, None),
    (r"\sum_{k=0}^{n-1} \delta_k^{(l+1)} w_{jk}^{(l+1)} g'(z_j^{(l)})", DELTA, DIFFERENT, "weight_turned"),
    (r"\delta_j^{(l)} a_k^{(l-1)}", r"\frac{\partial C_0}{\partial w_{jk}^{(l)}}", EQUAL, None),
    (r"\delta_k^{(l)} a_j^{(l-1)}", r"\frac{\partial C_0}{\partial w_{jk}^{(l)}}", DIFFERENT, None),
    # the mean over all samples
    (MEAN, MEAN, EQUAL, None),
    (r"\sum_{i=0}^{n-1} \frac{1}{n} \frac{\partial C_i}{\partial w_{12}^{(L)}}", MEAN, EQUAL, None),
    ("0", MEAN, DIFFERENT, None),
    (MEAN, "0", DIFFERENT, None),
    (r"\sum_{i=0}^{n-1} \frac{\partial C_i}{\partial w_{12}^{(L)}}", MEAN, DIFFERENT, None),
    (RESULT, MEAN, UNSURE, None),
    (
        r"\frac{\partial C}{\partial w_{12}^{(L)}}",
        rf"\frac{{\partial C}}{{\partial w_{{12}}^{{(L)}}}} = {MEAN}",
        FORM,
        None,
    ),
    # layers and indices that are left out
    ("2(a_1 - y_1) g'(z_1) a_2^{(L-1)}", LESSON, EQUAL, None),
    ("2(a_1 - y_1) g'(z_1) a_2", LESSON, UNSURE, None),
    ("3(a_1 - y_1) g'(z_1) a_2", LESSON, DIFFERENT, None),
    (r"\sigma(z) - \sigma(z)^2", "a(1-a)", DIFFERENT, None),
    ("a(1-a)", r"\sigma'(z)", EQUAL, None),
    (r"a_1^{(L)}(1-a_1^{(L)})", r"\sigma'(z_1^{(L)})", EQUAL, None),
    # wrong, with the mistake
    (r"(a_1^{(L)} - y_1) g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, "two_missing"),
    (r"2(y_1 - a_1^{(L)}) g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, "residual_turned"),
    (r"2(a_1^{(L)} - y_1) a_2^{(L-1)}", LESSON, DIFFERENT, "output_slope_missing"),
    (r"2(a_1^{(L)} - y_1) g'(a_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, "slope_at_activation"),
    (r"2(a_1^{(L)} - y_1) g'(z_1^{(L)}) a_2^{(L)}", LESSON, DIFFERENT, "activation_of_layer"),
    (r"2(a_1^{(L)} - y_1) g'(z_1^{(L)}) z_2^{(L-1)}", LESSON, DIFFERENT, "pre_activation_of_layer"),
    (r"2(a_2^{(L)} - y_2) g'(z_2^{(L)}) a_1^{(L-1)}", LESSON, DIFFERENT, "indices_swapped"),
    (RESULT.replace("2(", "4(", 1), LESSON, DIFFERENT, None),
    (RESULT.replace("2(", "2.000001(", 1), LESSON, DIFFERENT, None),
    (f"{RESULT} + 0.0000001", LESSON, DIFFERENT, None),
    ("0", LESSON, DIFFERENT, None),
    ("1", LESSON, DIFFERENT, None),
    (r"\frac{\partial C_0}{\partial w_{21}^{(L)}} = " + RESULT, LESSON, DIFFERENT, None),
    (r"2(a_1^{(L)} - y_1)^2 g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, None),
    (r"2(a_1^{(L)} - y_1) g(z_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, None),
    (r"2(a_1^{(L)} - y_1) g''(z_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, None),
    (r"2(a_1^{(L)} - y_1) (g'(z_1^{(L)}))^2 a_2^{(L-1)}", LESSON, DIFFERENT, None),
    (r"2(a_1^{(L)} - y_1) \sigma'(z_1^{(L)}) a_2^{(L-1)}", LESSON, DIFFERENT, None),
    # not in the form that was asked
    (W12, LESSON, FORM, None),
    (f"{W12} = {W12}", LESSON, FORM, None),
    (W12, RESULT, FORM, None),
    (CHAIN, LESSON, FORM, None),
    (f"{W12} = {CHAIN}", LESSON, FORM, None),
    (rf"2(a_1^{{(L)}} - y_1) {BY_Z} a_2^{{(L-1)}}", LESSON, FORM, None),
    (r"\frac{\partial C_0}{\partial z_1^{(L)}} a_2^{(L-1)}", LESSON, FORM, None),
]

TRAPS: list[Row] = [
    ("", "x", UNREADABLE, None),
    ("   ", "x", UNREADABLE, None),
    ("$$", "x", UNREADABLE, None),
    ("=", "x", UNREADABLE, None),
    ("x +", "x", UNREADABLE, None),
    ("{x", "x", UNREADABLE, None),
    ("x}", "x", UNREADABLE, None),
    (r"\frac{x", "x", UNREADABLE, None),
    (r"\left(x", "x", UNREADABLE, None),
    ("(x]]", "x", UNREADABLE, None),
    (r"\def\x{y} x", "x", UNREADABLE, None),
    (r"\input{/etc/passwd}", "x", UNREADABLE, None),
    (r"\write18{ls}", "x", UNREADABLE, None),
    ("__import__('os').system('ls')", "x", UNREADABLE, None),
    ("x and everything else", "x", UNREADABLE, None),
    ("I do not know", "x", DIFFERENT, None),
    ("x" * 100_000, "x", UNREADABLE, None),
    ("(" * 500 + "x" + ")" * 500, "x", UNREADABLE, None),
    (r"\frac{1}{" * 300 + "x" + "}" * 300, "x", UNREADABLE, None),
    ("x^{x^{x^{x^{x^{x^{x^x}}}}}}", "x", DIFFERENT, None),
    ("9^{9^{9^{9^{9}}}}", "x", UNREADABLE, None),
    ("10^{1000000000}", "x", UNREADABLE, None),
    (r"\sum_{i=0}^{99999999999} x", "x", UNREADABLE, None),
    (r"\sum_{i=0}^{9999}\sum_{j=0}^{9999}\sum_{k=0}^{9999} x", "x", UNSURE, None),
    ("1/0", "x", UNSURE, None),
    (r"\frac{x}{0}", "x", UNSURE, None),
    (r"0 \cdot 10^{300} x", "0", EQUAL, None),
    (r"\frac{x^2}{x}", "x", EQUAL, None),
    (r"\sqrt{x^2}", "x", DIFFERENT, None),
    (r"\sqrt{x^2}", "|x|", EQUAL, None),
    ("|x|", "x", DIFFERENT, None),
    ("|-x|", "|x|", EQUAL, None),
    (r"\log(x^2)", r"2\log(x)", EQUAL, None),
    (r"\sqrt{x}\sqrt{x}", "x", EQUAL, None),
    ("w", "W", DIFFERENT, None),
    ("x^2", "x", DIFFERENT, None),
    ("x^2", "2x", DIFFERENT, None),
    ("2^x", "2x", DIFFERENT, None),
    ("x + 0", "x", EQUAL, None),
    ("0.5 x", r"\frac{1}{2} x", EQUAL, None),
    ("0.333333333 x", r"\frac{1}{3} x", DIFFERENT, None),
    (r"a_1^{(L)} \cdot 0", "a_1^{(L)}", DIFFERENT, None),
    (r"(\delta_1^{(2)})^2", r"\delta_1^{(2)}", DIFFERENT, None),
    (r"\delta_1^{(L)}\delta_1^{(L)}", r"(\delta_1^{(L)})^2", EQUAL, None),
    (r"\frac{d}{dx} x^2", "2x", FORM, None),
    (r"\int x dx", "x", UNREADABLE, None),
    (r"\infty", "x", UNREADABLE, None),
    ("x < 1", "x", UNREADABLE, None),
    ("x = 1 = 2", "2", DIFFERENT, None),
    (r"1 \text{ or } 2", "2", UNREADABLE, None),
    ("3", "3", EQUAL, None),
    ("0.75", r"\frac{3}{4}", EQUAL, None),
    (r"\frac{6}{8}", "0.75", EQUAL, None),
    ("-3", "3", DIFFERENT, None),
    ("nan", "3", DIFFERENT, None),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.answer[:30]} for {pair.reference[:30]}")
def test_the_corpus_is_marked(pair: Pair) -> None:
    found = derive.mark(pair.answer, pair.reference, pair.model)
    assert found.outcome == pair.outcome, found


@pytest.mark.parametrize(("answer", "reference", "outcome", "mistake"), THE_LESSON + TRAPS, ids=lambda v: str(v)[:40])
def test_an_answer_is_marked(answer: str, reference: str, outcome: str, mistake: str | None) -> None:
    found = derive.mark(answer, reference)
    assert (found.outcome, found.mistake) == (outcome, mistake), found


# ---------------------------------------------------------------- working in lines

RIGHT, WRONG, FOLLOWS, TRIVIAL = "right", "wrong", "follows", "trivial"


def lines(*parts: str) -> str:
    return " \\\\\n".join(parts)


WORKING: list[tuple[str, list[str], str, str | None, str]] = [
    # answer, how its lines stand, outcome, mistake, credit
    (lines(f"{W12} = {CHAIN}", f"= {RESULT}"), [RIGHT, RIGHT], EQUAL, None, "1"),
    (
        lines(f"{BY_A} = 2(a_1^{{(L)}} - y_1)", f"{BY_Z} = g'(z_1^{{(L)}})", f"{BY_W} = a_2^{{(L-1)}}", LESSON),
        [RIGHT] * 4,
        EQUAL,
        None,
        "1",
    ),
    (
        lines(
            f"{BY_A} = (a_1^{{(L)}} - y_1)",
            f"{BY_Z} = g'(z_1^{{(L)}})",
            f"{BY_W} = a_2^{{(L-1)}}",
            rf"{W12} = (a_1^{{(L)}} - y_1) g'(z_1^{{(L)}}) a_2^{{(L-1)}}",
        ),
        [WRONG, RIGHT, RIGHT, FOLLOWS],
        DIFFERENT,
        "two_missing",
        "4/5",
    ),
    (
        lines(f"{W12} = {CHAIN}", r"= 2(a_1^{(L)} - y_1) a_2^{(L-1)}", r"= 2a_1^{(L)} a_2^{(L-1)} - 2 y_1 a_2^{(L-1)}"),
        [RIGHT, WRONG, TRIVIAL],
        DIFFERENT,
        "output_slope_missing",
        "3/5",
    ),
    (
        lines(f"{BY_A} = 0", f"{W12} = 0"),
        [WRONG, TRIVIAL],
        DIFFERENT,
        None,
        "0",
    ),
    (
        lines(f"{BY_A} = (a_1^{{(L)}} - y_1)", LESSON),
        [WRONG, RIGHT],
        DIFFERENT,
        "two_missing",
        "4/5",
    ),
    (
        lines(r"\delta_1^{(L)} = (a_1^{(L)} - y_1) g'(z_1^{(L)})", rf"{W12} = \delta_1^{{(L)}} a_2^{{(L-1)}}")
        + r" = (a_1^{(L)} - y_1) g'(z_1^{(L)}) a_2^{(L-1)}",
        [WRONG, RIGHT, FOLLOWS],
        DIFFERENT,
        "two_missing",
        "4/5",
    ),
]


@pytest.mark.parametrize(("answer", "standings", "outcome", "mistake", "credit"), WORKING)
def test_working_is_followed(answer: str, standings: list[str], outcome: str, mistake: str | None, credit: str) -> None:
    found = derive.mark(answer, LESSON)
    assert [line.standing for line in found.lines] == standings
    assert [line.number for line in found.lines] == list(range(1, len(standings) + 1))
    assert (found.outcome, found.mistake, str(found.credit)) == (outcome, mistake, credit)


# ---------------------------------------------------------------- from Python


def test_what_was_understood_is_told_back() -> None:
    found = derive.mark(r"y = 2*(a_1^{(L)}-y_1) \cdot g^{(L)\prime}(z_1^{(L)}) a_{2}^{(L-1)}", LESSON)
    assert found.read == latex(derive.dense_derivation().result)


def test_the_reference_may_be_a_derivation() -> None:
    found = derive.mark(RESULT, derive.dense_derivation())
    assert (found.outcome, found.credit) == ("equal", Fraction(1))


@pytest.mark.parametrize(
    ("answer", "reference", "outcome"),
    [
        (3, 3, EQUAL),
        (0.75, "3/4", EQUAL),
        (Fraction(1, 3), "0.33", DIFFERENT),
        ("0,75", 0.75, EQUAL),
        ("x", 3, DIFFERENT),
    ],
)
def test_numbers_are_marked(answer: str | float | Fraction, reference: str | float, outcome: str) -> None:
    assert derive.mark(answer, reference).outcome == outcome


def test_a_model_says_what_letters_mean() -> None:
    model = derive.ready_model("softmax")
    for chosen in (model, "softmax"):
        assert derive.mark(r"p_j - y_j", r"\frac{\partial E}{\partial z_j} = p_j - y_j", chosen).outcome == EQUAL
        assert derive.mark("q_j", "p_j", chosen).outcome == UNREADABLE


@pytest.mark.parametrize(
    ("reference", "model", "message"),
    [
        (
            "x +",
            None,
            f"the reference cannot be read: {NOT_READ}",
        ),
        ("x", "softmaxx", "unknown ready model 'softmaxx': it must be one of "),
    ],
)
def test_a_wrong_reference_is_an_error(reference: str, model: str | None, message: str) -> None:
    with pytest.raises(derive.DeriveError) as error:
        derive.mark("x", reference, model)
    assert str(error.value).startswith(message)


def test_markers_are_kept_apart_and_forgotten() -> None:
    for number in range(80):
        assert derive.mark(f"{number} x", f"{number} x").outcome == EQUAL
        assert derive.mark("x", f"{number} x").outcome == (EQUAL if number == 1 else DIFFERENT)


# ---------------------------------------------------------------- the wrong line of a working

LINE = WrongLine(3, "two_missing", Product((TWO, Quantity("x"))))
XY = Setting(derive.read_model("C = x**2*y"), rules={})


@pytest.mark.parametrize(
    ("text", "outcome", "credit", "said"),
    [
        ("3: 2x", EQUAL, "1", "Right."),
        ("line 3: x + x", EQUAL, "1", "Right."),
        ("(3) C = 2x", EQUAL, "1", "Right."),
        ("3", FORM, "1/2", "The line is found; what it should say is missing."),
        ("3: x", DIFFERENT, "1/2", "The line is found. This is not equal to the derivative that was asked for."),
        ("2: 2x", DIFFERENT, "0", "The first wrong line is another one."),
        ("the third", UNREADABLE, "0", "Answer with the number of the line and what it should say, such as 3: a = b."),
    ],
)
def test_the_wrong_line_is_marked(text: str, outcome: str, credit: str, said: str) -> None:
    verdict = marked(LINE, text, XY)
    assert (verdict.outcome.value, str(verdict.credit), feedback(verdict.messages)) == (outcome, credit, said)


# ---------------------------------------------------------------- matrices

DENSE = derive.differentiate(derive.ready_model("dense"), "C", READY["dense"].target)
WHOLE = matrix_form_of(DENSE)
IN_ELEMENTS, IN_MATRICES = (
    "An expression for whole matrices was asked for, not one for a single element.",
    "One element was asked for, not a whole matrix.",
)
BY_W_JK = r"\frac{\partial C}{\partial a_j^{(l)}} g'^{(l)}(z_j^{(l)}) a_k^{(l-1)}"
BY_W = r"\left(\frac{\partial C}{\partial a^{(l)}} \odot g'^{(l)}(z^{(l)})\right) (a^{(l-1)})^\top"


def matrices(*, asked: bool) -> Callable[[str], Verdict]:
    assert isinstance(WHOLE, MatrixForm)
    expected = Formula(WHOLE.right, matrix=True) if asked else Formula(DENSE.result, DENSE.of, DENSE.by)
    return FormulaMarker(expected, Setting(DENSE.model, DENSE)).verdict


@pytest.mark.parametrize(
    ("asked", "text", "outcome", "said"),
    [
        (True, BY_W, EQUAL, "Right."),
        (True, BY_W_JK, FORM, IN_ELEMENTS),
        (True, BY_W_JK.replace("g'", "g"), DIFFERENT, FALSE),
        (True, BY_W.replace(r"^\top", ""), DIFFERENT, None),
        (True, BY_W.replace(r"\odot", ""), DIFFERENT, None),
        (False, BY_W_JK, EQUAL, "Right."),
        (False, BY_W, EQUAL, "Right."),
        (False, BY_W.replace("g'", "g"), DIFFERENT, FALSE),
    ],
)
def test_matrices_and_elements_are_told_apart(asked: bool, text: str, outcome: str, said: str | None) -> None:
    verdict = matrices(asked=asked)(text)
    assert verdict.outcome.value == outcome
    assert said is None or feedback(verdict.messages) == said


def test_a_whole_matrix_is_no_element_of_it() -> None:
    found = derive.mark(r"\delta^{(L)} (a^{(L-1)})^\top", derive.dense_derivation())
    assert (found.outcome, found.feedback) == (UNSURE, IN_MATRICES)


# ---------------------------------------------------------------- planted mistakes

PLANTED = ["lesson", "mazur", "softmax", "dense", "linear_regression", "batchnorm", "conv1d", "embedding", "word2vec"]


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_in_its_line(name: str) -> None:
    found = derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target)
    marker, told = (
        FormulaMarker(Formula(found.result, found.of, found.by, working=True), Setting(found.model, found)),
        0,
    )
    lines_ = [claim.equation for claim in claims(found)]
    for place, line in enumerate(lines_):
        for mistake, wrongs in groupby(marker.slips.of(line.members[0]), key=lambda slip: slip.mistake):
            wrong = next(wrongs).wrong
            if marker.judges.same_on_a_path(wrong, line.members[0]) is not False:
                continue
            told += 1
            working = [*lines_[:place], Equations(line.left, (wrong,)), *lines_[place + 1 :]]
            verdict = marker.verdict(lines(*(f"{latex(e.left)} = {latex(e.members[0])}" for e in working)))
            assert verdict.outcome is Outcome.DIFFERENT, (mistake, verdict.messages)
            assert next(v.number for v in verdict.lines if v.standing is Standing.WRONG) == place + 1
            assert verdict.mistake == mistake
    assert told > 3


# ---------------------------------------------------------------- what is said

SAID: list[tuple[str, str, str]] = [
    (RESULT, LESSON, "Right."),
    (W12, LESSON, "This says once more what was asked: work the derivative out."),
    (CHAIN, LESSON, "All of this is true, but ∂C₀/∂a₁⁽ᴸ⁾ is still to be worked out."),
    ("0", LESSON, FALSE),
    (
        r"\frac{\partial C_0}{\partial w_{21}^{(L)}} = " + RESULT,
        LESSON,
        "The left side is another derivative than the one that was asked for.",
    ),
    (r"(a_1^{(L)} - y_1) g'(z_1^{(L)}) a_2^{(L-1)}", LESSON, TWO_MISSING),
    ("1/0", "x", UNDECIDED),
    ("x +", "x", NOT_READ),
    (
        WORKING[2][0],
        LESSON,
        f"The first line is not right. {TWO_MISSING} Line 4 is right, given that one, and counts.",
    ),
    (
        WORKING[3][0],
        LESSON,
        f"Line 2 does not follow from what is above it. {SLOPE_MISSING} {NOTHING_LEFT}",
    ),
    (WORKING[4][0], LESSON, f"The first line is not right: look at the power rule once more. {NOTHING_LEFT}"),
    (WORKING[5][0], LESSON, f"The first line is not right. {TWO_MISSING} The result is right all the same."),
    (
        lines(f"{W12} = {CHAIN}", "= " + RESULT.replace("2(", "7(", 1)),
        LESSON,
        "Line 2 does not follow from what is above it: look at putting the factors in once more.",
    ),
]


@pytest.mark.parametrize(("answer", "reference", "said"), SAID)
def test_what_is_said(answer: str, reference: str, said: str) -> None:
    assert derive.mark(answer, reference).feedback == said


def leaves(table: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, value in table.items():
        yield from leaves(value, f"{path}.{key}") if isinstance(value, dict) else [f"{path}.{key}"]


def test_every_message_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()
    phrase = Wording.phrase

    def noted(self: Wording, message: Message) -> Any:
        used.add(message.key)
        return phrase(self, message)

    monkeypatch.setattr(Wording, "phrase", noted)
    for answer, reference, _ in SAID:
        derive.mark(answer, reference)
    for expected, text, _ in SAID_OF_SHORT:
        feedback(marked(expected, text, SHORT_SETTING).messages)
    for text in ("3", "3: x", "1", "?"):
        feedback(marked(LINE, text, XY).messages)
    feedback(matrices(asked=True)(BY_W_JK).messages)
    derive.mark(r"\delta^{(L)} (a^{(L-1)})^\top", derive.dense_derivation())
    feedback([Message("marking.unsure")])  # has a test of its own
    assert set(leaves(wording().message("marking"), "marking")) - used == set()
