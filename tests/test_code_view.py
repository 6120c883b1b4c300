"""Generated NumPy code: run, compared with autograd and with differences, and read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import autograd
import numpy as np
import pytest
from oracles import NETWORKS, Network, sigmoid

from derive.errors import TargetError
from derive.model.language import read_model
from derive.model.model import Model
from derive.model.ready import READY, ready_model
from derive.views.code import code
from derive.writing.nodes import Quantity

Function = Callable[..., tuple[float, Mapping[str, Any]]]

UNKNOWN = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
}


def loss(model: Model) -> Quantity:
    return model.equations[0].left


def compiled(text: str) -> Function:
    namespace: dict[str, Any] = {}
    exec(compile(text, "generated", "exec"), namespace)  # noqa: S102, the text is what this file tests
    function: Function = namespace["loss_and_gradient"]
    return function


# ---------------------------------------------------------------- every ready model, against autograd


def arguments(name: str, network: Network, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the generated function takes, by the names of its parameters."""
    if name == "lesson":
        value, slope = UNKNOWN["tanh"]
        return {"w": values["w(L)"], "a_prev": values["a(L-1)"], "y": values["y"], "g": value, "dg": slope}
    if name == "dense":
        layers = {family: {layer: values[f"{family}({layer})"] for layer in (1, 2)} for family in ("w", "b")}
        chosen = {layer: UNKNOWN[network.functions[f"g({layer})"]] for layer in (1, 2)}
        unknown = {part: {layer: chosen[layer][i] for layer in chosen} for i, part in enumerate(("g", "dg"))}
        return {**layers, **unknown, "a0": values["a(0)"], "y": values["y"]}
    return {key.replace("(", "").replace(")", ""): value for key, value in values.items()}


def flat(gradients: Mapping[str, Any]) -> dict[str, Any]:
    """{"w": {1: …}} => {"w(1)": …}"""
    single = {key: value for key, value in gradients.items() if not isinstance(value, dict)}
    stacks = {key: value for key, value in gradients.items() if isinstance(value, dict)}
    layers = ((f"{key}({layer})", value) for key, stack in stacks.items() for layer, value in stack.items())
    return {**single, **dict(layers)}


@pytest.mark.parametrize("name", READY)
def test_code_of_every_ready_model_agrees_with_autograd(name: str) -> None:
    network = NETWORKS[name]
    values = network.values(seed=7)
    model = ready_model(name)
    value, gradients = compiled(code(model, loss(model)))(**arguments(name, network, values))
    assert value == pytest.approx(network.loss(values))
    found = flat(gradients)
    assert found.keys() == values.keys()
    for key in values:
        wanted = autograd.grad(lambda x, key=key: network.loss({**values, key: x}))(values[key])
        np.testing.assert_allclose(found[key], wanted, atol=1e-12, err_msg=key)
        assert np.shape(found[key]) == np.shape(values[key]), key


# ---------------------------------------------------------------- other shapes of model, against differences

Small = tuple[str, dict[str, int | tuple[int, ...]]]

HUBER = """
C = sum(e[i] for i in range(n))
e[i] = 0.5*(a[i]-y[i])**2 if abs(a[i]-y[i]) <= 0.3 else 0.3*(abs(a[i]-y[i]) - 0.15) for i in range(n)
a[i] = sum(w[i,k]*x[k] for k in range(m)) for i in range(n)
"""
WEIGHTED = "C = sum(x[i]*q[k]*w[i,k]*u[k,j]*y[j] for i in range(n) for k in range(d) for j in range(m))"
CUBIC = "C = sum(t[i,j,k]*x[i]*y[j]*z[k] for i in range(n) for j in range(m) for k in range(d))"
DERIVATIVE_NAMES = """
E = sum((d[i] - dd[i])**2 for i in range(n))
d[i] = w*dd[i] for i in range(n)
"""
OWN_FUNCTIONS = "C = sum(gelu(z[i]) + erf(z[i]) + softplus(z[i])*mish(z[i]) + elu(z[i]) for i in range(n))"
TRIANGLE = """
C = sum(p[i]**2 for i in range(n))
p[i] = sum(x[j] for j in range(i+1)) for i in range(n)
"""
MASKED = """
C = sum((o[i,c] - y[i,c])**2 for i in range(n) for c in range(d))
o[i,c] = sum(a[i,j]*v[j,c] for j in range(n)) for i in range(n) for c in range(d)
a[i,j] = r[i,j]/sum(r[i,l] for l in range(n) if l <= i) if j <= i else 0 for i in range(n) for j in range(n)
r[i,j] = exp(s[i,j]) for i in range(n) for j in range(n)
"""
BY_VALUE = "C = sum(x[i]**2 if x[i] > 0.5 and y[i] > 0.5 else y[i]**3 for i in range(n))"
FILTERED = "C = sum(w[i,j]*x[j]*y[i] for i in range(n) for j in range(n) if j <= i)"

MIRRORED = """
C = sum(p[i]*q[i] + q[i]**2 for i in range(n))
q[i] = x[i]*p[n-1-i] for i in range(n)
p[i] = sum(w[i,j]*x[j] for j in range(n) if j <= i) for i in range(n)
"""
EITHER = """
C = sum(q[i,j]**2 for i in range(n) for j in range(n))
q[i,j] = sum((b if k != 0 else y[i])*x[k,j] for k in range(m)) for i in range(n) for j in range(n)
"""

SMALL: dict[str, Small] = {
    "what other rounds of a loop give": (MIRRORED, {"x": 4, "w": (4, 4)}),
    "a number or a column": (EITHER, {"b": (), "y": 3, "x": (2, 3)}),
    "a size that is also a letter": (
        "C = sum(max(b[k,k] for k in range(n))*y[i] for i in range(m))",
        {"b": (3, 3), "y": 4},
    ),
    "a fixed element": ("C = sum(y[i]**2 for i in range(n))*exp(y[1])", {"y": 3}),
    "product over a range": ("C = prod(x[i] for i in range(n))*y", {"x": 4, "y": ()}),
    "maximum over a range": ("C = sum(max(x[i,j] for j in range(m))*y[i] for i in range(n))", {"x": (3, 4), "y": 3}),
    "filter": (FILTERED, {"w": (3, 3), "x": 3, "y": 3}),
    "diagonal": ("C = sum(w[i,i]*v[i] for i in range(n))", {"w": (3, 3), "v": 3}),
    "a term without the index": ("C = sum(x[i] + b for i in range(n))*k", {"x": 3, "b": (), "k": ()}),
    "a sum without the index": ("C = sum(b for i in range(n))*sum(x[i] for i in range(n))", {"b": (), "x": 3}),
    "a derivative without the index": ("C = exp(s)\ns = sum(x[i] for i in range(n))", {"x": 3}),
    "cases by value": (HUBER, {"y": 3, "w": (3, 2), "x": 2}),
    "cases with several conditions": (BY_VALUE, {"x": 4, "y": 4}),
    "a weight between matrices": (WEIGHTED, {"x": 2, "q": 3, "w": (2, 3), "u": (3, 4), "y": 4}),
    "three axes": (CUBIC, {"t": (2, 3, 4), "x": 2, "y": 3, "z": 4}),
    "names that Python needs": ("C = sum((np[i]*math - len[i])**2 for i in range(n))", {"np": 3, "math": (), "len": 3}),
    "names that derivatives take": (DERIVATIVE_NAMES, {"dd": 3, "w": ()}),
    "functions that NumPy lacks": (OWN_FUNCTIONS, {"z": 3}),
    "neighbours": ("C = sum((x[i+1] - x[i])**2 for i in range(n-1))", {"x": 5}),
    "a range that depends on an index": (TRIANGLE, {"x": 4}),
    "the larger of three": ("C = sum(max(0, 1 - y[i]*x[i], x[i] - 0.4) for i in range(n))", {"x": 4, "y": 4}),
    "an index as a number": ("C = sum(i*x[i] + x[i]**2/(i + 1) for i in range(n))", {"x": 4}),
    "masked attention": (MASKED, {"y": (3, 2), "v": (3, 2), "s": (3, 3)}),
}


def difference(function: Function, values: Mapping[str, Any], key: str) -> Any:
    """The derivative by one array, by central differences of the function's own value."""
    found = np.zeros(np.shape(values[key]))
    for place in np.ndindex(found.shape):
        step = np.zeros(found.shape)
        step[place] = 1e-6
        up, down = (function(**{**values, key: values[key] + sign * step})[0] for sign in (1, -1))
        found[place] = (up - down) / 2e-6
    return found


@pytest.mark.parametrize("name", SMALL)
def test_code_of_small_models_agrees_with_differences(name: str) -> None:
    text, shapes = SMALL[name]
    model = read_model(text)
    function = compiled(code(model, loss(model)))
    rng = np.random.default_rng(3)
    drawn = {key: rng.uniform(0.2, 1, size=shape) for key, shape in shapes.items()}
    own = {p.rstrip("_"): p for p in inspect.signature(function).parameters}
    values = {own[key]: value for key, value in drawn.items()}
    _, gradients = function(**values)
    for key in drawn:
        wanted = difference(function, values, own[key])
        np.testing.assert_allclose(gradients[key], wanted, atol=1e-7, err_msg=key)
        assert np.shape(gradients[key]) == np.shape(wanted)


def stacked(h0: Any, y: Any, u: Any, w: Any, s: Any) -> Any:
    """Recurrent layers upon each other, by hand."""
    below = h0
    for layer in (1, 2):
        rows = [s[layer - 1]]
        for t in range(1, len(h0)):
            rows.append(np.tanh(u[layer - 1] @ rows[-1] + w[layer - 1] @ below[t]))
        below = np.array(rows)
    return np.sum((below[-1] - y) ** 2)


STACKED = """
C = sum((h(L)[T,j] - y[j])**2 for j in range(n))
h(l)[t,j] = tanh(p(l)[t,j] + q(l)[t,j]) for l in range(1, L+1) for t in range(1, T+1) for j in range(n)
p(l)[t,j] = sum(u(l)[j,k]*h(l)[t-1,k] for k in range(n)) for l in range(1, L+1) for t in range(1, T+1) for j in range(n)
q(l)[t,j] = sum(w(l)[j,k]*h(l-1)[t,k] for k in range(n)) for l in range(1, L+1) for t in range(1, T+1) for j in range(n)
h(l)[0,j] = s(l)[j] for l in range(1, L+1) for j in range(n)
"""


def test_recurrences_in_two_directions_stand_in_two_loops() -> None:
    model = read_model(STACKED)
    function = compiled(code(model, loss(model)))
    rng = np.random.default_rng(5)
    h0, y, u, w, s = (rng.normal(size=size) for size in ((4, 3), 3, (2, 3, 3), (2, 3, 3), (2, 3)))
    layers = {key: {1: value[0], 2: value[1]} for key, value in (("u", u), ("w", w), ("s", s))}
    value, gradients = function(h0=h0, y=y, **layers)
    assert value == pytest.approx(stacked(h0, y, u, w, s))

    def shifted(key: str, step: Any) -> float:
        parts = {"h0": h0, "y": y, "u": u, "w": w, "s": s}
        return float(stacked(**{**parts, key: parts[key] + step}))

    for key, at in (("u", (0, 1, 2)), ("w", (1, 0, 2)), ("s", (0, 1))):
        step = np.zeros_like({"u": u, "w": w, "s": s}[key])
        step[at] = 1e-6
        wanted = (shifted(key, step) - shifted(key, -step)) / 2e-6
        assert gradients[key][at[0] + 1][at[1:]] == pytest.approx(wanted, abs=1e-7)
    step = np.zeros_like(h0)
    step[2, 1] = 1e-6
    assert gradients["h(0)"][2, 1] == pytest.approx((shifted("h0", step) - shifted("h0", -step)) / 2e-6, abs=1e-7)


GRID = """
C = sum(h[i,j]**2 for i in range(1, n+1) for j in range(1, m+1))
h[i,j] = tanh(a*h[i-1,j] + b*h[i,j-1] + x[i,j]) for i in range(1, n+1) for j in range(1, m+1)
"""


def test_what_is_given_of_a_recurrence_is_a_parameter_and_is_differentiated_by() -> None:
    model = read_model(GRID)
    function = compiled(code(model, loss(model)))
    rng = np.random.default_rng(2)
    values = {"h": rng.normal(size=(4, 5)), "a": 0.7, "b": 0.4, "x": rng.normal(size=(4, 5))}
    _, gradients = function(**values)
    edges = difference(function, values, "h")
    np.testing.assert_allclose(gradients["h[0,j]"][1:], edges[0, 1:], atol=1e-7)
    np.testing.assert_allclose(gradients["h[i,0]"][1:], edges[1:, 0], atol=1e-7)
    np.testing.assert_allclose(gradients["x"], difference(function, values, "x"), atol=1e-7)
    assert gradients["a"] == pytest.approx(float(difference(function, values, "a")), abs=1e-7)


def test_what_is_only_compared_is_a_parameter_without_a_derivative() -> None:
    model = read_model("C = sum(x[i]**2 if t[i] > 0 else 0 for i in range(n))")
    value, gradients = compiled(code(model, loss(model)))(x=np.array([1.0, 2.0, 3.0]), t=np.array([1.0, -1.0, 1.0]))
    assert value == 10
    np.testing.assert_array_equal(gradients["x"], [2, 0, 6])
    assert list(gradients) == ["x"]


# ---------------------------------------------------------------- to be read

LESSON = '''\
import numpy as np


def loss_and_gradient(a_prev, y, w, g, dg):
    """C0 and its derivatives, each in the shape of what it is taken by.

    a_prev: (n(L-1),)
    y: (n(L),)
    w: (n(L), n(L-1))
    g, dg: functions of arrays, entry by entry
    """
    # forward
    z = w @ a_prev
    a = g(z)
    C0 = np.sum((a - y)**2)
    # backward
    da = 2 * (a - y)
    dz = da * dg(z)
    dw = np.outer(dz, a_prev)
    return C0, {"w(L)": dw}
'''

DENSE = '''\
import numpy as np


def loss_and_gradient(y, a0, w, b, g, dg):
    """C and its derivatives, each in the shape of what it is taken by.

    y: (n(L),)
    a0: (n(0),)
    w: a dictionary, w[l] has shape (n(l), n(l-1))
    b: a dictionary, b[l] has shape (n(l),)
    g, dg: functions of arrays, entry by entry
    """
    L = max(w)
    a, z, da, dz, dw, db = ({} for _ in range(6))
    a[0] = a0
    # forward
    for l in range(1, L + 1):
        z[l] = w[l] @ a[l - 1] + b[l]
        a[l] = g[l](z[l])
    C = np.sum((y - a[L])**2) / 2
    # backward
    for l in reversed(range(1, L + 1)):
        da[l] = a[L] - y if l == L else w[l + 1].T @ dz[l + 1]
        dz[l] = da[l] * dg[l](z[l])
        dw[l] = np.outer(dz[l], a[l - 1])
        db[l] = dz[l]
    return C, {"w": dw, "b": db}
'''

SOFTMAX = '''\
import numpy as np


def loss_and_gradient(y, w, x, b):
    """E and its derivatives, each in the shape of what it is taken by.

    y: (K,)
    w: (K, D)
    x: (D,)
    b: (K,)
    """
    # forward
    z = w @ x + b
    p = np.exp(z) / np.sum(np.exp(z))
    E = -y @ np.log(p)
    # backward
    dz = p - y
    dw = np.outer(dz, x)
    db = dz
    return E, {"w": dw, "b": db}
'''

RECURRENT = """\
    # forward
    h[0] = h0
    for t in range(1, T + 1):
        a[t] = b + W @ h[t - 1] + U @ x[t]
        h[t] = np.tanh(a[t])
    o[1:] = c + h[1:] @ V.T
    p[1:] = np.exp(o[1:]) / np.sum(np.exp(o[1:]), axis=1)[:, None]
    loss = -np.sum(y[1:] * np.log(p[1:]))
    # backward
    do[1:] = p[1:] - y[1:]
    for t in reversed(range(1, T + 1)):
        dh[t] = V.T @ do[t] + (W.T @ da[t + 1] if t < T else 0)
        da[t] = dh[t] * (1 - h[t]**2)
    dW = da[1:].T @ h[:T]
    return loss, {"W": dW}
"""


@pytest.mark.parametrize(
    ("name", "by", "wanted"),
    [
        ("lesson", ["w"], LESSON),
        ("dense", ["w", "b"], DENSE),
        ("softmax", ["w", "b"], SOFTMAX),
        ("rnn", ["W"], RECURRENT),
    ],
)
def test_code_reads_as_a_teacher_writes_it(name: str, by: list[str], wanted: str) -> None:
    model = ready_model(name)
    assert code(model, loss(model), by).endswith(wanted)


@pytest.mark.parametrize("name", READY)
def test_lines_are_short_and_the_same_every_time(name: str) -> None:
    model = ready_model(name)
    text = code(model, loss(model))
    assert text == code(model, loss(model))
    assert [line for line in text.splitlines() if len(line) > 120] == []


def test_an_unknown_family_is_refused() -> None:
    model = ready_model("lesson")
    with pytest.raises(TargetError) as refused:
        code(model, loss(model), ["weights"])
    assert str(refused.value) == "unknown quantity 'weights': it must be one of C0, a, y, z, w."
