"""What a formula too wide for its line is taken apart into: pieces between which a line may end, in their brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from itertools import pairwise

from derive.notation.boxes import (
    ATOM,
    BINARY,
    CASES,
    CDOT,
    FACTOR,
    FOLD,
    NO_BOX,
    NOTHING,
    POWER,
    PRODUCT,
    RELATION,
    RELATION_SIGN,
    SIGNED,
    SUM,
    Box,
    between,
    needing,
    operator,
    scripted,
)
from derive.notation.expressions import (
    CENTRED_DOTS,
    COMMA,
    NEGATIVE,
    SIGNS,
    SLASH,
    Style,
    box,
    exponent_of,
    factors,
    partial_operator,
    term_level,
    terms,
)
from derive.notation.ink import BESIDE, Digits, Fence, Ink, Row, Sign, Size
from derive.notation.latex import CONNECTIVES, LNOT, LOW_DOTS, RELATIONS, branches, fold_operator, worded
from derive.notation.symbols import function_box
from derive.writing.nodes import (
    Apply,
    Blank,
    Cases,
    Compare,
    Constant,
    Delta,
    ExpandedSum,
    Fold,
    Function,
    Gradient,
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)


@dataclass(frozen=True)
class Piece:
    """A part, the level its place needs, and what joins it to the part before: on the same line, or on the next.

    `suffix` is a comma, which stays with it.
    """

    body: Node | Box
    level: int = CASES
    same: Box = NO_BOX
    next: Box = NO_BOX
    suffix: Box = NO_BOX

    def box(self, style: Style) -> Box:
        return self.body if isinstance(self.body, Box) else needing(box(self.body, style), self.level)


@dataclass(frozen=True)
class Opened:
    """A formula taken apart; `level` is how tightly it binds when it is written so."""

    pieces: tuple[Piece, ...]
    level: int
    before: Box = NO_BOX
    after: Box = NO_BOX


def opened(piece: Piece, style: Style) -> Opened | None:
    """The piece taken apart, in brackets where its place needs them; None where it must stay whole."""
    if isinstance(piece.body, Box):
        return None
    parts = apart(piece.body, style)
    if parts is None or parts.level >= piece.level:
        return parts
    return _enclosed(parts, box(piece.body, style).height)


def _enclosed(parts: Opened, height: int, left: str = "(", right: str = ")") -> Opened:
    size, width = SIZES[height]
    before = Box(Row((Fence(left, size, True), parts.before.ink)), width + parts.before.width)
    after = Box(Row((parts.after.ink, Fence(right, size, False))), width + parts.after.width)
    return Opened(parts.pieces, ATOM, before, after)


SIZES: tuple[tuple[Size, float], ...] = (("big", 0.46), ("Big", 0.6), ("bigg", 0.74))  # for each height of a box


def _in_brackets(body: Node, style: Style) -> Opened:
    """(body), taken apart inside its brackets."""
    inside = opened(Piece(body, NOTHING), style)
    return inside or _enclosed(Opened((Piece(body),), CASES), box(body, style).height)


def _headed(head: Box, parts: Opened, level: int) -> Opened:
    before = Box(Row((head.ink, BESIDE, parts.before.ink)), head.width + parts.before.width)
    return replace(parts, level=level, before=before)


@singledispatch
def apart(node: Node, _style: Style) -> Opened | None:
    """None for what must stay whole."""
    raise TypeError(f"no way to break {type(node).__name__}")


@apart.register
def _leaf(_node: Number | Blank | Constant | Quantity | IndexValue | Delta | Gradient, _style: Style) -> None:
    return None


# ---------------------------------------------------------------- arithmetic


@apart.register
def _negative(node: Negative, _style: Style) -> Opened:
    return Opened((_joint(Piece(node.body, PRODUCT), NEGATIVE, 0.78),), SIGNED)


@apart.register
def _sum(node: Sum, _style: Style) -> Opened:
    return _terms(node)


def _terms(node: Sum | ExpandedSum) -> Opened:
    written = terms(node)
    pieces = []
    for i, (sign, body) in enumerate(written):
        last = i == len(written) - 1
        piece = Piece(CENTRED_DOTS) if body is None else Piece(body, term_level(sign, body, last))
        pieces.append(_joint(piece, SIGNS[sign], BINARY) if i else _lead(piece, sign))
    return Opened(tuple(pieces), SUM)


def _lead(piece: Piece, sign: str) -> Piece:
    return _joint(piece, NEGATIVE, 0.78) if sign == "-" else piece


def _joint(piece: Piece, sign: Ink, width: float) -> Piece:
    return replace(piece, same=Box(sign, width), next=Box(sign, width))


@apart.register
def _product(node: Product, style: Style) -> Opened:
    written = factors(node, style)
    pieces = [Piece(written[0].node, written[0].level)]
    for left, right in pairwise(written):
        same = Box(*between(left.box.last, right.box.first))
        pieces.append(Piece(right.node, right.level, same, DOT))
    return Opened(tuple(pieces), PRODUCT)


DOT = Box(CDOT, 0.73)


@apart.register
def _power(node: Power, style: Style) -> Opened | None:
    exponent = box(exponent_of(node), style.exponent)
    return _raised(opened(Piece(node.base, ATOM), style), exponent)


def _raised(base: Opened | None, exponent: Box) -> Opened | None:
    if base is None:
        return None
    return replace(base, level=POWER, after=scripted(base.after, None, exponent))


@apart.register
def _quotient(node: Quotient, _style: Style) -> Opened:
    slash = Box(Row((SLASH, BESIDE)), 0.5)
    return Opened((Piece(node.numerator, FACTOR), Piece(node.denominator, POWER, slash, slash)), PRODUCT)


@apart.register
def _grouped(node: Grouped, style: Style) -> Opened:
    return _in_brackets(node.body, style)


# ---------------------------------------------------------------- functions and derivatives


@apart.register
def _apply(node: Apply, style: Style) -> Opened | None:
    if node.function == Function("abs"):
        return _enclosed(Opened((Piece(node.arguments[0]),), CASES), box(node, style).height, "|", "|")
    inside = _arguments(node, style)
    if node.function == Function("sqrt"):
        return _raised(inside, HALF)
    return _headed(function_box(node.function, style.notation), inside, FACTOR)


HALF = Box(Row((Digits("1"), SLASH, Digits("2"))), 1.5)


def _arguments(node: Apply, style: Style) -> Opened:
    if len(node.arguments) == 1:
        return _in_brackets(node.arguments[0], style)
    return _enclosed(_listed([Piece(argument) for argument in node.arguments]), box(node, style).height)


def _listed(pieces: Sequence[Piece]) -> Opened:
    """a, b, c"""
    commas = [replace(piece, suffix=Box(COMMA, 0.45)) for piece in pieces[:-1]]
    return Opened((*commas, *pieces[-1:]), CASES)


@apart.register
def _partial(node: Partial, style: Style) -> Opened | None:
    if isinstance(node.of, Quantity):
        return None
    body = node.of.body if isinstance(node.of, Grouped) else node.of
    return _headed(partial_operator(node.by, style), _in_brackets(body, style), FOLD)


# ---------------------------------------------------------------- over a range


@apart.register
def _fold(node: Fold, style: Style) -> Opened:
    return _headed(fold_operator(node, style), Opened((Piece(node.body, PRODUCT),), CASES), FOLD)


@apart.register
def _expanded(node: ExpandedSum, style: Style) -> Opened:
    if node.sigma.kind == "sum":
        return _terms(node)
    if node.sigma.kind == "prod":
        first, *more = _pieces(node, CENTRED_DOTS, FACTOR)
        return Opened((first, *(replace(p, same=DOT, next=DOT) for p in more)), PRODUCT)
    inside = _enclosed(_listed(_pieces(node, LOW_DOTS, CASES)), box(node, style).height)
    return _headed(operator(node.sigma.kind), inside, FACTOR)


def _pieces(node: ExpandedSum, dots: Box, level: int) -> list[Piece]:
    written = iter(node.terms)
    return [Piece(dots) if shown is None else Piece(next(written), level) for shown in node.shown]


# ---------------------------------------------------------------- cases and conditions


@apart.register
def _cases(node: Cases, style: Style) -> Opened:
    when, otherwise = worded(f" {style.words.when} "), worded(f" {style.words.otherwise}")
    pieces: list[Piece] = []
    for value, condition in branches(node):
        pieces.append(Piece(value))
        pieces.append(Piece(otherwise) if condition is None else Piece(condition, 0, when, when, SEMICOLON))
    return _enclosed(Opened(tuple(pieces), ATOM), 2, "{", "}")


SEMICOLON = Box(Sign(";"), 0.7)


@apart.register
def _compare(node: Compare, _style: Style) -> Opened:
    right = _joint(Piece(node.right, SUM), RELATIONS[node.relation], RELATION_SIGN)
    return Opened((Piece(node.left, SUM), right), RELATION)


@apart.register
def _logic(node: Logic, style: Style) -> Opened | None:
    if len(node.parts) < 2:
        return apart(node.parts[0], style) if node.parts else None
    sign, level = CONNECTIVES[node.connective]
    first, *more = (Piece(part, level + 1) for part in node.parts)
    return Opened((first, *(_joint(piece, sign, BINARY) for piece in more)), level)


@apart.register
def _not(node: Not, _style: Style) -> Opened:
    return Opened((_joint(Piece(node.part, ATOM), Row((LNOT.ink, BESIDE)), LNOT.width),), RELATION)
