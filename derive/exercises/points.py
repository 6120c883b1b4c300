"""Secret points: where two written expressions are tried out, with the definitions of a model in force.

At a point a stands for g(z), a derivative of the loss for its slope, found with dual numbers, and sigma'(z) for
a(1 - a) where the model says so. The letters of a target take numbers in their ranges, unknown ones any small number.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from derive.calculus.derivation import Derivation
from derive.calculus.samples import Arithmetic, Claim, Sampler
from derive.errors import TooLarge
from derive.model.drawn import open_symbols
from derive.model.forward import ModelScene
from derive.model.model import Model, Range
from derive.model.spreading import IN_FULL
from derive.writing.around import Within
from derive.writing.dual import Num
from derive.writing.evaluate import holds
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Condition, Expr, Fold, Quantity
from derive.writing.scene import Element
from derive.writing.walk import free_symbols, walk

SMOOTH, KINKED, FURTHER = 4, 12, 12
TRIES = 12
DRAWN = 5  # choices of sizes, of which the one with most room is taken
MOST_TERMS = 6000
SIGNED = 1  # the attempt at which a sampler draws numbers of both signs
_FEW = 3  # an unknown letter is a number below this


class Point(Within):
    """One point. It `decides` where it has the sizes that are meant, or where any sizes are."""

    def __init__(self, scene: ModelScene, seed: int, place: int, *, decides: bool) -> None:
        super().__init__(scene)
        self.scene, self.seed, self.place, self.decides = scene, seed, place, decides
        self.model = scene.model
        self.own = frozenset(n for e in self.model.equations for n in walk(e.right) if isinstance(n, Fold))
        self.left = MOST_TERMS

    def ready_for(self, expr: Expr, open_: frozenset[Symbol]) -> None:
        """Give every letter that nobody knows a number, the same whenever it is met, and count terms anew."""
        self.left = MOST_TERMS
        for symbol in free_symbols(expr):
            if symbol.label is None and symbol not in open_ and symbol not in self.letters:
                self.letters[symbol] = self._number_of(symbol)

    def _number_of(self, symbol: Symbol) -> int:
        """At one point all unknown letters are the same number, at another neighbours in the alphabet are not."""
        match self.place % SMOOTH:
            case 0:
                return 1
            case 1:
                return ord(symbol.name[0]) % _FEW
        return random.Random(f"{self.seed} {symbol.name}").randrange(_FEW)

    def spread(self, fold: Fold, lower: int, upper: int) -> Iterable[tuple[int, int]]:
        """As the scene visits a sum, within a bound on all sums of one expression that the model does not have."""
        visited = self.scene.spread(fold, lower, upper)
        return visited if fold in self.own else self._counted(visited)

    def _counted(self, visited: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        for pair in visited:
            self.left -= 1
            if self.left < 0:
                raise TooLarge(f"the sums of one expression have more than {MOST_TERMS} terms")
            yield pair

    def partial(self, of: Expr, by: Element) -> Num:
        """The local derivative, or the one through everything between where `of` does not mention `by` itself."""
        local = super().partial(of, by)
        if local != 0 or not isinstance(of, Quantity):
            return local
        return self.gradient(self.located(of), by)


class Points:
    """The points for one derivation, drawn when they are asked for, from seeds that are known from the start."""

    def __init__(
        self,
        derivation: Derivation,
        rng: random.Random,
        ranges: Mapping[Symbol, Range],
        guards: tuple[Condition, ...] = (),
    ) -> None:
        self.sampler = Sampler(derivation, rng)
        self.model: Model = derivation.model
        self.claim = Claim((), {**derivation.target.facts.ranges, **ranges}, guards)
        self.open = open_symbols(self.model)
        self.large = max(self.model.sizes.values(), default=0) > IN_FULL
        self.seeds = [rng.getrandbits(64) for _ in range(KINKED + FURTHER)]
        self.is_rational = self.sampler.is_rational
        self._drawn: dict[tuple[Arithmetic, int], Point | None] = {}

    def smooth(self, arithmetic: Arithmetic) -> Iterator[Point]:
        """The points that decide where nothing has a kink."""
        return self._at(range(SMOOTH), arithmetic)

    def kinked(self, arithmetic: Arithmetic) -> Iterator[Point]:
        """More points, so that each case of a formula is met."""
        return self._at(range(KINKED), arithmetic)

    def further(self) -> Iterator[Point]:
        """Points for what has a value at few: smaller sizes, other fixed indices."""
        return self._at(range(KINKED, KINKED + FURTHER), "precise")

    def _at(self, places: Iterable[int], arithmetic: Arithmetic) -> Iterator[Point]:
        for place in places:
            if (arithmetic, place) not in self._drawn:
                self._drawn[arithmetic, place] = self._point(place, arithmetic)
            point = self._drawn[arithmetic, place]
            if point is not None:
                yield point

    def _point(self, place: int, arithmetic: Arithmetic) -> Point | None:
        """At the first points numbers are above 0, at later ones of both signs; the last points have small sizes."""
        self.sampler.rng = random.Random(self.seeds[place])
        others = self.large and place % 2 == 1
        drawn = [self.sampler.sizes(others=others, small=place >= KINKED) for _ in range(1 + DRAWN * (place % 2))]
        sizes = max(drawn, key=self.sampler.room)
        scene = self.sampler.scene(sizes, place // 2 if place < SMOOTH else SIGNED, arithmetic)
        if not self.sampler.placed(scene, self.claim):
            return None
        if place % 2:
            self._tell_apart(scene)
        elif place % SMOOTH:
            self._bring_together(scene)
        return Point(scene, self.seeds[place], place, decides=not others)

    def _bring_together(self, scene: ModelScene) -> None:
        """Give letters with one range one number, where that may be."""
        before, first = dict(scene.letters), dict[tuple[Index, Index], int]()
        for span in self.claim.ranges.values():
            if span.symbol in before:
                scene.letters[span.symbol] = first.setdefault((span.lower, span.upper), before[span.symbol])
        conditions = (*self.sampler.derivation.target.conditions, *self.claim.guards)
        if not all(holds(c, scene) for c in conditions if free_symbols(c) <= scene.letters.keys() | self.open):
            scene.letters.update(before)

    def _tell_apart(self, scene: ModelScene) -> None:
        """Give different letters different numbers, as far as their ranges allow it."""
        best = dict(scene.letters)
        for _ in range(TRIES):
            if not _pairs(best):
                break
            if self.sampler.placed(scene, self.claim, margin=0):
                best = min(best, dict(scene.letters), key=_pairs)
        scene.letters.clear()
        scene.letters.update(best)


def _pairs(letters: Mapping[Symbol, int]) -> int:
    """How many pairs of letters have one number."""
    return sum(one == other for one, other in combinations(letters.values(), 2))
