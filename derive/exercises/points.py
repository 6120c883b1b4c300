"""Secret points: where two written expressions are tried out, with the definitions of a model in force.

At a point a stands for g(z), a derivative of the loss for its slope, found with dual numbers, and sigma'(z) for
a(1 - a) where the model says so. The letters of a target take numbers in their ranges, unknown ones any small number.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import permutations

from derive.calculus.derivation import Derivation
from derive.calculus.samples import Arithmetic, Claim, Sampler, Sizes
from derive.errors import TooLarge
from derive.model.drawn import open_symbols
from derive.model.forward import ModelScene
from derive.model.model import Model, Range
from derive.model.spreading import IN_FULL
from derive.writing.around import Within
from derive.writing.dual import Num
from derive.writing.index import Symbol, index
from derive.writing.nodes import Condition, Expr, Fold, Quantity
from derive.writing.scene import Element
from derive.writing.walk import free_symbols, walk

SMOOTH, KINKED, FURTHER = 4, 12, 12
MOST_TERMS = 4000
SIGNED = 1  # the attempt at which a sampler draws numbers of both signs
_DRAWS = 24  # of letters, of which those are taken that hide least
_CHOICES = 8  # of sizes, likewise
_FEW = 3  # numbers that an unknown letter may be


class Point(Within):
    """One point. It `decides` where it has the sizes that are meant, or where any sizes are."""

    def __init__(self, scene: ModelScene, seed: int, place: int, taken: frozenset[int], *, decides: bool) -> None:
        super().__init__(scene)
        self.scene, self.seed, self.place, self.decides = scene, seed, place, decides
        self.model = scene.model
        self.unused = [n for n in range(len(taken) + _FEW) if n not in taken][:_FEW]
        self.own = frozenset(n for e in self.model.equations for n in walk(e.right) if isinstance(n, Fold))
        self.left = MOST_TERMS

    def ready_for(self, expr: Expr, open_: frozenset[Symbol]) -> None:
        """Count terms anew, and give every letter that nobody knows a number that no index of the target has.

        A letter is the same number whenever it is met.
        """
        self.left = MOST_TERMS
        for symbol in free_symbols(expr):
            if symbol.label is None and symbol not in open_ and symbol not in self.letters:
                self.letters[symbol] = self._number_of(symbol)

    def _number_of(self, symbol: Symbol) -> int:
        """At one point all unknown letters are the same number, at another neighbours in the alphabet are not."""
        match self.place % SMOOTH:
            case 0:
                return self.unused[-1]
            case 1:
                return self.unused[ord(symbol.name[0]) % len(self.unused)]
        return random.Random(f"{self.seed} {symbol.name}").choice(self.unused)

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
        ends = (i for e in self.model.equations for r in e.ranges for i in (r.lower, r.upper))
        labels = {(s.name, s.label) for i in ends for s in i.symbols if s.label is not None}
        self.numbered = sorted({name for name, label in labels if not label.symbols <= self.open})
        self.large = max(self.model.sizes.values(), default=0) > IN_FULL
        self.seeds = [rng.getrandbits(64) for _ in range(KINKED + FURTHER)]
        self.is_rational = self.sampler.is_rational
        self._chosen: list[Sizes] = []
        self._told: set[tuple[Symbol, Symbol]] = set()
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
        sizes = self._sizes(place)
        scene = self.sampler.scene(sizes, place // 2 if place < SMOOTH else SIGNED, arithmetic)
        if not self._placed(scene, _LETTERS[place % len(_LETTERS)]):
            return None
        taken = self.sampler.marked.union(scene.letters.values())
        return Point(scene, self.seeds[place], place, taken, decides=not self._has_others(place))

    def _has_others(self, place: int) -> bool:
        """Whether a point has other sizes than the model's: where those are large, most elements are alike."""
        return self.large and place % 2 == 1

    def _sizes(self, place: int) -> Sizes:
        """The sizes of a point, small ones that tell those apart which no point before has: a range has one end.

        They are chosen in order, so that they do not depend on which point is asked for first.
        """
        while len(self._chosen) <= place:
            at, rng = len(self._chosen), self.sampler.rng
            self.sampler.rng = random.Random(self.seeds[at])
            drawn = [self.sampler.sizes(others=self._has_others(at), small=at >= KINKED) for _ in range(_CHOICES)]
            sizes = max(drawn, key=lambda sizes: (len(_apart(sizes) - self._told), self._reach(at, sizes)))
            self._told |= _apart(sizes)
            self._chosen.append(self._with_widths(at, sizes))
            self.sampler.rng = rng
        return self._chosen[place]

    def _reach(self, place: int, sizes: Sizes) -> int:
        """How welcome sizes are: few nodes, few layers at one point and many at the next."""
        layers = sum(n for s, n in sizes.items() if s in self.sampler.labels)
        return (100 if place % 2 else 0) * layers - sum(sizes.values())

    def _with_widths(self, place: int, sizes: Sizes) -> Sizes:
        """The sizes with those of layers that a letter numbers: growing at some points, shrinking at others."""
        given = self.model.sizes.keys()
        kept = {s: n for s, n in sizes.items() if s.name not in self.numbered or s.label is None or s in given}
        least = max([1, *(i.value for i in self.sampler.derivation.by.indices if i.value is not None)]) + 1
        layers = max((n for s, n in sizes.items() if s in self.sampler.labels), default=0) + 2
        widths = [*range(least, least + layers + 1)][:: -1 if place.bit_count() % 2 else 1]
        return {**{Symbol(name, index(i - 1)): n for name in self.numbered for i, n in enumerate(widths)}, **kept}

    def _placed(self, scene: ModelScene, wanted: Callable[[list[int]], int]) -> bool:
        """Give the letters numbers at which the claim's conditions hold: of several draws that which is wanted most."""
        draws = [dict(scene.letters) for _ in range(_DRAWS) if self.sampler.placed(scene, self.claim, margin=0)]
        if draws:
            best: dict[Symbol, int] = max(draws, key=lambda letters: wanted([*letters.values()]))
            scene.letters.update(best)
        return bool(draws)


def _apart(sizes: Sizes) -> set[tuple[Symbol, Symbol]]:
    """The pairs of sizes of which the first is smaller: beyond a range there may be nothing but zeros."""
    return {(one, other) for one, other in permutations(sizes, 2) if sizes[one] < sizes[other]}


# Letters that differ tell one from the other; where some are alike, deltas count; ends have cases of their own.
_LETTERS: tuple[Callable[[list[int]], int], ...] = (
    lambda numbers: len(set(numbers)),
    lambda numbers: -len(set(numbers)),
    sum,
    lambda numbers: -sum(numbers),
)
