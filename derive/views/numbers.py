"""A derivation with numbers, as an answer key needs it: left side = formula = numbers put in = value.

Values are computed exactly, or with 50 digits where a function has no exact values, and are rounded only where they are
written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from derive.calculus.chain import Path, instance_of
from derive.calculus.derivation import Derivation
from derive.calculus.families import lettered
from derive.calculus.printed import letters_of
from derive.errors import ValueMissing
from derive.model.model import Model
from derive.views.point import Point
from derive.views.rounding import Rounding
from derive.views.sheet import Row, Sheet, ordered
from derive.views.upstream import Derivatives
from derive.writing.evaluate import holds
from derive.writing.index import Symbol
from derive.writing.nodes import Expr, Gradient, Partial, Quantity

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
    return point.worked(derivation.model, letters, rounding, lambda sheet: worked(derivation, sheet, letters))


def _letters(derivation: Derivation, point: Point) -> dict[Symbol, int]:
    wanted = letters_of(derivation)
    missing = next((s for s in wanted if s.name not in point.sizes), None)
    if missing is not None:
        raise ValueMissing(f"sizes[{missing.name!r}] is missing: give the letter {missing} of the target a number")
    return {s: point.sizes[s.name] for s in wanted}


def worked(derivation: Derivation, sheet: Sheet, letters: Letters) -> NumbersView:
    """A derivation worked out on a sheet, with numbers for the letters of its target."""
    last, left = derivation.stages[-1], Gradient(derivation.of, derivation.by)

    def formula(by: Quantity) -> Formula:
        return _instance(derivation, by, sheet)

    cited = [by for line in (last.steps[0].after, last.result) for by in _cited(line, letters, sheet)]
    upstream = _derivatives(derivation.of, dict.fromkeys(cited), formula, sheet)
    along = [(local, at) for path in last.paths for at in places(path, sheet, letters) for local in path.locals_]
    factors = [sheet.row(Partial(local.element, local.by), local.result, at) for local, at in along]
    chain, result = (sheet.row(left, written, letters) for written in (last.steps[0].after, last.result))
    used = [
        (last.result, letters),
        *((local.result, at) for local, at in along),
        *(formula(_by(row)) for row in upstream),
    ]
    wanted = dict.fromkeys(part for one in used for part in sheet.parts(*one) if isinstance(part, Quantity))
    return NumbersView(*sheet.forward(wanted), upstream, tuple(dict.fromkeys(factors)), chain, result)


def _by(row: Row) -> Quantity:
    assert isinstance(row.left, Gradient)  # so are the left sides of all derivatives
    return row.left.by


def places(path: Path, sheet: Sheet, letters: Letters) -> Iterator[Letters]:
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
    """A whole network worked out: what is given, every quantity in the order of computation, and the derivatives."""

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
    chosen = model.families if by is None else frozenset(by)
    back = [q for q in _quantities(forward) if q != of]
    wanted = [q for q in (*back, *_quantities(given)) if q.family in chosen]
    derivatives = Derivatives(model, of, (_pattern(q, sheet)[0] for q in wanted))

    def formula(quantity: Quantity) -> Formula:
        pattern, letters = _pattern(quantity, sheet)
        return derivatives.formula(pattern), letters

    return Tables(given, forward, _derivatives(of, wanted, formula, sheet))


def _quantities(rows: Iterable[Row]) -> list[Quantity]:
    return [row.left for row in rows if isinstance(row.left, Quantity)]


def _pattern(quantity: Quantity, sheet: Sheet) -> tuple[Quantity, Letters]:
    """The quantity with letters for its indices, and the numbers that these stand for.

    An index that the equation of a defined quantity fixes (h[0,j]) stays a number.
    """
    own = sheet.definition(quantity)
    model = sheet.scene.model
    written = own.left if own is not None else next(q for q in lettered(model, quantity.family) if _fits(q, quantity))
    pairs = zip(written.indices, quantity.indices, strict=True)
    letters = {i.symbol: sheet.scene.index(n) for i, n in pairs if i.symbol is not None}
    return Quantity(quantity.family, quantity.label, written.indices), letters


def _fits(written: Quantity, quantity: Quantity) -> bool:
    """Whether a family as the model writes it may carry the quantity's label: a letter fits every one."""
    return written.label == quantity.label or (written.label is not None and written.label.value is None)


# ---------------------------------------------------------------- derivatives of the loss


def _cited(formula: Expr, letters: Letters, sheet: Sheet) -> list[Quantity]:
    return [part.by for part in sheet.parts(formula, letters) if isinstance(part, Gradient)]


def _derivatives(
    of: Quantity, wanted: Iterable[Quantity], formula: Callable[[Quantity], Formula], sheet: Sheet
) -> tuple[Row, ...]:
    """A row for each derivative, those that its formula cites before it."""
    order = ordered(wanted, lambda by: _cited(*formula(by), sheet))
    return tuple(sheet.row(Gradient(of, by), *formula(by)) for by in order)
