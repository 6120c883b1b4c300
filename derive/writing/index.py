"""Whole numbers that may stay symbols: indices, layer labels and sizes, as polynomials with integer coefficients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Union


@dataclass(frozen=True)
class Symbol:
    """A letter that stands for a whole number: an index (`j`), a label (`L`), or a size (`m`, or per layer `n(L)`)."""

    name: str
    label: Index | None = None

    @cached_property
    def order(self) -> tuple[object, ...]:
        """Letters before capitals, and those before sizes that carry a label: the order in which people write them."""
        return (self.label is not None, self.name[:1].isupper(), self.name, self.label.order if self.label else ())

    def __str__(self) -> str:
        return self.name if self.label is None else f"{self.name}({self.label})"


Monomial = tuple[Symbol, ...]
IndexLike = Union["Index", Symbol, int]


@dataclass(frozen=True)
class Index:
    """A whole number written as `sum of coefficient * monomial`, e.g. `i + u`, `L - 1`, `n(L) - 1`, `12`.

    `terms` holds (monomial, coefficient) with coefficients that are not 0, in canonical order, so that equal
    polynomials are equal objects.
    """

    terms: tuple[tuple[Monomial, int], ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.terms)

    @cached_property
    def value(self) -> int | None:
        """The number, where no symbol is left in it."""
        if not self.terms:
            return 0
        (monomial, coefficient), *more = self.terms
        return coefficient if not monomial and not more else None

    @cached_property
    def symbols(self) -> frozenset[Symbol]:
        """Every symbol in it, those in the labels of sizes included."""
        own = {symbol for monomial, _ in self.terms for symbol in monomial}
        inner = {s for symbol in own if symbol.label is not None for s in symbol.label.symbols}
        return frozenset(own | inner)

    @cached_property
    def symbol(self) -> Symbol | None:
        """The symbol, where the index is nothing but one symbol."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and len(self.terms[0][0]) == 1:
            return self.terms[0][0][0]
        return None

    @cached_property
    def order(self) -> tuple[object, ...]:
        return tuple((len(m), tuple(s.order for s in m), c) for m, c in self.terms)

    @property
    def constant(self) -> int:
        """The part without symbols: -1 in `L - 1`."""
        return next((c for monomial, c in self.terms if not monomial), 0)

    def coefficient(self, symbol: Symbol) -> int | None:
        """c in `c*symbol + rest`, or None where the symbol also stands in a product or in a size's label."""
        found = 0
        for monomial, c in self.terms:
            if monomial == (symbol,):
                found = c
            elif any(symbol == s or (s.label is not None and symbol in s.label.symbols) for s in monomial):
                return None
        return found

    def substitute(self, values: Mapping[Symbol, Index]) -> Index:
        """The index with its symbols replaced, also inside the labels of sizes."""
        if self.symbols.isdisjoint(values) and not self._labelled:
            return self
        if self.symbol is not None:
            return _symbol_replaced(self.symbol, values)
        total = ZERO
        for monomial, c in self.terms:
            product = index(c)
            for symbol in monomial:
                product = product * _symbol_replaced(symbol, values)
            total = total + product
        return total

    @cached_property
    def _labelled(self) -> bool:
        """Whether a size in it carries a label: such a size may itself be a key of a substitution."""
        return any(symbol.label is not None for monomial, _ in self.terms for symbol in monomial)

    def evaluate(self, value: Callable[[Symbol], int]) -> int:
        """The number, with `value` giving each symbol's."""
        total = 0
        for monomial, c in self.terms:
            product = c
            for symbol in monomial:
                product *= value(symbol)
            total += product
        return total

    def __add__(self, other: IndexLike) -> Index:
        return _combined(self, index(other), 1)

    def __sub__(self, other: IndexLike) -> Index:
        return _combined(self, index(other), -1)

    def __neg__(self) -> Index:
        return Index(tuple((m, -c) for m, c in self.terms))

    def __mul__(self, other: IndexLike) -> Index:
        factor = index(other)
        if factor.value == 1:
            return self
        if self.value == 1:
            return factor
        sums: dict[Monomial, int] = {}
        for m1, c1 in self.terms:
            for m2, c2 in factor.terms:
                monomial = tuple(sorted(m1 + m2, key=lambda s: s.order))
                sums[monomial] = sums.get(monomial, 0) + c1 * c2
        return _canonical(sums)

    def signed_terms(self) -> Iterator[tuple[Monomial, int]]:
        """The terms in the order in which they are written: those added, those subtracted, the constant last."""
        yield from sorted(self.terms, key=_rank)

    def __str__(self) -> str:
        text = ""
        for monomial, c in self.signed_terms():
            factors = [str(s) for s in monomial]
            if abs(c) != 1 or not factors:
                factors.insert(0, str(abs(c)))
            sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
            text += sign + "*".join(factors)
        return text or "0"


def _rank(term: tuple[Monomial, int]) -> int:
    monomial, c = term
    return 2 if not monomial else 0 if c > 0 else 1


def index(value: IndexLike) -> Index:
    """A number or a symbol as an index."""
    if isinstance(value, Index):
        return value
    if isinstance(value, Symbol):
        return _shared((((value,), 1),))
    return _shared((((), value),)) if value else ZERO


BLANK = "?"  # no identifier, so that it is nobody's letter


def blank_index(number: int) -> Index:
    """A place for an index, a label or an end of a range to be written into, by its number in an exercise."""
    return index(Symbol(BLANK, index(number)))


def _combined(left: Index, right: Index, sign: int) -> Index:
    if not right.terms:
        return left
    if not left.terms and sign == 1:
        return right
    sums = dict(left.terms)
    for monomial, c in right.terms:
        sums[monomial] = sums.get(monomial, 0) + sign * c
    return _canonical(sums)


def _canonical(sums: Mapping[Monomial, int]) -> Index:
    terms = [(m, c) for m, c in sums.items() if c]
    if len(terms) > 1:
        terms.sort(key=_written_order)
    return _shared(tuple(terms))


def _written_order(term: tuple[Monomial, int]) -> tuple[object, ...]:
    return (not term[0], tuple(s.order for s in term[0]))


@lru_cache(maxsize=8192)
def _shared(terms: tuple[tuple[Monomial, int], ...]) -> Index:
    """One object for equal indices, so that what is known of it is found once."""
    return Index(terms)


def _symbol_replaced(symbol: Symbol, values: Mapping[Symbol, Index]) -> Index:
    if symbol in values:
        return values[symbol]
    if symbol.label is None:
        return index(symbol)
    inner = Symbol(symbol.name, symbol.label.substitute(values))
    return values.get(inner, index(inner))


ZERO = Index(())
ONE = Index((((), 1),))
