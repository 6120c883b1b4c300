"""The judge of answers: what is the same, what is not, and what it does not touch."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from derive.api import differentiate, read_model, ready_model
from derive.calculus.derivation import Derivation
from derive.calculus.derivation import differentiate as derived
from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.exercises.canonical import canonical
from derive.exercises.equality import Judge
from derive.model.language import read_expression, read_quantity
from derive.model.model import Range
from derive.writing.index import Symbol, index
from derive.writing.matrices import Transpose
from derive.writing.nodes import (
    ONE,
    TWO,
    Apply,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Gradient,
    Grouped,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.walk import replaced, substitute, walk

SIGMOID = """
C = sum((a[j] - y[j])**2 for j in range(n))
a[j] = sigmoid(z[j]) for j in range(n)
z[j] = sum(w[j,k]*x[k] for k in range(m)) + b[j] for j in range(n)
"""
RELU = SIGMOID.replace("sigmoid", "relu")
LESSON = ready_model("lesson")


def judge(model: str, of: str, by: str) -> tuple[Judge, Derivation]:
    derivation = differentiate(read_model(model) if "=" in model else ready_model(model), of, by)
    return Judge(derivation, Random(5)), derivation


@pytest.mark.parametrize(
    ("model", "of", "by", "answer", "verdict"),
    [
        # the right one in other words, with the definitions in force
        ("lesson", "C0", "a(L)[1]", "-2*(y[1] - g(L)(z(L)[1]))", True),
        ("lesson", "C0", "a(L)[1]", "2*a(L)[1] - y[1]*2", True),
        ("lesson", "C0", "a(L)[1]", "sum(2*(a(L)[i] - y[i])*(1 if i == 1 else 0) for i in range(n(L)))", True),
        (SIGMOID, "C", "w[j,k]", "2*(a[j] - y[j])*a[j]*(1 - a[j])*x[k]", True),
        (SIGMOID, "C", "w[j,k]", "2*x[k]*(a[j] - y[j])*exp(-z[j])/(1 + exp(-z[j]))**2", True),
        (SIGMOID, "C", "b[j]", "2*(a[j] - y[j])*(a[j] - a[j]**2)", True),
        ("softmax", "E", "z[j]", "exp(z[j])/sum(exp(z[k]) for k in range(K)) - y[j]", True),
        ("softmax", "E", "z[j]", "p[j]*sum(y[i] for i in range(K)) - y[j]", True),
        (RELU, "C", "b[j]", "2*(a[j] - y[j]) if z[j] > 0 else 0", True),
        ("attention", "loss", "S[i,j]", "sum((O[i,c] - Y[i,c])*A[i,j]*(V[j,c] - O[i,c]) for c in range(v))", True),
        # wrong ones
        ("lesson", "C0", "a(L)[1]", "a(L)[1] - y[1]", False),
        ("lesson", "C0", "a(L)[1]", "2*(a(L)[0] - y[1])", False),
        ("lesson", "C0", "w(L)[j,k]", "2*(a(L)[j] - y[j])*a(L-1)[j]", False),
        ("lesson", "C0", "w(L)[j,k]", "2*(a(L)[i] - y[i])*a(L-1)[k]", False),
        (SIGMOID, "C", "w[j,k]", "2*(a[j] - y[j])*z[j]*(1 - z[j])*x[k]", False),
        (RELU, "C", "b[j]", "2*(a[j] - y[j])", False),
        (RELU, "C", "b[j]", "2*(a[j] - y[j]) if z[j] < 0 else 0", False),
        ("softmax", "E", "z[j]", "y[j] - p[j]", False),
        ("lstm", "loss", "W_f[j,k]", "W_f[j,k]", False),
        # no value anywhere, and so no verdict
        ("lesson", "C0", "a(L)[1]", "log(a(L)[1] - a(L)[1])", None),
        ("lesson", "C0", "a(L)[1]", "1/(y[1] - y[1])", None),
    ],
)
def test_an_answer_is_judged_by_its_value(model: str, of: str, by: str, answer: str, verdict: bool | None) -> None:
    own, derivation = judge(model, of, by)
    assert own.same(derivation.result, read_expression(answer)) is verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a*b*c", "c*(b*a)"),
        ("a - b + c", "c + a - b"),
        ("2*(a - b)", "(a - b)*2"),
        ("-(a*b)", "-a*b"),
        ("a/b/c", "a/(b*c)"),
        ("a**2*b", "a*b*a"),
        ("a + a", "2*a"),
        ("a - a + b", "b"),
        ("sum(x[i]*w[i] for i in range(n))", "sum(w[k]*x[k] for k in range(n))"),
        (
            "sum(sum(x[i]*w[j] for i in range(n)) for j in range(m))",
            "sum(sum(x[q]*w[p] for q in range(n)) for p in range(m))",
        ),
    ],
)
def test_what_differs_in_writing_alone_has_one_normal_form(left: str, right: str) -> None:
    assert canonical(read_expression(left)) == canonical(read_expression(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a - b", "b - a"),
        ("a/b", "b/a"),
        ("a**2", "a**3"),
        ("a**b", "b**a"),
        ("2*a", "a/2"),
        ("0*a", "a"),
        ("sum(x[i] for i in range(n))", "sum(x[i] for i in range(m))"),
        ("sum(x[i] for i in range(n))", "sum(x[j] for i in range(n))"),
        ("sum(x[i,j] for i in range(n) for j in range(n))", "sum(x[j,i] for i in range(n) for j in range(n))"),
        ("max(x[i] for i in range(n))", "sum(x[i] for i in range(n))"),
        ("a if i < j else b", "b if i < j else a"),
        ("g(z)", "h(z)"),
    ],
)
def test_what_differs_in_meaning_has_two_normal_forms(left: str, right: str) -> None:
    assert canonical(read_expression(left)) != canonical(read_expression(right))


def test_brackets_and_written_sums_are_left_out_of_the_normal_form() -> None:
    fold = Fold("sum", read_expression("x[i]"), Symbol("i"), index(0), index(2))
    terms = (read_expression("x[0]"), read_expression("x[1]"))
    assert canonical(Grouped(ExpandedSum(fold, (index(0), index(1)), terms))) == canonical(fold)


# ---------------------------------------------------------------- derivatives


def quantity(text: str) -> Quantity:
    return read_quantity(text)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Gradient(quantity("C0"), quantity("w(L)[j,k]")), True),
        (Product((Gradient(quantity("C0"), quantity("z(L)[j]")), quantity("a(L-1)[k]"))), True),
        (Product((Gradient(quantity("C0"), quantity("z(L)[k]")), quantity("a(L-1)[k]"))), False),
        # along one path, partial derivatives contract
        (Partial(quantity("C0"), quantity("w(L)[j,k]")), True),
        (
            Product(
                (
                    Partial(quantity("C0"), quantity("a(L)[j]")),
                    Partial(quantity("a(L)[j]"), quantity("z(L)[j]")),
                    Partial(quantity("z(L)[j]"), quantity("w(L)[j,k]")),
                )
            ),
            True,
        ),
        (
            Product(
                (Partial(quantity("C0"), quantity("a(L)[j]")), Partial(quantity("a(L)[j]"), quantity("w(L)[j,k]")))
            ),
            True,
        ),
        (
            Product(
                (Partial(quantity("C0"), quantity("a(L)[j]")), Partial(quantity("z(L)[j]"), quantity("w(L)[j,k]")))
            ),
            False,
        ),
    ],
)
def test_a_derivative_is_what_it_names(answer: Expr, verdict: bool) -> None:
    own, derivation = judge("lesson", "C0", "w(L)[j,k]")
    assert own.same(derivation.result, answer) is verdict


def test_a_local_derivative_holds_the_rest_fixed_where_the_edge_is_direct() -> None:
    """y = x + u and u = 3x: the partial is 1, the whole derivative 4."""
    own, _ = judge("C = y\ny = x + u\nu = 3*x", "C", "x")
    local, whole = Partial(quantity("y"), quantity("x")), Gradient(quantity("y"), quantity("x"))
    assert own.same(local, ONE) is True
    assert own.same(whole, Number(Fraction(4))) is True
    assert own.same(local, whole) is False


# ---------------------------------------------------------------- against every line of derivations

DERIVED = [
    ("lesson", "C0", "w(L)[1,2]"),
    ("mazur", "E", "w(1)[0,1]"),
    ("softmax", "E", "w[j,k]"),
    ("residual", "loss", "w(1)[j,k]"),
    ("batchnorm", "loss", "x[i]"),
    ("conv1d", "loss", "x[c,i]"),
    ("rnn", "loss", "W[i,k]"),
    ("gru", "loss", "U_r[j,k]"),
    ("logistic_regression", "J", "w[k]"),
]


@pytest.mark.parametrize(("model", "of", "by"), DERIVED)
def test_each_line_of_a_stage_is_the_result_and_no_altered_one_is(model: str, of: str, by: str) -> None:
    own, derivation = judge(model, of, by)
    for step in derivation.stages[-1].steps:
        for side in (step.before, step.after):
            assert own.same(side, derivation.result) is True
            altered = [Sum((side, derivation.result)), Product((TWO, side)), Power(side, TWO), Sum((side, ONE))]
            assert [own.same(a, derivation.result) for a in altered] == [False] * len(altered)


def test_a_verdict_does_not_depend_on_what_was_asked_before() -> None:
    answers = [read_expression(t) for t in ("2*(a[j] - y[j])*a[j]*(1 - a[j])", "i*a[j]", "sqrt(i)*b[j]", "i*a[j]")]
    own, derivation = judge(SIGMOID, "C", "b[j]")
    other, _ = judge(SIGMOID, "C", "b[j]")
    forth = [own.same(derivation.result, answer) for answer in answers]
    back = [other.same(derivation.result, answer) for answer in reversed(answers)]
    assert forth == back[::-1] == [True, False, False, False]


def test_letters_of_a_line_in_between_range_over_what_is_given() -> None:
    derivation = differentiate(LESSON, "C0", "a(L-1)[k]")
    own = Judge(derivation, Random(5), {r.symbol: r for p in derivation.stages[-1].paths for r in p.sums})
    one = read_expression("w(L)[j,k]")
    assert own.same(Partial(quantity("z(L)[j]"), quantity("a(L-1)[k]")), one) is True
    assert own.same(Partial(quantity("z(L)[j]"), quantity("a(L-1)[k]")), read_expression("w(L)[k,j]")) is False


def test_a_model_alone_has_a_judge() -> None:
    own = Judge.of_model(ready_model("mazur"), Random(5))
    out = read_expression("out(2)[0]")
    assert own.same(read_expression("1/(1 + exp(-net(2)[0]))"), out) is True
    assert own.same(read_expression("net(2)[0]"), out) is False


# ---------------------------------------------------------------- whatever the points are


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(
    ("model", "of", "by", "answer"),
    [
        ("lesson", "C0", "w(L)[j,k]", "2*(a(L)[k] - y[k])*g(L)(z(L)[k])*a(L-1)[j]"),
        ("lesson", "C0", "a(L)[j]", "2*(a(L)[i] - y[i])"),
        ("lesson", "C0", "a(L)[1]", "2*(a(L)[i] - y[i])"),
        ("softmax", "E", "w[j,k]", "(p[k] - y[k])*x[k]"),
        ("softmax", "E", "w[j,k]", "sum((p[j] - y[j])*x[k] for i in range(D))/K"),
        ("linear_regression", "J", "b", "1/d*sum(h[i] - y[i] for i in range(m))"),
        ("linear_regression", "J", "b", "1/m*sum(h[i] - y[i] for i in range(d))"),
        ("attention", "loss", "V[j,c]", "sum((O[i,c] - Y[i,c])*A[i,j] for i in range(m))"),
        (RELU, "C", "b[j]", "2*(a[j] - y[j])"),
        ("rnn", "loss", "o[t,i]", "p[t,i]"),
        ("dense", "C", "a(1)[k]", "sum(w(2)[j,k]*(a(1)[j] - y[j]) for j in range(n(1)))"),
    ],
)
def test_no_wrong_answer_is_right_by_chance(model: str, of: str, by: str, answer: str, seed: int) -> None:
    derivation = differentiate(read_model(model) if "=" in model else ready_model(model), of, by)
    assert Judge(derivation, Random(seed)).same(derivation.result, read_expression(answer)) is False


@pytest.mark.parametrize("seed", range(25))
def test_a_range_with_another_end_is_seen(seed: int) -> None:
    derivation = differentiate(ready_model("dense"), "C", "a(l)[j]")
    own = Judge(derivation, Random(seed))
    (fold,) = (n for n in walk(derivation.result) if isinstance(n, Fold))
    for end in (index(Symbol("n", index(Symbol("l")))), fold.upper - 1, index(Symbol("n", index(Symbol("L"))))):
        wrong = Fold(fold.kind, fold.body, fold.symbol, fold.lower, end)
        assert own.same(derivation.result, replaced(derivation.result, {fold: wrong})) is False


@pytest.mark.parametrize("seed", range(25))
def test_a_delta_counts(seed: int) -> None:
    derivation = differentiate(ready_model("softmax"), "E", "z[j]")
    own = Judge(derivation, Random(seed), {Symbol("k"): Range(Symbol("k"), index(0), index(Symbol("K")))})
    right = derivation.lemmas[-1].result
    assert str(right) == "p[k]*(delta(k, j) - p[j])"
    assert own.same(right, read_expression("-p[k]*p[j]")) is False
    assert own.same(right, read_expression("p[k]*(1 - p[j])")) is False


# ---------------------------------------------------------------- large sizes


def test_large_sizes_hide_no_difference() -> None:
    text = "C = sum((a[j] - y[j])**2 for j in range(n))\na[j] = g(z[j]) for j in range(n)"
    model = replace(read_model(text), sizes={Symbol("n"): 10**9})
    derivation = derived(model, quantity("C"), quantity("z[j]"))
    own = Judge(derivation, Random(5))
    assert own.same(derivation.result, read_expression("2*(a[j] - y[j])")) is False
    shifted = substitute(derivation.result, {Symbol("j"): index(Symbol("i"))})
    assert own.same(derivation.result, shifted) is False
    doubled = Quotient(Product((TWO, derivation.result)), TWO)
    assert own.same(derivation.result, Quotient(Power(doubled, TWO), doubled)) is True


# ---------------------------------------------------------------- matrices


@pytest.mark.parametrize(("model", "of", "by"), [("dense", "C", "w(L)[j,k]"), ("softmax", "E", "w[j,k]")])
def test_matrix_expressions_are_compared_with_their_shapes(model: str, of: str, by: str) -> None:
    own, derivation = judge(model, of, by)
    form = matrix_form_of(derivation)
    assert isinstance(form, MatrixForm)
    right = form.right
    assert own.same(right, Transpose(Transpose(right))) is True
    assert own.same(right, Sum((right, right))) is False
    assert own.same(right, Transpose(right)) is False
    assert own.same(right, Sum((right, Transpose(right)))) is False
    assert own.same(right, derivation.result) is False


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    "answer",
    [
        "10**10**10**10",
        "exp(exp(exp(exp(10))))",
        "sin(exp(exp(50)))",
        "x[0]**(10**30)",
        "log(exp(10**25))",
        "sum(sum(sum(i*k*m for i in range(4000)) for k in range(4000)) for m in range(4000))",
        "sum(i for i in range(1000000000000))",
        "prod(prod(2 + i*k for i in range(3000)) for k in range(3000))",
    ],
)
def test_nothing_huge_is_computed(answer: str) -> None:
    own, derivation = judge(SIGMOID, "C", "b[j]")
    assert own.same(derivation.result, read_expression(answer)) is None


def test_no_derivative_of_high_order_is_computed() -> None:
    own, derivation = judge(SIGMOID, "C", "b[j]")
    answer = Apply(Function("sigmoid", None, (40,)), (read_expression("z[j]"),))
    assert own.same(derivation.result, answer) is None


def test_what_50_digits_cannot_tell_from_nothing_is_not_called_the_same() -> None:
    own, derivation = judge(SIGMOID, "C", "b[j]")
    for small in ("10**(-60)", "1/2**300", "1/10000000000/10000000000/10000000000/10000000000/10000000000"):
        assert own.same(derivation.result, Sum((derivation.result, read_expression(small)))) is not True


def test_sympy_proves_what_has_no_value_at_any_point() -> None:
    own, _ = judge("lesson", "C0", "a(L)[1]")
    left, right = "sqrt(-1 - y[0]**2)*(y[0] + y[1])", "y[0]*sqrt(-1 - y[0]**2) + sqrt(-1 - y[0]**2)*y[1]"
    assert own.same(read_expression(left), read_expression(right)) is True
    assert own.same(read_expression(left), read_expression(right.replace("*y[1]", "*y[2]"))) is None
