"""A derivation with numbers, as an answer key needs it: left side = formula = numbers put in = value.

Values are computed exactly, or with 50 digits where a function has no exact values, and are rounded only where they are
written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from derive.calculus.chain import Path, instance_of
from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.domains import fixed_symbols
from derive.calculus.printed import letters_of
from derive.calculus.stages import Stage
from derive.errors import ValueMissing
from derive.model.model import Model
from derive.views.point import Point
from derive.views.rounding import Rounding
from derive.views.sheet import Row, Sheet, ordered
from derive.writing.evaluate import holds
from derive.writing.index import Symbol, index
from derive.writing.nodes import Expr, Gradient, Partial, Quantity
from derive.writing.walk import fresh, names_in, quantities

DEFAULT = Rounding()
Letters = Mapping[Symbol, int]
Formula = tuple[Expr, Letters]


@dataclass(frozen=True)
class NumbersView:
    """One derivative worked out.

    `given` and `forward` are the quantities that it needs, `upstream` the derivatives that its formulas cite, from the
    loss down, `factors` the local derivatives along its paths; `chain` multiplies these, `result` is the formula that
    was derived.
    """

    given: tuple[Row, ...]
    forward: tuple[Row, ...]
    upstream: tuple[Row, ...]
    factors: tuple[Row, ...]
    chain: Row
    result: Row


def numbers(derivation: Derivation, point: Point, rounding: Rounding = DEFAULT) -> NumbersView:
    """A derivation worked out at a point; the sizes of the point also have the numbers of the target's letters."""
    letters = _letters(derivation, point)
    return point.worked(derivation.model, letters, rounding, lambda sheet: _worked(derivation, sheet, letters))


def _letters(derivation: Derivation, point: Point) -> dict[Symbol, int]:
    wanted = letters_of(derivation)
    missing = next((s for s in wanted if s.name not in point.sizes), None)
    if missing is not None:
        raise ValueMissing(f"sizes[{missing.name!r}] is missing: give the letter {missing} of the target a number")
    return {s: point.sizes[s.name] for s in wanted}


def _worked(derivation: Derivation, sheet: Sheet, letters: Letters) -> NumbersView:
    last, left = derivation.stages[-1], Gradient(derivation.of, derivation.by)

    def formula(by: Quantity) -> Formula:
        return _instance(derivation, by, sheet)

    upstream = _derivatives(derivation.of, _cited(last.result, letters, sheet), formula, sheet)
    along = [(local, at) for path in last.paths for at in _places(path, sheet, letters) for local in path.locals_]
    factors = {row.left: row for row in (sheet.row(Partial(l.element, l.by), l.result, at) for l, at in along)}
    chain, result = (sheet.row(left, written, letters) for written in (last.steps[0].after, last.result))
    used = [(last.result, letters), *((l.result, at) for l, at in along), *(formula(_by(row)) for row in upstream)]
    wanted = dict.fromkeys(part for one in used for part in sheet.parts(*one) if isinstance(part, Quantity))
    return NumbersView(*sheet.forward(wanted), upstream, tuple(factors.values()), chain, result)


def _by(row: Row) -> Quantity:
    assert isinstance(row.left, Gradient)  # so are the left sides of all derivatives
    return row.left.by


def _places(path: Path, sheet: Sheet, letters: Letters) -> Iterator[Letters]:
    """The numbers of the letters that a path is summed over."""
    with sheet.at(letters) as place:
        scene = place.scene
        spans = [range(scene.index(r.lower), scene.index(r.upper)) for r in path.sums]
        combinations = [dict(zip([r.symbol for r in path.sums], at, strict=True)) for at in product(*spans)]
    for chosen in combinations:
        at = {**letters, **chosen}
        with sheet.at(at) as place:
            included = all(holds(guard, place.scene) for guard in path.guards)
        if included:
            yield at


def _instance(derivation: Derivation, by: Quantity, sheet: Sheet) -> Formula:
    """The result of the most special stage that speaks of a quantity."""
    for stage in sorted(derivation.stages, key=lambda stage: len(stage.facts.ranges)):
        renaming = instance_of(stage.by, by, stage.facts)
        if renaming is not None:
            return stage.result, {letter: sheet.scene.index(i) for letter, i in renaming.items()}
    raise ValueMissing(f"no stage of the derivation says what {Gradient(derivation.of, by)} is")


# ---------------------------------------------------------------- a whole network


@dataclass(frozen=True)
class Tables:
    """A whole network worked out: what is given, every quantity in order of computation, every derivative back again."""

    given: tuple[Row, ...]
    forward: tuple[Row, ...]
    backward: tuple[Row, ...]


def tables(
    model: Model, of: Quantity, point: Point, rounding: Rounding = DEFAULT, by: Iterable[str] | None = None
) -> Tables:
    """The forward and the backward table; `by` chooses families to differentiate by, all of them where it is None.

    A derivative by a quantity that is defined stands there also where it is only needed on the way.
    """
    return point.worked(model, {}, rounding, lambda sheet: _tables(model, of, sheet, by))


def _tables(model: Model, of: Quantity, sheet: Sheet, by: Iterable[str] | None) -> Tables:
    given, forward = sheet.forward([of])
    found = [row.left for row in (*reversed(forward), *given) if isinstance(row.left, Quantity) and row.left != of]
    chosen = model.families if by is None else frozenset(by)
    derived = _Derived(model, of)

    def formula(quantity: Quantity) -> Formula:
        pattern, letters = derived.pattern(quantity, sheet)
        return derived.result(pattern), letters

    wanted = [quantity for quantity in found if quantity.family in chosen]
    return Tables(given, forward, _derivatives(of, wanted, formula, sheet))


class _Derived:
    """The derivative of the loss by each family, with every other derivative cited by its name, derived once."""

    def __init__(self, model: Model, of: Quantity) -> None:
        self.model, self.of = model, of
        self.results: dict[Quantity, Expr] = {}

    def result(self, pattern: Quantity) -> Expr:
        if pattern not in self.results:
            named = [family for family in self.model.definitions if family != self.of.family]
            self.results[pattern] = differentiate(self.model, self.of, pattern, named=named).result
        return self.results[pattern]

    def pattern(self, quantity: Quantity, sheet: Sheet) -> tuple[Quantity, Letters]:
        """The quantity with a letter for each index, and the numbers that these stand for."""
        letters = self._letters(quantity)
        numbers = {letter: sheet.scene.index(i) for letter, i in zip(letters, quantity.indices, strict=True)}
        return Quantity(quantity.family, quantity.label, tuple(map(index, letters))), numbers

    def _letters(self, quantity: Quantity) -> list[Symbol]:
        """The letters with which the model itself writes the family, as far as it does."""
        taken = self._names | names_in(quantity)
        letters: list[Symbol] = []
        for place in range(len(quantity.indices)):
            written = (i.symbol for q in self._mentions if q.family == quantity.family for i in q.indices[place:][:1])
            own = next((s for s in written if s is not None and s not in self._fixed and s not in letters), None)
            letters.append(own or fresh(Symbol("i"), taken | {s.name for s in letters}))
        return letters

    @cached_property
    def _mentions(self) -> list[Quantity]:
        lefts = [equation.left for equation in self.model.equations]
        return lefts + [q for equation in self.model.equations for q in quantities(equation.right)]

    @cached_property
    def _fixed(self) -> frozenset[Symbol]:
        return fixed_symbols(self.model)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.model.families) | {s.name for s in self._fixed}


# ---------------------------------------------------------------- derivatives of the loss


def _cited(formula: Expr, letters: Letters, sheet: Sheet) -> list[Quantity]:
    return [part.by for part in sheet.parts(formula, letters) if isinstance(part, Gradient)]


def _derivatives(
    of: Quantity, wanted: Iterable[Quantity], formula: Callable[[Quantity], Formula], sheet: Sheet
) -> tuple[Row, ...]:
    """A row for each derivative, those that its formula cites before it."""
    order = ordered(wanted, lambda by: _cited(*formula(by), sheet))
    return tuple(sheet.row(Gradient(of, by), *formula(by)) for by in order)
