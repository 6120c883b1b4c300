"""Gradients as papers, courses and textbooks give them, through the Python interface, at targets of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from closed_forms import Array, Published
from closed_networks import NETWORKS
from closed_regression import REGRESSION
from closed_sequences import SEQUENCES
from closed_unsupervised import UNSUPERVISED

from derive.api import differentiate, read_model
from derive.model.language import read_quantity
from derive.writing.index import Index, index
from derive.writing.nodes import Quantity

PUBLISHED = {p.name: p for p in (*REGRESSION, *UNSUPERVISED, *NETWORKS, *SEQUENCES)}
ROWS = [(p.name, target) for p in PUBLISHED.values() for target in p.gradients]
PLACES = 3


def places(expected: Array, rng: random.Random) -> list[tuple[int, ...]]:
    """Where a gradient is compared: its first element, its last, and some in between."""
    known = [place for place in np.ndindex(expected.shape) if not np.isnan(expected[place])]
    return [known[0], known[-1], *rng.sample(known, min(PLACES, len(known)))]


def letters_of(target: Quantity, p: Published) -> list[str]:
    names = [i.symbol.name for i in target.indices if i.symbol is not None]
    return [name for name in dict.fromkeys(names) if name not in p.sizes]


def at(target: Quantity, numbers: dict[str, int]) -> Quantity:
    """The target with some of its letters replaced by numbers."""

    def put(place: Index) -> Index:
        return index(numbers[place.symbol.name]) if place.symbol and place.symbol.name in numbers else place

    return Quantity(target.family, target.label, tuple(map(put, target.indices)))


def kinds(target: Quantity, letters: list[str], numbers: dict[str, int]) -> Iterator[tuple[Quantity, dict[str, int]]]:
    """The target in symbols, in numbers, and with its first letter a number."""
    yield target, numbers
    yield at(target, numbers), {}
    if len(letters) > 1:
        yield at(target, {letters[0]: numbers[letters[0]]}), {name: numbers[name] for name in letters[1:]}


@pytest.mark.parametrize(("name", "text"), ROWS)
def test_a_published_gradient_is_found(name: str, text: str) -> None:
    p = PUBLISHED[name]
    model, values = read_model(p.text), p.values(seed=7)
    expected = p.expected(text, values)
    target = read_quantity(text, model)
    letters = letters_of(target, p)
    for place in places(expected, random.Random(1)):
        for by, numbers in kinds(target, letters, dict(zip(letters, place, strict=True))):
            found = differentiate(model, p.loss, str(by)).evaluate(values, {**p.sizes, **numbers}, p.functions)
            assert found == pytest.approx(expected[place], rel=1e-8, abs=1e-10), (str(by), place)


def test_enough_are_published() -> None:
    assert len(PUBLISHED) >= 60
