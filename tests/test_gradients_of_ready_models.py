"""Every ready model by every given family: the printed result against autograd and against finite differences."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad
from oracles import NETWORKS, Network

import derive
from derive.model.ready import READY, ready_model

SEEDS = range(3)
STEP = 1e-6
FROM_ONE = {(name, family) for name in ("rnn", "lstm", "gru") for family in ("x", "y")}  # row 0 is not used
CASES = [(name, family) for name, network in NETWORKS.items() for family in network.shapes]


@cache
def by_autograd(name: str, seed: int) -> Any:
    network = NETWORKS[name]
    return grad(network.loss)(network.values(seed))


def places(name: str, family: str, seed: int) -> list[tuple[int, ...]]:
    """The first and the last element, and one between them."""
    shape = NETWORKS[name].shapes[family]
    if not shape:
        return [()]
    count = int(np.prod(shape))
    found = [tuple(int(i) for i in np.unravel_index(n, shape)) for n in {0, count - 1, (7 * seed + 3) % count}]
    return [place for place in found if (name, family) not in FROM_ONE or place[0] > 0]


def value(name: str, family: str, place: tuple[int, ...], seed: int) -> float:
    network = NETWORKS[name]
    element = f"{family}[{','.join(map(str, place))}]" if place else family
    derivation = derive.differentiate(ready_model(name), of=READY[name].loss, by=element)
    return derivation.evaluate(network.values(seed), network.sizes, network.functions)


def slope(network: Network, family: str, place: tuple[int, ...], seed: int) -> float:
    """The central difference quotient of the loss written in NumPy."""
    ends = []
    for step in (STEP, -STEP):
        values = {k: np.array(v, dtype=float) for k, v in network.values(seed).items()}
        values[family][place] += step
        ends.append(float(network.loss(values)))
    return (ends[0] - ends[1]) / (2 * STEP)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_the_result_is_what_autograd_finds(name: str, family: str) -> None:
    for seed in SEEDS:
        for place in places(name, family, seed):
            expected = by_autograd(name, seed)[family][place]
            assert value(name, family, place, seed) == pytest.approx(expected, rel=1e-8, abs=1e-11)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_result_in_letters_is_what_autograd_finds(name: str) -> None:
    network = NETWORKS[name]
    for derivation in derive.differentiate_all(ready_model(name), of=READY[name].loss):
        symbols = [index.symbol for index in derivation.by.indices]
        family = str(replace(derivation.by, indices=()))
        if family not in network.shapes or None in symbols:
            continue
        for place in places(name, family, seed=1):
            letters = {str(symbol): number for symbol, number in zip(symbols, place, strict=True)}
            found = derivation.evaluate(network.values(1), {**network.sizes, **letters}, network.functions)
            assert found == pytest.approx(by_autograd(name, 1)[family][place], rel=1e-8, abs=1e-11)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_autograd_finds_what_small_steps_find(name: str, family: str) -> None:
    network = NETWORKS[name]
    for place in places(name, family, seed=0):
        expected = slope(network, family, place, seed=0)
        assert by_autograd(name, 0)[family][place] == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", READY)
def test_every_given_family_is_derived_and_every_step_holds(name: str) -> None:
    for derivation in derive.differentiate_all(ready_model(name), of=READY[name].loss):
        report = derivation.verify()
        assert (report.wrong, report.unchecked) == ((), ())
