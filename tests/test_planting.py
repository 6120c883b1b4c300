"""A mistake made at one step: what follows is right, given that step, and the end is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from random import Random

import pytest

from derive.api import differentiate, ready_model
from derive.calculus.derivation import Derivation
from derive.calculus.steps import Step
from derive.exercises.equality import Judge
from derive.exercises.mistakes import Setting, altered, wrong_versions
from derive.exercises.planting import carried
from derive.writing.nodes import Expr

TARGETS = {
    ("lesson", "C0", "w(L)[1,2]"): 25,
    ("mazur", "E", "w(1)[0,1]"): 80,
    ("softmax", "E", "w[j,k]"): 20,
    ("batchnorm", "loss", "x[i]"): 15,
    ("logistic_regression", "J", "w[k]"): 15,
    ("rnn", "loss", "h[t,k]"): 30,
}


@cache
def derived(model: str, of: str, by: str) -> tuple[Derivation, Judge]:
    derivation = differentiate(ready_model(model), of, by)
    return derivation, Judge(derivation, Random(1))


def settings(derivation: Derivation) -> Iterator[tuple[Step, Setting]]:
    """Every step with what its line is about."""
    for local in derivation.lemmas:
        ranges = {r.symbol: r for r in local.ranges}
        yield from ((s, Setting(derivation.model, derivation.of, local.by, ranges)) for s in local.steps)
    for stage in derivation.stages:
        own = Setting(derivation.model, derivation.of, stage.by, stage.facts.ranges)
        yield from ((s, own) for s in stage.steps)


def planted(derivation: Derivation, judge: Judge) -> Iterator[tuple[int, Expr, tuple[Step, ...] | None]]:
    """Every mistake at every step, with the steps that carry it on."""
    for index, (step, setting) in enumerate(settings(derivation)):
        for mistake, wrong in wrong_versions(step.after, setting, judge):
            yield index, wrong, carried(derivation, index, mistake.name, wrong, judge)


@pytest.mark.parametrize(("model", "of", "by"), TARGETS)
def test_a_mistake_is_carried_to_the_end(model: str, of: str, by: str) -> None:
    derivation, judge = derived(model, of, by)
    other = Judge(derivation, Random(99))
    firsts = {local.steps[0].before for local in derivation.lemmas} | {s.steps[0].before for s in derivation.stages}
    found = 0
    for index, wrong, steps in planted(derivation, judge):
        if steps is None:
            continue
        found += 1
        assert steps[:index] == derivation.steps[:index]
        assert (steps[index].before, steps[index].after) == (derivation.steps[index].before, wrong)
        for one, following in pairwise(steps):
            assert following.before in {one.after, *firsts}
        for step in set(steps) - set(derivation.steps) - {steps[index]}:
            assert step.rule == "substitute" or other.same(step.before, step.after) is True
        assert other.same(steps[-1].after, derivation.result) is False
    assert found >= TARGETS[model, of, by]


def steps_after(model: str, of: str, by: str, place: str, mistake: str) -> list[str]:
    """What is new after a mistake in the first line that ends in a text."""
    derivation, judge = derived(model, of, by)
    lines = list(settings(derivation))
    index = next(i for i, (step, _) in enumerate(lines) if str(step.after) == place)
    step, setting = lines[index]
    wrong = next(altered(mistake, step.after, setting))
    steps = carried(derivation, index, mistake, wrong, judge)
    assert steps is not None
    return [f"{s.rule}: {s.after}" for s in steps if s not in derivation.steps]


def test_a_mistake_in_a_factor_goes_through_every_stage_below() -> None:
    above = "(out(2)[j] - target[j])*out(2)[j]*(1 + out(2)[j])*w(2)[j,0]"
    assert steps_after("mazur", "E", "w(1)[0,1]", "out(2)[j]*(1 - out(2)[j])", "slope_misremembered") == [
        "name: out(2)[j]*(1 + out(2)[j])",
        "substitute: sum((out(2)[j] - target[j])*(out(2)[j]*(1 + out(2)[j]))*(w(2)[j,0]) for j in range(2))",
        f"brackets: sum({above} for j in range(2))",
        f"substitute: sum({above} for j in range(2))*(out(1)[0]*(1 - out(1)[0]))*(x[1])",
        f"brackets: sum({above} for j in range(2))*out(1)[0]*(1 - out(1)[0])*x[1]",
    ]


def test_a_mistake_in_the_middle_of_a_factor_is_carried_through_its_own_lines() -> None:
    place = "2*(a(L)[1] - y[1])*d(a(L)[1] - y[1])/d(a(L)[1])"
    assert steps_after("lesson", "C0", "w(L)[1,2]", place, "two_missing") == [
        "power rule: (a(L)[1] - y[1])*d(a(L)[1] - y[1])/d(a(L)[1])",
        "sum rule: a(L)[1] - y[1]",
        "substitute: (a(L)[1] - y[1])*(g(L)'(z(L)[1]))*(a(L-1)[2])",
        "brackets: (a(L)[1] - y[1])*g(L)'(z(L)[1])*a(L-1)[2]",
    ]


def test_a_mistake_with_softmax_is_worked_out_to_its_own_end() -> None:
    steps = steps_after("softmax", "E", "w[j,k]", "p[m]*(delta(m, j) - p[j])", "off_diagonal_sign")
    assert steps[-1] == "brackets: -(y[j] + p[j])*x[k]"
    assert "assumption: -(y[j] + p[j]*1)" in steps


def test_a_mistake_that_is_lost_on_the_way_is_not_planted() -> None:
    """The stage of the variance keeps its name, so nothing of it is seen in the result."""
    derivation, judge = derived("batchnorm", "loss", "x[i]")
    stage = next(s for s in derivation.stages if s.by.family == "var")
    index = derivation.steps.index(stage.steps[-1])
    wrong = next(altered("residual_turned", stage.result, Setting(derivation.model, derivation.of, stage.by, {})))
    assert carried(derivation, index, "residual_turned", wrong, judge) is None


def test_what_makes_no_difference_is_not_planted() -> None:
    derivation, judge = derived("lesson", "C0", "w(L)[1,2]")
    assert carried(derivation, len(derivation.steps) - 1, "two_missing", derivation.result, judge) is None
