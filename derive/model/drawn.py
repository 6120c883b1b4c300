"""Random numbers for whatever a model does not define: the same for the same seed, in whatever order they are asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from derive.errors import ValueMissing
from derive.model.model import Model
from derive.model.running import Ground
from derive.model.spreading import IN_FULL, Spreader, by_classes
from derive.model.symmetry import position, sorts_of
from derive.writing.dual import Num, Orders
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Compare, Condition, Expr, Fold, Number, Quantity
from derive.writing.numbers import ARITHMETICS
from derive.writing.scene import Element
from derive.writing.walk import free_symbols

Span = tuple[Fraction, Fraction]

# log(a), log(1 - a), 1/a and sqrt(a) all have values here. Fractions of a power of 2 keep sums of them short.
POSITIVE: Span = (Fraction(1, 8), Fraction(7, 8))
SIGNED: Span = (Fraction(-7, 8), Fraction(7, 8))
_GRID = 2**16
_SMALLEST_SIZE = 2
_SIZES = 3
_TERM_BY_TERM = 5000
_OTHERS = -1


@dataclass(frozen=True)
class Promise:
    """A sum that the inputs are promised to satisfy: the elements of `quantity` over a range add up to `total`."""

    quantity: Quantity
    symbol: Symbol
    lower: Index
    upper: Index
    total: Fraction

    @property
    def place(self) -> int:
        return next(i for i, index in enumerate(self.quantity.indices) if index.symbol == self.symbol)


def promises(model: Model) -> Iterator[Promise]:
    """The assumptions of the form sum(y[j] for j in range(…)) == number."""
    for condition in model.assumptions:
        fold, number = _sides(condition)
        if isinstance(fold, Fold) and isinstance(number, Number) and fold.kind == "sum" and not fold.where:
            body = fold.body
            if isinstance(body, Quantity) and fold.symbol in [index.symbol for index in body.indices]:
                yield Promise(body, fold.symbol, fold.lower, fold.upper, number.value)


def _sides(condition: Condition) -> tuple[Expr | None, Expr | None]:
    if not isinstance(condition, Compare) or condition.relation != "==":
        return None, None
    return (
        (condition.right, condition.left) if isinstance(condition.left, Number) else (condition.left, condition.right)
    )


class Drawn(Ground):
    """Given quantities, unknown functions (cubic polynomials) and missing sizes drawn from a seed.

    Where some size is large, all elements whose index is not `marked` are worth the same, so that a sum over them can
    be found by classes.
    """

    smooth = True

    def __init__(
        self,
        model: Model,
        sizes: Mapping[Symbol, int],
        seed: int,
        marked: frozenset[int],
        arithmetic: str,
        between: Mapping[str, Span],
        elsewhere: Span,
        functions: Callable[[str], Expr | None],
    ) -> None:
        self.model = model
        self.seed = seed
        self.arithmetic = ARITHMETICS[arithmetic]
        self._between = between
        self._elsewhere = elsewhere
        self._functions = functions
        self._sizes: dict[tuple[str, int | None], int] = {}
        for labelled, symbols in ((False, {**model.sizes, **sizes}), (True, model.sizes), (True, sizes)):
            self._add_sizes({s: n for s, n in symbols.items() if (s.label is not None) == labelled})
        self._promises = list(promises(model))
        self._totals: dict[tuple[Promise, Element], Fraction] = {}
        self._coefficients: dict[tuple[object, ...], Num] = {}
        self._sorts = sorts_of(model.equations) if max(self._sizes.values(), default=0) > IN_FULL else None
        self._points = marked | self._values(self._sorts.named) if self._sorts else marked

    def _add_sizes(self, sizes: Mapping[Symbol, int]) -> None:
        """n(L) is stored as n(3), so L must be there before."""
        for symbol, value in sizes.items():
            label = None if symbol.label is None else self._index(symbol.label, {})
            self._sizes[symbol.name, label] = value

    @cached_property
    def spreader(self) -> Spreader:
        """How sums are visited."""
        if self._sorts is None:
            return Spreader(_TERM_BY_TERM)
        drawn = range(_SMALLEST_SIZE, _SMALLEST_SIZE + _SIZES)
        ends = self._values(self._sorts.ends).union(self._sizes.values(), drawn)
        return Spreader(_TERM_BY_TERM, self._sorts, self._points, ends)

    def _values(self, indices: Mapping[Index, None]) -> frozenset[int]:
        return frozenset(self._index(index, {}) for index in indices)

    def _index(self, index: Index, letters: Mapping[Symbol, int]) -> int:
        def value(symbol: Symbol) -> int:
            if symbol in letters:
                return letters[symbol]
            return self.size(symbol.name, None if symbol.label is None else self._index(symbol.label, letters))

        return index.evaluate(value)

    # ------------------------------------------------------------ sizes

    def size(self, name: str, label: int | None) -> int:
        value = self._sizes.get((name, label))
        if value is None:
            if label is None and name not in self._free:
                raise ValueMissing(f"letters[{name!r}] is missing: give the number at which to evaluate")
            value = self._sizes[name, label] = _SMALLEST_SIZE + self._hash("size", name, label) % _SIZES
        return value

    @cached_property
    def _free(self) -> frozenset[str]:
        """The size and label symbols of the model."""
        return frozenset(s.name for s in open_symbols(self.model))

    # ------------------------------------------------------------ quantities

    def overriding(self, _element: Element) -> Num | None:
        return None

    def given(self, element: Element) -> Num:
        for promise in self._promises:
            letters = self._fits(promise, element)
            if letters is not None:
                return self.arithmetic.number(
                    self._raw(element) * promise.total / self._total(promise, element, letters)
                )
        return self.arithmetic.number(self._raw(element))

    def _raw(self, element: Element) -> Fraction:
        classes = tuple(self._class(element.family, place, i) for place, i in enumerate(element.indices))
        low, high = self._between.get(element.family, self._elsewhere)
        return low + (high - low) * self._share("given", element.family, element.label, classes)

    def _class(self, family: str, place: int, i: int) -> int:
        if self._sorts is None or i in self._points or self._sorts.rigid(position(family, place)):
            return i
        return _OTHERS

    def _fits(self, promise: Promise, element: Element) -> dict[Symbol, int] | None:
        """The numbers of the letters at which the promise speaks of the element; None where it never does."""
        pattern = promise.quantity
        if pattern.family != element.family or len(pattern.indices) != len(element.indices):
            return None
        letters: dict[Symbol, int] = {}
        for index, number in zip((pattern.label, *pattern.indices), (element.label, *element.indices), strict=True):
            if index is None or number is None:
                continue
            if index.symbol is not None and (index.symbol == promise.symbol or index.symbol.name not in self._free):
                letters[index.symbol] = number
            elif self._index(index, letters) != number:
                return None
        inside = self._index(promise.lower, letters) <= letters[promise.symbol] < self._index(promise.upper, letters)
        return letters if inside else None

    def _total(self, promise: Promise, element: Element, letters: Mapping[Symbol, int]) -> Fraction:
        """What the elements of one sum add up to before they are made to keep the promise."""
        place = promise.place
        row = element._replace(indices=(*element.indices[:place], 0, *element.indices[place + 1 :]))
        total = self._totals.get((promise, row))
        if total is None:
            lower, upper = self._index(promise.lower, letters), self._index(promise.upper, letters)
            total = Fraction(0)
            for i, count in self._visited(element.family, place, lower, upper):
                indices = (*element.indices[:place], i, *element.indices[place + 1 :])
                total += count * self._raw(element._replace(indices=indices))
            self._totals[promise, row] = total
        return total

    def _visited(self, family: str, place: int, lower: int, upper: int) -> Iterator[tuple[int, int]]:
        if self._sorts is None or self._sorts.rigid(position(family, place)):
            return ((i, 1) for i in range(lower, upper))
        return by_classes(lower, upper, self._points, ())

    # ------------------------------------------------------------ functions

    def formula(self, name: str, _label: int | None) -> Expr | None:
        return self._functions(name)

    def unknown(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        """A cubic polynomial in each argument, and one in a mixture of them, so that no derivative is trivial."""
        if len(arguments) == 1:
            return self._cubic((name, label), orders[0], arguments[0])
        mixture = [self._coefficient(name, label, "mixture", i) for i in range(len(arguments))]
        mixed = sum((c * x for c, x in zip(mixture[1:], arguments[1:], strict=True)), mixture[0] * arguments[0])
        value = self._cubic((name, label, "mixed"), sum(orders), mixed)
        for c, order in zip(mixture, orders, strict=True):
            value = value * c**order
        for i, x in enumerate(arguments):
            if orders[i] == sum(orders):
                value = value + self._cubic((name, label, i), orders[i], x)
        return value

    def _cubic(self, key: tuple[object, ...], order: int, x: Num) -> Num:
        """The derivative of some order of c0 + c1*x + c2*x**2 + c3*x**3; its values are small where x is."""
        value = self.arithmetic.number(0)
        for power in range(3, order - 1, -1):
            falling = 1
            for k in range(order):
                falling *= power - k
            value = value * x + self._coefficient(*key, power) * falling / 4**power
        return value

    def _coefficient(self, *key: object) -> Num:
        value = self._coefficients.get(key)
        if value is None:
            low, high = POSITIVE
            value = self.arithmetic.number(low + (high - low) * self._share("function", *key)) / 2
            self._coefficients[key] = value
        return value

    # ------------------------------------------------------------ chance

    def _share(self, *key: object) -> Fraction:
        """A number between 0 and 1, neither included, on a grid that does not meet the middle."""
        return Fraction(2 * (self._hash(*key) % (_GRID // 2)) + 1, _GRID)

    def _hash(self, *key: object) -> int:
        """Python's own hash of a text differs from run to run."""
        return int.from_bytes(hashlib.blake2b(repr((self.seed, *key)).encode(), digest_size=8).digest())


def open_symbols(model: Model) -> frozenset[Symbol]:
    """The symbols of a model that no equation binds: sizes and labels."""
    found: set[Symbol] = set(model.sizes)
    for equation in model.equations:
        bound = {r.symbol for r in equation.ranges}
        ends = {s for r in equation.ranges for s in r.lower.symbols | r.upper.symbols}
        found |= (free_symbols(equation.right) | free_symbols(equation.left) | ends) - bound
    return frozenset(found)
