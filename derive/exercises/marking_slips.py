"""Which known mistake leads from what is right to what was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from derive.exercises.marking_judges import Judges
from derive.exercises.marking_setting import Setting
from derive.exercises.mistakes import MISTAKES, altered
from derive.exercises.mistakes import Setting as Context
from derive.pages.blocks import Message
from derive.writing.nodes import Expr, Quantity

MOST_OF_ONE = 12  # ways in which one mistake can be made in one expression
MOST_KEPT = 32


@dataclass(frozen=True)
class Slip:
    """A wrong expression, and the mistake that makes it."""

    mistake: str
    wrong: Expr

    @property
    def message(self) -> Message:
        """What a teacher says to it."""
        return Message(f"mistake.{self.mistake}.feedback")


class Slips:
    """Finds mistakes about one derivative, `by` being what it is taken by as far as that is known."""

    def __init__(self, judges: Judges, setting: Setting, by: Quantity | None) -> None:
        self.judges = judges
        target = by or setting.target
        self.context = Context(setting.model, setting.loss, target, judges.ranges)
        self._known: dict[Expr, tuple[Slip, ...]] = {}

    def between(self, right: Expr, written: Expr) -> Slip | None:
        """The first known mistake that makes what was written of what is right."""
        return next((slip for slip in self.of(right) if self.judges.same(slip.wrong, written)), None)

    def of(self, right: Expr) -> tuple[Slip, ...]:
        """Every wrong expression that a known mistake makes of a right one, each once."""
        if right not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[right] = tuple(self._made(right))
        return self._known[right]

    def _made(self, right: Expr) -> Iterator[Slip]:
        told: set[Expr] = {right}
        for name in MISTAKES:
            for wrong in islice(altered(name, right, self.context), MOST_OF_ONE):
                if wrong not in told:
                    told.add(wrong)
                    yield Slip(name, wrong)
