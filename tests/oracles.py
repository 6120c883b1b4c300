"""The ready models written again in NumPy, by hand, sharing nothing with the package.

It is autograd's NumPy, so that each loss here can also be differentiated without any of the package's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import autograd.numpy as np
from numpy.random import Generator, default_rng

Array = Any
Values = Mapping[str, Array]
Shape = tuple[int, ...]
Draw = Callable[[Generator, Shape], Array]


@dataclass(frozen=True)
class Network:
    """A loss as a function of its given quantities, whose shapes are listed with the sizes that they come from."""

    sizes: Mapping[str, int]
    shapes: Mapping[str, Shape]
    loss: Callable[[Values], Any]
    functions: Mapping[str, str] = field(default_factory=dict)
    drawn: Mapping[str, Draw] = field(default_factory=dict)

    def values(self, seed: int) -> dict[str, Array]:
        rng = default_rng(seed)
        return {name: self.drawn.get(name, normal)(rng, shape) for name, shape in self.shapes.items()}


def normal(rng: Generator, shape: Shape) -> Array:
    return rng.normal(size=shape)


def positive(rng: Generator, shape: Shape) -> Array:
    return rng.uniform(0.5, 1.5, size=shape)


def zero_or_one(rng: Generator, shape: Shape) -> Array:
    return rng.integers(0, 2, size=shape).astype(float)


def one_hot(rng: Generator, shape: Shape) -> Array:
    """Along the last axis, one entry is 1."""
    return np.eye(shape[-1])[rng.integers(0, shape[-1], size=shape[:-1])]


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def relu(z: Array) -> Array:
    return np.maximum(z, 0)


def softmax(z: Array) -> Array:
    """Along the last axis."""
    raised = np.exp(z)
    return raised / np.sum(raised, axis=-1, keepdims=True)


def half_squares(output: Array, target: Array) -> Any:
    return np.sum((output - target) ** 2) / 2


# ---------------------------------------------------------------- dense layers


def lesson(v: Values) -> Any:
    return np.sum((np.tanh(v["w(L)"] @ v["a(L-1)"]) - v["y"]) ** 2)


def dense(v: Values) -> Any:
    hidden = np.tanh(v["w(1)"] @ v["a(0)"] + v["b(1)"])
    return half_squares(sigmoid(v["w(2)"] @ hidden + v["b(2)"]), v["y"])


def mazur(v: Values) -> Any:
    hidden = sigmoid(v["w(1)"] @ v["x"] + v["b(1)"])
    return half_squares(sigmoid(v["w(2)"] @ hidden + v["b(2)"]), v["target"])


def linear_regression(v: Values) -> Any:
    m = len(v["y"])
    residuals = v["x"] @ v["w"] + v["b"] - v["y"]
    return (residuals @ residuals + v["lam"] * v["w"] @ v["w"]) / (2 * m)


def logistic_regression(v: Values) -> Any:
    p = sigmoid(v["x"] @ v["w"] + v["b"])
    likelihood = np.mean(v["y"] * np.log(p / (1 - p)) + np.log(1 - p))
    return v["lam"] * v["w"] @ v["w"] / (2 * len(p)) - likelihood


def softmax_regression(v: Values) -> Any:
    return -np.log(softmax(v["w"] @ v["x"] + v["b"])) @ v["y"]


def residual(v: Values) -> Any:
    hidden = relu(v["w(1)"] @ v["x"] + v["b(1)"])
    return half_squares(relu(v["w(2)"] @ hidden + v["b(2)"] + v["x"]), v["t"])


def dropout(v: Values) -> Any:
    kept = v["r"] * relu(v["w"] @ v["x"] + v["b"]) / v["q"]
    return half_squares(v["v"] @ kept, v["t"])


def autoencoder(v: Values) -> Any:
    code = sigmoid(v["w"] @ v["x"] + v["b"])
    return half_squares(sigmoid(v["w"].T @ code + v["c"]), v["x"])


# ---------------------------------------------------------------- normalisation


def batchnorm(v: Values) -> Any:
    scaled = (v["x"] - np.mean(v["x"])) / np.sqrt(np.var(v["x"]) + v["epsilon"])
    return half_squares(v["gamma"] * scaled + v["beta"], v["t"])


def rmsnorm(v: Values) -> Any:
    return half_squares(v["gamma"] * v["x"] / np.sqrt(np.mean(v["x"] ** 2)), v["t"])


# ---------------------------------------------------------------- convolution and pooling


def windows(x: Array, width: int) -> Array:
    """The slices of the last axis: [..., position, offset]."""
    return np.stack([x[..., i : i + width] for i in range(x.shape[-1] - width + 1)], axis=-2)


def conv1d(v: Values) -> Any:
    width = v["w"].shape[-1]
    return half_squares(np.einsum("fcu,cpu->fp", v["w"], windows(v["x"], width)) + v["b"][:, None], v["t"])


def conv2d(v: Values) -> Any:
    width = v["w"].shape[-1]
    columns = windows(v["x"], width)  # c, row, q, v
    patches = windows(np.moveaxis(columns, 1, -1), width)  # c, q, v, p, u
    z = np.einsum("fcuv,cqvpu->fpq", v["w"], patches) + v["b"][:, None, None]
    return half_squares(relu(z), v["t"])


def mean_pooling(v: Values) -> Any:
    x = v["x"]
    blocks = np.reshape(x, (x.shape[0] // 2, 2, x.shape[1] // 2, 2))
    return half_squares(np.mean(blocks, axis=(1, 3)), v["t"])


# ---------------------------------------------------------------- recurrent networks


def rnn(v: Values) -> Any:
    h, loss = v["h0"], 0.0
    for t in range(1, len(v["x"])):
        h = np.tanh(v["b"] + v["W"] @ h + v["U"] @ v["x"][t])
        loss = loss - np.log(softmax(v["c"] + v["V"] @ h)) @ v["y"][t]
    return loss


def lstm(v: Values) -> Any:
    h, c, loss = v["h0"], v["c0"], 0.0
    for x, y in zip(v["x"][1:], v["y"][1:], strict=True):
        forget, enter, leave, candidate = (v[f"W_{k}"] @ x + v[f"U_{k}"] @ h + v[f"b_{k}"] for k in "fiog")
        c = sigmoid(forget) * c + sigmoid(enter) * np.tanh(candidate)
        h = sigmoid(leave) * np.tanh(c)
        loss = loss + half_squares(h, y)
    return loss


def gru(v: Values) -> Any:
    h, loss = v["h0"], 0.0
    for x, y in zip(v["x"][1:], v["y"][1:], strict=True):
        update, reset = (sigmoid(v[f"W_{k}"] @ x + v[f"U_{k}"] @ h + v[f"b_{k}"]) for k in "zr")
        candidate = np.tanh(v["W_g"] @ x + v["U_g"] @ (reset * h) + v["b_g"])
        h = update * h + (1 - update) * candidate
        loss = loss + half_squares(h, y)
    return loss


# ---------------------------------------------------------------- attention and words


def attended(q: Array, k: Array, v: Array) -> Array:
    return softmax(q @ k.T / np.sqrt(q.shape[-1])) @ v


def attention(v: Values) -> Any:
    return half_squares(attended(v["Q"], v["K"], v["V"]), v["Y"])


def multihead(v: Values) -> Any:
    x = v["X"]
    heads = [attended(x @ q, x @ k, x @ u) for q, k, u in zip(v["W_Q"], v["W_K"], v["W_V"], strict=True)]
    together = np.concatenate(v["W_O"], axis=0)
    return half_squares(np.concatenate(heads, axis=-1) @ together, v["Y"])


def embedding(v: Values) -> Any:
    return -np.log(softmax(v["w"] @ (v["x"] @ v["E"]) + v["b"])) @ v["y"]


def word2vec(v: Values) -> Any:
    true, *noise = v["u"]
    return -np.log(sigmoid(true @ v["v"])) - sum(np.log(sigmoid(-u @ v["v"])) for u in noise)


GATES_LSTM = {f"{name}_{k}": shape for k in "fiog" for name, shape in (("W", (3, 2)), ("U", (3, 3)), ("b", (3,)))}
GATES_GRU = {f"{name}_{k}": shape for k in "zrg" for name, shape in (("W", (3, 2)), ("U", (3, 3)), ("b", (3,)))}
SEQUENCE: dict[str, Shape] = {"x": (5, 2), "y": (5, 3), "h0": (3,)}  # row 0 is not used: time begins at 1

NETWORKS: dict[str, Network] = {
    "lesson": Network({}, {"w(L)": (4, 6), "a(L-1)": (6,), "y": (4,)}, lesson, {"g(L)": "tanh"}),
    "dense": Network(
        {"L": 2, "n(0)": 3, "n(1)": 4, "n(2)": 2},
        {"w(1)": (4, 3), "b(1)": (4,), "w(2)": (2, 4), "b(2)": (2,), "a(0)": (3,), "y": (2,)},
        dense,
        {"g(1)": "tanh", "g(2)": "sigmoid"},
    ),
    "mazur": Network(
        {}, {"w(1)": (2, 2), "b(1)": (2,), "w(2)": (2, 2), "b(2)": (2,), "x": (2,), "target": (2,)}, mazur
    ),
    "linear_regression": Network(
        {"m": 5, "d": 3}, {"x": (5, 3), "y": (5,), "w": (3,), "b": (), "lam": ()}, linear_regression
    ),
    "logistic_regression": Network(
        {"m": 5, "d": 3},
        {"x": (5, 3), "y": (5,), "w": (3,), "b": (), "lam": ()},
        logistic_regression,
        drawn={"y": zero_or_one},
    ),
    "softmax": Network(
        {"K": 4, "D": 3}, {"w": (4, 3), "x": (3,), "b": (4,), "y": (4,)}, softmax_regression, drawn={"y": one_hot}
    ),
    "batchnorm": Network(
        {"m": 6},
        {"x": (6,), "t": (6,), "gamma": (), "beta": (), "epsilon": ()},
        batchnorm,
        drawn={"epsilon": positive},
    ),
    "layernorm": Network(
        {"H": 5},
        {"x": (5,), "t": (5,), "gamma": (5,), "beta": (5,), "epsilon": ()},
        batchnorm,
        drawn={"epsilon": positive},
    ),
    "rmsnorm": Network({"n": 5}, {"x": (5,), "t": (5,), "gamma": (5,)}, rmsnorm),
    "conv1d": Network({"F": 2, "C": 3, "N": 7, "K": 3}, {"w": (2, 3, 3), "b": (2,), "x": (3, 7), "t": (2, 5)}, conv1d),
    "conv2d": Network(
        {"F": 2, "C": 3, "H": 5, "W": 6, "K": 2},
        {"w": (2, 3, 2, 2), "b": (2,), "x": (3, 5, 6), "t": (2, 4, 5)},
        conv2d,
    ),
    "mean_pooling": Network({"H": 2, "W": 3}, {"x": (4, 6), "t": (2, 3)}, mean_pooling),
    "residual": Network(
        {"n": 4, "m": 3},
        {"w(1)": (3, 4), "b(1)": (3,), "w(2)": (4, 3), "b(2)": (4,), "x": (4,), "t": (4,)},
        residual,
    ),
    "dropout": Network(
        {"n": 2, "m": 5, "p": 3},
        {"w": (5, 3), "b": (5,), "v": (2, 5), "x": (3,), "t": (2,), "r": (5,), "q": ()},
        dropout,
        drawn={"r": zero_or_one, "q": positive},
    ),
    "rnn": Network(
        {"T": 4, "n": 3, "m": 2, "K": 3},
        {**SEQUENCE, "W": (3, 3), "U": (3, 2), "V": (3, 3), "b": (3,), "c": (3,)},
        rnn,
        drawn={"y": one_hot},
    ),
    "lstm": Network({"T": 4, "n": 3, "m": 2}, {**SEQUENCE, "c0": (3,), **GATES_LSTM}, lstm),
    "gru": Network({"T": 4, "n": 3, "m": 2}, {**SEQUENCE, **GATES_GRU}, gru),
    "attention": Network(
        {"n": 3, "m": 4, "d": 2, "v": 3}, {"Q": (3, 2), "K": (4, 2), "V": (4, 3), "Y": (3, 3)}, attention
    ),
    "multihead": Network(
        {"H": 2, "n": 3, "D": 4, "d": 2},
        {"X": (3, 4), "W_Q": (2, 4, 2), "W_K": (2, 4, 2), "W_V": (2, 4, 2), "W_O": (2, 2, 4), "Y": (3, 4)},
        multihead,
    ),
    "embedding": Network(
        {"N": 5, "d": 3},
        {"E": (5, 3), "w": (5, 3), "b": (5,), "x": (5,), "y": (5,)},
        embedding,
        drawn={"x": one_hot, "y": one_hot},
    ),
    "autoencoder": Network({"d": 4, "m": 2}, {"w": (2, 4), "b": (2,), "c": (4,), "x": (4,)}, autoencoder),
    "word2vec": Network({"K": 3, "d": 4}, {"u": (4, 4), "v": (4,)}, word2vec),
}
