"""A mistake planted at one step of a derivation, and carried on consistently to the end.

Nothing before the step changes. After it every line follows from the one before by the rules of a right derivation, and
every stage below is worked out with what the mistake has made of its factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from derive.calculus.chain import Path, instance_of
from derive.calculus.derivation import Derivation
from derive.calculus.simplifying import simplified
from derive.calculus.stages import Stage
from derive.calculus.steps import Detail, Local, Step
from derive.exercises.equality import Judge
from derive.exercises.mistakes import Setting, altered
from derive.writing.nodes import ONE, Expr, Gradient, Grouped, Node, Number, Partial, Product, Quantity
from derive.writing.tidy import times
from derive.writing.walk import rebuilt, substitute, walk


def carried(derivation: Derivation, index: int, mistake: str, wrong: Expr, judge: Judge) -> tuple[Step, ...] | None:
    """The steps of a derivation with `wrong` in the place of what the step at `index` leads to.

    None where no line that people would write follows from it, or where the mistake is lost before the end.
    """
    planting = _Planting(derivation, index, mistake, wrong, judge)
    try:
        steps = tuple(planting.steps())
    except _Lost:
        return None
    sound = all(judge.same(step.before, step.after) is True for step in planting.new)
    return steps if sound and judge.same(steps[-1].after, derivation.result) is False else None


class _Lost(Exception):
    """No line follows from a wrong one."""


@dataclass
class _Planting:
    """Goes through a derivation step by step.

    `new` are the steps that a right one does not have; `factors` says what local derivatives have become, and `results`
    what stages have become that are put in where they are cited.
    """

    derivation: Derivation
    index: int
    mistake: str
    wrong: Expr
    judge: Judge
    new: list[Step] = field(default_factory=list)
    factors: dict[Expr, Expr] = field(default_factory=dict)
    results: dict[Quantity, Expr] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        at = 0
        for local in self.derivation.lemmas:
            yield from self._local(local, self.index - at)
            at += len(local.steps)
        for stage in self.derivation.stages:
            yield from self._stage(stage, self.index - at)
            at += len(stage.steps)

    # ------------------------------------------------------------ local derivatives

    def _local(self, local: Local, place: int) -> list[Step]:
        if not 0 <= place < len(local.steps):
            return list(local.steps)
        steps = [*local.steps[:place], replace(local.steps[place], after=self.wrong)]
        for right in local.steps[place + 1 :]:
            line = self._line(right.after, local)
            if line is not None and line != steps[-1].after:
                steps.append(replace(right, before=steps[-1].after, after=line))
                self.new.append(steps[-1])
        if any(isinstance(n, Partial) for n in walk(steps[-1].after)):
            raise _Lost
        self.factors = dict.fromkeys(_spellings(local), steps[-1].after)
        return steps

    def _line(self, right: Expr, local: Local) -> Expr | None:
        """A line with the same mistake in it, where that makes it worth what the wrong line is worth."""
        setting = Setting(self.derivation.model, self.derivation.of, local.by, {r.symbol: r for r in local.ranges})
        found = altered(self.mistake, right, setting)
        return next((line for line in found if self.judge.same(line, self.wrong) is True), None)

    # ------------------------------------------------------------ stages

    def _stage(self, stage: Stage, place: int) -> list[Step]:
        if 0 <= place < len(stage.steps):
            steps = [*stage.steps[:place], replace(stage.steps[place], after=self.wrong)]
        elif self._is_touched(stage):
            steps = [stage.steps[0]]
        else:
            return list(stage.steps)
        if len(steps) == 1 < len(stage.steps):
            steps.append(replace(stage.steps[1], before=steps[0].after, after=self._put(steps[0].after, stage)))
        rest = list(simplified(steps[-1].after, self.derivation.model, stage.facts))
        self.new += rest
        steps += rest
        steps[-1] = replace(steps[-1], detail=Detail.BRIEF)
        if not stage.stands:
            self.results[stage.by] = steps[-1].after
        return steps

    def _is_touched(self, stage: Stage) -> bool:
        """Whether a wrong factor, or the wrong result of a stage, is put into this one."""
        used = any(not self.factors.keys().isdisjoint(_spellings(local)) for p in stage.paths for local in p.locals_)
        return used or any(path.stage in self.results for path in stage.paths)

    def _put(self, chained: Expr, stage: Stage) -> Expr:
        """The chain rule's line with every factor in its place, all but the first of each path in brackets."""
        found: dict[Expr, Expr] = {}
        for path in stage.paths:
            for local in path.locals_:
                found |= {key: self.factors.get(key, local.short) for key in _spellings(local)}
            if path.upstream is not None:
                found[Gradient(self.derivation.of, path.upstream)] = self._cited(path)
        put = _filled(chained, found)
        if any(isinstance(n, Partial) for n in walk(put)):
            raise _Lost
        return put

    def _cited(self, path: Path) -> Expr:
        """What flows in from above: its name where its stage stands, otherwise what the stage has become."""
        assert path.upstream is not None
        above = next((s for s in self.derivation.stages if s.by == path.stage), None)
        renaming = None if above is None else instance_of(above.by, path.upstream, above.facts)
        if above is None or above.stands or renaming is None:
            return Gradient(self.derivation.of, path.upstream)
        return substitute(self.results.get(above.by, above.result), renaming)


def _spellings(local: Local) -> tuple[Expr, Expr]:
    """A local derivative by the name of what is differentiated, and with its definition put in."""
    return Partial(local.element, local.by), Partial(local.definition, local.by)


def _filled(tree: Expr, found: Mapping[Expr, Expr]) -> Expr:
    """The tree with derivatives replaced by what was found for them."""

    def filled(node: Node) -> Node:
        if isinstance(node, Product):
            first, *others = (cast(Expr, filled(factor)) for factor in node.factors)
            return times(first, *(f if isinstance(f, Number) else Grouped(f) for f in others if f != ONE))
        if isinstance(node, Expr) and node in found:
            return found[node]
        return rebuilt(node, filled)

    return cast(Expr, filled(tree))
