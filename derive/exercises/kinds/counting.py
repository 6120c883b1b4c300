"""The kind *shapes and counts*: the shape of a gradient, terms of a sum, paths to the loss, how many numbers there are.

Every number is found twice: from the ranges that the model states, or by adding up, and by listing what it counts.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice

from derive.calculus.derivation import Derivation
from derive.calculus.domains import known_of
from derive.calculus.families import families_above
from derive.calculus.spans import spans_of
from derive.errors import DeriveError
from derive.exercises.answers import Expected, Numeral, Shape
from derive.exercises.exercise import Exercise, Part, Topic, remembered
from derive.exercises.kinds.graph import Graph, graph
from derive.exercises.kinds.instance import Instance, Size, instance
from derive.pages.blocks import Block, Equations, Message, Paragraph, System, Ways, say
from derive.writing.index import Symbol, index
from derive.writing.nodes import Expr, Fold, Quantity
from derive.writing.walk import walk

VARIANTS = 4  # choices of sizes
SIZES = (2, 3, 4, 5)
MOST_ELEMENTS = 150
MOST_SHOWN = 4  # paths in a picture
MOST_PATHS = 500
MOST_PARTS = 3


@dataclass(frozen=True)
class Setting:
    """A topic at some sizes: its dependencies, and the arrays of each family by their labels."""

    topic: Topic
    instance: Instance
    graph: Graph
    arrays: tuple[Array, ...]

    @cached_property
    def questions(self) -> tuple[tuple[Question, ...], ...]:
        """What can be asked, one sort after the other."""
        return tuple(questions for ask in ASKS if (questions := tuple(ask(self))))

    @cached_property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes that a sheet must say."""
        return self.instance.sizes(self.graph.below)

    @property
    def of(self) -> Quantity:
        """The loss."""
        return self.graph.of


@dataclass(frozen=True)
class Array:
    """The elements of a family that carry one label; `shape` has the number of indices along each axis."""

    whole: Quantity
    elements: tuple[Quantity, ...]
    shape: tuple[int, ...]
    given: bool


@dataclass(frozen=True)
class Question:
    """One thing to count: what the sheet asks, what is expected, and what the key says to it."""

    asked: Message
    expected: Expected
    solution: tuple[Block, ...]


def counts(topic: Topic, rng: random.Random) -> Exercise | None:
    """Some shapes and counts at small sizes; None where there is nothing to count."""
    found = () if topic.doubted else settings(topic)
    if not found:
        return None
    setting = rng.choice(found)
    sorts = setting.questions
    places = sorted(rng.sample(range(len(sorts)), min(MOST_PARTS, len(sorts))))
    chosen = [rng.choice(sorts[place]) for place in places]
    if not chosen:
        return None
    return Exercise(
        "shapes and counts",
        topic,
        tuple(_stem(setting)),
        tuple(Part((Paragraph((question.asked,)),), question.expected, 1, 1) for question in chosen),
        tuple(block for question in chosen for block in question.solution),
        topic.measure,
    )


def _stem(setting: Setting) -> Iterator[Block]:
    model = setting.topic.derivation.model
    needed = families_above(model, setting.of.family)
    equations = [equation for equation in model.equations if equation.left.family in needed]
    yield say("counting.equations", of=setting.of)
    yield System(tuple(Equations(equation.left, (equation.right,)) for equation in equations))
    ranges = dict.fromkeys((r.symbol, r.lower, r.upper - 1) for e in equations for r in e.ranges)
    if ranges:
        yield say("counting.ranges", ranges=tuple(ranges))
    if setting.sizes:
        yield say("counting.sizes", sizes=setting.sizes)


# ---------------------------------------------------------------- what a topic needs once


@remembered
def settings(topic: Topic) -> tuple[Setting, ...]:
    """The topic at a few choices of sizes, no larger than can be listed."""
    found: dict[tuple[object, ...], Setting] = {}
    rng = random.Random(0)
    with suppress(DeriveError):  # the model says too little of its sizes
        for made in islice(_instances(topic.derivation, rng), VARIANTS):
            with suppress(DeriveError):
                setting = _setting(topic, made)
                if len(setting.graph.below) <= MOST_ELEMENTS:
                    found.setdefault(setting.sizes, setting)
    return tuple(found.values())


def _instances(derivation: Derivation, rng: random.Random) -> Iterator[Instance]:
    """The model at its own sizes, where it has all of them, and at others."""
    first = instance(derivation)
    layers = {s for s in first.numbered if s.label is not None}
    if not first.named() and not layers:
        yield first
        return
    while True:
        sizes = {s: rng.choice(SIZES[: 2 if len(first.named()) > 2 else None]) for s in _sorted(layers)}
        sizes |= {s: rng.choice(SIZES[:2]) for s in first.named() if s.label is None}
        yield instance(derivation, 2, sizes)


def _sorted(symbols: set[Symbol]) -> list[Symbol]:
    return sorted(symbols, key=lambda s: s.order)


def _setting(topic: Topic, made: Instance) -> Setting:
    found = graph(made, topic.derivation.of)
    return Setting(topic, made, found, tuple(_arrays(topic.derivation, made, found)))


def _arrays(derivation: Derivation, made: Instance, found: Graph) -> Iterator[Array]:
    """The arrays that fill their ranges: those whose elements, listed, are as many as the ranges say."""
    groups: dict[Quantity, list[Quantity]] = {}
    for quantity in found.below:
        groups.setdefault(Quantity(quantity.family, quantity.label), []).append(quantity)
    for whole, elements in groups.items():
        shape = tuple(len({q.indices[axis] for q in elements}) for axis in range(len(elements[0].indices)))
        if shape and math.prod(shape) == len(elements) and _stated(derivation, made, elements[0]) in (shape, None):
            yield Array(whole, tuple(elements), shape, given=not found.below[elements[0]])


def _stated(derivation: Derivation, made: Instance, element: Quantity) -> tuple[int, ...] | None:
    """The lengths of the ranges that the model states; None where it does not state all of them."""
    spans = spans_of(derivation.model, element, known_of(derivation.model))
    axes = range(element.label is not None, len(element.indices) + (element.label is not None))
    if any(axis not in spans for axis in axes):
        return None
    return tuple(made.number_of(spans[axis][1] - spans[axis][0]) for axis in axes)


# ---------------------------------------------------------------- questions


def shapes(setting: Setting) -> list[Question]:
    """What shape the gradient by an array has."""
    arrays = [array for array in setting.arrays if array.whole != setting.of]
    wide = [array for array in arrays if len(array.shape) > 1]
    return [
        Question(
            Message("counting.shape", {"of": setting.of, "by": array.whole, "axes": len(array.shape)}),
            Shape(tuple(map(index, array.shape))),
            (say("counting.shape_of", of=setting.of, by=array.whole, shape=_written(array.shape)),),
        )
        for array in wide or arrays
    ]


def _written(shape: Sequence[int]) -> str:
    return " by ".join(map(str, shape))


def parameters(setting: Setting) -> list[Question]:
    """How many numbers the given arrays hold together."""
    given = [array for array in setting.arrays if array.given]
    if len(given) < 2:
        return []
    pairs = [(one, other) for i, one in enumerate(given) for other in given[i + 1 :]]
    return [
        Question(
            Message("counting.numbers", {"of": setting.of, "by": (one.whole, other.whole)}),
            Numeral(Fraction(len(one.elements) + len(other.elements))),
            (
                say(
                    "counting.numbers_of",
                    arrays=tuple((a.whole, " times ".join(map(str, a.shape)), len(a.elements)) for a in (one, other)),
                    total=len(one.elements) + len(other.elements),
                ),
            ),
        )
        for one, other in pairs
    ]


def terms(setting: Setting) -> list[Question]:
    """How many terms a sum of the model has."""
    derivation = setting.topic.derivation
    written = (derivation.result, *(equation.right for equation in derivation.model.equations))
    sums = dict.fromkeys(_outermost(n) for expr in written for n in walk(expr) if isinstance(n, Fold))
    return [question for fold in sums if fold is not None for question in _terms(setting, fold)]


def _outermost(fold: Fold) -> Fold | None:
    """The sum, where its ranges are the same wherever it stands, and no condition leaves terms out."""
    inner: Expr = fold
    symbols: set[Symbol] = set()
    while isinstance(inner, Fold):
        if inner.kind != "sum" or inner.where:
            return None
        symbols |= inner.lower.symbols | inner.upper.symbols
        inner = inner.body
    return fold


def _terms(setting: Setting, fold: Fold) -> Iterator[Question]:
    lengths: list[tuple[Symbol, int]] = []
    body: Expr = fold
    with suppress(DeriveError):  # a range that speaks of another letter
        while isinstance(body, Fold):
            lengths.append((body.symbol, setting.instance.number_of(body.upper - body.lower)))
            body = body.body
        count = math.prod(length for _, length in lengths)
        yield Question(
            Message("counting.terms", {"sum": fold}),
            Numeral(Fraction(count)),
            (say("counting.terms_of", lengths=tuple(lengths), count=count),),
        )


def paths(setting: Setting) -> list[Question]:
    """How many paths lead from an element to the loss."""
    found = setting.graph
    starts = [array.elements[-1] for array in setting.arrays if setting.of not in found.above[array.elements[-1]]]
    listed = {start: sum(1 for _ in islice(found.ways(start), MOST_PATHS + 1)) for start in starts}
    sure = [start for start in starts if listed[start] == found.paths[start]]
    several = [start for start in sure if found.paths[start] > 1]
    return [_paths(setting, start) for start in several or sure]


def _paths(setting: Setting, start: Quantity) -> Question:
    found = setting.graph
    readers = tuple((reader, found.paths[reader]) for reader in found.above[start])
    count = found.paths[start]
    told: list[Block] = [say("counting.paths_of", by=start, of=setting.of, readers=readers, count=count)]
    if count <= MOST_SHOWN:
        ways = tuple(found.ways(start))
        told.append(Ways(ways, (False,) * len(ways)))
    return Question(Message("counting.paths", {"by": start, "of": setting.of}), Numeral(Fraction(count)), tuple(told))


ASKS: tuple[Callable[[Setting], list[Question]], ...] = (shapes, parameters, terms, paths)
