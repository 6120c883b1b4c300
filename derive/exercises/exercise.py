"""Exercises as data: what is asked and expected, in no language and no format yet."""

from __future__ import annotations

from dataclasses import dataclass

from derive.calculus.derivation import Derivation
from derive.exercises.answers import Expected
from derive.exercises.measure import Measure
from derive.pages.blocks import Block


@dataclass(frozen=True)
class Topic:
    """What exercises are drawn from: a derivation whose steps are all verified, and the name of its model."""

    derivation: Derivation
    model_name: str


@dataclass(frozen=True)
class Part:
    """One thing that is asked: what the sheet prints for it, what is expected, and what that is worth.

    `space` is the number of lines that are left for writing.
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
