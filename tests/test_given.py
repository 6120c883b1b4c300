"""A user's own numbers: against NumPy with the complex step, and every complaint whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scenes import LESSON, NETWORK, gradient, value

from derive.errors import DeriveError, OptionError, ValueMissing
from derive.model.forward import (
    given_scene,
)
from derive.model.language import read_expression, read_model, read_quantity, read_symbol
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, index
from derive.writing.nodes import Apply, Expr, Function, Partial, Product, Quantity

F = Fraction


Arrays = Mapping[str, Any]


def tanh_lesson(v: Arrays) -> Any:
    z = v["w(L)"] @ v["a(L-1)"]
    return ((np.tanh(z) - v["y"]) ** 2).sum()


def cross_entropy(v: Arrays) -> Any:
    p = np.exp(v["W"] @ v["x"] + v["b"])
    return -(v["y"] * np.log(p / p.sum())).sum()


def batch_norm(v: Arrays) -> Any:
    mu = v["x"].mean()
    var = ((v["x"] - mu) ** 2).mean()
    return (((v["x"] - mu) / np.sqrt(var + v["eps"]) * v["gamma"] + v["beta"] - v["t"]) ** 2).sum() / 2


def recurrent(v: Arrays) -> Any:
    h, loss = v["h0"], 0
    for t in range(1, 5):
        h = np.tanh(v["W"] @ h + v["U"] @ v["x"][t])
        loss = loss + (h * v["y"][t]).sum()
    return loss


def convolution(v: Arrays) -> Any:
    z = np.array([(v["w"] * v["x"][i : i + 3]).sum() for i in range(6)])
    return (z**3).sum()


def normal(*shape: int) -> Any:
    return np.random.default_rng(sum(shape) + 17 * len(shape)).normal(size=shape)


MODELS: dict[str, tuple[str, Callable[[Arrays], Any], Arrays, dict[str, str]]] = {
    "lesson": (LESSON, tanh_lesson, {"w(L)": normal(3, 5), "a(L-1)": normal(5), "y": normal(3)}, {"g(L)": "tanh"}),
    "softmax": (
        (
            "loss = -sum(y[i]*log(p[i]) for i in range(K))\n"
            "p[i] = exp(s[i])/sum(exp(s[j]) for j in range(K)) for i in range(K)\n"
            "s[i] = sum(W[i,k]*x[k] for k in range(D)) + b[i] for i in range(K)"
        ),
        cross_entropy,
        {"W": normal(4, 3), "x": normal(3), "b": normal(4), "y": np.array([0.1, 0.2, 0.3, 0.4])},
        {},
    ),
    "batch norm": (
        (
            "loss = 1/2*sum((gamma*xhat[i] + beta - t[i])**2 for i in range(m))\n"
            "xhat[i] = (x[i] - mu)/sqrt(var + eps) for i in range(m)\n"
            "var = 1/m*sum((x[i] - mu)**2 for i in range(m))\nmu = 1/m*sum(x[i] for i in range(m))"
        ),
        batch_norm,
        {"x": normal(5), "t": normal(5) + 1, "gamma": 1.5, "beta": -0.5, "eps": 0.01},
        {},
    ),
    "recurrent": (
        (
            "loss = sum(h[t,i]*y[t,i] for t in range(1, T+1) for i in range(n))\n"
            "h[t,i] = tanh(sum(W[i,k]*h[t-1,k] for k in range(n)) + sum(U[i,k]*x[t,k] for k in range(m)))"
            " for t in range(1, T+1) for i in range(n)\nh[0,i] = h0[i] for i in range(n)"
        ),
        recurrent,
        {"W": normal(3, 3), "U": normal(3, 2), "x": normal(5, 2), "y": normal(5, 3), "h0": normal(3)},
        {},
    ),
    "convolution": (
        "loss = sum(c[i]**3 for i in range(N-K+1))\nc[i] = sum(w[u]*x[i+u] for u in range(K)) for i in range(N-K+1)",
        convolution,
        {"w": normal(3), "x": normal(8)},
        {},
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_gradients_by_the_complex_step(name: str) -> None:
    text, program, values, functions = MODELS[name]
    more = {"N": 8} if name == "convolution" else {}
    scene = given_scene(read_model(text), values, sizes=more, functions=functions)
    loss = text.split("=", maxsplit=1)[0].strip()
    assert value(scene, loss) == pytest.approx(program(values), rel=1e-12)
    for family, array in values.items():
        for place in np.ndindex(np.shape(array)):
            moved = {name: np.array(given, dtype=complex) for name, given in values.items()}
            moved[family][place] += 1e-100j
            expected = program(moved).imag / 1e-100
            by = family + (f"[{','.join(map(str, place))}]" if place else "")
            assert gradient(scene, loss, by) == pytest.approx(expected, rel=1e-10, abs=1e-14)


def lesson_values() -> dict[str, Any]:
    return {"w(L)": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "a(L-1)": [0.5, 0.25], "y": [1, 0, 1]}


def test_a_printed_piece_is_evaluated() -> None:
    pair = (lambda z: z**2, lambda z: 2 * z)
    scene = given_scene(read_model(LESSON), lesson_values(), sizes={"j": 1, "k": 0}, functions={"g(L)": pair})
    slope = Apply(Function("g", index(Symbol("L")), (1,)), (read_quantity("z(L)[j]"),))
    piece = Product((read_expression("2*(a(L)[j] - y[j])*a(L-1)[k]", letters=["j", "k"]), slope))
    z = 3 * 0.5 + 4 * 0.25
    assert evaluate(piece, scene) == 2 * (z**2 - 0) * 0.5 * 2 * z
    assert gradient(scene, "C0", "w(L)[1,0]") == evaluate(piece, scene)


def test_labels_may_have_numbers() -> None:
    values = {"w(1)": [[2.0]], "b(1)": [0.5], "w(2)": [[3.0]], "b(2)": [0.25], "a(0)": [1.5], "y": [1.0]}
    scene = given_scene(read_model(NETWORK), values, sizes={"L": 2}, functions={"g": "tanh"})
    hidden = math.tanh(2 * 1.5 + 0.5)
    out = math.tanh(3 * hidden + 0.25)
    assert value(scene, "C") == pytest.approx((1 - out) ** 2 / 2)
    expected = -(1 - out) * (1 - out**2) * 3 * (1 - hidden**2) * 1.5
    assert gradient(scene, "C", "w(1)[0,0]") == pytest.approx(expected)


def test_each_label_may_have_its_own_function() -> None:
    pair = (lambda z: z, lambda _: 1.0)
    values = {"w(1)": [[2.0]], "b(1)": [0.5], "w(2)": [[3.0]], "b(2)": [0.25], "a(0)": [1.5], "y": [1.0]}
    scene = given_scene(read_model(NETWORK), values, sizes={"L": 2}, functions={"g(1)": "exp", "g(L)": pair})
    assert value(scene, "a(L)[0]") == 3 * math.exp(3.5) + 0.25


def test_a_given_value_comes_before_its_equation_and_keeps_its_slope() -> None:
    scene = given_scene(read_model("C = v**2\nv = 3*u\nu = x*x"), {"x": 2.0, "v": 100.0})
    assert value(scene, "C") == 10000
    assert gradient(scene, "C", "x") == 2 * 100 * 3 * 2 * 2


def test_values_of_inner_quantities_are_enough() -> None:
    scene = given_scene(read_model(NETWORK), {"a(L)": [0.5, 0.75], "y": [1.0, 0.0], "a(L-1)": [2.0]})
    assert evaluate(read_expression("(a(L)[1] - y[1])*a(L-1)[0]"), scene) == 1.5


def test_rows_that_an_array_lacks_come_from_the_equation() -> None:
    model = read_model("C = h[2]\nh[t] = 2*h[t-1] for t in range(1, 3)")
    assert value(given_scene(model, {"h": [5.0]}), "C") == 20
    assert value(given_scene(model, {"h": [None, 7.0]}), "C") == 14


@pytest.mark.parametrize(
    ("given", "kind"), [(3, float), (np.float32(3), float), (True, float), (F(3), float), (np.array(3), float)]
)
def test_numbers_of_every_kind(given: object, kind: type) -> None:
    found = value(given_scene(read_model("C = 2*x"), {"x": given}), "C")
    assert type(found) is kind
    assert found == 2 * float(given)  # type: ignore[arg-type]


def test_exact_numbers_stay_exact() -> None:
    scene = given_scene(read_model("C = x/y"), {"x": 1, "y": F(3, 2)}, arithmetic="exact")
    assert value(scene, "C") == F(2, 3)
    assert gradient(scene, "C", "y") == F(-4, 9)


CATALOGUE: dict[str, Expr] = {
    "sigmoid": read_expression("1/(1 + exp(-z))"),
    "relu": read_expression("max(0, z)"),
    "elu": read_expression("z if z > 0 else exp(z) - 1"),
    "softplus": read_expression("log(1 + exp(z))"),
    "swish": read_expression("z*sigmoid(z)"),
}


@pytest.mark.parametrize(
    ("name", "order", "z", "expected"),
    [
        ("sigmoid", 0, 0.0, 0.5),
        ("sigmoid", 1, 0.0, 0.25),
        ("sigmoid", 2, 0.0, 0.0),
        ("sigmoid", 3, 0.0, -0.125),
        ("sigmoid", 1, -1000.0, 0.0),
        ("softplus", 0, 1000.0, 1000.0),
        ("softplus", 1, 1000.0, 1.0),
        ("relu", 1, 0.0, 0.0),
        ("relu", 1, 2.0, 1.0),
        ("elu", 1, -1.0, math.exp(-1)),
        ("swish", 1, 0.0, 0.5),
        ("swish", 2, 0.0, 0.5),
    ],
)
def test_catalogue_functions_go_through_their_formula(name: str, order: int, z: float, expected: float) -> None:
    scene = given_scene(read_model("C = g(x)"), {"x": z}, functions={"g": name}, catalogue=CATALOGUE.get)
    found = evaluate(Apply(Function("g", None, (order,) if order else ()), (Quantity("x"),)), scene)
    assert found == pytest.approx(expected, abs=1e-15)
    assert type(found) is float


def test_a_formula_may_hold_parameters() -> None:
    catalogue = {"leaky": read_expression("z if z > 0 else alpha*z")}
    scene = given_scene(read_model("C = leaky(x)*alpha"), {"x": -3, "alpha": 0.5}, catalogue=catalogue.get)
    assert gradient(scene, "C", "alpha") == 2 * 0.5 * -3
    assert evaluate(Apply(Function("leaky", None, (1,)), (Quantity("x"),)), scene) == 0.5


def test_a_parameter_of_a_formula_is_no_part_of_its_derivative() -> None:
    scene = given_scene(
        read_model("C = curve(x)*alpha"),
        {"x": 3, "alpha": 0.5},
        catalogue={"curve": read_expression("alpha*z**2")}.get,
    )
    slope = Apply(Function("curve", None, (1,)), (Quantity("x"),))
    assert evaluate(slope, scene) == 2 * 0.5 * 3
    assert evaluate(Partial(slope, Quantity("alpha")), scene) == 2 * 3


def test_an_infinite_slope_is_computed_again() -> None:
    scene = given_scene(read_model("C = sigmoid(w*x)"), {"w": 1.0, "x": -1000.0}, catalogue=CATALOGUE.get)
    assert gradient(scene, "C", "w") == 0.0


def given(text: str, values: Arrays, **options: Any) -> Callable[[], Any]:
    return lambda: value(given_scene(read_model(text), values, **options), text.split("=", maxsplit=1)[0].strip())


X = "C = sum(x[i]*v(L)[i,k] for i in range(m) for k in range(n(L)))"

COMPLAINTS: list[tuple[Callable[[], Any], type[DeriveError], str]] = [
    (
        given(X, {"x": [1]}),
        ValueMissing,
        "sizes['n(L)'] is missing: give it as a whole number",
    ),
    (
        given(X, {"x": [1]}, sizes={"n(L)": 1}),
        ValueMissing,
        "values['v(L)'] is missing: give it as lists or an array, indexed from 0",
    ),
    (given("C = w*x", {"x": 1}), ValueMissing, "values['w'] is missing: give it as a number"),
    (
        given(NETWORK, {"y": [1]}, sizes={"L": 2, "n(2)": 1, "n(1)": 1}),
        ValueMissing,
        "values['w(2)'] is missing: give it as lists or an array, indexed from 0",
    ),
    (
        given(X, {"x": [1], "v(L)": [[1]]}, sizes={"m": 2}),
        ValueMissing,
        "values['x'] has 1 entries along its index 1, so x[1] is missing",
    ),
    (
        given("C = x[m-3] + sum(x[i] for i in range(m))", {"x": [1, 2]}, sizes={"m": 2}),
        ValueMissing,
        "values['x'] has 2 entries along its index 1, so x[-1] is missing",
    ),
    (
        given("C = g(L)(x)", {"x": 1}),
        ValueMissing,
        (
            "functions['g(L)'] is missing: give the name of a known function, such as 'tanh', or a pair of callables, "
            "g and its derivative"
        ),
    ),
    (
        given(X, {"x": [1, 2], "v(L)": [[1]]}),
        OptionError,
        "values['x'] shows that m is 2, but values['v(L)'] that it is 1: give sizes['m']",
    ),
    (
        given("C = x", {"x": 1, "q": 2}),
        OptionError,
        "values: unknown quantity 'q': it must be one of C, x.",
    ),
    (
        given(X, {"v": [1]}),
        OptionError,
        "values['v'] is not how values are given: the model writes v(L)[i,k], so v(L)",
    ),
    (
        given(X, {"x[0]": 1}),
        OptionError,
        "values['x[0]'] is not how values are given: the model writes x[i], so x",
    ),
    (given("C = x", {"x": "1"}), OptionError, "values['x'] holds '1', which is not a number"),
    (given("C = x", {"x": 1j}), OptionError, "values['x'] holds '1j', which is not a number"),
    (given("C = x", {"x": [1]}), OptionError, "values['x'] has more dimensions than x, which is one number"),
    (
        given("C = x[0,1]", {"x": [1, 2]}),
        OptionError,
        "values['x'] has 1 dimensions, but the model has x[0,1]",
    ),
    (given("C = x*m", {"x": 1}, sizes={"m": 1.5}), OptionError, "sizes['m'] is '1.5', but must be a whole number"),
    (
        given("C = g(x)", {"x": 1}, functions={"f": "tanh"}),
        OptionError,
        "functions: unknown function 'f': it must be one of g.",
    ),
    (
        given("C = exp(x)", {"x": 1}, functions={"f": "tanh"}),
        OptionError,
        "functions['f'] has nothing to stand for: the model has no unknown function",
    ),
    (
        given("C = g(x)", {"x": 1}, functions={"g": "tahn"}),
        OptionError,
        "functions['g'] is 'tahn', which no catalogue knows",
    ),
]


@pytest.mark.parametrize(("asked", "error", "message"), COMPLAINTS)
def test_what_is_missing_or_wrong_is_named(asked: Callable[[], Any], error: type[DeriveError], message: str) -> None:
    with pytest.raises(error) as caught:
        asked()
    assert str(caught.value) == message
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("functions", "orders", "message"),
    [
        (math.sin, (1,), "functions['g'] has no derivative: give a pair of callables, the function and its derivative"),
        (
            (math.sin, math.cos),
            (2,),
            "functions['g'] has no derivative of order 2: give the name of a known function instead",
        ),
    ],
)
def test_derivatives_that_a_user_did_not_give(functions: Any, orders: tuple[int, ...], message: str) -> None:
    scene = given_scene(read_model("C = g(x)"), {"x": 1.0}, functions={"g": functions})
    assert value(scene, "C") == math.sin(1)
    with pytest.raises(ValueMissing) as caught:
        evaluate(Apply(Function("g", None, orders), (Quantity("x"),)), scene)
    assert str(caught.value) == message


def test_functions_of_several_arguments() -> None:
    triple = (lambda x, y: x * y, lambda x, y: y, lambda x, y: x)
    scene = given_scene(read_model("C = f(x, x**2)"), {"x": 3.0}, functions={"f": triple})
    assert (value(scene, "C"), gradient(scene, "C", "x")) == (27.0, 27.0)


@pytest.mark.parametrize(
    ("text", "values", "known", "name", "size"),
    [
        ("C = sum(x[i] for i in range(m))", {"x": [1, 2, 3]}, {}, "m", 3),
        ("C = sum(x[t] for t in range(1, T+1))", {"x": [0, 1, 2, 3]}, {}, "T", 3),
        ("C = sum(x[t] for t in range(2*m))", {"x": [0, 1]}, {"m": 1}, "m", 1),
        ("C = sum(c[i] for i in range(N-K+1))", {"c": [1, 2]}, {"N": 4}, "K", 3),
        ("C = sum(a(L)[i] for i in range(n(L)))", {"a(L)": [1, 2]}, {"L": 7}, "n(7)", 2),
        ("C = sum(x[i] for i in range(m))", {"x": np.zeros(0)}, {}, "m", 0),
    ],
)
def test_sizes_are_read_off_arrays(text: str, values: Arrays, known: dict[str, int], name: str, size: int) -> None:
    scene = given_scene(read_model(text), values, sizes=known)
    assert scene.symbol(read_symbol(name)) == size
    assert value(scene, "C") == sum(v for array in values.values() for v in array)
