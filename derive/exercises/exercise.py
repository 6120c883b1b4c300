"""Exercises as data: what is asked and expected, in no language and no format yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from derive.calculus.derivation import Derivation
from derive.calculus.steps import Step
from derive.calculus.verify import Status, verified
from derive.exercises.answers import Expected
from derive.exercises.measure import Measure, measured
from derive.pages.blocks import Block

T = TypeVar("T")


@dataclass(frozen=True)
class Topic:
    """What exercises are drawn from: a derivation whose steps are all verified, and the name of its model."""

    derivation: Derivation
    model_name: str

    @cached_property
    def doubted(self) -> frozenset[Step]:
        """The steps that points and the slope of the model itself could not verify: no exercise may need one."""
        found = verified(self.derivation)
        checks = (*found.steps, found.result)
        return frozenset(c.step for c in checks if c.status in (Status.UNCHECKED, Status.WRONG))

    @cached_property
    def measure(self) -> Measure:
        """How difficult the whole derivation is."""
        return measured(self.derivation)


def remembered(make: Callable[[Topic], T]) -> Callable[[Topic], T]:
    """A function of a topic that is worked out once for each, however many exercises are drawn from it."""
    name = f"{make.__module__}.{make.__qualname__}"

    def known(topic: Topic) -> T:
        if name not in topic.__dict__:
            topic.__dict__[name] = make(topic)
        return cast(T, topic.__dict__[name])

    return known


@dataclass(frozen=True)
class Part:
    """One thing that is asked: what the sheet prints for it, what is expected, and what that is worth.

    `space` is the number of lines that are left for writing. A part without blocks is asked for in a table of the stem,
    and answered in one of the solution.
    """

    blocks: tuple[Block, ...]
    expected: Expected
    marks: int
    space: int = 0


@dataclass(frozen=True)
class Exercise:
    """A question of one kind about a topic.

    The sheet prints the `stem` and the parts; the key prints `solution`, and where `worked` is true the whole
    derivation after it.
    """

    kind: str
    topic: Topic
    stem: tuple[Block, ...]
    parts: tuple[Part, ...]
    solution: tuple[Block, ...]
    measure: Measure
    worked: bool = False

    @property
    def marks(self) -> int:
        """What the whole question is worth."""
        return sum(part.marks for part in self.parts)
