"""Two thousand random models: every step holds, and the result is the slope of the model evaluated forward."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from models_at_random import Case, model_at_random

import derive
from derive.errors import DeriveError
from derive.model.forward import given_scene, gradient_by_duals
from derive.model.functions import formula_of
from derive.model.given import applied
from derive.model.language import read_quantity
from derive.model.model import Model

BLOCKS, PER_BLOCK = 50, 40


def f(x: float, y: float) -> float:
    return math.tanh(x) * y + x


def f_by_x(x: float, y: float) -> float:
    return (1 - math.tanh(x) ** 2) * y + 1


def f_by_y(x: float, _: float) -> float:
    return math.tanh(x)


def stand_ins(model: Model) -> dict[str, Any]:
    """What the unknown functions of a model are."""
    found: dict[str, Any] = {}
    for function in applied(model):
        if function.name == "f":
            found["f"] = (f, f_by_x, f_by_y)
        elif function.name == "g":
            found |= {"g": "tanh"} if function.label is None else {"g(1)": "tanh", "g(2)": "sigmoid"}
    return found


def slope(model: Model, case: Case, by: str, letters: dict[str, int]) -> float:
    quantity = read_quantity(by, model)
    numbers = {s: letters[s.name] for i in quantity.indices for s in i.symbols if s.name in letters}
    scene = given_scene(model, case.values, case.sizes, stand_ins(model), numbers, catalogue=formula_of)
    return float(gradient_by_duals(scene, read_quantity(case.loss), quantity))


def check(seed: int) -> bool:
    """Whether one random target of one random model exists and has numbers; then it must not be wrong."""
    rng = Random(seed)
    case = model_at_random(rng)
    model = derive.read_model(case.text)
    targets = [t for t in case.targets if read_quantity(t[0]).family in model.families]
    if not targets:
        return False
    by, letters = rng.choice(targets)
    told = f"seed {seed}, by {by}:\n{case.text}"
    with missing("does not exist", "is missing", "there is no") as found:
        derivation = derive.differentiate(model, of=case.loss, by=by)
        assert not derivation.verify().wrong, told
        value = derivation.evaluate(case.values, {**case.sizes, **letters}, stand_ins(model))
        assert value == pytest.approx(slope(model, case, by, letters), rel=1e-7, abs=1e-8), told
        found.append(value)
    return bool(found)


@contextmanager
def missing(*reasons: str) -> Iterator[list[float]]:
    """Lets only those errors pass which say that an element does not exist or that the arrays do not have it."""
    try:
        yield []
    except DeriveError as error:
        if not any(reason in str(error) for reason in reasons):
            raise


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_models_are_never_wrong(block: int) -> None:
    checked = sum(check(PER_BLOCK * block + i) for i in range(PER_BLOCK))
    assert checked >= PER_BLOCK * 3 // 4
