"""What single expressions are: elements of a pattern, differences, sizes, biases of a sum."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.calculus.matching import arguments
from derive.exercises.mistakes.edits import bare, factors_of
from derive.model.model import Equation, Model
from derive.writing.index import Index, Symbol
from derive.writing.matrices import Array
from derive.writing.nodes import (
    Expr,
    Fold,
    Gradient,
    IndexValue,
    Negative,
    Number,
    Partial,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.walk import parts


def bound(pattern: Quantity, actual: Quantity) -> dict[Symbol, Index] | None:
    """The letters, and the label, for which a pattern is an element; None where it never is."""
    if pattern.family != actual.family or len(arguments(pattern)) != len(arguments(actual)):
        return None
    binding: dict[Symbol, Index] = {}
    for have, want in zip(arguments(pattern), arguments(actual), strict=True):
        if have.symbol is not None and binding.get(have.symbol, want) == want:
            binding[have.symbol] = want
        elif have != want:
            return None
    return binding


def difference(expr: Expr) -> tuple[Quantity, Quantity] | None:
    """(a, y) where an expression is a - y, for elements or for whole arrays."""
    match bare(expr):
        case Sum((Negative(body), other)):
            first, second = other, body
        case Sum((other, Negative(body))):
            first, second = other, body
        case _:
            return None
    a, y = _element(first), _element(second)
    return None if a is None or y is None else (a, y)


def _element(expr: Expr) -> Quantity | None:
    match expr:
        case Quantity():
            return expr
        case Array(Quantity() as of):
            return of
    return None


def quantities_and_names(expr: Expr) -> Iterator[Quantity]:
    """Every quantity of an expression; of a derivative only what it is taken by."""
    if isinstance(expr, Quantity):
        yield expr
    elif isinstance(expr, Gradient | Partial):
        yield expr.by
    else:
        yield from (q for part in parts(expr) if isinstance(part, Expr) for q in quantities_and_names(part))


def bias_terms(equation: Equation, model: Model) -> list[Quantity]:
    """The given elements that an equation adds to a weighted sum."""
    terms = equation.right.terms if isinstance(equation.right, Sum) else ()
    if not any(isinstance(term, Fold) for term in terms):
        return []
    return [term for term in terms if isinstance(term, Quantity) and term.family in model.given]


def letters_of(quantity: Quantity) -> frozenset[Symbol]:
    return frozenset(s for i in quantity.indices for s in i.symbols)


def symbol_in(quantity: Quantity, symbol: Symbol) -> bool:
    return any(symbol in i.symbols for i in quantity.indices)


def is_half(factor: Expr) -> bool:
    match factor:
        case Number(value):
            return value == Fraction(1, 2)
        case Quotient(Number(top), bottom) | Negative(Quotient(Number(top), bottom)) if top == 1:
            return Number(Fraction(2)) in factors_of(bottom).flat
    return False


def is_size(expr: Expr) -> bool:
    """Whether an expression is a size, or a product of sizes and numbers."""
    flat = factors_of(expr).flat
    return any(isinstance(f, IndexValue) for f in flat) and all(isinstance(f, IndexValue | Number) for f in flat)
