"""How large the value of an expression may become: powers are bounded before anything is computed."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch

from derive.notation.reading.cursor import Cursor
from derive.notation.reading.tokens import Token
from derive.writing.nodes import Apply, Expr, IndexValue, Negative, Node, Number, Power, Product, Quantity, Quotient
from derive.writing.walk import parts, walk

MAX_EXPONENT = 300
MAX_BITS = 50_000
_QUANTITY = 10.0  # bits of the numbers at which answers are compared


def check(expr: Expr, c: Cursor, token: Token) -> None:
    """Refuses what would be too large to compute."""
    for node in walk(expr):
        if isinstance(node, Power) and _is_numeric(node.exponent) and _size(node.exponent) > MAX_EXPONENT:
            raise c.error(f"an exponent may be at most {MAX_EXPONENT}", token)
    if bits(expr) > MAX_BITS:
        raise c.error("the value of this would have too many digits", token)


def _is_numeric(node: Node) -> bool:
    return not any(isinstance(n, Quantity | IndexValue) for n in walk(node))


@singledispatch
def _size(node: Node) -> float:
    """At least the size of a number that is written without letters; infinite for powers of powers."""
    return sum(map(_size, parts(node)), 0.0)


@_size.register
def _of_number(node: Number) -> float:
    return float(min(node.value, Fraction(10**9)))


@_size.register
def _of_product(node: Product) -> float:
    total = 1.0
    for factor in node.factors:
        total = min(total * max(_size(factor), 1.0), 1e9)
    return total


@_size.register
def _of_quotient(node: Quotient) -> float:
    return _size(node.numerator)


@_size.register
def _of_power(node: Power) -> float:
    base, exponent = _size(node.base), _size(node.exponent)
    return min(base**exponent, 1e9) if exponent <= 10 and base <= 1e9 else 1e9


@singledispatch
def bits(node: Node) -> float:
    """About how many bits the value takes as an exact fraction."""
    return sum(map(bits, parts(node)), 1.0)


@bits.register
def bits_of_number(node: Number) -> float:
    return float(node.value.numerator.bit_length() + node.value.denominator.bit_length())


@bits.register
def bits_of_quantity(_node: Quantity) -> float:
    return _QUANTITY


@bits.register
def bits_of_power(node: Power) -> float:
    raised = _size(node.exponent) if _is_numeric(node.exponent) else _QUANTITY
    return min(bits(node.base) * max(raised, 1.0), 1e12)


@bits.register
def bits_of_application(node: Apply) -> float:
    return min(2.0 * sum(map(bits, node.arguments)), 1e12)


@bits.register
def bits_of_negative(node: Negative) -> float:
    return bits(node.body)
