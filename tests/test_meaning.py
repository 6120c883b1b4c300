"""What trees mean to SymPy: the objects, their derivatives, and their agreement with evaluation at random points."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sympy

from derive.model.forward import random_scene
from derive.model.language import read_condition, read_expression, read_index, read_model, read_quantity
from derive.model.model import Model
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, index
from derive.writing.meaning import meaning, sifted, symbols_of
from derive.writing.nodes import (
    Apply,
    Cases,
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
    Node,
    Partial,
    Quantity,
    Sum,
)

i, j, k, L, m = sympy.symbols("i j k L m", integer=True)
n = sympy.Function("n", integer=True, positive=True)
C0, b, beta = sympy.symbols("C0 b beta", real=True)
w, a, y, x, z = (sympy.IndexedBase(sympy.Symbol(name, real=True)) for name in "wayxz")
g = sympy.Function("g(L)", real=True)
delta = sympy.KroneckerDelta


def q(text: str) -> Quantity:
    return read_quantity(text)


def e(text: str) -> Expr:
    return read_expression(text, letters=["i", "j", "k", "L", "m"])


def prime(text: str, order: int = 1) -> Expr:
    return Apply(Function("g", read_index("L"), (order,)), (e(text),))


SIGMA = e("sum(x[k]**2 for k in range(m))")
assert isinstance(SIGMA, Fold)

MEANINGS: list[tuple[Node, Any]] = [
    (e("3/4 + 0.25"), sympy.Integer(1)),
    (e("0.5"), sympy.Rational(1, 2)),
    (Constant("pi"), sympy.pi),
    (q("C0"), C0),
    (q("y[j]"), y[j]),
    (q("w(L)[j,2]"), w[L, j, 2]),
    (q("a(L-1)[k+1]"), a[L - 1, k + 1]),
    (q("b(2)"), sympy.IndexedBase(b)[2]),
    (IndexValue(read_index("n(L-1)*m - 1")), n(L - 1) * m - 1),
    (Delta(read_index("j"), read_index("2")), delta(j, 2)),
    (Delta(read_index("1"), read_index("2")), sympy.Integer(0)),
    (e("-b - 2*b*x[1]"), -b - 2 * b * x[1]),
    (e("(b + 1)**x[1]/beta"), (b + 1) ** x[1] / beta),
    (Grouped(e("b + 1")), b + 1),
    (e("sum(w(L)[j,k]*a(L-1)[k] for k in range(n(L-1)))"), sympy.Sum(w[L, j, k] * a[L - 1, k], (k, 0, n(L - 1) - 1))),
    (e("prod(x[k] for k in range(2, m))"), sympy.Product(x[k], (k, 2, m - 1))),
    (
        e("sum(x[k] for k in range(m) if k != j)"),
        sympy.Sum(sympy.Piecewise((x[k], sympy.Ne(k, j)), (0, True)), (k, 0, m - 1)),
    ),
    (e("prod(x[k] for k in range(2) if k > j)"), sympy.Product(sympy.Piecewise((x[k], k > j), (1, True)), (k, 0, 1))),
    (e("max(x[k] for k in range(3))"), sympy.Max(x[0], x[1], x[2])),
    (e("min(x[k], b, 1)"), sympy.Min(x[k], b, 1)),
    (
        e("max(x[k] for k in range(m))"),
        sympy.Function("max", real=True)(sympy.Lambda(k, x[k]), 0, m - 1),
    ),
    (ExpandedSum(SIGMA, (index(0), None), (e("x[0]**2"),)), sympy.Sum(x[k] ** 2, (k, 0, m - 1))),
    (e("b if x[1] > 0 and j != k else -b"), sympy.Piecewise((b, (x[1] > 0) & sympy.Ne(j, k)), (-b, True))),
    (
        e("b if not (x[1] <= 0 or j == k) else -b"),
        sympy.Piecewise((b, ~((x[1] <= 0) | sympy.Eq(j, k))), (-b, True)),
    ),
    (read_condition("x[1] < b"), x[1] < b),
    (read_condition("x[1] >= b"), x[1] >= b),
    (e("abs(b)*sign(b)*sqrt(beta)"), sympy.Abs(b) * sympy.sign(b) * sympy.sqrt(beta)),
    (
        e("exp(b)*log(b) + sin(b)*cos(b)*tan(b)"),
        sympy.exp(b) * sympy.log(b) + sympy.sin(b) * sympy.cos(b) * sympy.tan(b),
    ),
    (
        e("sinh(b)*cosh(b)*tanh(b) + erf(b)"),
        sympy.sinh(b) * sympy.cosh(b) * sympy.tanh(b) + sympy.erf(b),
    ),
    (e("g(L)(z(L)[j])"), g(z[L, j])),
    (prime("z(L)[j]"), g(z[L, j]).diff(z[L, j])),
    (prime("b"), g(b).diff(b)),
    (prime("b", 2), g(b).diff(b, 2)),
    (Apply(Function("tanh", None, (1,)), (q("b"),)), 1 - sympy.tanh(b) ** 2),
    (Apply(Function("tanh", None, (1,)), (e("2*b"),)), 1 - sympy.tanh(2 * b) ** 2),
    (Apply(Function("abs", None, (1,)), (q("b"),)), sympy.sign(b)),
    (Gradient(q("C0"), q("b")), sympy.Symbol("d(C0)/d(b)", real=True)),
    (
        Partial(q("z(L)[1]"), q("w(L)[1,2]")),
        sympy.IndexedBase(sympy.Symbol("d(z)/d(w)", real=True))[L, 1, L, 1, 2],
    ),
]


@pytest.mark.parametrize(("node", "expected"), MEANINGS)
def test_meanings(node: Node, expected: sympy.Basic) -> None:
    assert meaning(node) == expected
    assert node.sympy() == expected


def test_a_derived_function_is_what_sympys_chain_rule_writes() -> None:
    by_chain = g(2 * b + y[1]).diff(b)
    assert 2 * meaning(prime("2*b + y[1]")) == by_chain
    mixed = Apply(Function("f", None, (1, 1)), (q("b"), e("b*beta")))
    f = sympy.Function("f", real=True)
    u, v = sympy.symbols("u v", real=True)
    concrete = sympy.Lambda((u, v), u**2 * v**3)
    assert meaning(mixed).replace(f, concrete).doit() == (6 * b * (b * beta) ** 2)


@pytest.mark.parametrize("name", ["E", "S", "N", "I", "Q", "O", "beta", "gamma", "zeta", "lam", "pi_", "oo", "nan"])
def test_names_that_mean_something_to_sympy_are_plain_symbols(name: str) -> None:
    assert meaning(Quantity(name)) == sympy.Symbol(name, real=True)
    assert meaning(Quantity(name, None, (index(1),))).base.label == sympy.Symbol(name, real=True)
    assert meaning(IndexValue(index(Symbol(name)))) == sympy.Symbol(name, integer=True)


def test_nothing_in_a_name_is_run() -> None:
    name = "__import__('os').abort()"
    assert meaning(Quantity(name)).name == name
    assert meaning(Apply(Function(name), (Quantity("x"),))).func.__name__ == name


@dataclass(frozen=True)
class Strange(Expr):
    """No node of ours."""


def test_an_unknown_node_is_named() -> None:
    with pytest.raises(TypeError) as caught:
        meaning(Strange())
    assert str(caught.value) == "meaning has no rule for Strange"


def test_bound_letters_avoid_free_ones_and_each_other() -> None:
    inner = Fold("sum", q("x[k]"), Symbol("k"), index(0), index(2))
    outer = Fold("sum", Sum((inner, q("x[k]"))), Symbol("k"), index(0), index(3))
    values = {x[0]: 1, x[1]: 10, x[2]: 100}
    assert meaning(outer).doit().subs(values) == 3 * 11 + 111
    both = Sum((Fold("sum", q("x[j]"), Symbol("j"), index(0), index(2)), q("x[j]")))
    assert meaning(both).subs(j, 2).doit() == x[0] + x[1] + x[2]


def test_functions_of_the_catalogue_are_given() -> None:
    functions: dict[str, Callable[..., sympy.Expr]] = {"sigmoid": lambda t: 1 / (1 + sympy.exp(-t))}
    sigmoid = 1 / (1 + sympy.exp(-b))
    assert e("sigmoid(b)").sympy(functions) == sigmoid
    assert e("sigmoid(b)").sympy() == sympy.Function("sigmoid", real=True)(b)
    first = Apply(Function("sigmoid", None, (1,)), (q("b"),))
    assert sympy.simplify(first.sympy(functions) - sigmoid * (1 - sigmoid)) == 0
    shifted = Apply(Function("sigmoid", None, (2,)), (e("b + 1"),))
    assert sympy.simplify(shifted.sympy(functions) - sigmoid.diff(b, 2).subs(b, b + 1)) == 0
    per_layer = {"g": sympy.exp, "g(1)": sympy.sin}
    assert e("g(2)(b) + g(1)(b)").sympy(per_layer) == sympy.exp(b) + sympy.sin(b)


def test_a_function_with_a_bound_label_depends_on_it() -> None:
    total = meaning(e("sum(g(l)(b) for l in range(2))")).doit()
    g_of = sympy.Function("g", real=True)
    assert total == g_of(0, b) + g_of(1, b)
    body = Apply(Function("g", index(Symbol("k")), (1,)), (e("2*b"),))
    first = meaning(Fold("sum", body, Symbol("k"), index(0), index(2))).doit()
    assert 2 * first == (g_of(0, 2 * b) + g_of(1, 2 * b)).diff(b)


def test_a_sum_of_gradients_depends_on_its_index() -> None:
    fold = Fold("sum", Gradient(q("C0"), q("a(L)[k]")), Symbol("k"), index(0), index(2))
    first, second = (meaning(Gradient(q("C0"), q(f"a(L)[{place}]"))) for place in (0, 1))
    assert meaning(fold).doit() == first + second
    assert first != second


# ---------------------------------------------------------------- derivatives

PARTIALS: list[tuple[str, str, Any]] = [
    ("(a(L)[1] - y[1])**2", "a(L)[1]", 2 * (a[L, 1] - y[1])),
    ("sum(w(L)[1,k]*a(L-1)[k] for k in range(6))", "w(L)[1,2]", a[L - 1, 2]),
    ("sum(w(L)[1,k]*a(L-1)[k] for k in range(2))", "w(L)[1,2]", sympy.Integer(0)),
    ("sum(w(L)[1,k]*a(L-1)[k] for k in range(6))", "w(L)[0,2]", sympy.Integer(0)),
    (
        "sum(w(L)[1,k]*a(L-1)[k] for k in range(n(L-1)))",
        "w(L)[1,2]",
        sympy.Piecewise((a[L - 1, 2], n(L - 1) - 1 >= 2), (0, True)),
    ),
    (
        "sum(w(L)[j,k]*a(L-1)[k] for k in range(n(L-1)))",
        "w(L)[j,k]",
        sympy.Piecewise((a[L - 1, k], (k >= 0) & (k <= n(L - 1) - 1)), (0, True)),
    ),
    ("sum(x[i+k]*y[k] for k in range(4))", "x[3]", sympy.Piecewise((y[3 - i], (3 - i >= 0) & (3 - i <= 3)), (0, True))),
    ("sum(x[k] for k in range(5) if k != 3)", "x[3]", sympy.Integer(0)),
    ("sum(x[k] for k in range(5) if k != 3)", "x[2]", sympy.Integer(1)),
    ("exp(sum(x[k]**2 for k in range(3)))", "x[1]", 2 * x[1] * sympy.exp(sympy.Sum(x[k] ** 2, (k, 0, 2)))),
    ("b*sum(x[k]*b for k in range(3))", "b", sympy.Sum(b * x[k], (k, 0, 2)) + b * sympy.Sum(x[k], (k, 0, 2))),
    ("g(L)(z(L)[1])", "z(L)[1]", g(z[L, 1]).diff(z[L, 1])),
    ("abs(x[1])", "x[1]", sympy.sign(x[1])),
    ("x[1] if x[1] > 0 else 0", "x[1]", sympy.Piecewise((1, x[1] > 0), (0, True))),
]


@pytest.mark.parametrize(("of", "by", "expected"), PARTIALS)
def test_partials_of_expressions(of: str, by: str, expected: sympy.Expr) -> None:
    assert meaning(Partial(e(of), q(by))) == expected


def test_a_bound_index_does_not_capture_the_targets_letter() -> None:
    """The derivative of the sum by w[1,k] is one term, not the whole sum."""
    found = meaning(Partial(e("sum(w[1,k]*a[k] for k in range(4))"), q("w[1,k]")))
    assert found.subs(k, 2) == a[2]
    assert found.subs(k, 4) == 0


DELTAS: list[tuple[sympy.Expr, sympy.Expr, list[Any]]] = [
    (sympy.Sum(delta(2, k) * x[k], (k, 0, 5)), x[2], []),
    (sympy.Sum(delta(7, k) * x[k], (k, 0, 5)), sympy.Integer(0), []),
    (sympy.Sum(delta(j, k) * x[k], (k, 0, m)), x[j], [sympy.Le(0, j) & (j <= m)]),
    (sympy.Sum(delta(j, k + 1) * x[k], (k, 0, 5)), x[j - 1], [sympy.Le(0, j - 1) & (j - 1 <= 5)]),
    (sympy.Sum(delta(2, k) * delta(3, k) * x[k], (k, 0, 5)), sympy.Integer(0), []),
    (sympy.Sum(delta(1, i) * delta(2, k) * w[i, k], (k, 0, 3), (i, 0, 3)), w[1, 2], []),
    (sympy.Sum(delta(1, i) * w[i, k], (k, 0, 3), (i, 0, 3)), sympy.Sum(w[1, k], (k, 0, 3)), []),
    (sympy.Sum(x[k] * (delta(1, k) - y[k]), (k, 0, 3)), x[1] + sympy.Sum(-x[k] * y[k], (k, 0, 3)), []),
    (
        sympy.Sum(sympy.Piecewise((delta(1, k) * x[k], k > j), (0, True)), (k, 0, 3)),
        sympy.Piecewise((x[1], j < 1), (0, True)),
        [],
    ),
    (b * sympy.exp(sympy.Sum(delta(1, k) * x[k], (k, 0, 3))), b * sympy.exp(x[1]), []),
    (sympy.Sum(delta(2, 2 * k) * x[k], (k, 0, 3)), sympy.Sum(delta(2, 2 * k) * x[k], (k, 0, 3)), []),
    (sympy.Sum(x[k], (k, 0, 3)), sympy.Sum(x[k], (k, 0, 3)), []),
]


@pytest.mark.parametrize(("expression", "expected", "wanted"), DELTAS)
def test_deltas_are_sifted(expression: sympy.Expr, expected: sympy.Expr, wanted: list[sympy.Basic]) -> None:
    conditions: list[sympy.Basic] = []
    assert sifted(expression, conditions) == expected
    assert conditions == wanted


@pytest.mark.parametrize(("expression", "expected", "_"), DELTAS)
def test_sifting_keeps_the_value(expression: sympy.Expr, expected: sympy.Expr, _: list[sympy.Basic]) -> None:
    assert expected.free_symbols <= expression.free_symbols | {x[1], x[2], x[j], x[j - 1], w[1, 2], w[1, k], k, j}
    for here in range(-1, 8):
        numbers = {j: here, m: 4}
        left, right = (side.subs(numbers).doit() for side in (expression, sifted(expression)))
        assert sympy.simplify(left - right) == 0


# ---------------------------------------------------------------- agreement with evaluation

POINT = read_model(
    """
    C = sum(x[k]*v[k] for k in range(m))
    v[k] = g(x[k])*sum(w(l)[k,i] for l in range(3) for i in range(m)) for k in range(m)
    """,
    sizes={"m": 4},
)

AGREEING = [
    "sum(x[k]*w(2)[k,1] for k in range(m))",
    "sum(x[k]*x[i] for k in range(m) for i in range(4) if i != 2)",
    "prod(x[k] + k for k in range(1, m))",
    "sum(exp(x[k]) for k in range(m))/m",
    "max(x[k] for k in range(4)) - min(x[1], x[2])**2",
    "tanh(x[1])*erf(x[2]) + sqrt(x[3])*log(x[0]) - abs(x[1] - x[2])",
    "x[1] if x[1] < x[2] else sin(x[3])**x[0]",
    "sum(w(l)[1,2]**l for l in range(3))",
]


def numbered(expression: sympy.Basic, point: Model) -> Any:
    """The number that SymPy gives, with the scene's values in the place of elements."""
    scene = random_scene(point, {}, {}, random.Random(6), arithmetic="precise")
    concrete = expression.subs(m, 4).doit()
    table = {}
    for element in concrete.atoms(sympy.Indexed):
        place = ",".join(map(str, element.indices[-2:]))
        label = f"({element.indices[0]})" if len(element.indices) == 3 else ""
        value = scene.element(scene.located(read_quantity(f"{element.base}{label}[{place}]")))
        table[element] = sympy.Float(str(value), 50)
    return concrete.xreplace(table).evalf(40), scene


@pytest.mark.parametrize("text", AGREEING)
def test_sympy_and_evaluation_agree(text: str) -> None:
    tree = e(text)
    found, scene = numbered(meaning(tree), POINT)
    assert abs(float(found - sympy.Float(str(evaluate(tree, scene)), 50))) < 1e-35


@pytest.mark.parametrize("text", AGREEING)
@pytest.mark.parametrize("by", ["x[1]", "w(2)[1,2]"])
def test_their_derivatives_agree_too(text: str, by: str) -> None:
    tree = Partial(e(text), q(by))
    found, scene = numbered(meaning(tree), POINT)
    assert abs(float(found - sympy.Float(str(evaluate(tree, scene)), 50))) < 1e-35


# ---------------------------------------------------------------- symbols


def test_symbols_are_listed_as_they_are_written() -> None:
    tree = e("sum((a(L)[j] - y[j])**2 for j in range(n(L)))/m + g(L)(b)*tanh(beta)")
    found = symbols_of(Sum((tree, Gradient(q("C0"), q("w(L)[1,2]")))))
    assert found == {
        "L": L,
        "n(L)": n(L),
        "a(L)[j]": a[L, j],
        "j": j,
        "y[j]": y[j],
        "m": m,
        "g(L)": g,
        "b": b,
        "beta": beta,
        "d(C0)/d(w(L)[1,2])": sympy.IndexedBase(sympy.Symbol("d(C0)/d(w)", real=True))[L, 1, 2],
        "C0": C0,
        "w(L)[1,2]": w[L, 1, 2],
    }
    assert tree.symbols()["n(L)"] == n(L)


def test_the_symbols_are_those_of_the_meaning() -> None:
    tree = e("(a(L)[1] - y[1])*m")
    symbols = tree.symbols()
    assert tree.sympy().subs({symbols["a(L)[1]"]: 3, symbols["y[1]"]: 1, symbols["m"]: 5}) == 10
    assert tree.sympy().diff(symbols["y[1]"]) == -m


def test_a_condition_and_a_case_mean_what_they_decide() -> None:
    always: Condition = read_condition("1 < 2")
    assert meaning(always) == sympy.true
    assert meaning(Cases(always, q("b"), e("1/0*b"))) == b
    assert Fraction(meaning(e("0.125")).p, 8) == Fraction(1, 8)
