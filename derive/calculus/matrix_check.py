"""A matrix form against its form in indices, entry by entry, where no two sizes are alike."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import count, product
from typing import Literal

from derive.calculus.domains import fixed_symbols
from derive.calculus.matrix import Layout, MatrixForm
from derive.model.forward import ModelScene, random_scene
from derive.model.functions import formula_of
from derive.model.model import Model, Range
from derive.writing.dual import Num
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol, index
from derive.writing.matrix_values import values
from derive.writing.numbers import NotExact, agree
from derive.writing.scene import Scene

SMALLEST = 2
LABELS = 4


def matrix_checked(form: MatrixForm, model: Model, seed: int = 0) -> bool:
    """Whether the form agrees at a random point: exactly, or with 50 digits where a function has no exact values."""
    try:
        return matrix_agrees(form, _point(model, seed, "exact"))
    except NotExact:
        return matrix_agrees(form, _point(model, seed, "precise"))


def _point(model: Model, seed: int, arithmetic: Literal["exact", "precise"]) -> ModelScene:
    rng = random.Random(seed)
    sizes = different_sizes(model)
    return random_scene(model, sizes, {}, rng, arithmetic=arithmetic, functions=formula_of)


def different_sizes(model: Model) -> dict[Symbol, int]:
    """Numbers for all sizes and labels, no two of them equal: a transpose in the wrong place does not fit."""
    numbers = count(SMALLEST)
    free = sorted(fixed_symbols(model), key=lambda s: s.order)
    sizes = {s: next(numbers) for s in free if s.label is None and s not in model.sizes}
    labelled = dict.fromkeys(s.name for s in free if s.label is not None)
    return sizes | {Symbol(name, index(label)): next(numbers) for name in labelled for label in range(LABELS)}


def matrix_agrees(form: MatrixForm, scene: Scene) -> bool:
    """Whether every entry of the right side is worth what the formula in indices is worth at that row and column."""
    return all(_agrees_at(form, scene, each) for each in _places(form.each, scene))


def _places(ranges: tuple[Range, ...], scene: Scene) -> Iterator[dict[Symbol, int]]:
    spans = [range(scene.index(r.lower), scene.index(r.upper)) for r in ranges]
    return (dict(zip([r.symbol for r in ranges], at, strict=True)) for at in product(*spans))


def _agrees_at(form: MatrixForm, scene: Scene, each: Mapping[Symbol, int]) -> bool:
    scene.letters.update(each)
    grid = values(form.right, scene)
    if form.layout is Layout.NUMERATOR:
        grid = [list(column) for column in zip(*grid, strict=True)]
    spans = [range(scene.index(r.lower), scene.index(r.upper)) for r in form.letters]
    fits = [len(grid), len(grid[0])] == [*map(len, spans), 1, 1][:2]
    wanted = [_element(form, scene, at) for at in _places(form.letters, scene)]
    return fits and all(agree(*pair) for pair in zip([x for row in grid for x in row], wanted, strict=True))


def _element(form: MatrixForm, scene: Scene, at: Mapping[Symbol, int]) -> Num:
    scene.letters.update(at)
    return evaluate(form.elements, scene)
