"""The models that come with the package, as texts to start from. Each text names its source in a comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

from derive.model.language import read_model
from derive.model.lookup import found
from derive.model.model import Model

Values: TypeAlias = float | list["Values"]

_TEXTS = Path(__file__).with_name("ready")  # importlib.resources would cost more to import than this whole floor


@dataclass(frozen=True)
class Ready:
    """What the text of a ready model, `ready/NAME.txt`, does not say.

    `loss` is the quantity to differentiate and `target` one to differentiate it by; `sizes` gives numbers to some of
    the sizes, `values` to the given quantities.
    """

    name: str
    loss: str
    target: str
    aliases: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Values] = field(default_factory=dict)


_MAZUR: dict[str, Values] = {
    "x": [0.05, 0.10],
    "w(1)": [[0.15, 0.20], [0.25, 0.30]],
    "b(1)": [0.35, 0.35],
    "w(2)": [[0.40, 0.45], [0.50, 0.55]],
    "b(2)": [0.60, 0.60],
    "target": [0.01, 0.99],
}

READY: dict[str, Ready] = {
    ready.name: ready
    for ready in (
        Ready("lesson", "C0", "w(L)[1,2]", sizes={"n(L-1)": 6, "n(L)": 4}),
        Ready("dense", "C", "w(l)[j,k]", aliases=("network", "feed-forward", "mlp")),
        Ready("mazur", "E", "w(2)[0,0]", values=_MAZUR),
        Ready("linear_regression", "J", "w[k]", aliases=("ridge",)),
        Ready("logistic_regression", "J", "w[k]"),
        Ready("softmax", "E", "z[j]", aliases=("softmax regression", "cross-entropy")),
        Ready("batchnorm", "loss", "x[i]", aliases=("batch normalisation", "batch normalization")),
        Ready("layernorm", "loss", "x[i]", aliases=("layer normalisation", "layer normalization")),
        Ready("rmsnorm", "loss", "x[i]"),
        Ready("conv1d", "loss", "w[f,c,u]"),
        Ready("conv2d", "loss", "w[f,c,u,v]"),
        Ready("mean_pooling", "loss", "x[i,j]", aliases=("average pooling", "pooling")),
        Ready("residual", "loss", "x[j]", aliases=("residual block", "resnet")),
        Ready("dropout", "loss", "h[k]"),
        Ready("rnn", "loss", "W[i,k]"),
        Ready("lstm", "loss", "c[t,j]"),
        Ready("gru", "loss", "h[t,j]"),
        Ready("attention", "loss", "Q[i,k]"),
        Ready("multihead", "loss", "W_Q[h,e,c]", aliases=("multi-head attention",)),
        Ready("embedding", "loss", "E[v,k]"),
        Ready("autoencoder", "loss", "w[j,k]", aliases=("tied weights",)),
        Ready("word2vec", "loss", "v[i]", aliases=("skip-gram", "negative sampling")),
    )
}


def ready(name: str) -> Ready:
    """The entry of this name or alias, as `found` reads names."""
    return found("ready model", name, READY)


def ready_text(name: str) -> str:
    """The text of a ready model, to start from."""
    return (_TEXTS / f"{ready(name).name}.txt").read_text(encoding="utf-8")


def ready_title(name: str) -> str:
    """What the model is: the first comment of its text."""
    return ready_text(name).partition("\n")[0].removeprefix("# ")


def ready_model(name: str) -> Model:
    """A ready model, read from its text."""
    return _read(ready(name).name)


@cache
def _read(name: str) -> Model:
    return read_model(ready_text(name), name=name, sizes=READY[name].sizes)
