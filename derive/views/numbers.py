"""A derivation with numbers, as an answer key needs it: left side = formula = numbers put in = value.

Values are computed exactly, or with 50 digits where a function has no exact values, and are rounded only where they are
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from derive.calculus.chain import Path, instance_of
from derive.calculus.derivation import Derivation, differentiate
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
from derive.writing.walk import LETTERS, names_in

DEFAULT = Rounding()
Letters = Mapping[Symbol, int]


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
    book = _Stages(derivation, sheet)
    upstream = tuple(book.row(by) for by in ordered(book.cited(last.result, letters), book.below))
    formulas = [(f, at) for path in last.paths for f, at in _factors(path, sheet, letters)]
    factors = {row.left: row for row in (sheet.row(Partial(f.element, f.by), f.result, at) for f, at in formulas)}
    chain, result = (sheet.row(left, formula, letters) for formula in (last.steps[0].after, last.result))
    used = [(last.result, letters), *((f.result, at) for f, at in formulas), *(book.formula(r.left) for r in upstream)]
    wanted = (part for formula, at in used for part in sheet.parts(formula, at) if isinstance(part, Quantity))
    given, forward = sheet.forward(dict.fromkeys(wanted))
    return NumbersView(given, forward, upstream, tuple(factors.values()), chain, result)
