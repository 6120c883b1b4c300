"""A model at small sizes, every letter a number: what is given, what is computed from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

from derive.calculus.derivation import Derivation
from derive.calculus.domains import fixed_indices, known_of
from derive.calculus.matching import arguments
from derive.calculus.printed import letters_of
from derive.calculus.spans import spans_of
from derive.errors import TooLarge
from derive.model.drawn import open_symbols
from derive.model.forward import ModelScene
from derive.model.language import read_symbol
from derive.model.model import Model, Range
from derive.model.spreading import Spreader
from derive.views.concrete import Place, concrete
from derive.views.drawing import ShortGround
from derive.views.rounding import Rounding
from derive.views.sheet import Row, Sheet
from derive.writing.evaluate import holds
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import ZERO, Expr, Fold, Quantity
from derive.writing.walk import walk

Letters = Mapping[Symbol, int]
Size = tuple[Symbol, Index | None, int]  # with the layer that it belongs to, and its number
SMALL = 2
MOST_TERMS = 10**4
MOST_PLACES = 64
GROWTH = 8  # how much a size may grow for a range to have elements


@dataclass
class Instance(Sheet):
    """A sheet on which formulas are written out and nothing is evaluated; its rows have no numbers yet."""

    @contextmanager
    def at(self, letters: Mapping[Symbol, int]) -> Iterator[Place]:
        with super().at(letters) as place:
            yield replace(place.in_full(), decided=False)

    def written(self, expr: Expr, letters: Letters) -> Expr:
        """A formula at one place, all terms of its sums side by side."""
        with self.at(letters) as place:
            return concrete(expr, place)

    def row(self, left: Expr, formula: Expr, letters: Mapping[Symbol, int]) -> Row:
        return Row(self.written(left, letters), ZERO, exact=False, number=0, formula=self.written(formula, letters))

    def given(self, quantity: Quantity) -> Row:
        return Row(quantity, ZERO, exact=False, number=0)

    @property
    def ground(self) -> ShortGround:
        """What the given quantities are drawn from."""
        assert isinstance(self.scene.ground, ShortGround)  # `instance` makes no other
        return self.scene.ground

    def below(self, quantity: Quantity) -> list[Quantity]:
        """The quantities that the definition of one mentions, once each; none for a given one."""
        return list(dict.fromkeys(self._below(quantity)))

    def number_of(self, at: Index) -> int:
        """The number of an index, a label or a size."""
        return self.scene.index(at)

    def named(self) -> tuple[Symbol, ...]:
        """The sizes and labels of the model that have a number, in the order in which people write them."""
        return tuple(sorted(self.numbered & open_symbols(self.scene.model), key=lambda s: s.order))

    def sizes(self, elements: Iterable[Quantity]) -> tuple[Size, ...]:
        """The sizes that some elements need, layer by layer where a label runs over layers."""
        labels = {q.label.value for q in elements if q.label is not None} - {None}
        layers = [s for s in self.numbered if s.label is not None and s.label.value in labels]
        own = [s for s in self.named() if s.name not in {layer.name for layer in layers}]
        found = (*own, *sorted(layers, key=lambda s: s.order))
        return tuple((s, s.label, self.scene.symbol(s)) for s in found)


def instance(derivation: Derivation, least: int = SMALL, sizes: Letters = MappingProxyType({})) -> Instance:
    """The derivation's model at some sizes, the others of `least`; larger where its target or its ranges need that."""
    model = derivation.model
    found = _sizes(derivation, least, sizes)
    ground = ShortGround(model, {}, {str(s): n for s, n in found.items()}, {}, "exact", 0, "integers")
    scene = ModelScene(model, ground, {}, Spreader(MOST_TERMS))
    return Instance(scene, frozenset(read_symbol(str(s)) for s in found), Rounding())


def instances(derivation: Derivation) -> Iterator[Instance]:
    """The model at sizes of 2, then of 1 but for one of them."""
    first = instance(derivation)
    yield first
    yield from (instance(derivation, 1, {size: SMALL}) for size in first.named())


def _sizes(derivation: Derivation, least: int, chosen: Letters) -> dict[Symbol, int]:
    model = derivation.model
    bounds = tuple(_bounds(model))
    named = open_symbols(model)
    counted = dict.fromkeys(s for bound in bounds for monomial, _ in bound.terms for s in monomial)
    free = [s for s in counted if s in named and (s.label is None or s.label.symbols <= named)]
    sizes = dict.fromkeys(sorted((*free, *fixed_indices(model)), key=lambda s: s.order), least)
    sizes |= {s: n for s, n in chosen.items() if s in sizes}
    sizes |= dict.fromkeys(_of_layers(counted, sizes), least)
    sizes |= chosen
    for upper, most in (*((bound, 0) for bound in bounds), *_ends(derivation)):
        _grow(sizes, upper, most)
    return sizes


def _bounds(model: Model) -> Iterator[Index]:
    """The lengths of all ranges."""
    for equation in model.equations:
        yield from (r.upper - r.lower for r in equation.ranges)
        yield from (n.upper - n.lower for n in walk(equation.right) if isinstance(n, Fold))


def _of_layers(counted: Mapping[Symbol, None], sizes: Mapping[Symbol, int]) -> Iterator[Symbol]:
    """n(0), n(1), … for a size n(l) whose label runs over a range."""
    bound = [s for s in counted if s.label is not None and s not in sizes]
    depth = max((n for s, n in sizes.items() if s.label is None), default=0)
    for name in dict.fromkeys(s.name for s in bound):
        yield from (Symbol(name, index(i)) for i in range(depth + GROWTH))


def _ends(derivation: Derivation) -> Iterator[tuple[Index, int]]:
    """(end, index) for the indices of the target that are numbers."""
    by = derivation.by
    for position, (_, upper) in spans_of(derivation.model, by, known_of(derivation.model)).items():
        have = arguments(by)[position].value
        if have is not None:
            yield upper, have


def _grow(sizes: dict[Symbol, int], end: Index, most: int) -> None:
    """Let the sizes in an end grow until it is above a number."""
    wanted = [s for monomial, c in end.terms for s in monomial if c > 0 and s in sizes]
    if not all(s in sizes for monomial, _ in end.terms for s in monomial):
        return  # it speaks of letters, which are looked at one by one
    for _ in range(GROWTH + most):
        if end.evaluate(sizes.__getitem__) > most or not wanted:
            return
        sizes.update({s: sizes[s] + 1 for s in wanted})


# ---------------------------------------------------------------- the letters of a target


def placements(derivation: Derivation, model: Instance) -> tuple[dict[Symbol, int], ...]:
    """The numbers that the letters of the target can have, at most MOST_PLACES of them."""
    ranges = derivation.target.facts.ranges
    found: list[dict[Symbol, int]] = [{}]
    for letter in _outer_first(letters_of(derivation), ranges):
        found = [{**at, letter: n} for at in found for n in _values(derivation, model, letter, at)][:MOST_PLACES]
    return tuple(at for at in found if _exists(derivation, model, at))


def _outer_first(letters: list[Symbol], ranges: Mapping[Symbol, Range]) -> list[Symbol]:
    """The letters, each after those that its range speaks of."""

    def depth(letter: Symbol) -> int:
        span = ranges.get(letter)
        inner = () if span is None else (span.lower.symbols | span.upper.symbols) & set(letters) - {letter}
        return 1 + max(map(depth, inner), default=0)

    return sorted(letters, key=depth)


def _values(derivation: Derivation, model: Instance, letter: Symbol, at: Letters) -> range:
    span = derivation.target.facts.ranges.get(letter)
    if span is None:
        raise TooLarge(f"the model does not say how far {letter} runs")
    with model.at(at):
        return range(model.number_of(span.lower), model.number_of(span.upper))


def _exists(derivation: Derivation, model: Instance, at: Letters) -> bool:
    with model.at(at) as place:
        return all(holds(condition, place.scene) for condition in derivation.target.conditions)
