"""Models that nobody wrote, through the whole engine: no step wrong, and the number that duals find."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
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

EXAMPLES = 2000
at_random = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

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


@at_random
@given(st.randoms(use_true_random=True))
def test_a_model_at_random_is_derived_without_a_wrong_step(rng: Random) -> None:
    case = model_at_random(rng)
    model = read_model(case.text)
    derivation, numbers = derived(case, model)
    note(f"{case.text}\nby {derivation.by} with {numbers} and {case.sizes}")
    report = verified(derivation, ask=not_asked)
    assert report.wrong == ()
    assert report.result.status is not Status.UNCHECKED or derivation.conditions, "a point is found where it exists"
    found = derivation.evaluate(case.values, {**case.sizes, **numbers}, functions(model))
    assert found == pytest.approx(by_duals(case, model, str(derivation.by), numbers), rel=1e-7, abs=1e-9)
