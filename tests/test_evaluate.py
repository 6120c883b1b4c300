"""Numbers, and what trees evaluate to: against plain Python, fractions, and the complex step."""

from __future__ import annotations

import cmath
import math
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from derive.errors import DeriveError, TooLarge
from derive.model.language import read_condition, read_expression, read_index
from derive.writing.dual import Dual, Num, Orders, nth_derivative, through
from derive.writing.evaluate import evaluate, holds, shown_terms_hold
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import (
    Apply,
    Condition,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Gradient,
    Grouped,
    Logic,
    Node,
    Partial,
    Product,
    Quantity,
    Sum,
)
from derive.writing.numbers import (
    ARITHMETICS,
    EXACT_BITS,
    PRIMITIVES,
    NotExact,
    OutsideDomain,
    agree,
    extreme,
    power,
    precise,
)
from derive.writing.scene import Element, Scene

F = Fraction


class Table(Scene):
    """A scene with a function for each family and numbers for sizes; derivatives are marked by what they are of."""

    def __init__(
        self,
        families: Mapping[str, Callable[..., Num]],
        sizes: Mapping[str, int],
        arithmetic: str = "exact",
        **letters: int,
    ) -> None:
        super().__init__({Symbol(name): value for name, value in letters.items()})
        self.families = families
        self.sizes = sizes
        self.arithmetic = ARITHMETICS[arithmetic]

    def number(self, value: Fraction | int) -> Num:
        return self.arithmetic.number(value)

    def constant(self, name: str) -> Num:
        return {"pi": self.arithmetic.pi}[name]()

    def size(self, name: str, label: int | None) -> int:
        return self.sizes[name if label is None else f"{name}({label})"]

    def element(self, element: Element) -> Num:
        label = () if element.label is None else (element.label,)
        return self.number(self.families[element.family](*label, *element.indices))

    def applied(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        return self.number({"g": 1000}[name] * (label or 0) + 100 * sum(orders)) + sum(arguments)

    def partial(self, of: Expr, by: Element) -> Num:
        return self.number(7 * by.indices[0] * (of == Quantity("b")))

    def gradient(self, of: Element, by: Element) -> Num:
        return self.number(10 * by.indices[0] * (of.family == "b"))

    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        """All zeros in one where x[9] is folded, which is far outside."""
        return [(9, upper - lower)] if upper == 1000 and fold.kind else [(i, 1) for i in range(lower, upper)]


SCENE = Table(
    {
        "x": lambda i: F(i + 1, 2),
        "w": lambda label, j, k: F(10 * label + 3 * j - k, 7),
        "b": lambda: F(-3, 4),
        "zero": lambda: F(0),
    },
    {"m": 4, "n(3)": 5, "n(2)": 2, "L": 3},
    j=1,
    t=2,
)

X = [F(i + 1, 2) for i in range(9)]

VALUES: list[tuple[str, Fraction]] = [
    ("1/2 + 0.25", F(3, 4)),
    ("x[0] - x[1] - x[2]", X[0] - X[1] - X[2]),
    ("-x[3]**2", -(X[3] ** 2)),
    ("2*x[1]*b", 2 * X[1] * F(-3, 4)),
    ("x[j+1]/b", X[2] / F(-3, 4)),
    ("w(L)[j,2] + w(L-1)[0,j]", F(30 + 3 - 2, 7) + F(20 - 1, 7)),
    ("x[0]**-2", F(4)),
    ("zero**0", F(1)),
    ("x[1]**m", F(1)),
    ("1/m + m*L", F(1, 4) + 12),
    ("sum(x[k] for k in range(m))", sum(X[:4], F(0))),
    (
        "sum(x[k]*x[i] for k in range(2) for i in range(k, 3))",
        sum((X[k] * X[i] for k in range(2) for i in range(k, 3)), F(0)),
    ),
    ("sum(x[k] for k in range(n(L)) if k != j if k < 4)", X[0] + X[2] + X[3]),
    ("sum(x[k] for k in range(3, 3))", F(0)),
    ("prod(x[k] for k in range(1, 4))", X[1] * X[2] * X[3]),
    ("prod(x[k] for k in range(0))", F(1)),
    ("sum(x[k] for k in range(1000))", F(5000)),
    ("prod(x[k] - 3 for k in range(1000))", F(2**1000)),
    ("max(x[k] for k in range(1000))", F(5)),
    ("max(b*x[k] for k in range(4))", F(-3, 8)),
    ("min(b*x[k] for k in range(4))", F(-3, 2)),
    ("max(x[0], x[3], b)", X[3]),
    ("min(x[0], x[3], b)", F(-3, 4)),
    ("abs(b) + sign(b) + sign(zero)", F(3, 4) - 1),
    ("x[0] if j == 1 else 1/zero", X[0]),
    ("1/zero if x[0] > 1 else x[1]", X[1]),
    ("sum(x[j] for j in range(2))*x[j]", (X[0] + X[1]) * X[1]),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
@pytest.mark.parametrize("arithmetic", ["exact", "precise", "float"])
def test_expressions_have_the_values_that_python_gives_them(text: str, value: Fraction, arithmetic: str) -> None:
    scene = Table(SCENE.families, SCENE.sizes, arithmetic, j=1, t=2)
    found = evaluate(read_expression(text, letters=["j", "m", "L"]), scene)
    assert type(found) is type(scene.number(0))
    assert agree(found, scene.number(value))
    assert scene.letters == {Symbol("j"): 1, Symbol("t"): 2}


def at(text: str) -> Index:
    return read_index(text)


NODES: list[tuple[Expr, Fraction]] = [
    (Delta(at("j"), at("1")), F(1)),
    (Delta(at("j"), at("t")), F(0)),
    (Sum(()), F(0)),
    (Product(()), F(1)),
    (Grouped(read_expression("1 + 1")), F(2)),
    (Apply(Function("g", at("L")), (Quantity("b"),)), 3000 + F(-3, 4)),
    (Apply(Function("g", None, (1, 1)), (Quantity("b"), Quantity("b"))), 200 - F(3, 2)),
    (Apply(Function("abs", None, (1,)), (Quantity("b"),)), F(-1)),
    (Apply(Function("sign", None, (1,)), (Quantity("b"),)), F(0)),
    (Apply(Function("max", None, (0, 1)), (Quantity("b"), Quantity("zero"))), F(1)),
    (Apply(Function("max", None, (1, 0)), (Quantity("b"), Quantity("zero"))), F(0)),
    (Apply(Function("max", None, (0, 2)), (Quantity("b"), Quantity("zero"))), F(0)),
    (Partial(Quantity("b"), Quantity("x", None, (at("1"),))), F(7)),
    (Gradient(Quantity("b"), Quantity("x", None, (at("t"),))), F(20)),
]


@pytest.mark.parametrize(("node", "value"), NODES)
def test_nodes_that_the_language_does_not_write(node: Expr, value: Fraction) -> None:
    assert evaluate(node, SCENE) == value


CONDITIONS = [
    ("j == 1", True),
    ("j != 1", False),
    ("j < t", True),
    ("j >= t", False),
    ("x[j] <= 1", True),
    ("x[j] > b", True),
    ("j == 1 and t == 2 and x[0] < 0", False),
    ("x[0] < 0 or j == 1", True),
    ("not (j == 1)", False),
    ("j == 2 and 1/zero > 0", False),
]


@pytest.mark.parametrize(("text", "truth"), CONDITIONS)
def test_conditions(text: str, truth: bool) -> None:
    assert holds(read_condition(text, letters=["j", "t"]), SCENE) is truth


def test_no_part_is_true_for_and_and_false_for_or() -> None:
    assert holds(Logic("and", ()), SCENE)
    assert not holds(Logic("or", ()), SCENE)


class Strange(Expr):
    """No node of ours."""


class StrangeCondition(Condition):
    """No condition of ours."""


@pytest.mark.parametrize(
    ("asked", "node", "message"),
    [
        (evaluate, Strange(), "evaluate has no rule for Strange"),
        (evaluate, StrangeCondition(), "evaluate has no rule for StrangeCondition"),
        (holds, StrangeCondition(), "holds has no rule for StrangeCondition"),
    ],
)
def test_an_unknown_node_is_named(asked: Callable[[Node, Scene], Any], node: Node, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        asked(node, SCENE)
    assert str(caught.value) == message


ERRORS = [
    ("x[0]/zero", OutsideDomain, "x[0]/zero divides by 0 here"),
    ("zero**-1", OutsideDomain, "0 has no power -1: that divides by 0"),
    ("log(zero)", OutsideDomain, "log(0) has no value: log needs a number above 0"),
    ("sqrt(b)", OutsideDomain, "sqrt(-0.75) has no value: sqrt needs a number from 0 on"),
    ("b**0.5", OutsideDomain, "-0.75 is negative: it has no power 0.5"),
    ("max(x[k] for k in range(0))", OutsideDomain, "max over an empty range has no value"),
    ("exp(b)", NotExact, "exp(-3/4) is not rational: evaluate it with 50 digits"),
    ("x[0]**0.5", NotExact, "1/2 ** 1/2 is not rational: evaluate it with 50 digits"),
    ("x[0]**(10**9)", TooLarge, "a power with exponent 1000000000 has more than 10000 binary digits"),
]


@pytest.mark.parametrize(("text", "error", "message"), ERRORS)
def test_errors_say_what_has_no_value(text: str, error: type[DeriveError], message: str) -> None:
    with pytest.raises(error) as caught:
        evaluate(read_expression(text), SCENE)
    assert str(caught.value) == message
    assert type(caught.value) is error


def test_letters_are_put_back_after_an_error() -> None:
    scene = Table(SCENE.families, SCENE.sizes, j=1)
    with pytest.raises(OutsideDomain):
        evaluate(read_expression("sum(1/(x[j] - 1) for j in range(5))"), scene)
    assert scene.letters == {Symbol("j"): 1}


# ---------------------------------------------------------------- numbers


def steep(function: Callable[[complex], complex], x: float) -> float:
    """The derivative by a complex step, which knows nothing of dual numbers."""
    return function(complex(x, 1e-100)).imag / 1e-100


COMPLEX: dict[str, Callable[[complex], complex]] = {
    "exp": cmath.exp,
    "log": cmath.log,
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "tanh": cmath.tanh,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "erf": lambda z: complex(math.erf(z.real), 2 / math.sqrt(math.pi) * math.exp(-(z.real**2)) * z.imag),
    "abs": lambda z: z if z.real > 0 else -z,
    "sign": lambda z: complex(math.copysign(1, z.real)),
}


def test_the_tables_list_the_same_functions() -> None:
    assert set(COMPLEX) == set(PRIMITIVES)


@pytest.mark.parametrize("name", PRIMITIVES)
@pytest.mark.parametrize("x", [0.3, 0.5, 1.75])
def test_primitives_and_their_slopes(name: str, x: float) -> None:
    dual = PRIMITIVES[name](Dual(x, 2.0))
    assert dual.value == pytest.approx(COMPLEX[name](complex(x)).real, rel=1e-14)
    assert dual.slope == pytest.approx(2 * steep(COMPLEX[name], x), rel=1e-13)
    wide = PRIMITIVES[name](Dual(precise().mpf(x), precise().mpf(2)))
    reference = getattr(mpmath, {"abs": "fabs"}.get(name, name))
    with mpmath.workdps(60):
        assert abs(wide.value - reference(mpmath.mpf(x))) < 1e-48
        assert abs(wide.slope - 2 * mpmath.diff(reference, mpmath.mpf(x))) < 1e-25


@pytest.mark.parametrize("name", ["abs", "sign"])
def test_kinks_have_the_slope_0(name: str) -> None:
    assert PRIMITIVES[name](Dual(F(0), F(1))).slope == 0
    assert PRIMITIVES[name](Dual(0.0, 1.0)).slope == 0.0


@pytest.mark.parametrize(
    ("name", "x", "value"),
    [
        ("exp", 1000.0, math.inf),
        ("exp", -1000.0, 0.0),
        ("cosh", -1000.0, math.inf),
        ("sinh", -1000.0, -math.inf),
        ("tanh", 1000.0, 1.0),
    ],
)
def test_floats_that_overflow_are_infinite(name: str, x: float, value: float) -> None:
    assert PRIMITIVES[name](x) == value


POWERS: list[tuple[Num, Num, Num]] = [
    (F(2, 3), F(-2), F(9, 4)),
    (F(0), F(0), F(1)),
    (0.0, 0.0, 1.0),
    (-2.0, 3.0, -8.0),
    (2.0, 0.5, math.sqrt(2)),
    (10.0, 1000.0, math.inf),
    (-10.0, 1001.0, -math.inf),
    (F(-1), F(10**12), F(1)),
]


@pytest.mark.parametrize(("base", "exponent", "value"), POWERS)
def test_powers(base: Num, exponent: Num, value: Num) -> None:
    assert power(base, exponent) == value


@pytest.mark.parametrize(
    ("base", "exponent", "slope"),
    [
        (Dual(F(3), F(1)), F(4), F(108)),
        (Dual(F(0), F(1)), F(1), F(1)),
        (Dual(F(0), F(1)), F(0), F(0)),
        (Dual(F(2), F(1)), F(-1), F(-1, 4)),
        (Dual(4.0, 1.0), 0.5, 0.25),
        (2.0, Dual(3.0, 1.0), 8 * math.log(2)),
        (Dual(2.0, 1.0), Dual(2.0, 1.0), 4 * (math.log(2) + 1)),
    ],
)
def test_slopes_of_powers(base: Num, exponent: Num, slope: Num) -> None:
    assert agree(power(base, exponent).slope, slope)


def test_exact_powers_have_a_bound() -> None:
    assert power(F(2), F(EXACT_BITS // 4)) == 2 ** (EXACT_BITS // 4)
    with pytest.raises(TooLarge):
        power(F(2), F(EXACT_BITS))


def quotient(x: Num, y: Num) -> Num:
    return (x * y - 3) / (y - 2 * x) + x / 2 - (1 - y) * 2


@pytest.mark.parametrize("kind", [F, float, lambda value: precise().mpf(value)])
def test_dual_arithmetic(kind: Callable[[int], Num]) -> None:
    x, y = kind(3), kind(5)
    assert agree(quotient(Dual(x, kind(1)), y).slope, kind(5) / -1 + 2 * kind(12) / 1 + kind(1) / 2)
    assert agree(quotient(x, Dual(y, kind(1))).slope, kind(3) / -1 - kind(12) + 2)


def test_duals_are_compared_by_value() -> None:
    small, large = Dual(F(1), F(9)), Dual(F(2), F(0))
    assert small < large
    assert large >= 2
    assert small == Dual(F(1), F(0))
    assert F(1) <= small < 1.5
    assert not small > 1.0
    assert small != F(2)


def test_derivatives_of_derivatives() -> None:
    assert nth_derivative(lambda x: x * x * x * 5, 2, F(7)) == 210
    assert nth_derivative(lambda x: F(4), 1, F(7)) == 0
    inner = nth_derivative(lambda x: x * x * x, 2, Dual(F(2), F(1)))
    assert (inner.value, inner.slope) == (12, 6)


def test_a_slope_of_one_derivative_is_a_constant_to_another() -> None:
    """d/dx (x * d/dy (x + y)) is 1; taking both e for the same number gives 2."""
    x = Dual(F(3), F(1), 1)
    assert (x * nth_derivative(lambda y: x + y, 1, F(5), above=1)).slope == 1


def test_a_function_with_its_own_derivatives_takes_duals() -> None:
    def product(orders: Orders, arguments: list[Num]) -> Num:
        x, y = arguments
        table: dict[Orders, Num] = {(0, 0): x * y, (1, 0): y, (0, 1): x, (1, 1): F(1)}
        return table[orders]

    found = through(product, (0, 0), [Dual(F(2), F(1)), Dual(F(3), F(10))])
    assert (found.value, found.slope) == (6, 23)
    assert through(product, (1, 0), [F(2), Dual(F(3), F(10))]).slope == 10


@pytest.mark.parametrize(
    ("name", "values", "chosen"),
    [("max", (1, 3, 2), 1), ("min", (1, 3, 2), 0), ("max", (2, 2), 0), ("min", (5, 2, 2), 1)],
)
def test_the_first_of_equal_numbers_is_chosen(name: str, values: tuple[int, ...], chosen: int) -> None:
    duals = [Dual(F(value), F(place)) for place, value in enumerate(values)]
    assert extreme(name, (), duals) is duals[chosen]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (F(1, 3), F(1, 3), True),
        (F(1, 3), F(333333333333, 10**12), False),
        (0.1 + 0.2, 0.3, True),
        (0.3, 0.3001, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.nan, math.nan, False),
        (precise().mpf(1) / 3, precise().mpf(1) / 3 + precise().mpf(10) ** -45, True),
        (precise().mpf(1) / 3, precise().mpf(1) / 3 + precise().mpf(10) ** -20, False),
    ],
)
def test_agreement(left: Num, right: Num, same: bool) -> None:
    assert agree(left, right) is same


def test_exact_arithmetic_does_not_load_mpmath() -> None:
    code = "import sys, derive.writing.evaluate, derive.model.running; sys.exit('mpmath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------- sums written out

SIGMA = read_expression("sum(x[k]**2 for k in range(m))", letters=["m"])
FILTERED = read_expression("sum(x[k] for k in range(6) if k != 1 if k != 2)")


def written_out(sigma: Expr, shown: str, terms: str) -> ExpandedSum:
    assert isinstance(sigma, Fold)
    places = tuple(None if place == "..." else read_index(place) for place in shown.split())
    return ExpandedSum(sigma, places, tuple(map(read_expression, terms.split())))


SHOWN: list[tuple[Expr, str, str, bool]] = [
    (SIGMA, "0 1 2 3", "x[0]**2 x[1]**2 x[2]**2 x[3]**2", True),
    (SIGMA, "0 1 ... m-1", "x[0]**2 x[1]**2 x[3]**2", True),
    (SIGMA, "0 ... j+1 ... 3", "x[0]**2 x[2]*x[j+1] x[3]**2", True),
    (SIGMA, "0 1 2 ... 3", "x[0]**2 x[1]**2 x[2]**2 x[3]**2", True),
    (SIGMA, "0 1 3", "x[0]**2 x[1]**2 x[3]**2", False),
    (SIGMA, "0 1 2", "x[0]**2 x[1]**2 x[2]**2", False),
    (SIGMA, "1 2 3", "x[1]**2 x[2]**2 x[3]**2", False),
    (SIGMA, "0 1 ...", "x[0]**2 x[1]**2", False),
    (SIGMA, "... 2 3", "x[2]**2 x[3]**2", False),
    (SIGMA, "0 2 1 3", "x[0]**2 x[2]**2 x[1]**2 x[3]**2", False),
    (SIGMA, "0 ... 0 1 2 3", "x[0]**2 x[0]**2 x[1]**2 x[2]**2 x[3]**2", False),
    (SIGMA, "0 1 2 3 4", "x[0]**2 x[1]**2 x[2]**2 x[3]**2 x[4]**2", False),
    (SIGMA, "0 1 ... 3", "x[0]**2 x[1]**2 x[2]**2", False),
    (SIGMA, "0 1 ... 3", "x[0]**2 x[1]**2", False),
    (SIGMA, "0 1 ... 3", "x[0]**2 x[2]**2 x[3]**2", False),
    (FILTERED, "0 3 4 5", "x[0] x[3] x[4] x[5]", True),
    (FILTERED, "0 ... 5", "x[0] x[5]", True),
    (FILTERED, "0 1 3 4 5", "x[0] x[1] x[3] x[4] x[5]", False),
    (FILTERED, "0 4 5", "x[0] x[4] x[5]", False),
    (read_expression("sum(x[k] for k in range(2, 2))"), "", "", True),
    (read_expression("sum(x[k] for k in range(2, 3))"), "", "", False),
]


@pytest.mark.parametrize(("sigma", "shown", "terms", "truth"), SHOWN)
def test_a_wrong_sum_is_caught(sigma: Expr, shown: str, terms: str, truth: bool) -> None:
    expanded = written_out(sigma, shown, terms)
    assert shown_terms_hold(expanded, SCENE) is truth
    assert evaluate(expanded, SCENE) == evaluate(sigma, SCENE)


def test_terms_may_be_derivatives() -> None:
    body = Gradient(Quantity("b"), Quantity("x", None, (index(Symbol("k")),)))
    sigma = Fold("sum", body, Symbol("k"), index(1), index(4))
    places = (index(1), index(2), index(3))
    terms = tuple(Gradient(Quantity("b"), Quantity("x", None, (i,))) for i in places)
    assert shown_terms_hold(ExpandedSum(sigma, places, terms), SCENE)
    assert not shown_terms_hold(ExpandedSum(sigma, places, (*terms[:2], terms[1])), SCENE)
