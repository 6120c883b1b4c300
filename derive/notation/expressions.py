"""Expressions as boxes of ink; `latex.py` adds those that run over a range, cases and conditions.

Each handler gives a `Box`; brackets come from the levels in `boxes.py` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, singledispatch
from typing import NamedTuple

from derive.notation.boxes import (
    ATOM,
    BINARY,
    EXTREME,
    FACTOR,
    FOLD,
    NOTHING,
    PARTIAL_SIGN,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Box,
    applied,
    bracketed,
    fraction,
    joined,
    needing,
    number,
    product,
    scripted,
)
from derive.notation.ink import BESIDE, Fenced, Ink, Root, Row, Sign, Word
from derive.notation.notations import ENGLISH, LESSON, Notation, Words
from derive.notation.numerals import Numeral, decimal
from derive.notation.symbols import base_box, blank_box, function_box, index_box, indices_box, quantity_box
from derive.writing.nodes import (
    Apply,
    Blank,
    Constant,
    Delta,
    ExpandedSum,
    Expr,
    Function,
    Gradient,
    Grouped,
    IndexValue,
    Negative,
    Node,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)


@dataclass(frozen=True)
class Style:
    """How to print: the notation, the words, whether fractions stay on the line, as they do in exponents, and whether
    limits stand above and below their sign, as they do in a display."""

    notation: Notation = LESSON
    words: Words = ENGLISH
    inline: bool = False
    display: bool = True

    @cached_property
    def inside(self) -> Style:
        """The style inside a fraction."""
        return replace(self, display=False)

    @cached_property
    def exponent(self) -> Style:
        return replace(self, inline=True, display=False)


style_of = lru_cache(maxsize=32)(Style)  # a style makes the styles inside it once


@singledispatch
def box(node: Node, _style: Style) -> Box:
    raise TypeError(f"no ink for {type(node).__name__}")


# ---------------------------------------------------------------- leaves


@box.register
def _number(node: Number, style: Style) -> Box:
    numeral = decimal(node.value) if node.decimal or node.value.denominator == 1 else None
    if numeral is not None:
        return _numeral(numeral)
    above, below = _numeral(Numeral(str(node.value.numerator))), _numeral(Numeral(str(node.value.denominator)))
    return _slashed(above, below) if style.inline else fraction(above, below)


def _numeral(numeral: Numeral) -> Box:
    digits = number(numeral.digits)
    if not numeral.exponent:
        return digits
    size = number(str(abs(numeral.exponent)))
    exponent = _signed(NEGATIVE, size) if numeral.exponent < 0 else size
    power = scripted(number("10"), None, exponent._replace(width=size.width + 0.8), level=POWER)
    return power if numeral.digits == "1" else product([digits, power])


CONSTANTS: dict[str, Ink] = {"e": Word("e")}  # the others are letters by their own name, as pi is


@box.register
def _constant(node: Constant, _style: Style) -> Box:
    letter = base_box(node.name)
    return letter._replace(ink=CONSTANTS.get(node.name, letter.ink))


@box.register
def _blank(node: Blank, _style: Style) -> Box:
    return blank_box(node.number, room=True)


@box.register
def _quantity(node: Quantity, style: Style) -> Box:
    return quantity_box(node, style.notation)


@box.register
def _index_value(node: IndexValue, style: Style) -> Box:
    return index_box(node.index, style.notation)


@box.register
def _delta(node: Delta, style: Style) -> Box:
    return scripted(base_box("delta"), indices_box((node.left, node.right), style.notation), None)


# ---------------------------------------------------------------- arithmetic


@box.register
def _negative(node: Negative, style: Style) -> Box:
    return _signed(NEGATIVE, needing(box(node.body, style), PRODUCT))


NEGATIVE = Sign("negative")


def _signed(sign: Ink, body: Box) -> Box:
    return Box(Row((sign, body.ink)), body.width + 0.78, SIGNED, body.height, last=body.last)


@box.register
def _sum(node: Sum, style: Style) -> Box:
    return added_terms(node, style)


def added_terms(node: Sum | ExpandedSum, style: Style) -> Box:
    written = terms(node)
    return added([box_of_term(sign, body, i == len(written) - 1, style) for i, (sign, body) in enumerate(written)])


CENTRED_DOTS = Box(Sign("cdots"), 1.7)
SIGNS = {"+": Sign("+"), "-": Sign("-")}
Term = tuple[str, Expr | None]


def terms(node: Sum | ExpandedSum) -> list[Term]:
    """The terms with their signs, None for dots: a `Negative` one is subtracted."""
    if isinstance(node, Sum):
        return [_term(part) for part in node.terms]
    written = iter(node.terms)
    return [("+", None) if shown is None else _term(next(written)) for shown in node.shown]


def _term(part: Expr) -> Term:
    return ("-", part.body) if isinstance(part, Negative) else ("+", part)


def box_of_term(sign: str, body: Expr | None, last: bool, style: Style) -> tuple[str, Box]:
    """The sign and the box of one term, None being dots."""
    if body is None:
        return sign, CENTRED_DOTS
    return sign, needing(box(body, style), term_level(sign, body, last))


def term_level(sign: str, body: Expr, last: bool) -> int:
    """What a term needs: a maximum, which would seem to take in what follows, may only be last."""
    if isinstance(body, ExpandedSum) and sign == "+" and not _begins_with_minus(body):
        return SUM
    return EXTREME if last else PRODUCT


def _begins_with_minus(body: Expr) -> bool:
    while isinstance(body, Sum | ExpandedSum) and body.terms:
        body = body.terms[0]
    return isinstance(body, Negative)


def added(parts: Sequence[tuple[str, Box]]) -> Box:
    """a + b - c"""
    (sign, first), *rest = parts
    lead = first if sign == "+" else _signed(NEGATIVE, first)
    return Box(
        Row((lead.ink, *(ink for sign, part in rest for ink in (SIGNS[sign], part.ink)))),
        lead.width + sum(part.width + BINARY for _, part in rest),
        SUM,
        max(part.height for _, part in parts),
        lead.first,
        parts[-1][1].last,
    )


@box.register
def _product(node: Product, style: Style) -> Box:
    return product([factor.box for factor in factors(node, style)])


class Factor(NamedTuple):
    node: Expr
    level: int  # that its place needs
    box: Box


def factors(node: Product, style: Style) -> list[Factor]:
    """Each factor with its box: derivatives in brackets where there are several, a sum over a range only last."""
    several = sum(_is_quotient(f, style) for f in node.factors) > 1
    written: list[Factor] = []
    for i, factor in enumerate(node.factors, 1):
        level = NOTHING if several and _is_quotient(factor, style) else FACTOR if i < len(node.factors) else FOLD
        written.append(Factor(factor, level, needing(box(factor, style), level)))
    return written


def _is_quotient(factor: Expr, style: Style) -> bool:
    """Whether a factor prints as a derivative dC/dz, and not as a delta."""
    return isinstance(factor, Partial) or (isinstance(factor, Gradient) and style.notation.delta(factor.by) is None)


@box.register
def _power(node: Power, style: Style) -> Box:
    base = needing(box(node.base, style), ATOM)
    return scripted(base, None, box(exponent_of(node), style.exponent), level=POWER)


def exponent_of(node: Power) -> Expr:
    """The exponent without brackets kept around it, in which it would look like a layer."""
    exponent = node.exponent
    while isinstance(exponent, Grouped):
        exponent = exponent.body
    return exponent


@box.register
def _quotient(node: Quotient, style: Style) -> Box:
    if style.inline and isinstance(node.numerator, Negative):
        return box(Negative(Quotient(node.numerator.body, node.denominator)), style)
    above, below = box(node.numerator, style.inside), box(node.denominator, style.inside)
    return _slashed(above, below) if style.inline else fraction(above, below)


SLASH, COMMA = Sign("/"), Sign(",")


def _slashed(above: Box, below: Box) -> Box:
    return joined([needing(above, FACTOR), needing(below, POWER)], SLASH, 0.5, PRODUCT)


@box.register
def _grouped(node: Grouped, style: Style) -> Box:
    return bracketed(box(node.body, style))


# ---------------------------------------------------------------- functions and derivatives


@box.register
def _apply(node: Apply, style: Style) -> Box:
    arguments = joined([box(a, style) for a in node.arguments], COMMA, 0.45)
    special = SPECIAL.get(node.function.name)
    if special is not None and len(node.arguments) == 1 and node.function == Function(node.function.name):
        return special(arguments)
    return applied(function_box(node.function, style.notation), arguments)


def _root(inside: Box) -> Box:
    return Box(Root(inside.ink), inside.width + 1, FACTOR, max(inside.height, 1))


def _modulus(inside: Box) -> Box:
    return Box(Fenced("|", inside.ink, "|", "grow" if inside.height else ""), inside.width + 0.9, ATOM, inside.height)


SPECIAL: dict[str, Callable[[Box], Box]] = {"sqrt": _root, "abs": _modulus}


@box.register
def _partial(node: Partial, style: Style) -> Box:
    if isinstance(node.of, Quantity):
        return _derivative(node.of, node.by, style)
    head = partial_operator(node.by, style)
    body = box(node.of, style)
    return product([head, body if is_plain(node.of) else bracketed(body)])._replace(level=FOLD)


@box.register
def _gradient(node: Gradient, style: Style) -> Box:
    delta = style.notation.delta(node.by)
    return _derivative(node.of, node.by, style) if delta is None else quantity_box(delta, style.notation)


def _derivative(of: Quantity, by: Quantity, style: Style) -> Box:
    return fraction(_differential(of, style), _differential(by, style))


def _differential(quantity: Quantity, style: Style) -> Box:
    return differential(quantity_box(quantity, style.notation))


def differential(own: Box) -> Box:
    """The sign of a partial derivative before a quantity."""
    return Box(Row((PARTIAL_SIGN.ink, BESIDE, own.ink)), PARTIAL_SIGN.width + own.width, PRODUCT, own.height)


def partial_operator(by: Quantity, style: Style) -> Box:
    return fraction(PARTIAL_SIGN, _differential(by, style))


def is_plain(body: Expr) -> bool:
    """Whether a derivative of this needs no further brackets: it has its own, or is a few letters side by side."""
    if isinstance(body, Product):
        return all(isinstance(factor, LETTERS) for factor in body.factors)
    return isinstance(body, Grouped)


LETTERS = (Quantity, Number, IndexValue, Constant, Delta)
