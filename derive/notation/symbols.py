"""Letters with their scripts, as boxes: names, indices, quantities, and the heads of functions."""

from __future__ import annotations

from functools import lru_cache

from derive.notation import names
from derive.notation.boxes import (
    ATOM,
    BINARY,
    DOTS,
    FACTOR,
    OPERATORS,
    PARTIAL_SIGN,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Box,
    joined,
    letters_width,
    number,
    operator,
    product,
    scripted,
)
from derive.notation.ink import Accent, Blank, Bold, Fenced, Indices, Letter, Letters, Row, Sign, Word
from derive.notation.notations import FUNCTIONS, Notation
from derive.writing.index import BLANK, Index, Monomial, Symbol
from derive.writing.nodes import Function, Quantity


@lru_cache(maxsize=4096)
def base_box(base: str, accent: str = "") -> Box:
    """A letter, in italics, or a word, upright; perhaps with an accent over it."""
    is_letter = names.is_letter(base)
    plain = _letter(base) if is_letter else _word(base)
    return plain._replace(ink=Accent(accent, plain.ink, wide=not is_letter)) if accent else plain


def _letter(name: str) -> Box:
    return Box(Letter(name), letters_width((name,) if name in names.GREEK else names.spelled(name)))


def _word(text: str) -> Box:
    shown = names.shortened(names.spelled(text), DOTS)
    return Box(Word(text), letters_width(shown, upright=True), first="word", last="word")


@lru_cache(maxsize=4096)
def _subscript(text: str) -> Box:
    """A subscript that belongs to a name."""
    if names.is_word(text) or text in names.GREEK:
        return base_box(text)
    return Box(Letters(text), letters_width(names.spelled(text)))


def listed(boxes: list[Box]) -> Box | None:
    """Boxes with commas between them, for a subscript; None where there is none."""
    return joined(boxes, COMMA, 0.28) if boxes else None


COMMA = Sign("tight ,")
PLUS, MINUS, NEGATIVE = Sign("tight +"), Sign("tight -"), Sign("negative")


def side_by_side(boxes: list[Box]) -> Box:
    """jk"""
    return joined(boxes, None, 0)._replace(ink=Indices(tuple(b.ink for b in boxes)))


def blank_box(blank: int, room: bool = False) -> Box:
    """A box with a number in it, perhaps with room to write."""
    width = 0.4 * len(str(blank)) + 0.7 + room
    return Box(Blank(blank, int(room)), width, ATOM, 1, "word", "word")


def symbol_box(symbol: Symbol, notation: Notation) -> Box:
    """An index, a label or a size: j, L, n, or n_{L}; or a place to write one into."""
    if symbol.name == BLANK and symbol.label is not None:
        return blank_box(symbol.label.value or 0)
    name = names.parsed(notation.letter(symbol))
    label = notation.subscript(symbol)
    below = [_subscript(s) for s in name.subscripts] + ([index_box(label, notation)] if label is not None else [])
    return scripted(base_box(name.base, name.accent), listed(below), None)


@lru_cache(maxsize=4096)
def index_box(index: Index, notation: Notation) -> Box:
    """n-1, 2k+1: a whole number, set tight."""
    boxes: list[Box] = []
    for monomial, coefficient in index.signed_terms():
        sign = (MINUS if boxes else NEGATIVE) if coefficient < 0 else PLUS if boxes else None
        term = _term(monomial, abs(coefficient), notation)
        boxes.append(_signed(sign, term) if sign else term)
    whole = joined(boxes, None, 0) if boxes else number("0")
    return whole._replace(level=index_level(index))


def _signed(sign: Sign, term: Box) -> Box:
    return term._replace(ink=Row((sign, term.ink)), width=term.width + BINARY, first="")


def index_level(index: Index) -> int:
    """How tightly an index binds that is used as a number."""
    if not index.terms:
        return ATOM
    (monomial, coefficient), *more = index.terms
    if more:
        return SUM
    if coefficient < 0:
        return SIGNED
    return ATOM if (coefficient == 1 and len(monomial) == 1) or not monomial else PRODUCT


def _term(monomial: Monomial, coefficient: int, notation: Notation) -> Box:
    symbols = [symbol_box(symbol, notation) for symbol in monomial]
    if coefficient != 1 or not symbols:
        symbols.insert(0, number(str(coefficient)))
    return symbols[0] if len(symbols) == 1 else product(symbols)


def indices_box(indices: tuple[Index, ...], notation: Notation) -> Box | None:
    """12, jk, or 1,12: the indices of one quantity; None where it has none."""
    boxes = [index_box(i, notation) for i in indices]
    if not boxes:
        return None
    return listed(boxes) if notation.separator(indices) else side_by_side(boxes)


def label_box(label: Index | None, notation: Notation) -> Box | None:
    """(L), as it stands in a superscript."""
    if label is None:
        return None
    inner = index_box(label, notation)
    left, right = notation.label
    ink = Fenced(left, inner.ink, right) if left or right else inner.ink
    return Box(ink, inner.width + 0.4 * len(left + right), height=inner.height)


@lru_cache(maxsize=4096)
def quantity_box(quantity: Quantity, notation: Notation, bold: bool = False) -> Box:
    """w_{12}^{(L)}; a labelled one takes no exponent without brackets."""
    family = notation.family(quantity.family)
    name = names.parsed(family)
    own = indices_box(quantity.indices, notation)
    below = [_subscript(s) for s in name.subscripts] + ([own] if own else [])
    level = ATOM if quantity.label is None else POWER
    base = base_box(name.base, name.accent)
    if bold:
        base = base._replace(ink=Bold(base.ink))
    return scripted(base, listed(below), label_box(quantity.label, notation), level=level)


@lru_cache(maxsize=1024)
def function_box(function: Function, notation: Notation) -> Box:
    """g'^{(L)}, \\sigma, \\tanh, \\mathrm{ReLU}; \\partial_{1} for a derivative by the first of several arguments."""
    base, subscripts = _function_name(notation.function(function.name))
    label = label_box(function.label, notation)
    if len(function.orders) == 1:
        return scripted(base, subscripts, label, function.orders[0])
    head = scripted(base, subscripts, label)
    operators = [_partial(i, order) for i, order in enumerate(function.orders, 1) if order]
    return product([*operators, head])._replace(level=FACTOR) if operators else head


def _function_name(name: str) -> tuple[Box, Box | None]:
    if name in OPERATORS:
        return operator(name), None
    if name in FUNCTIONS:
        return base_box(FUNCTIONS[name]), None
    found = names.parsed(name)
    return base_box(found.base, found.accent), listed([_subscript(s) for s in found.subscripts])


def _partial(position: int, order: int) -> Box:
    return scripted(PARTIAL_SIGN, number(str(position)), None if order == 1 else number(str(order)))
