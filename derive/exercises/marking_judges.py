"""Judges for one derivation: of its result, and of the lines that lead there, which may hold on some paths only."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cached_property

from derive.calculus.chain import Path
from derive.calculus.derivation import Derivation
from derive.calculus.domains import known_of
from derive.calculus.facts import within
from derive.calculus.matching import arguments
from derive.calculus.spans import spans_of
from derive.calculus.stages import Stage
from derive.errors import TargetError
from derive.exercises.equality import Judge
from derive.exercises.marking_opaque import Opaque, veiled
from derive.model.model import Model, Range
from derive.writing.index import Symbol, index
from derive.writing.nodes import Condition, Expr, Quantity
from derive.writing.walk import free_symbols, quantities

SEED = 20_211
MOST_PATHS = 8


class Judges:
    """Says whether expressions are the same: those of a result, and those of a line of working."""

    def __init__(self, model: Model, derivation: Derivation | None, *, loose: bool = False) -> None:
        self.model, self.derivation = model, derivation
        self.opaque = Opaque(model, loose=loose)
        self.main = self._judge(self.ranges)
        self._others: dict[frozenset[Range], Judge] = {}

    def same(self, left: Expr, right: Expr) -> bool | None:
        """Whether both are one value wherever they have one; None where that cannot be told."""
        one, other = self.opaque.seen(left), self.opaque.seen(right)
        same, unknown = self.main.same(one, other), (veiled(one), veiled(other))
        if same is False and unknown[0] != unknown[1]:  # a derivative of which nothing is known may be anything
            return False if _is_number(one) or _is_number(other) else None
        return same

    def same_on_a_path(self, left: Expr, right: Expr) -> bool | None:
        """As `same`, but it is enough to be so where one of the derivation's paths is taken."""
        verdict = self.same(left, right)
        if verdict is not False:
            return verdict
        letters = (free_symbols(left) | free_symbols(right)) & self.ranges.keys()
        if any(letters <= own and judge.same(left, right) for own, judge in self._on_paths):
            return True
        others = self._for_other_letters((left, right))
        return False if others is None else others.same(left, right)

    def _judge(self, ranges: Mapping[Symbol, Range], guards: tuple[Condition, ...] = ()) -> Judge:
        rng = random.Random(SEED)
        if self.derivation is None:
            return Judge.of_model(self.model, rng, ranges)
        if guards:  # they may move a letter after others were drawn for it
            guards = (*guards, *(c for s, span in ranges.items() for c in within(index(s), span)))
        return Judge(self.derivation, rng, ranges, guards)

    def _for_other_letters(self, sides: tuple[Expr, ...]) -> Judge | None:
        """A judge for letters that range over something else in an answer than in the derivation; None without any."""
        found: dict[Symbol, Range] = {}
        for quantity in (q for side in sides for q in quantities(side)):
            found = {**self._spans_in(quantity), **found}
        free = frozenset(s for side in sides for s in free_symbols(side))
        new = {s: span for s, span in found.items() if s in free and self.ranges.get(s) != span}
        if not new:
            return None
        key = frozenset(new.values())
        if key not in self._others:
            if len(self._others) >= MOST_PATHS:
                self._others.clear()
            self._others[key] = self._judge({**self.ranges, **new})
        return self._others[key]

    def _spans_in(self, quantity: Quantity) -> dict[Symbol, Range]:
        """The ranges of the letters that are indices of a quantity."""
        try:
            spans = spans_of(self.model, quantity, known_of(self.model))
        except TargetError:  # no such quantity
            return {}
        letters = ((i.symbol, spans.get(place)) for place, i in enumerate(arguments(quantity)))
        return {letter: Range(letter, *span) for letter, span in letters if letter is not None and span is not None}

    @cached_property
    def _on_paths(self) -> tuple[tuple[frozenset[Symbol], Judge], ...]:
        """A judge for each path that has conditions, or letters of its own, and those letters."""
        stages = () if self.derivation is None else self.derivation.stages
        found = [(_spans(stage, path), path.guards) for stage in stages for path in stage.paths]
        kept = [pair for i, pair in enumerate(found) if pair not in found[:i] and pair != (self.ranges, ())]
        return tuple((frozenset(ranges), self._judge(ranges, guards)) for ranges, guards in kept[:MOST_PATHS])

    @cached_property
    def ranges(self) -> dict[Symbol, Range]:
        """The ranges of all letters, each as the first stage that has it says."""
        if self.derivation is None:
            return {}
        found = dict(self.derivation.target.facts.ranges)
        for stage in self.derivation.stages:
            for path in stage.paths:
                found = {**_spans(stage, path), **found}
        return found


def _is_number(expr: Expr) -> bool:
    return not any(True for _ in quantities(expr))


def _spans(stage: Stage, path: Path) -> dict[Symbol, Range]:
    """What the letters of one path range over."""
    return {**stage.facts.ranges, **{span.symbol: span for span in path.sums}}
