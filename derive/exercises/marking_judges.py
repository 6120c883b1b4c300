"""Judges for one derivation: of its result, and of the lines that lead there, which may hold on some paths only."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
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
from derive.exercises.marking_opaque import LAYER, Opaque, veiled
from derive.model.drawn import open_symbols
from derive.model.model import Model, Range
from derive.writing.index import ZERO, Index, Symbol, index
from derive.writing.nodes import Condition, Expr, Quantity
from derive.writing.walk import free_symbols, quantities

SEED = 20_211
MOST_PATHS = 8
MOST_SPANS = 1024


class Judges:
    """Says whether expressions are the same: those of a result, and those of a line of working."""

    def __init__(
        self, model: Model, derivation: Derivation | None, near: Derivation | None = None, *, loose: bool = False
    ) -> None:
        self.model, self.derivation, self.near = model, derivation, near
        self.opaque, self.loose = Opaque(model, loose=loose), loose
        self.main = self._judge(self.ranges)
        self.sizes = open_symbols(model)
        self._others: dict[object, Judge] = {}
        self._known_spans: dict[Quantity, dict[int, tuple[Index, Index]]] = {}

    def same(self, left: Expr, right: Expr) -> bool | None:
        """Whether both are one value wherever they have one; None where that cannot be told.

        It cannot where only one of them says its layers, and they are the same for some layers of the other.
        """
        verdict = self._same(left, right)
        if verdict is not False or bool(self.opaque.left_out(left)) == bool(self.opaque.left_out(right)):
            return verdict
        readings = ((one, other) for one in self.opaque.in_layers(left) for other in self.opaque.in_layers(right))
        return None if any(self._same(one, other) for one, other in readings) else False

    def _same(self, left: Expr, right: Expr) -> bool | None:
        one, other = self.opaque.seen(left), self.opaque.seen(right)
        judge = self._for_letters((one, other), self._new) or self.main
        same, unknown = judge.same(one, other), (veiled(one), veiled(other))
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
        others = self._for_letters((left, right), self._other)
        return False if others is None else others.same(left, right)

    def _new(self, span: Range) -> bool:
        """Whether the derivation has no such letter."""
        return span.symbol not in self.ranges

    def _other(self, span: Range) -> bool:
        """Whether the derivation has no such letter, or one that ranges over something else."""
        return self.ranges.get(span.symbol) != span

    def _for_letters(self, sides: tuple[Expr, ...], wanted: Callable[[Range], bool]) -> Judge | None:
        """A judge for letters of an answer with what they range over there; None where there are none of the wanted."""
        free = frozenset(s for side in sides for s in free_symbols(side) if s.label is None) - self.sizes
        if not free or (free <= self.ranges.keys() and wanted == self._new):
            return None
        spans = {span.symbol: span for side in sides for span in self._spans(side) if span.symbol in free}
        if wanted == self._other and any(spans.get(s.symbol, s) != s for side in sides for s in self._spans(side)):
            return None  # a letter that is used for two things
        if self.loose:
            spans = {**{s: Range(s, ZERO, index(Symbol("n", LAYER))) for s in free}, **spans}
        new = frozenset(span for span in spans.values() if wanted(span))
        if not new:
            return None
        guards = tuple(dict.fromkeys(c for side in sides for c in self._within(side, free, spans)))
        key = (new, guards)
        if key not in self._others:
            if len(self._others) >= MOST_PATHS:
                self._others.clear()
            self._others[key] = self._judge({**self.ranges, **{span.symbol: span for span in new}}, guards)
        return self._others[key]

    def _spans(self, side: Expr) -> Iterator[Range]:
        """The ranges of the letters that are indices."""
        for place, span in self._places(side):
            if place.symbol is not None:
                yield Range(place.symbol, *span)

    def _within(self, side: Expr, free: frozenset[Symbol], spans: Mapping[Symbol, Range]) -> Iterator[Condition]:
        """What must hold for elements with an index such as l + 1 to exist, and where a letter has several ranges."""
        for place, (lower, upper) in self._places(side):
            known = None if place.symbol is None else spans.get(place.symbol)
            is_new = known is None or (known.lower, known.upper) != (lower, upper)
            if is_new and place.value is None and place.symbols <= free | self.sizes:
                yield from within(place, Range(Symbol("i"), lower, upper))

    def _places(self, side: Expr) -> Iterator[tuple[Index, tuple[Index, Index]]]:
        for quantity in quantities(side):
            spans = self._spans_of(quantity)
            yield from ((i, spans[place]) for place, i in enumerate(arguments(quantity)) if place in spans)

    def _spans_of(self, quantity: Quantity) -> dict[int, tuple[Index, Index]]:
        if quantity not in self._known_spans:
            try:
                found = spans_of(self.model, quantity, known_of(self.model))
            except TargetError:  # no such quantity
                found = {}
            if len(self._known_spans) >= MOST_SPANS:
                self._known_spans.clear()
            self._known_spans[quantity] = found
        return self._known_spans[quantity]

    def _judge(self, ranges: Mapping[Symbol, Range], guards: tuple[Condition, ...] = ()) -> Judge:
        rng, about = random.Random(SEED), self.derivation or self.near
        if about is None:
            return Judge.of_model(self.model, rng, ranges, guards)
        if guards:  # they may move a letter after others were drawn for it
            guards = (*guards, *(c for s, span in ranges.items() for c in within(index(s), span)))
        return Judge(about, rng, ranges, guards)

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
