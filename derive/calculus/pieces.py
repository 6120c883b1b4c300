"""Putting matrices together from formulas in indices: products, sums, and sums over an index.

A piece is a matrix expression that knows which letter runs along its rows, and which along its columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from derive.errors import DeriveError
from derive.writing.index import ONE as ONE_ROW
from derive.writing.index import Symbol
from derive.writing.matrices import (
    MATRIX_LEAVES,
    Axis,
    Diagonal,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Identity,
    Ones,
    Zeros,
)
from derive.writing.matrix_algebra import matrix_product, transposed
from derive.writing.matrix_shapes import Shape
from derive.writing.nodes import ONE, TWO, ZERO, Expr, IndexValue, Negative, Product
from derive.writing.tidy import negative, over, plus, times
from derive.writing.walk import walk

Letters = tuple[Symbol, ...]

MOST_LETTERS = 2


Reason = Literal[
    "shifted index",  # x[i+u], or h[t-1]
    "many indices",  # three indices that run, or three letters that meet
    "fixed index",  # w[j,2]: an index behind one that runs
    "repeated index",  # w[i,i]
    "part of a range",  # a sum over some elements of a family only
    "unknown range",
    "condition on an index",  # a filter such as j <= i
    "condition on entries",  # a condition that is no comparison, nor several that all hold
    "index as a number",
    "exponent",  # one that differs from entry to entry
    "delta",
    "derivative",
    "product",
    "extreme",
    "numbers only",  # there is nothing to gather
]
FOLDS: dict[str, Reason] = {"prod": "product", "max": "extreme", "min": "extreme"}


class NoMatrices(DeriveError):
    """A formula has no matrix form; `about` is the part that stands in the way."""

    def __init__(self, reason: Reason, about: object) -> None:
        super().__init__(f"{reason}: {about}")
        self.reason: Reason = reason
        self.about = str(about)


@dataclass(frozen=True)
class Piece:
    """A matrix expression: no letter for one number, one for a column, two for rows and columns."""

    body: Expr
    letters: Letters = ()


@dataclass(frozen=True)
class Factors:
    """above[0] * above[1] * … / (below[0] * …), entry by entry."""

    above: tuple[Piece, ...]
    below: tuple[Piece, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return (*self.above, *self.below)

    def having(self, letters: Iterable[Symbol]) -> Factors:
        """The factors that run over exactly these letters."""
        wanted = set(letters)
        return Factors(*(tuple(p for p in side if set(p.letters) == wanted) for side in (self.above, self.below)))

    def split(self, letter: Symbol) -> tuple[Factors, Factors]:
        """The factors that run over the letter, and the others."""
        with_it, without = (
            [tuple(p for p in side if (letter in p.letters) is wanted) for side in (self.above, self.below)]
            for wanted in (True, False)
        )
        return Factors(*with_it), Factors(*without)

    def unsigned(self) -> tuple[Factors, bool]:
        """The factors without their signs, and whether the product changes its own by that."""
        signs = sum(isinstance(p.body, Negative) for p in self.pieces)
        return Factors(tuple(map(_unsigned, self.above)), tuple(map(_unsigned, self.below))), signs % 2 == 1


def _unsigned(piece: Piece) -> Piece:
    return Piece(piece.body.body, piece.letters) if isinstance(piece.body, Negative) else piece


@dataclass(frozen=True)
class Bench:
    """Where pieces are put together: the axis along which each letter runs, and the letters of the result."""

    axes: Mapping[Symbol, Axis]
    result: Letters = ()

    def within(self, letter: Symbol, axis: Axis) -> Bench:
        """The same with one more letter."""
        return Bench({**self.axes, letter: axis}, self.result)

    def order(self, pieces: Iterable[Piece]) -> Letters:
        """The letters of all pieces, rows before columns: as in the result, otherwise as most of the pieces have it."""
        by_size = sorted(pieces, key=lambda p: -len(p.letters))
        return self._sorted(dict.fromkeys(s for p in by_size for s in p.letters))

    def _sorted(self, letters: Iterable[Symbol]) -> Letters:
        found = tuple(letters)
        if len(found) > MOST_LETTERS:
            raise NoMatrices("many indices", ", ".join(map(str, found)))
        if len(self.result) == MOST_LETTERS:
            return tuple(sorted(found, key=lambda s: (s == self.result[1]) - (s == self.result[0])))
        return found

    # ------------------------------------------------------------ repeating

    def spread(self, piece: Piece, order: Letters) -> Expr:
        """The piece as a matrix over all of the letters: what does not depend on one is repeated along it."""
        if piece.letters == order:
            return piece.body
        if len(piece.letters) == len(order):
            return transposed(piece.body)
        if piece.body == ZERO:
            return self.zeros(order)
        if not piece.letters:
            return scaled([piece.body], [], Ones(*self._shape(order)))
        if piece.letters[0] == order[0]:
            return matrix_product(piece.body, transposed(self._ones(order[1])))
        return matrix_product(self._ones(order[0]), transposed(piece.body))

    def _ones(self, letter: Symbol) -> Expr:
        return Ones(self.axes[letter].size)

    def zeros(self, order: Letters) -> Expr:
        return Zeros(*self._shape(order)) if order else ZERO

    def _shape(self, order: Letters) -> Shape:
        rows, columns = (*(self.axes[s].size for s in order), ONE_ROW, ONE_ROW)[:2]
        return rows, columns

    # ------------------------------------------------------------ sums and products

    def added(self, pieces: Sequence[Piece]) -> Piece:
        """The sum, what has fewer letters repeated along the others."""
        kept = [p for p in pieces if p.body != ZERO]
        order = self.order(kept)
        return Piece(plus(*(self.spread(p, order) for p in kept)), order)

    def multiplied(self, factors: Factors) -> Piece:
        """The product entry by entry, what has fewer letters repeated."""
        if any(p.body == ZERO for p in factors.above):
            return Piece(ZERO)
        factors, signed = factors.unsigned()
        order = self.order(factors.pieces)
        groups = [self._together(letters, factors) for letters in (order, order[:1], order[1:])]
        body = _joined(*groups) if len(order) == MOST_LETTERS else groups[0]
        numbers = factors.having(())
        whole = scaled([p.body for p in numbers.above], [p.body for p in numbers.below], body)
        return Piece(negative(whole) if signed else whole, order)

    def _together(self, letters: Letters, factors: Factors) -> Expr | None:
        """What runs over exactly these letters, multiplied entry by entry; None where nothing does."""
        found = factors.having(letters)
        if not letters or not found.pieces:
            return None
        above = [self.spread(p, letters) for p in found.above] or [self.spread(Piece(ONE), letters)]
        below = [self.spread(p, letters) for p in found.below]
        return HadamardQuotient(hadamard(above), hadamard(below)) if below else hadamard(above)

    # ------------------------------------------------------------ sums over a letter

    def contracted(self, letter: Symbol, factors: Factors) -> Piece:
        """The sum of the product over all values of the letter: a matrix product."""
        inside, outside = factors.split(letter)
        if not inside.pieces:
            whole = Piece(IndexValue(self.axes[letter].size))
        else:
            inside, signed = inside.unsigned()
            body, order = self._contracted(letter, inside)
            whole = Piece(negative(body) if signed else body, order)
        return self.multiplied(Factors((whole, *outside.above), outside.below))

    def _contracted(self, letter: Symbol, factors: Factors) -> tuple[Expr, Letters]:
        order = self._sorted(dict.fromkeys(s for p in factors.pieces for s in p.letters if s != letter))
        if not order:
            return self._inner(letter, factors), order
        column = self._together((letter,), factors)
        left = self._together((order[0], letter), factors) or ONE
        if len(order) == 1:
            return matrix_product(left, column or self._ones(letter)), order
        right = self._together((letter, order[1]), factors) or ONE
        middle = [] if column is None else [Diagonal(column)]
        return matrix_product(left, *middle, right), order

    def _inner(self, letter: Symbol, factors: Factors) -> Expr:
        """sum(u_k * v_k) => u' v; sum(v_k**2) => v' v; sum(v_k) => 1' v"""
        match factors.above:
            case (Piece(HadamardPower(base, exponent)),) if exponent == TWO and not factors.below:
                return matrix_product(transposed(base), base)
            case (*first, last) if first:
                left = hadamard([p.body for p in first])
                right = self._together((letter,), Factors((last,), factors.below))
                return matrix_product(transposed(left), right or ONE)
        return matrix_product(transposed(self._ones(letter)), self._together((letter,), factors) or ONE)


def hadamard(factors: Sequence[Expr]) -> Expr:
    """The product entry by entry, products in products flattened, columns of ones left out."""
    flat = [f for factor in factors for f in (factor.factors if isinstance(factor, Hadamard) else (factor,))]
    kept = [f for f in flat if not isinstance(f, Ones)] or flat[:1]
    return kept[0] if len(kept) == 1 else Hadamard(tuple(kept))


def _joined(matrix: Expr | None, rows: Expr | None, columns: Expr | None) -> Expr:
    """rows_i * matrix_ij * columns_j"""
    if matrix is None:
        return matrix_product(rows or ONE, transposed(columns or ONE))
    vectors = [v for v in (rows, columns) if v is not None]
    if isinstance(matrix, Identity) and vectors:
        return Diagonal(hadamard(vectors))
    left = [] if rows is None else [Diagonal(rows)]
    right = [] if columns is None else [Diagonal(columns)]
    return matrix_product(*left, matrix, *right)


def scaled(above: Sequence[Expr], below: Sequence[Expr], body: Expr | None) -> Expr:
    """Numbers in front of a matrix, and below a line under it; where there is no matrix, the number that they make."""
    under = times(*below)
    if body is None:
        return over(times(*above), under)
    plain = times(*(number for number in above if not _of_matrices(number)))
    whole = [number for number in above if _of_matrices(number)]
    if isinstance(plain, Negative):
        return negative(over(_in_front(plain.body, whole, body), under))
    return over(_in_front(plain, whole, body), under)


def _in_front(plain: Expr, whole: Sequence[Expr], body: Expr) -> Expr:
    numbers = () if plain == ONE else plain.factors if isinstance(plain, Product) else (plain,)
    if isinstance(body, Hadamard) and numbers and not whole:
        first, *others = body.factors
        return Hadamard((matrix_product(*numbers, first), *others))
    return matrix_product(*numbers, *whole, body)


def _of_matrices(number: Expr) -> bool:
    return any(isinstance(n, MATRIX_LEAVES) for n in walk(number))
