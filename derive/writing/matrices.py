"""Matrix expressions: whole arrays in the place of elements. Vectors are columns.

Beside the nodes below they are made of the ordinary ones, read as matrix algebra reads them: a product is a matrix
product, numbers in front; sums, signs, sums over a range and cases act on whole matrices; a function, a power and a
comparison act on each entry. `matrix_shapes` says how large they are, `matrix_values` what they are worth.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.writing.index import ONE, Index, Symbol
from derive.writing.nodes import Expr, Gradient, Quantity, Relation, node_class
from derive.writing.text import Level, bracketed, level, text

# They stand for the indices that run in an array; no model can use them.
ROW, COLUMN = Symbol(":row"), Symbol(":column")


@dataclass(frozen=True)
class Axis:
    """lower <= index < upper"""

    lower: Index
    upper: Index

    @property
    def size(self) -> Index:
        return self.upper - self.lower


# ---------------------------------------------------------------- leaves


@node_class
class Array(Expr):
    """All elements of a family, or all derivatives of the loss by them: rows in the order of the first running index.

    In `of` the running indices are ROW and COLUMN; other indices are fixed, and choose a part of the family. The array
    of a `flipped` derivative stands in numerator layout: its rows and columns are exchanged. A matrix may be written
    with the `capital` of its family's letter where that means nothing else.
    """

    of: Quantity | Gradient
    axes: tuple[Axis, ...]
    flipped: bool = False
    capital: bool = True

    @property
    def quantity(self) -> Quantity:
        return self.of.by if isinstance(self.of, Gradient) else self.of

    @property
    def part(self) -> Quantity:
        """The family with its label and its fixed indices: w(L) for all of w(L)[j,k], h[t-1] for all of h[t-1,k]."""
        own = self.quantity
        return Quantity(own.family, own.label, tuple(i for i in own.indices if i.symbol not in (ROW, COLUMN)))


@node_class
class Ones(Expr):
    """A matrix of ones, a column of them where nothing else is said."""

    rows: Index
    columns: Index = ONE


@node_class
class Zeros(Expr):
    """A matrix of zeros."""

    rows: Index
    columns: Index


@node_class
class Identity(Expr):
    """The matrix with ones on its diagonal, and zeros elsewhere."""

    size: Index


MATRIX_LEAVES = (Array, Ones, Zeros, Identity)


# ---------------------------------------------------------------- operations


@node_class
class Transpose(Expr):
    """The body with rows and columns exchanged."""

    body: Expr


@node_class
class Hadamard(Expr):
    """The product of the factors entry by entry."""

    factors: tuple[Expr, ...]


@node_class
class HadamardQuotient(Expr):
    """numerator / denominator, entry by entry."""

    numerator: Expr
    denominator: Expr


@node_class
class HadamardPower(Expr):
    """base ** exponent, entry by entry; the exponent is one number."""

    base: Expr
    exponent: Expr


@node_class
class Diagonal(Expr):
    """The square matrix with a column on its diagonal, and zeros elsewhere."""

    body: Expr


@node_class
class Indicator(Expr):
    """1 where an entry of `left` stands in the relation to that of `right`, otherwise 0."""

    relation: Relation
    left: Expr
    right: Expr


# ---------------------------------------------------------------- as text


@level.register
def level_of_entrywise(_: Hadamard | HadamardQuotient) -> Level:
    return Level.NEGATIVE  # in brackets as a factor of a matrix product


@level.register
def level_of_array(node: Array) -> Level:
    return level(node.of)


@text.register
def text_of_array(node: Array) -> str:
    return text(Gradient(node.of.of, node.part) if isinstance(node.of, Gradient) else node.part)


@text.register
def text_of_ones(_: Ones) -> str:
    return "ones"


@text.register
def text_of_zeros(_: Zeros) -> str:
    return "0"


@text.register
def text_of_identity(_: Identity) -> str:
    return "identity"


@text.register
def text_of_transpose(node: Transpose) -> str:
    return f"{bracketed(node.body, Level.ATOM)}ᵀ"


@text.register
def text_of_hadamard(node: Hadamard) -> str:
    return " ⊙ ".join(bracketed(factor, Level.FRACTION) for factor in node.factors)


@text.register
def text_of_hadamard_quotient(node: HadamardQuotient) -> str:
    return f"{bracketed(node.numerator, Level.FRACTION)} ⊘ {bracketed(node.denominator, Level.FRACTION)}"


@text.register
def text_of_hadamard_power(node: HadamardPower) -> str:
    return f"{bracketed(node.base, Level.ATOM)}∘{bracketed(node.exponent, Level.ATOM)}"


@text.register
def text_of_diagonal(node: Diagonal) -> str:
    return f"diag({text(node.body)})"


@text.register
def text_of_indicator(node: Indicator) -> str:
    return f"[{text(node.left)} {node.relation} {text(node.right)}]"
