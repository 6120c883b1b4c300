"""Chains of equalities to ask about: every local derivative of a topic, and every stage, as a lesson shows them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from derive.calculus.chain import Path
from derive.calculus.derivation import Derivation
from derive.calculus.facts import Facts
from derive.calculus.families import families_above
from derive.calculus.stages import Stage
from derive.calculus.steps import Detail, Local, Step, shown
from derive.exercises.equality import Judge
from derive.exercises.exercise import Topic, remembered
from derive.model.model import Equation
from derive.writing.nodes import ZERO, Condition, Expr, Gradient, Negative, Quantity, Sum
from derive.writing.walk import quantities, walk

SEED = 31_415
LONGEST = 240  # characters of a line in the model language: a longer one is no line of an exercise


@dataclass(frozen=True)
class Wrong:
    """A wrong line, and the mistake that leads to it."""

    line: Expr
    mistake: str


@dataclass(frozen=True, eq=False)
class Chain:
    """of differentiated by by = lines[0] = lines[1] = …, each line by the rule of its step; all of it is verified.

    A local derivative that is not the whole one, as other quantities of its definition depend on `by` as well, has the
    definition on its left side, where one can see what is held fixed; `name` is what it is called in a chain rule.
    `rules` are the same steps with every rule alone. `equations` are the definitions that a reader needs, `cited` the
    derivatives that are taken from elsewhere, with what they are; `guards` are the conditions under which it holds.
    """

    derivation: Derivation
    name: Expr
    left: Expr
    of: Quantity
    by: Quantity
    rules: tuple[Step, ...]
    facts: Facts
    equations: tuple[Equation, ...]
    cited: tuple[Step, ...] = ()
    guards: tuple[Condition, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether it is not the whole derivative."""
        return self.name != self.left

    @property
    def asked(self) -> Expr | None:
        """What a sentence can call it: None where it must be displayed before."""
        return None if self.is_local else self.left

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they are told."""
        return told(self.rules)

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
        return Judge(self.derivation, random.Random(SEED), self.facts.ranges, self.guards)

    @cached_property
    def wrong(self) -> dict[int, tuple[Wrong, ...]]:
        """The wrong versions of its lines that were looked for, by the line's place."""
        return {}

    def is_broken_by(self, line: Expr) -> bool:
        """Whether a line is certainly not equal to the left side."""
        return self.judge.same(self.left, line) is False


def told(rules: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps as a lesson shows them, without those that only drop brackets or zeros."""
    made: list[Step] = []
    for step in shown(rules, Detail.LESSON):
        if made and (step.rule == "brackets" or _has_zeros(made[-1].after)):
            made[-1] = replace(made[-1], after=step.after)
        else:
            made.append(step)
    return tuple(made)


def _has_zeros(line: Expr) -> bool:
    return any(isinstance(n, Sum) and not {ZERO, Negative(ZERO)}.isdisjoint(n.terms) for n in walk(line))


@remembered
def chains(topic: Topic) -> tuple[Chain, ...]:
    """The chains of a topic from the loss down, without any that has an unverified step."""
    return tuple(chain for chain in _chains(topic.derivation) if topic.doubted.isdisjoint(chain.rules))


@remembered
def readable(topic: Topic) -> tuple[Chain, ...]:
    """The chains of which no line is too long."""
    return tuple(chain for chain in chains(topic) if are_readable(chain.left, *chain.lines))


def are_readable(*lines: Expr) -> bool:
    """Whether no line is too long for an exercise."""
    return all(len(str(line)) <= LONGEST for line in lines)


def _chains(derivation: Derivation) -> Iterator[Chain]:
    told: set[tuple[Quantity, Quantity]] = set()
    for stage in derivation.stages:
        for path in stage.paths:
            for local in path.locals_:
                if (local.element, local.by) not in told:
                    told.add((local.element, local.by))
                    yield _of_local(derivation, stage.facts.within(path.sums).given(path.guards), local, path.guards)
        yield _of_stage(derivation, stage)


def _of_local(derivation: Derivation, facts: Facts, local: Local, guards: tuple[Condition, ...]) -> Chain:
    """The chain from the derivative's name on, or where that is not the whole derivative, from the next line on."""
    name = local.steps[0].before
    judge = Judge(derivation, random.Random(SEED), facts.ranges, guards)
    whole = not _may_be_partial(derivation, local) or judge.same(name, Gradient(local.element, local.by)) is True
    rules = local.steps if whole else local.steps[1:]
    told = {local.element.family} | {q.family for q in quantities(local.definition)}
    named = [q.family for step in local.steps for q in quantities(step.after) if q.family not in told]
    defined = (e for family in named for e in derivation.model.definitions.get(family, ()))
    equations = dict.fromkeys((local.equation, *defined))
    return Chain(
        derivation,
        name,
        rules[0].before,
        local.element,
        local.by,
        rules,
        facts,
        tuple(equations),
        guards=guards,
    )


def _may_be_partial(derivation: Derivation, local: Local) -> bool:
    """Whether another family in the definition depends on the one that is differentiated by."""
    others = {q.family for q in quantities(local.definition)} - {local.by.family}
    return any(local.by.family in families_above(derivation.model, family) for family in others)


def _of_stage(derivation: Derivation, stage: Stage) -> Chain:
    equations = dict.fromkeys(local.equation for path in stage.paths for local in path.locals_)
    cited = dict.fromkeys(step for path in stage.paths for step in _cited(derivation, path))
    left = Gradient(derivation.of, stage.by)
    told = (tuple(equations), tuple(cited))
    return Chain(derivation, left, left, derivation.of, stage.by, stage.steps, stage.facts, *told)


def _cited(derivation: Derivation, path: Path) -> Iterator[Step]:
    """What flows in from above, where its result is put in and not its name."""
    for stage in derivation.stages:
        if stage.by == path.stage and not stage.stands:
            yield Step(Gradient(derivation.of, stage.by), stage.result, "cited")
