"""A derivation: the gradient of a loss by one quantity, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.calculus.chain import Explorer
from derive.calculus.domains import Target, target
from derive.calculus.rules import RULES, Rule
from derive.calculus.stages import Stage, Upstream, assembled
from derive.calculus.steps import Local, Step
from derive.errors import TargetError
from derive.model.model import Model
from derive.writing.nodes import Condition, Expr, Partial, Quantity

SHORT = Upstream()


@dataclass(frozen=True)
class Derivation:
    """d(of)/d(by) in a model, derived step by step.

    `stages` run from the loss down to the target, whose own stage is the last; each cites those before it, and itself
    where the gradient is a recurrence.
    """

    model: Model
    of: Quantity
    by: Quantity
    target: Target
    stages: tuple[Stage, ...]

    @property
    def result(self) -> Expr:
        """The gradient, in the names of the model."""
        return self.stages[-1].result

    @cached_property
    def lemmas(self) -> tuple[Local, ...]:
        """Every local derivative that is needed, once each, in the order in which it is met from the loss down."""
        found: dict[Partial, Local] = {}
        for stage in self.stages:
            for path in stage.paths:
                for local in path.locals_:
                    found.setdefault(Partial(local.element, local.by), local)
        return tuple(found.values())

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every equality of the derivation: those of the local derivatives, then those of the stages."""
        local_steps = (step for lemma in self.lemmas for step in lemma.steps)
        return (*local_steps, *(step for stage in self.stages for step in stage.steps))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What must hold for the target to exist, and what the result assumes of the inputs."""
        assumed = self.model.assumptions if any(s.rule == "assumption" for s in self.steps) else ()
        return (*self.target.conditions, *assumed)


def differentiate(
    model: Model,
    of: Quantity,
    by: Quantity,
    *,
    upstream: Upstream = SHORT,
    rules: Mapping[str, Rule] = RULES,
) -> Derivation:
    """The derivative of `of` by `by`, for any quantity of the model: parameter, input, or one defined in between.

    `upstream` says how what flows in from above is written.
    """
    (derivation,) = differentiate_all(model, of, [by], upstream=upstream, rules=rules)
    return derivation


def differentiate_all(
    model: Model,
    of: Quantity,
    by: Sequence[Quantity],
    *,
    upstream: Upstream = SHORT,
    rules: Mapping[str, Rule] = RULES,
) -> tuple[Derivation, ...]:
    """The derivatives of `of` by several quantities; what they need alike is worked out once."""
    if of.family not in model.definitions:
        raise TargetError(f"{of} cannot be differentiated: no equation of the model defines {of.family}")
    targets = [target(model, quantity) for quantity in by]
    explorer = Explorer(model, of, upstream.named, rules)
    for wanted in targets:
        explorer.explore(wanted)
    done: dict[Quantity, Stage] = {}
    return tuple(
        Derivation(model, of, t.quantity, t, assembled(model, of, t.quantity, explorer.drafts, upstream, done))
        for t in targets
    )
