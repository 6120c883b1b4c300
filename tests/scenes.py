"""Models at points: what the tests of evaluation share."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from derive.model.forward import (
    ModelScene,
    gradient_by_duals,
    random_scene,
)
from derive.model.language import read_model, read_quantity, read_symbol
from derive.writing.index import Symbol

F = Fraction

LESSON = """
C0      = sum((a(L)[j] - y[j])**2 for j in range(n(L)))
a(L)[j] = g(L)(z(L)[j]) for j in range(n(L))
z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))
"""
NETWORK = """
C       = 1/2*sum((y[j] - a(L)[j])**2 for j in range(n(L)))
a(l)[j] = g(l)(z(l)[j]) for l in range(1, L+1) for j in range(n(l))
z(l)[j] = sum(w(l)[j,k] * a(l-1)[k] for k in range(n(l-1))) + b(l)[j] for l in range(1, L+1) for j in range(n(l))
"""


def sizes(**numbers: int) -> dict[Symbol, int]:
    return {Symbol(name): number for name, number in numbers.items()}


def drawn(text: str, seed: int = 1, **options: Any) -> ModelScene:
    options = {"sizes": {}, "letters": {}, **options}
    return random_scene(read_model(text), rng=random.Random(seed), **options)


def value(scene: ModelScene, text: str) -> Any:
    return scene.element(scene.located(read_quantity(text)))


def gradient(scene: ModelScene, of: str, by: str) -> Any:
    return gradient_by_duals(scene, read_quantity(of), read_quantity(by))


def n_at(label: str, number: int) -> dict[Symbol, int]:
    return {read_symbol(f"n({label})"): number}
