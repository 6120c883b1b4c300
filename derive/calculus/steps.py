"""Steps: equalities, each licensed by a named rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from derive.model.model import Equation, Range
from derive.writing.index import Symbol
from derive.writing.nodes import Apply, Cases, Condition, Expr, Function, Quantity
from derive.writing.walk import walk


class Detail(IntEnum):
    """How much a reader wants to see; a step is shown at its own level and above."""

    BRIEF = 1
    LESSON = 2
    FULL = 3


@dataclass(frozen=True)
class Step:
    """`before = after` by a rule, where all of `conditions` hold."""

    before: Expr
    after: Expr
    rule: str
    detail: Detail = Detail.FULL
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Local:
    """The local derivative of one element of an equation by one quantity, everything else held fixed.

    The steps lead from `Partial(element, by)` to `result`. They hold for every value of `letters`; those in `ranges`
    are the letters of the elements that mention `by`, where `guards` hold.
    """

    element: Quantity
    by: Quantity
    definition: Expr
    equation: Equation
    ranges: tuple[Range, ...]
    guards: tuple[Condition, ...]
    steps: tuple[Step, ...]
    result: Expr
    letters: frozenset[Symbol]

    @property
    def short(self) -> Expr:
        """The result as it stands in a product: ReLU'(z) where written out it is a case distinction."""
        match self.definition:
            case Apply(Function(name, label, ()), (argument,)) if argument == self.by and _has_cases(self.result):
                return Apply(Function(name, label, (1,)), (argument,))
        return self.result


def _has_cases(expr: Expr) -> bool:
    return any(isinstance(n, Cases) for n in walk(expr))


def shown(steps: tuple[Step, ...], detail: Detail) -> tuple[Step, ...]:
    """The steps as a reader of this detail sees them: what lies between two shown lines becomes one step.

    The last line is always shown; a merged step bears the name of its last rule that is more than arithmetic.
    """
    merged: list[Step] = []
    waiting: list[Step] = []
    for i, step in enumerate(steps):
        waiting.append(step)
        if step.detail <= detail or i == len(steps) - 1:
            merged.append(_merged(waiting))
            waiting = []
    return tuple(step for step in merged if step.before != step.after)


def _merged(steps: list[Step]) -> Step:
    rule = next((s.rule for s in reversed(steps) if s.rule not in ("simplify", "collapse", "name")), steps[-1].rule)
    conditions = tuple(dict.fromkeys(c for s in steps for c in s.conditions))
    return Step(steps[0].before, steps[-1].after, rule, min(s.detail for s in steps), conditions)
