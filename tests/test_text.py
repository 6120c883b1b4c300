"""Trees printed in the model language, and read back as the same trees."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from trees import LETTERS, conditions, expressions

from derive.model.language import read_condition, read_expression
from derive.writing.index import Symbol, index
from derive.writing.nodes import (
    ONE,
    TWO,
    Apply,
    Cases,
    Compare,
    Condition,
    Constant,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
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
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.text import text

A, B, C = Quantity("a"), Quantity("b"), Quantity("c")
J, K, L, N = (Symbol(name) for name in "jkLn")
X_K = Quantity("x", None, (index(K),))
Z = Quantity("z", index(L), (index(1),))
W = Quantity("w", index(L), (index(1), index(2)))
WIDTH = index(Symbol("n", index(L)))


def total(body: Expr, symbol: Symbol = K, lower: int = 0, where: tuple[Condition, ...] = ()) -> Fold:
    return Fold("sum", body, symbol, index(lower), WIDTH, where)


def decimal(value: str) -> Number:
    return Number(Fraction(value), decimal=True)


SMALLER = Compare("<", IndexValue(index(J)), IndexValue(index(N) - 1))

TEXTS: list[tuple[Node, str]] = [
    (Number(Fraction(12)), "12"),
    (Number(Fraction(1, 3)), "1/3"),
    (Number(Fraction(1, 3), decimal=True), "1/3"),
    (decimal("0.5"), "0.5"),
    (decimal("2"), "2.0"),
    (decimal("0.00001"), "0.00001"),
    (decimal("1e-30"), "1e-30"),
    (decimal("15e40"), "15e40"),
    (Constant("pi"), "pi"),
    (A, "a"),
    (W, "w(L)[1,2]"),
    (Quantity("h", None, (index(J) - 1, index(N) * 2)), "h[j-1,2*n]"),
    (IndexValue(index(N) - 1), "n - 1"),
    (Delta(index(J), index(2)), "delta(j, 2)"),
    (Sum((A, Negative(B), C)), "a - b + c"),
    (Sum((Negative(A), Negative(Sum((B, C))))), "-a - (b + c)"),
    (Sum((Sum((A, B)), C)), "(a + b) + c"),
    (Sum((A, Negative(Negative(B)))), "a - (-b)"),
    (Negative(Product((A, B))), "-a*b"),
    (Product((Negative(A), B)), "(-a)*b"),
    (Product((A, Negative(B))), "a*(-b)"),
    (Product((Product((A, B)), C)), "(a*b)*c"),
    (Product((A, Quotient(B, C))), "a*(b/c)"),
    (Product((Quotient(A, B), C)), "a/b*c"),
    (Product((TWO, Sum((A, Negative(B))))), "2*(a - b)"),
    (Quotient(Product((A, B)), C), "a*b/c"),
    (Quotient(A, Product((B, C))), "a/(b*c)"),
    (Quotient(ONE, IndexValue(index(N) - 1)), "1/(n - 1)"),
    (Quotient(Negative(A), B), "(-a)/b"),
    (Power(Negative(A), TWO), "(-a)**2"),
    (Negative(Power(A, TWO)), "-a**2"),
    (Power(A, Power(B, C)), "a**b**c"),
    (Power(Power(A, B), C), "(a**b)**c"),
    (Power(A, Negative(ONE)), "a**(-1)"),
    (Grouped(A), "(a)"),
    (Apply(Function("g", index(L)), (Z,)), "g(L)(z(L)[1])"),
    (Apply(Function("g", index(L), (1,)), (Z,)), "g(L)'(z(L)[1])"),
    (Apply(Function("g", None, (2,)), (A,)), "g''(a)"),
    (Apply(Function("f", None, (0, 1)), (A, B)), "f^(0,1)(a, b)"),
    (Apply(Function("max"), (Number(Fraction(0)), A)), "max(0, a)"),
    (Product((Partial(Z, W), Gradient(Quantity("C0"), Z))), "d(z(L)[1])/d(w(L)[1,2])*d(C0)/d(z(L)[1])"),
    (Quotient(A, Partial(Z, W)), "a/(d(z(L)[1])/d(w(L)[1,2]))"),
    (total(X_K), "sum(x[k] for k in range(n(L)))"),
    (total(X_K, lower=1, where=(SMALLER,)), "sum(x[k] for k in range(1, n(L)) if j < n - 1)"),
    (total(total(X_K), J), "sum(x[k] for j in range(n(L)) for k in range(n(L)))"),
    (total(total(X_K), K), "sum(sum(x[k] for k in range(n(L))) for k in range(n(L)))"),
    (Fold("max", total(X_K), J, index(0), index(N)), "max(sum(x[k] for k in range(n(L))) for j in range(n))"),
    (ExpandedSum(total(X_K), (index(0), None, WIDTH - 1), (A, B)), "a + ... + b"),
    (ExpandedSum(total(X_K), (index(0), index(1)), (Negative(A), Negative(B))), "-a - b"),
    (Cases(SMALLER, A, Cases(Not(SMALLER), B, C)), "a if j < n - 1 else b if not j < n - 1 else c"),
    (Sum((Cases(SMALLER, A, B), C)), "(a if j < n - 1 else b) + c"),
    (Logic("and", (Logic("or", (SMALLER, SMALLER)), SMALLER)), "(j < n - 1 or j < n - 1) and j < n - 1"),
    (Logic("or", (Logic("and", (SMALLER, SMALLER)), SMALLER)), "j < n - 1 and j < n - 1 or j < n - 1"),
    (Not(Logic("and", (SMALLER, SMALLER))), "not (j < n - 1 and j < n - 1)"),
    (Logic("and", ()), "True"),
    (Logic("or", ()), "False"),
]


@pytest.mark.parametrize(("node", "printed"), TEXTS)
def test_a_node_prints(node: Node, printed: str) -> None:
    assert str(node) == printed


# What the language cannot write, or reads as its simplest form.
ONE_WAY = (Delta, ExpandedSum, Gradient, Grouped, Partial)
READABLE = [
    node
    for node, printed in TEXTS
    if isinstance(node, Expr)
    and not isinstance(node, (*ONE_WAY, IndexValue))
    and not any(mark in printed for mark in ("'", "^", "d(", "1/3", "1/(n"))
]


@pytest.mark.parametrize("node", READABLE, ids=str)
def test_an_expression_is_read_back(node: Expr) -> None:
    assert read_expression(str(node), letters=("j", "n")) == node


@settings(max_examples=300, deadline=None)
@given(expressions())
def test_any_expression_is_read_back(node: Expr) -> None:
    assert read_expression(str(node), letters=LETTERS) == node


@settings(max_examples=300, deadline=None)
@given(conditions())
def test_any_condition_is_read_back(condition: Condition) -> None:
    assert read_condition(str(condition), letters=LETTERS) == condition


def test_an_unknown_node_is_named() -> None:
    class Stranger(Node):
        pass

    with pytest.raises(TypeError, match=r"^no text for Stranger$"):
        text(Stranger())
