"""Where an answer is read and judged: the model, the derivation that was asked for, the notation of the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.calculus.derivation import Derivation
from derive.exercises.marking_judges import Judges
from derive.exercises.reading import conventions_of, lesson_conventions
from derive.model.mentions import model_mentions, symbols_of
from derive.model.model import Model
from derive.notation.notations import LESSON, Notation
from derive.notation.reading.conventions import Conventions, Family
from derive.pages.notating import adapted
from derive.writing.nodes import Delta, Quantity
from derive.writing.walk import walk

RATE = "eta"  # the step of a descent, which some bring into a derivative


@dataclass(frozen=True)
class Setting:
    """The model, the derivation that was asked for, and the notation of the sheet.

    `rules` has the rules that a name stands for, as `marking_short.normal` makes it. `near` is a derivation in whose
    surroundings expressions are compared where none was asked for. Where the setting is `loose`, answers are read by
    the conventions of the lesson, which may leave out layers and speak of what the model has not.
    """

    model: Model
    derivation: Derivation | None = None
    notation: Notation = LESSON
    rules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    near: Derivation | None = None
    loose: bool = False

    @cached_property
    def judges(self) -> Judges:
        """What says whether two expressions are the same."""
        return Judges(self.model, self.derivation, self.near, loose=self.loose)

    @cached_property
    def conventions(self) -> Conventions:
        """What the letters of an answer mean."""
        if not self.loose:
            return self._of_model
        found = lesson_conventions(self.notation)
        of_samples = Family(indices=1, exact=False)  # C, and C_i for one of them
        return replace(found, families={**found.families, "C": of_samples})

    @property
    def _of_model(self) -> Conventions:
        """Those of the model, to which the letters of the derivation belong; delta is Kronecker's where it has one."""
        found = conventions_of(self.model, adapted(self.notation, [self.model]), self.loss)
        found = replace(found, families={RATE: Family(), **found.families})
        if self.derivation is None:
            return found
        letters = [s.name for s in self.judges.ranges if s.name not in {**found.families, **found.functions}]
        sides = (side for step in self.derivation.steps for side in (step.before, step.after))
        has_kronecker = any(isinstance(n, Delta) for side in sides for n in walk(side))
        deltas = found.deltas if self.notation.deltas or not has_kronecker else {}
        return replace(found, sizes={**dict.fromkeys(letters, False), **found.sizes}, deltas=deltas)

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """The sizes and labels of the model, as the model language writes them."""
        return tuple(sorted({str(symbol) for symbol in symbols_of(model_mentions(self.model))}))

    @property
    def loss(self) -> Quantity:
        """What is differentiated."""
        return self.model.equations[0].left if self.derivation is None else self.derivation.of

    @property
    def target(self) -> Quantity:
        """What the derivative is taken by, as far as that is known."""
        known = self.derivation or self.near
        return self.loss if known is None else known.by
