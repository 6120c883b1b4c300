"""Models that nobody wrote, through the whole engine: no step wrong, and the number that duals find."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from models_at_random import Case, model_at_random

from derive.api import Derivation, differentiate, read_model
from derive.calculus.questions import Answer, Question
from derive.calculus.verify import Status, verified
from derive.errors import TargetError
from derive.model.forward import given_scene, gradient_by_duals
from derive.model.functions import formula_of
from derive.model.given import applied
from derive.model.language import read_quantity
from derive.model.model import Model
from derive.writing.index import Symbol

SEEDS = 2000
AT_ONCE = 100

# f(x, y) = tanh(x)*y + x, with its derivatives by x and by y
TWO_ARGUMENTS = (
    lambda x, y: math.tanh(x) * y + x,
    lambda x, y: (1 - math.tanh(x) ** 2) * y + 1,
    lambda x, y: math.tanh(x),
)


def functions(model: Model) -> dict[str, Any]:
    """What stands for the unknown functions g, g(l) and f of a model."""
    found: dict[str, Any] = {}
    for function in applied(model):
        if function.name == "f":
            found["f"] = TWO_ARGUMENTS
        elif function.name == "g":
            found |= {"g": "tanh"} if function.label is None else {"g(1)": "tanh", "g(2)": "sigmoid"}
    return found


def derived(case: Case, model: Model) -> tuple[Derivation, dict[str, int]]:
    """The gradient by the first of the targets that is an element of the model, and the numbers of its letters."""
    for by, numbers in [*case.targets, (case.loss, {})]:
        if read_quantity(by).family in model.families:
            try:
                return differentiate(model, case.loss, by), numbers
            except TargetError as error:
                assert "must lie between" in str(error)  # noqa: PT017
    raise AssertionError("the loss is always an element")


def by_duals(case: Case, model: Model, by: str, numbers: dict[str, int]) -> float:
    letters = {Symbol(name): number for name, number in numbers.items()}
    scene = given_scene(model, case.values, case.sizes, functions(model), letters, catalogue=formula_of)
    return float(gradient_by_duals(scene, read_quantity(case.loss), read_quantity(by)))


def not_asked(questions: Sequence[Question]) -> Callable[[], Sequence[Answer]]:
    """SymPy judges the written models; here the points alone have to find what is wrong."""
    return lambda: [None] * len(questions)


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_models_at_random_are_derived_without_a_wrong_step(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        check(model_at_random(Random(seed)), f"seed {seed}")


@pytest.mark.parametrize("seed", [5247, 5493])
def test_a_model_is_judged_where_its_assumptions_hold(seed: int) -> None:
    check(model_at_random(Random(seed)), f"seed {seed}")


def check(case: Case, seed: str) -> None:
    model = read_model(case.text)
    derivation, numbers = derived(case, model)
    told = f"{seed}\n{case.text}\nby {derivation.by} with {numbers} and {case.sizes}"
    report = verified(derivation, ask=not_asked)
    assert report.wrong == (), told
    assert report.result.status is not Status.UNCHECKED or derivation.conditions, f"a point is missing: {told}"
    found = derivation.evaluate(case.values, {**case.sizes, **numbers}, functions(model))
    assert found == pytest.approx(by_duals(case, model, str(derivation.by), numbers), rel=1e-7, abs=1e-9), told
