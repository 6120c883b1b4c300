"""Chains of equalities to ask about: every local derivative of a topic, and every stage, as a lesson shows them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from derive.calculus.chain import Path
from derive.calculus.derivation import Derivation
from derive.calculus.facts import Facts
from derive.calculus.stages import Stage
from derive.calculus.steps import Detail, Local, Step, shown
from derive.exercises.equality import Judge
from derive.exercises.exercise import Topic, remembered
from derive.model.model import Equation
from derive.writing.nodes import Expr, Gradient, Quantity
from derive.writing.walk import quantities

SEED = 31_415
LONGEST = 240  # characters of a line in the model language: a longer one is no line of an exercise


@dataclass(frozen=True, eq=False)
class Chain:
    """of differentiated by by = lines[0] = lines[1] = …, each line by the rule of its step; all of it is verified.

    `rules` are the same steps with every rule alone. `equations` are the definitions that a reader needs, `cited` the
    derivatives that are taken from elsewhere, with what they are.
    """

    derivation: Derivation
    left: Expr
    of: Quantity
    by: Quantity
    rules: tuple[Step, ...]
    facts: Facts
    equations: tuple[Equation, ...]
    cited: tuple[Step, ...] = ()

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps as a lesson shows them, without those that only drop brackets."""
        made: list[Step] = []
        for step in shown(self.rules, Detail.LESSON):
            if step.rule == "brackets" and made:
                made[-1] = replace(made[-1], after=step.after)
            else:
                made.append(step)
        return tuple(made)

    @cached_property
    def lines(self) -> tuple[Expr, ...]:
        """Everything but the left side."""
        return tuple(step.after for step in self.steps)

    @property
    def result(self) -> Expr:
        """The last line."""
        return self.rules[-1].after

    @cached_property
    def judge(self) -> Judge:
        """Who knows whether a line is equal to the left side."""
        return Judge(self.derivation, random.Random(SEED), self.facts.ranges)

    def is_broken_by(self, line: Expr) -> bool:
        """Whether a line is certainly not equal to the left side."""
        return self.judge.same(self.left, line) is False


@remembered
def chains(topic: Topic) -> tuple[Chain, ...]:
    """The chains of a topic from the loss down, without any that has an unverified step or a line too long to read."""
    found = _chains(topic.derivation)
    return tuple(c for c in found if topic.doubted.isdisjoint(c.rules) and _is_readable(c))


def _is_readable(chain: Chain) -> bool:
    return all(len(str(line)) <= LONGEST for line in (chain.left, *chain.lines))


def _chains(derivation: Derivation) -> Iterator[Chain]:
    told: set[tuple[Quantity, Quantity]] = set()
    for stage in derivation.stages:
        for path in stage.paths:
            for local in path.locals_:
                if (local.element, local.by) not in told and not path.guards:
                    told.add((local.element, local.by))
                    yield _of_local(derivation, stage.facts.within(path.sums), local)
        yield _of_stage(derivation, stage)


def _of_local(derivation: Derivation, facts: Facts, local: Local) -> Chain:
    named = [q.family for step in local.steps for q in quantities(step.after)]
    defined = [e for family in named for e in derivation.model.definitions.get(family, ())]
    inside = {q.family for q in quantities(local.definition)}
    equations = dict.fromkeys((local.equation, *(e for e in defined if e.left.family not in inside)))
    return Chain(derivation, local.steps[0].before, local.element, local.by, local.steps, facts, tuple(equations))


def _of_stage(derivation: Derivation, stage: Stage) -> Chain:
    equations = dict.fromkeys(local.equation for path in stage.paths for local in path.locals_)
    cited = dict.fromkeys(step for path in stage.paths for step in _cited(derivation, path))
    left = Gradient(derivation.of, stage.by)
    return Chain(derivation, left, derivation.of, stage.by, stage.steps, stage.facts, tuple(equations), tuple(cited))


def _cited(derivation: Derivation, path: Path) -> Iterator[Step]:
    """What flows in from above, where its result is put in and not its name."""
    for stage in derivation.stages:
        if stage.by == path.stage and not stage.stands:
            yield Step(Gradient(derivation.of, stage.by), stage.result, "cited")
