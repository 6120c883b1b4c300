"""Where a derivation is tried out: numbers for its sizes, labels and letters, small and of several kinds."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from derive.calculus.derivation import Derivation
from derive.calculus.domains import fixed_indices, fixed_symbols
from derive.calculus.facts import Facts, equalities
from derive.calculus.steps import Local, Step
from derive.model.elementary import ELEMENTARY
from derive.model.forward import POSITIVE, SIGNED, ModelScene, random_scene
from derive.model.functions import formula_of
from derive.model.model import Model, Range
from derive.writing.evaluate import holds
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Condition, ExpandedSum, Expr, Node
from derive.writing.walk import free_symbols, indices, quantities, walk

MARGIN = 2  # a letter that stands for any index keeps this far from the ends of its range, where there is room
SMALLEST = 2
ROOM = 3  # for sums that are written out around a letter
TRIES = 24
Sizes = Mapping[Symbol, int]
Arithmetic = Literal["exact", "precise"]
RATIONAL = frozenset({"abs", "sign"})


@dataclass(frozen=True)
class Claim:
    """Steps with what their free letters range over and the conditions under which they were made."""

    steps: tuple[Step, ...]
    ranges: Mapping[Symbol, Range]
    guards: tuple[Condition, ...]


def claims(derivation: Derivation) -> Iterator[Claim]:
    """The steps of every local derivative, once each, and of every stage."""
    yield from (claim for claim, _ in local_claims(derivation))
    for stage in derivation.stages:
        yield Claim(stage.steps, stage.facts.ranges, ())


def local_claims(derivation: Derivation) -> Iterator[tuple[Claim, Local]]:
    """The steps of every local derivative, once each."""
    told: set[tuple[object, object]] = set()
    for stage in derivation.stages:
        for path in stage.paths:
            ranges = stage.facts.within(path.sums).ranges
            for local in path.locals_:
                if (local.element, local.by) not in told:
                    told.add((local.element, local.by))
                    yield Claim(local.steps, ranges, path.guards), local


class Sampler:
    """Draws points at which the steps of one derivation can be evaluated."""

    def __init__(self, derivation: Derivation, rng: random.Random) -> None:
        self.derivation, self.rng = derivation, rng
        self.model = derivation.model
        self.free = sorted(fixed_symbols(self.model) | self.model.sizes.keys(), key=lambda s: s.order)
        self.fixed = fixed_indices(self.model)
        self.labels = _labels_of(self.model)
        written = list(self._written())
        self.marked = frozenset(i.value for node in written for i in indices(node) if i.value is not None)
        self.roomy = frozenset(s for n in written if isinstance(n, ExpandedSum) for s in n.sigma.upper.symbols)
        self.bounds = [r.upper - r.lower for equation in self.model.equations for r in equation.ranges]
        functions = (name for equation in self.model.equations for name in _applied(equation.right))
        self.is_rational = not any(map(_transcendental, functions))

    def _written(self) -> Iterator[Node]:
        yield self.derivation.by
        for step in self.derivation.steps:
            yield from walk(step.after)

    def sizes(self, *, others: bool = False, small: bool = False) -> Sizes:
        """Small numbers for sizes and labels, large enough for the target; the model's own numbers, but for `others`.

        They are drawn again where they leave a range of the model empty, a kernel longer than what it runs over, where
        they break what the model assumes, and where the target does not exist. With `small` they may be as small as 1.
        """
        known = {} if others else self.model.sizes
        drawn = (self._sizes(2 + attempt, known, small) for attempt in range(TRIES))
        roomy: list[Sizes] = []
        for sizes in filter(self._suit_the_model, drawn):
            if _may_hold(self.derivation.target.conditions, sizes):
                return sizes
            roomy.append(sizes)
        return roomy[0] if roomy else self._sizes(2, known, small)

    def room(self, sizes: Sizes) -> int:
        """The length of the shortest range of the model, with letters in its bounds taken as 1."""
        bounds = (bound for bound in self.bounds if bound.symbols <= sizes.keys() | _labels(bound))
        return min((bound.evaluate(lambda s: sizes.get(s, 1)) for bound in bounds), default=0)

    def _suit_the_model(self, sizes: Sizes) -> bool:
        return (self.room(sizes) > 0 or not self.bounds) and _may_hold(self.model.assumptions, sizes)

    def _sizes(self, spread: int, known: Sizes, small: bool) -> Sizes:
        symbols = (s for s in self.free if s.label is None or s.label.symbols <= set(self.free))
        return {**{symbol: self._size(symbol, spread, small) for symbol in symbols}, **known}

    def _size(self, symbol: Symbol, spread: int, small: bool) -> int:
        places = [] if symbol in self.labels else [i.value for i in self.derivation.by.indices if i.value is not None]
        least = max([SMALLEST, *(place + 3 for place in places)])
        if symbol in self.fixed:
            return self.rng.randrange(least)
        room = ROOM if symbol in self.roomy else 0
        return self.rng.randrange(spread) + (1 if small else least + room)

    def scene(self, sizes: Sizes, attempt: int = 0, arithmetic: Arithmetic = "exact") -> ModelScene:
        """A point: numbers for all that the model does not define; every other attempt with both signs."""
        return random_scene(
            self.model,
            sizes,
            {},
            self.rng,
            self.marked,
            arithmetic,
            functions=formula_of,
            elsewhere=POSITIVE if attempt % 2 == 0 else SIGNED,
        )

    def placed(self, scene: ModelScene, claim: Claim, margin: int = MARGIN) -> bool:
        """Give the claim's letters numbers at which its conditions hold; False where none were found."""
        hidden = self.derivation.target.facts.ranges.keys() - claim.ranges.keys()
        exists = (c for c in self.derivation.target.conditions if hidden.isdisjoint(free_symbols(c)))
        wanted = (*exists, *claim.guards)
        for attempt in range(TRIES):
            if self._letters(scene, claim.ranges, margin if attempt < TRIES // 2 else 0):
                self._meet(scene, claim)
                if all(holds(condition, scene) for condition in wanted):
                    return True
        return False

    def _meet(self, scene: ModelScene, claim: Claim) -> None:
        """Let the letters be what a condition says that they equal, where their ranges allow that: k == b + 1."""
        for letter, place in (pair for condition in claim.guards for pair in equalities(condition)):
            span = claim.ranges.get(letter)
            if span is not None and letter not in place.symbols:
                value = scene.index(place)
                if scene.index(span.lower) <= value < scene.index(span.upper):
                    scene.letters[letter] = value

    def _letters(self, scene: ModelScene, ranges: Mapping[Symbol, Range], margin: int) -> bool:
        """A number for each letter, in its range; ranges may speak of letters that are drawn before."""
        scene.letters.clear()
        waiting = list(ranges.values())
        while waiting:
            span = next((r for r in waiting if _known(r, scene.letters, ranges)), waiting[0])
            waiting.remove(span)
            lower, upper = scene.index(span.lower), scene.index(span.upper)
            if lower >= upper:
                return False
            inset = margin if upper - lower > 2 * margin else 0
            scene.letters[span.symbol] = self.rng.randrange(lower + inset, upper - inset)
        return True


def _may_hold(conditions: Iterable[Condition], sizes: Sizes) -> bool:
    facts = Facts(sizes=sizes)
    return all(facts.decide(condition) is not False for condition in conditions)


def _labels_of(model: Model) -> frozenset[Symbol]:
    """The letters that count layers: models must not grow deep because a target's index is large."""
    mentions = [q for e in model.equations for q in (e.left, *quantities(e.right)) if q.label is not None]
    return frozenset(s for q in mentions if q.label is not None for s in q.label.symbols)


def _labels(bound: Index) -> frozenset[Symbol]:
    return frozenset(inner for s in bound.symbols if s.label is not None for inner in s.label.symbols)


def _known(span: Range, drawn: Mapping[Symbol, int], ranges: Mapping[Symbol, Range]) -> bool:
    return all(s in drawn for s in (span.lower.symbols | span.upper.symbols) & ranges.keys())


def _transcendental(name: str) -> bool:
    """Whether a function has no exact values at rational points."""
    if name in ELEMENTARY:
        return name not in RATIONAL
    formula = formula_of(name)
    return formula is not None and any(map(_transcendental, _applied(formula)))


def _applied(expr: Expr) -> Iterator[str]:
    return (n.function.name for n in walk(expr) if isinstance(n, Apply))
