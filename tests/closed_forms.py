"""What a published gradient is here: a model as text, and the closed form of its gradient in NumPy, written by hand.

The closed forms share nothing with the package: no rule, no evaluation, no automatic differentiation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

Array = Any
Shape = tuple[int, ...]
Draw = Callable[[Generator, Shape], Array]


@dataclass(frozen=True)
class Published:
    """A model, and by each target in symbols ("w[j,k]") the published gradient as a function of the given quantities.

    The function returns the array of all derivatives, nan where an index has none. It takes the quantities by name,
    those with a label without its brackets: w(2) is w2.
    """

    name: str
    text: str
    loss: str
    shapes: Mapping[str, Shape]
    gradients: Mapping[str, Callable[..., Array]]
    sizes: Mapping[str, int] = field(default_factory=dict)
    drawn: Mapping[str, Draw] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)

    def values(self, seed: int) -> dict[str, Array]:
        """Numbers for all given quantities."""
        rng = default_rng(seed)
        return {name: self.drawn.get(name, normal)(rng, shape) for name, shape in self.shapes.items()}

    def expected(self, target: str, values: Mapping[str, Array]) -> Array:
        """The published gradient by a target."""
        plain = {name.replace("(", "").replace(")", ""): value for name, value in values.items()}
        return np.asarray(self.gradients[target](**plain), dtype=float)


# ---------------------------------------------------------------- numbers


def normal(rng: Generator, shape: Shape) -> Array:
    return rng.normal(size=shape)


def positive(rng: Generator, shape: Shape) -> Array:
    return rng.uniform(0.3, 1.7, size=shape)


def share(rng: Generator, shape: Shape) -> Array:
    """Between 0 and 1."""
    return rng.uniform(0.1, 0.9, size=shape)


def binary(rng: Generator, shape: Shape) -> Array:
    return rng.integers(0, 2, size=shape).astype(float)


def signs(rng: Generator, shape: Shape) -> Array:
    return 2 * binary(rng, shape) - 1


def counts(rng: Generator, shape: Shape) -> Array:
    return rng.poisson(2.0, size=shape).astype(float)


def one_hot(rng: Generator, shape: Shape) -> Array:
    """Along the last axis, one entry is 1."""
    return np.eye(shape[-1])[rng.integers(0, shape[-1], size=shape[:-1])]


def distribution(rng: Generator, shape: Shape) -> Array:
    """Along the last axis, positive entries add up to 1."""
    raw = positive(rng, shape)
    return raw / raw.sum(axis=-1, keepdims=True)


# ---------------------------------------------------------------- functions that closed forms use


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    """Along the last axis."""
    raised = np.exp(z)
    return raised / raised.sum(axis=-1, keepdims=True)
