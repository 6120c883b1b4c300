"""Whether two written expressions are the same, whatever they look like.

First their normal forms are compared, then their values at secret points, in exact fractions or with 50 digits, with
the definitions of the model in force. SymPy is asked only where no point can tell, since there is no value at any.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.questions import Question, concrete
from derive.calculus.samples import Arithmetic
from derive.errors import DeriveError, TooLarge
from derive.exercises.canonical import canonical
from derive.exercises.points import Point, Points
from derive.model.functions import formula_of, known
from derive.model.model import Model, Range
from derive.model.spreading import IN_FULL
from derive.writing.evaluate import evaluate
from derive.writing.index import Symbol
from derive.writing.matrices import (
    MATRIX_LEAVES,
    Diagonal,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Indicator,
    Transpose,
)
from derive.writing.matrix_shapes import shape
from derive.writing.matrix_values import values
from derive.writing.nodes import (
    ZERO,
    Apply,
    Cases,
    Condition,
    Delta,
    Expr,
    Fold,
    Function,
    Gradient,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quantity,
    Sum,
)
from derive.writing.numbers import agree
from derive.writing.walk import expressions, quantities, walk

ENOUGH = 2  # points at which two expressions must agree
MOST_KEPT = 4096
MOST_ENTRIES = 2000
MOST_PRIMES = 2  # an unknown function is a polynomial of degree 3 at the points, whose further derivatives vanish
MOST_FOR_SYMPY = 60  # nodes
MOST_OF_MATRICES = 400
FINEST = 60  # binary digits by which the numbers of an expression may be larger or smaller than 1 for 50 digits
MOST_RAISED = 16
_MATRIX = (*MATRIX_LEAVES, Transpose, Hadamard, HadamardQuotient, HadamardPower, Diagonal, Indicator)
_KINKS = frozenset({"abs", "sign", "max", "min"})
_TAME = frozenset({"sqrt", "log", *_KINKS})  # functions whose numbers never blow up, however they are nested

Ranges = Mapping[Symbol, Range]
Grid = list[list[Any]]


class Judge:
    """Says whether expressions about one derivation are the same, always at the same points.

    `ranges` are those of letters that are not the target's own; at all points the `guards` hold. What was found for an
    expression is kept, so that a second comparison with it costs next to nothing.
    """

    def __init__(
        self,
        derivation: Derivation,
        rng: random.Random,
        ranges: Ranges | None = None,
        guards: tuple[Condition, ...] = (),
    ) -> None:
        self.points = Points(derivation, rng, ranges or {}, guards)
        self.is_kinked = any(_kinked(equation.right) for equation in derivation.model.equations)
        self._tried: dict[Expr, _Tried] = {}

    @classmethod
    def of_model(
        cls, model: Model, rng: random.Random, ranges: Ranges | None = None, guards: tuple[Condition, ...] = ()
    ) -> Judge:
        """The judge of expressions about a model of which nothing is differentiated."""
        first = model.equations[0].left
        return cls(differentiate(model, first, first), rng, ranges, guards)

    def same(self, left: Expr, right: Expr) -> bool | None:
        """Whether both have one value wherever they have any; None where that cannot be told."""
        if left == right:
            return True
        one, other = self._of(left), self._of(right)
        if one.key == other.key:
            return True
        if one.is_too_large or other.is_too_large:
            return None
        verdict = self._at_points(one, other)
        return self._by_sympy(one, other) if verdict is None else verdict

    def _of(self, expr: Expr) -> _Tried:
        tried = self._tried.get(expr)
        if tried is None:
            if len(self._tried) >= MOST_KEPT:
                self._tried.clear()
            tried = self._tried[expr] = _Tried(expr)
        return tried

    # ------------------------------------------------------------ points

    def _at_points(self, one: _Tried, other: _Tried) -> bool | None:
        verdict = self._decided(one, other, "exact") if self.points.is_rational else None
        if verdict is None:
            verdict = self._decided(one, other, "precise")
            if verdict and (one.has_extremes or other.has_extremes):
                return None
        return verdict

    def _decided(self, one: _Tried, other: _Tried, arithmetic: Arithmetic) -> bool | None:
        kinked = self.is_kinked or one.is_kinked or other.is_kinked
        points = self.points.kinked(arithmetic) if kinked else self.points.smooth(arithmetic)
        agreed, verdict = self._compared(one, other, points)
        if verdict is None and agreed < ENOUGH and arithmetic == "precise":
            more, verdict = self._compared(one, other, self.points.further())
            agreed += more
        return verdict if verdict is not None else True if agreed >= ENOUGH else None

    def _compared(self, one: _Tried, other: _Tried, points: Iterable[Point]) -> tuple[int, bool | None]:
        """The number of points at which both agree, and False where they differ at one."""
        agreed = 0
        first, second = sorted((one, other), key=lambda tried: tried.weight)
        for point in points:
            left = first.at(point, self.points.open)
            right = left if left is _NOTHING or left is _TOO_LARGE else second.at(point, self.points.open)
            if left is _TOO_LARGE or right is _TOO_LARGE:
                break  # it is no smaller elsewhere
            if left is _NOTHING or right is _NOTHING:
                continue
            if not _agree(left, right):
                meant = point.decides or not (one.has_large_numbers or other.has_large_numbers)
                return 0, False if meant else None
            agreed += 1
        return agreed, None

    # ------------------------------------------------------------ symbols

    def _by_sympy(self, one: _Tried, other: _Tried) -> bool | None:
        """Asked of the difference, as the derivative of a multiple of it, and only where no number blows up."""
        if not (one.is_modest and other.is_modest):
            return None
        unit = Quantity(":unit")
        for point in self.points.further():
            try:
                left, right = (concrete(tried.expr, point) for tried in (one, other))
            except DeriveError:
                continue
            from derive.calculus.symbolic import answer  # imports SymPy, 0.3 s, for the few whom no number decides

            multiple = Product((unit, Sum((left, Negative(right)))))
            return True if answer(Question(multiple, unit, ZERO)) else None
        return None


# ---------------------------------------------------------------- what is known of an expression

_NOTHING = object()  # the value where there is none
_TOO_LARGE = object()
_MISSHAPEN = object()  # the value of a matrix expression whose parts do not fit


class _Tried:
    """An expression with its normal form, its bounds, and its values at the points where it was asked for."""

    def __init__(self, expr: Expr) -> None:
        self.expr = expr
        nodes = list(walk(expr))
        self.size = len(nodes)
        self.weight = (any(isinstance(n, Gradient) for n in nodes), self.size)  # a slope goes through the whole model
        self.is_matrix = any(isinstance(n, _MATRIX) for n in nodes)
        self.key: Hashable = expr if self.is_matrix else canonical(expr)
        self.is_kinked = _kinked(expr)
        numbers = [n.value for n in nodes if isinstance(n, Number)]
        raised = [n.value for p in nodes if isinstance(p, Power) for n in walk(p.exponent) if isinstance(n, Number)]
        places = [abs(c) for q in quantities(expr) for i in q.indices for _, c in i.terms]
        self.has_large_numbers = any(v > IN_FULL for v in numbers) or any(i > IN_FULL for i in places)
        self.has_extremes = sum(map(_magnitude, numbers)) > FINEST or any(e > MOST_RAISED for e in raised)
        self.is_modest = (
            self.size <= MOST_FOR_SYMPY
            and not self.is_matrix
            and not any(e > MOST_RAISED for e in raised)
            and _is_tame(nodes)
        )
        self.is_too_large = any(sum(n.function.orders) > MOST_PRIMES for n in nodes if isinstance(n, Apply)) or (
            self.is_matrix and self.size > MOST_OF_MATRICES
        )
        self._values: dict[Point, Any] = {}

    def at(self, point: Point, open_: frozenset[Symbol]) -> Any:
        """The value at a point, as a number or as rows of numbers."""
        if point not in self._values:
            self._values[point] = self._value(point, open_)
        return self._values[point]

    def _value(self, point: Point, open_: frozenset[Symbol]) -> Any:
        point.ready_for(self.expr, open_)
        try:
            if not self.is_matrix:
                return evaluate(self.expr, point)
            _check_entries(self.expr, point)
            return values(self.expr, point)
        except ValueError:
            return _MISSHAPEN if self.is_matrix else _NOTHING
        except TooLarge:
            return _TOO_LARGE
        except (DeriveError, OverflowError, TypeError):
            return _NOTHING  # outside the domain, or no rational number


def _check_entries(expr: Expr, point: Point) -> None:
    for node in expressions(expr):
        if isinstance(node, _MATRIX):
            rows, columns = (point.index(size) for size in shape(node))
            if rows * columns > MOST_ENTRIES:
                raise TooLarge(f"a matrix of {rows} x {columns} entries is not compared entry by entry")


def _agree(left: Any, right: Any) -> bool:
    if left is _MISSHAPEN or right is _MISSHAPEN:
        return False
    if not isinstance(left, list) and not isinstance(right, list):
        return agree(left, right)
    one, other = _grid(left), _grid(right)
    if [*map(len, one)] != [*map(len, other)]:
        return False
    return all(agree(*pair) for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True))


def _grid(value: Any) -> Grid:
    return value if isinstance(value, list) else [[value]]


def _magnitude(value: Fraction) -> int:
    return abs(value.numerator.bit_length() - value.denominator.bit_length()) if value else 0


def _is_tame(nodes: Iterable[Node]) -> bool:
    """Whether no exponent and no base holds a power again, and no function is one that grows fast."""
    inside = (part for n in nodes if isinstance(n, Power) for part in (n.base, n.exponent))
    nested = any(isinstance(inner, Power) for part in inside for inner in walk(part))
    return not nested and all(n.function.name in _TAME for n in nodes if isinstance(n, Apply))


@lru_cache(maxsize=1024)
def _kinked(expr: Expr) -> bool:
    """Whether an expression has cases, written or inside a function, of which a point meets one."""
    for node in walk(expr):
        if isinstance(node, Cases | Indicator | Delta) or (isinstance(node, Fold) and node.kind in _KINKS):
            return True
        if isinstance(node, Apply) and _has_kink(node.function):
            return True
    return False


def _has_kink(function: Function) -> bool:
    entry, formula = known(function.name), formula_of(function.name)
    return (
        function.name in _KINKS
        or (entry is not None and bool(entry.kinks))
        or (formula is not None and _kinked(formula))
    )
