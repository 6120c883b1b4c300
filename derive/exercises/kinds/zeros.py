"""The kind *why zero*: which of some derivatives vanish, and for what reason.

A derivative that is called zero is so at random points of the model evaluated forward, and in its own derivation.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.calculus.derivation import Derivation, differentiate
from derive.errors import DeriveError
from derive.exercises.answers import Selection
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.graph import Graph, graph
from derive.exercises.kinds.instance import Instance, instance
from derive.model.forward import gradient_by_duals, random_scene
from derive.model.functions import formula_of
from derive.model.model import Model
from derive.pages.blocks import Block, Equations, Lines, Listing, Message, System, say
from derive.writing.dual import Num
from derive.writing.nodes import ZERO, Gradient, Quantity
from derive.writing.numbers import NotExact

ASKED = 6  # derivatives
VANISHING = (2, 3, 4)
NEAR = 2  # definitions between a quantity and what it is differentiated by
FEW, POOL = 12, 24  # pairs of two families, and pairs of each reason
POINTS = 3
MOST_ELEMENTS = 120
REASONS = ("path", "index", "constant")  # as the answer's letters stand

Group = tuple[str, object]
Pair = tuple[Quantity, Quantity]  # what is differentiated, and by what


@dataclass(frozen=True)
class Field:
    """A topic at small sizes, and what is known of derivatives so far: their reason to vanish, None where they do not.

    Pairs of which nothing could be said with certainty are left out of `known`.
    """

    topic: Topic
    model: Model
    instance: Instance
    graph: Graph
    known: dict[Pair, str | None] = field(default_factory=dict)
    doubted: set[Pair] = field(default_factory=set)

    @cached_property
    def groups(self) -> dict[Group, list[Quantity]]:
        """The elements of each family and label."""
        found: dict[Group, list[Quantity]] = {}
        for quantity in self.graph.below:
            found.setdefault(_group(quantity), []).append(quantity)
        return found

    @cached_property
    def candidates(self) -> dict[str | None, tuple[Pair, ...]]:
        """Pairs by the reason that the dependencies alone suggest; None for those that a path joins."""
        found: dict[str | None, list[Pair]] = {"path": [], "index": [], None: []}
        rng = random.Random(0)
        for upper, elements in self.groups.items():
            if not self.graph.below[elements[0]]:
                continue
            near = self._near(elements)
            for lower, others in self.groups.items():
                if lower == upper or others[0] == self.graph.of:
                    continue
                pairs = [(u, v) for u in elements for v in others]
                for u, v in rng.sample(pairs, min(FEW, len(pairs))):
                    joined = v in self.reached(u)
                    reason = None if joined else "index" if lower in self._below(upper) else "path"
                    if reason == "path" or lower in near:
                        found[reason].append((u, v))
        return {reason: tuple(rng.sample(pairs, min(POOL, len(pairs)))) for reason, pairs in found.items()}

    def reached(self, start: Quantity) -> frozenset[Quantity]:
        """The element and all that it is computed from."""
        if start not in self._reached:
            self._reached[start] = self.graph.reached(start)
        return self._reached[start]

    @cached_property
    def _reached(self) -> dict[Quantity, frozenset[Quantity]]:
        return {}

    def _below(self, group: Group) -> frozenset[Group]:
        return frozenset(_group(q) for element in self.groups[group] for q in self.reached(element))

    def _near(self, elements: Iterable[Quantity]) -> frozenset[Group]:
        """The groups that stand in the definitions of some elements, or one definition further down."""
        found = set(elements)
        for _ in range(NEAR):
            found |= {q for element in found for q in self.graph.below[element]}
        return frozenset(map(_group, found))

    # ------------------------------------------------------------ proofs

    def reason(self, pair: Pair, suspected: str | None) -> str | None:
        """Why the derivative vanishes, None where it does not; DeriveError where that is not certain."""
        if pair in self.doubted:
            raise DeriveError(f"it is not certain whether {Gradient(*pair)} vanishes")
        if pair not in self.known:
            try:
                self.known[pair] = self._proved(pair, suspected)
            except DeriveError:
                self.doubted.add(pair)
                raise
        return self.known[pair]

    def _proved(self, pair: Pair, suspected: str | None) -> str | None:
        if any(self._slope(pair, seed) for seed in range(POINTS)):
            if suspected is not None:
                raise DeriveError(f"{Gradient(*pair)} does not vanish")
            return None
        derivation = differentiate(self.model, *pair)
        if derivation.result != ZERO or (suspected is None and not _constant(derivation)):
            raise DeriveError(f"{Gradient(*pair)} vanishes for a reason that has no name")
        return suspected or "constant"

    def _slope(self, pair: Pair, seed: int) -> Num:
        try:
            return self._at(pair, seed, exact=True)
        except NotExact:
            return self._at(pair, seed, exact=False)

    def _at(self, pair: Pair, seed: int, *, exact: bool) -> Num:
        scene = random_scene(
            self.model,
            self.model.sizes,
            {},
            random.Random(seed),
            arithmetic="exact" if exact else "precise",
            functions=formula_of,
        )
        return gradient_by_duals(scene, *pair)


def _group(quantity: Quantity) -> Group:
    return quantity.family, quantity.label


def _constant(derivation: Derivation) -> bool:
    """Whether every path has a factor that is 0 wherever the function has a derivative."""
    return all(any(local.result == ZERO for local in path.locals_) for path in derivation.stages[-1].paths)


@remembered
def fields(topic: Topic) -> tuple[Field, ...]:
    """The topic at small sizes; none where the model says too little of them, or has too many elements."""
    with suppress(DeriveError):
        made = instance(topic.derivation)
        found = graph(made, topic.derivation.of)
        if len(found.below) <= MOST_ELEMENTS:
            sizes = {s: made.scene.symbol(s) for s in made.numbered}
            return (Field(topic, replace(topic.derivation.model, sizes=sizes), made, found),)
    return ()


# ---------------------------------------------------------------- the exercise


def zeros(topic: Topic, rng: random.Random) -> Exercise | None:
    """Some derivatives of which some vanish; None where none does, or none does not."""
    found = None if topic.doubted else next(iter(fields(topic)), None)
    if found is None:
        return None
    chosen = _chosen(found, rng)
    vanishing = [pair for pair, reason in chosen.items() if reason is not None]
    if not vanishing or len(vanishing) == len(chosen):
        return None
    pairs = rng.sample(list(chosen), len(chosen))
    asked = rng.choice(vanishing)
    right = tuple(place for place, pair in enumerate(pairs) if chosen[pair] is not None)
    why = REASONS.index(str(chosen[asked]))
    reasons = Lines(tuple(Message(f"zeros.reason.{name}") for name in REASONS))
    return Exercise(
        "why zero",
        topic,
        (*_stem(found), Lines(tuple(Equations(Gradient(*pair)) for pair in pairs))),
        (
            Part((say("zeros.which"),), Selection(right, len(pairs)), 2, 1),
            Part((say("zeros.why", derivative=Gradient(*asked)), reasons), Selection((why,), len(REASONS)), 1, 1),
        ),
        (Listing(tuple(_explained(found, pair, chosen[pair]) for pair in pairs)),),
        topic.measure,
    )


def _stem(found: Field) -> Iterator[Block]:
    families = {family for family, _ in found.groups}
    equations = (equation for equation in found.model.equations if equation.left.family in families)
    yield say("zeros.equations", of=found.graph.of)
    yield System(tuple(Equations(equation.left, (equation.right,)) for equation in equations))
    sizes = found.instance.sizes(found.graph.below)
    if sizes:
        yield say("counting.sizes", sizes=sizes)
    yield say("zeros.list")


def _chosen(found: Field, rng: random.Random) -> dict[Pair, str | None]:
    """Different derivatives with their reasons: of those that vanish as many of each reason as there are."""
    count = rng.choice(VANISHING)
    wanted = ["index" if place % 2 else "path" for place in range(count)]
    chosen: dict[Pair, str | None] = {}
    for suspected, number in (("index", wanted.count("index")), ("path", wanted.count("path"))):
        chosen |= _some(found, suspected, number, rng)
    return chosen | _some(found, None, ASKED - len(chosen), rng)


def _some(found: Field, suspected: str | None, number: int, rng: random.Random) -> dict[Pair, str | None]:
    chosen: dict[Pair, str | None] = {}
    pairs = found.candidates[suspected]
    for pair in rng.sample(pairs, len(pairs)):
        if len(chosen) == number:
            break
        with suppress(DeriveError):
            chosen[pair] = found.reason(pair, suspected)
    return chosen


def _explained(found: Field, pair: Pair, reason: str | None) -> Message:
    """Why a derivative vanishes, or the way by which it need not."""
    if reason is None:
        return Message("zeros.not", {"derivative": Gradient(*pair), "way": _way(found.graph, pair)})
    return Message(f"zeros.because.{reason}", {"derivative": Gradient(*pair), "of": pair[0], "by": pair[1]})


def _way(dependencies: Graph, pair: Pair) -> tuple[Quantity, ...]:
    """A shortest way from what is differentiated by up to what is differentiated."""
    of, by = pair
    ways: dict[Quantity, tuple[Quantity, ...]] = {of: (of,)}
    waiting = [of]
    while by not in ways:
        here = waiting.pop(0)
        for below in dependencies.below[here]:
            if below not in ways:
                ways[below] = (below, *ways[here])
                waiting.append(below)
    return ways[by]
