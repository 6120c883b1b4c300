"""The chain rule over the paths from a quantity to the loss.

d(C)/d(x) = sum over the elements y that mention x of d(C)/d(y) * d(y)/d(x)

From x the way leads up through the equations that mention it. As long as there is one way on, factors are collected;
where several elements wait, the derivative of the loss by that quantity becomes a stage of its own. A stage is worked
out once, for any element of its family, and cited wherever it is met again: also by itself, in a recurrence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from derive.calculus.domains import Target, covers, fixed_symbols, known_of
from derive.calculus.facts import Facts, undecided, within
from derive.calculus.families import families_above, families_below, with_arguments
from derive.calculus.local import local
from derive.calculus.matching import Consumer, arguments, consumers
from derive.calculus.rules import Rule
from derive.calculus.spans import spans_of
from derive.calculus.steps import Local
from derive.model.model import Equation, Model, Range
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Condition, Quantity
from derive.writing.walk import Renaming, fresh, names_in

MAX_UNROLLED = 8


@dataclass(frozen=True)
class Path:
    """One way from a quantity to the loss, or to the next quantity where ways meet.

    `locals_` are its local derivatives, the loss's side first. `upstream` is the quantity whose own stage goes on from
    the top of the path, None where the path reaches the loss. `stage` is that stage's pattern, with `letters` of its
    own at some positions, and `covering` the equation that defines it. The path is taken once for every value of the
    letters in `sums`, where all `guards` hold.
    """

    locals_: tuple[Local, ...]
    upstream: Quantity | None
    stage: Quantity | None
    sums: tuple[Range, ...]
    guards: tuple[Condition, ...]
    letters: Mapping[int, Symbol] = field(default_factory=dict)
    covering: Equation | None = None


@dataclass
class Draft:
    """A stage while the ways to the loss are being explored; `own` are the letters that are not the target's."""

    by: Quantity
    facts: Facts
    own: frozenset[Symbol] = frozenset()
    depth: int = 0
    paths: list[Path] = field(default_factory=list)


class Explorer:
    """Finds all stages that the derivatives of `loss` need; targets explored one after the other share them."""

    def __init__(self, model: Model, loss: Quantity, named: frozenset[str], rules: Mapping[str, Rule]) -> None:
        self.model, self.loss, self.named, self.rules = model, loss, named, rules
        self.above = frozenset(families_above(model, loss.family))
        self.fixed = frozenset({s.name for s in fixed_symbols(model)} | set(model.families))
        self.taken = self.fixed
        self.sizes = self.base = known_of(model)
        self.drafts: dict[Quantity, Draft] = {}

    def explore(self, target: Target) -> None:
        """Find the target's own stage and those that it needs."""
        self.base = target.facts
        self.taken = self.fixed | {s.name for i in arguments(target.quantity) for s in i.symbols}
        self.drafts[target.quantity] = Draft(target.quantity, target.facts)
        waiting = [target.quantity]
        while waiting:
            draft = self.drafts[waiting.pop()]
            draft.paths.clear()
            for first in self._ways(draft.by, draft.facts, ()):
                path = self._climb(first, draft)
                draft.paths.append(path)
                waiting += self._to_explore(path, draft)

    def _to_explore(self, path: Path, draft: Draft) -> list[Quantity]:
        """The stage at the top of a path, where it is new, or known for fewer indices than the path needs."""
        if path.stage is None or path.upstream is None:
            return []
        if path.stage not in self.drafts:
            own = frozenset(path.letters.values())
            self.drafts[path.stage] = Draft(path.stage, self._facts_of(path, path.covering), own, draft.depth + 1)
            return [path.stage]
        facts, known = draft.facts.within(path.sums).given(path.guards), self.drafts[path.stage]
        wider = known.facts if self._generalises(path.stage, path.upstream, facts) else self._facts_of(path, None)
        if wider == known.facts:
            return []
        known.facts = wider
        return [path.stage]

    def _ways(self, by: Quantity, facts: Facts, letters: Iterable[str]) -> list[Consumer]:
        """The elements that mention `by` and on which the loss depends."""
        if by == self.loss:
            return []
        taken = self.taken | names_in(by) | frozenset(letters)
        return [c for c in consumers(self.model, by, facts, taken) if c.element.family in self.above]

    def _climb(self, first: Consumer, draft: Draft) -> Path:
        """Up from one element for as long as there is a single way on."""
        facts = draft.facts.within(first.sums).given(first.guards)
        letters = {r.symbol.name for r in first.sums}
        chain = [local(first, draft.by, draft.facts, self.rules, self.model.stated)]
        here = first.element
        met = {here.family: 1}
        while here != self.loss and here.family not in self.named and met[here.family] <= MAX_UNROLLED:
            ways = self._ways(here, facts, letters)
            if len(ways) != 1 or ways[0].sums or ways[0].guards:
                break
            chain.append(local(ways[0], here, facts, self.rules, self.model.stated))
            here = ways[0].element
            met[here.family] = met.get(here.family, 0) + 1
        if here == self.loss:
            return Path(tuple(reversed(chain)), None, None, first.sums, first.guards)
        stage, own = self._stage(here, draft.own.union(r.symbol for r in first.sums), facts, draft.depth)
        return Path(tuple(reversed(chain)), here, stage, first.sums, first.guards, own, self._covering(here, facts))

    # ------------------------------------------------------------ patterns of stages

    def _stage(
        self, here: Quantity, letters: frozenset[Symbol], facts: Facts, depth: int
    ) -> tuple[Quantity, dict[int, Symbol]]:
        """The pattern under which the derivative by `here` is worked out, as special as it must be, and its letters."""
        known = next((d.by for d in self.drafts.values() if self._generalises(d.by, here, facts)), None)
        if known is not None:
            return known, {}
        everywhere = depth >= MAX_UNROLLED or self._open(here, facts)
        changed = [
            position
            for position, have in enumerate(arguments(here))
            if everywhere or not letters.isdisjoint(have.symbols) or _moved(have, facts)
        ]
        pattern, own = self._lettered(here, changed)
        if pattern in self.drafts:  # for other values of its letters
            return self._lettered(here, list(range(len(arguments(here)))))
        return pattern, own

    def _open(self, here: Quantity, facts: Facts) -> bool:
        """Whether a recurrence leads on from here for a number of rounds that is not known."""
        return any(
            way.guards and here.family in families_below(self.model, way.element.family)
            for way in self._ways(here, facts, ())
        )

    def _lettered(self, here: Quantity, positions: list[int]) -> tuple[Quantity, dict[int, Symbol]]:
        """The quantity with the indices at some positions replaced by letters of their own, and those letters."""
        indices = list(arguments(here))
        kept = (i for position, i in enumerate(indices) if position not in positions)
        taken = set(self.fixed) | {s.name for i in kept for s in i.symbols}
        letters: dict[int, Symbol] = {}
        for position in positions:
            letter = self._letter(here.family, position)
            if letter is not None:
                letters[position] = fresh(letter, taken)
                taken.add(letters[position].name)
                indices[position] = index(letters[position])
        return with_arguments(here, indices), letters

    def _letter(self, family: str, position: int) -> Symbol | None:
        """The letter that the family's own equations use at a position, where they use one."""
        for equation in self.model.definitions.get(family, ()):
            symbol = arguments(equation.left)[position].symbol
            if symbol in {r.symbol for r in equation.ranges}:
                return symbol
        return None

    def _generalises(self, pattern: Quantity, here: Quantity, facts: Facts) -> bool:
        """Whether the quantity is known to be one of those for which the pattern was worked out."""
        ranges = self.drafts[pattern].facts.ranges
        renaming = instance_of(pattern, here, self.drafts[pattern].facts)
        if renaming is None:
            return False
        wanted = (
            condition
            for letter, place in renaming.items()
            for condition in within(place, _renamed(ranges[letter], renaming))
        )
        return undecided(wanted, facts) == ()

    def _covering(self, here: Quantity, facts: Facts) -> Equation | None:
        """The equation that is known to define the quantity."""
        return next((e for e in self.model.definitions[here.family] if covers(e, here, facts)), None)

    def _facts_of(self, path: Path, covering: Equation | None) -> Facts:
        """What is known of a stage's letters: those of the target that are left, and its own, which may hide them."""
        assert path.stage is not None
        spans = spans_of(self.model, path.stage, self.sizes, covering)
        own = [Range(letter, *spans[position]) for position, letter in path.letters.items() if position in spans]
        return self.base.without(path.letters.values()).within(own)


def _moved(have: Index, facts: Facts) -> bool:
    """Whether an index is a letter with something added: t + 1."""
    return have.symbol is None and not have.symbols.isdisjoint(facts.ranges)


def _renamed(span: Range, renaming: Renaming) -> Range:
    return Range(span.symbol, span.lower.substitute(renaming), span.upper.substitute(renaming))


def instance_of(pattern: Quantity, here: Quantity, facts: Facts) -> Renaming | None:
    """{letter: index} that makes the pattern the quantity, its letters being those with a range; None if none does."""
    if pattern.family != here.family:
        return None
    renaming: dict[Symbol, Index] = {}
    for have, want in zip(arguments(pattern), arguments(here), strict=True):
        letter = have.symbol
        if letter is not None and letter in facts.ranges:
            if renaming.setdefault(letter, want) != want:
                return None
        elif have != want:
            return None
    return renaming
