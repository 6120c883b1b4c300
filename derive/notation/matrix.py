r"""Matrix expressions as ink and on one line: W^\top \delta \odot g'(z), and Wᵀ δ ⊙ g′(z).

The letter of a family with two running indices is set as a capital; a column keeps the letter of its elements.
"""

from __future__ import annotations

from dataclasses import replace

from derive.notation.boxes import (
    ATOM,
    FACTOR,
    POWER,
    PRODUCT,
    RELATION_SIGN,
    Box,
    bracketed,
    fraction,
    joined,
    needing,
    scripted,
)
from derive.notation.expressions import Style, box, differential
from derive.notation.ink import BESIDE, Bold, Digits, Fenced, Ink, Letter, Row, Sign, Word
from derive.notation.latex import RELATIONS, latex
from derive.notation.names import GREEK, is_letter, parsed
from derive.notation.notations import ENGLISH, LESSON, Notation, Words
from derive.notation.opening import Opened, Piece, apart
from derive.notation.plain import RELATIONS as PLAIN_RELATIONS
from derive.notation.plain import Text, line, plain
from derive.notation.symbols import quantity_box
from derive.writing.matrices import (
    Array,
    Diagonal,
    Hadamard,
    HadamardPower,
    HadamardQuotient,
    Identity,
    Indicator,
    Ones,
    Transpose,
    Zeros,
)
from derive.writing.matrix_shapes import is_scalar
from derive.writing.nodes import ZERO, Expr, Gradient, Product, Quantity


def matrix_latex(expr: Expr, notation: Notation = LESSON, words: Words = ENGLISH) -> str:
    """The LaTeX of a matrix expression, for mathematics mode."""
    return latex(expr, notation, words)


def matrix_plain(expr: Expr, notation: Notation = LESSON, words: Words = ENGLISH) -> str:
    """A matrix expression on one line."""
    return plain(expr, notation, words)


# ---------------------------------------------------------------- names


def capital(identifier: str) -> str:
    """W for w, Theta for theta; a word, or a letter whose capital looks Latin, stays as it is."""
    base = parsed(identifier).base
    upper = base.capitalize() if base in GREEK else base.upper()
    return identifier.replace(base, upper, 1) if is_letter(base) and is_letter(upper) else identifier


def written(node: Array, notation: Notation) -> Quantity | Gradient:
    """The array as a quantity, or a derivative by one, that bears the identifier which the notation prints."""
    own = node.part
    delta = notation.delta(own) if isinstance(node.of, Gradient) else None
    named = delta or _named(own, notation)
    part = replace(named, family=capital(named.family)) if node.capital and len(node.axes) > 1 else named
    return (
        part if delta is not None or not isinstance(node.of, Gradient) else Gradient(_named(node.of.of, notation), part)
    )


def _named(quantity: Quantity, notation: Notation) -> Quantity:
    return replace(quantity, family=notation.family(quantity.family))


def entrywise_level(factor: Expr) -> int:
    """What a factor of a product entry by entry needs: matrix products stand in brackets there, 2 (a - y) does not."""
    plain_product = isinstance(factor, Product) and sum(not is_scalar(f) for f in factor.factors) == 1
    return PRODUCT if plain_product else FACTOR


# ---------------------------------------------------------------- LaTeX

TOP = Box(Sign("top"), 0.78)
ODOT, OSLASH, CIRC = Sign("odot"), Sign("oslash"), Sign("circ")
BOLD_ONE_INK = Bold(Digits("1"), upright=True)
ENTRYWISE_SIGN = 1.23


@box.register
def _array(node: Array, style: Style) -> Box:
    found, notation = written(node, style.notation), style.notation.renamed
    if isinstance(found, Quantity):
        return quantity_box(found, notation, notation.bold)
    above, below = quantity_box(found.of, notation), quantity_box(found.by, notation, notation.bold)
    return fraction(differential(above), differential(below))


@box.register
def _ones(_: Ones, _style: Style) -> Box:
    return Box(BOLD_ONE_INK, 0.58, first="fraction")


@box.register
def _zeros(_: Zeros, style: Style) -> Box:
    return box(ZERO, style)


@box.register
def _identity(_: Identity, _style: Style) -> Box:
    return Box(Bold(Letter("I"), upright=True), 0.44)


@box.register
def _transpose(node: Transpose, style: Style) -> Box:
    return scripted(needing(box(node.body, style), ATOM), None, TOP, level=POWER)


@box.register
def _hadamard(node: Hadamard, style: Style) -> Box:
    return _entrywise(ODOT, node.factors, style)


@box.register
def _hadamard_quotient(node: HadamardQuotient, style: Style) -> Box:
    return _entrywise(OSLASH, (node.numerator, node.denominator), style)


def _entrywise(sign: Ink, factors: tuple[Expr, ...], style: Style) -> Box:
    boxes = [needing(box(f, style), entrywise_level(f) if i == 0 else FACTOR) for i, f in enumerate(factors)]
    return joined(boxes, sign, ENTRYWISE_SIGN, PRODUCT)


@box.register
def _hadamard_power(node: HadamardPower, style: Style) -> Box:
    exponent = box(node.exponent, replace(style, inline=True))
    above = exponent._replace(ink=Row((CIRC, BESIDE, exponent.ink)), width=exponent.width + 0.5)
    return scripted(needing(box(node.base, style), ATOM), None, above, level=POWER)


@box.register
def _diagonal(node: Diagonal, style: Style) -> Box:
    inside = bracketed(box(node.body, style))
    return Box(Row((Word("diag"), inside.ink)), inside.width + 1.7, FACTOR, inside.height, "word")


@box.register
def _indicator(node: Indicator, style: Style) -> Box:
    sides = [box(side, style) for side in (node.left, node.right)]
    inside = joined(sides, RELATIONS[node.relation], RELATION_SIGN)
    ink = Row((BOLD_ONE_INK, Fenced("[", inside.ink, "]", "grow")))
    return Box(ink, inside.width + 1.5, FACTOR, inside.height, "fraction")


@apart.register
def _stays_whole(
    _node: Array | Ones | Zeros | Identity | Transpose | HadamardPower | HadamardQuotient | Diagonal | Indicator,
    _style: Style,
) -> None:
    return None


@apart.register
def _factor_by_factor(node: Hadamard, _style: Style) -> Opened:
    """A line may end before a circle."""
    sign = Box(ODOT, ENTRYWISE_SIGN)
    first, *rest = node.factors
    pieces = [Piece(first, entrywise_level(first)), *(Piece(f, FACTOR, sign, sign) for f in rest)]
    return Opened(tuple(pieces), PRODUCT)


# ---------------------------------------------------------------- on one line

BOLD_ONE, BOLD_I = "\N{MATHEMATICAL BOLD DIGIT ONE}", "\N{MATHEMATICAL BOLD CAPITAL I}"


@line.register
def _plain_array(node: Array, style: Style) -> Text:
    return line(written(node, style.notation), replace(style, notation=style.notation.renamed))


@line.register
def _plain_ones(_: Ones, _style: Style) -> Text:
    return Text(BOLD_ONE, ATOM)


@line.register
def _plain_zeros(_: Zeros, style: Style) -> Text:
    return line(ZERO, style)


@line.register
def _plain_identity(_: Identity, _style: Style) -> Text:
    return Text(BOLD_I, ATOM)


@line.register
def _plain_transpose(node: Transpose, style: Style) -> Text:
    return Text(f"{_bracketed(line(node.body, style), ATOM)}ᵀ", POWER)


@line.register
def _plain_hadamard(node: Hadamard, style: Style) -> Text:
    return _plain_entrywise(" ⊙ ", node.factors, style)


@line.register
def _plain_hadamard_quotient(node: HadamardQuotient, style: Style) -> Text:
    return _plain_entrywise(" ⊘ ", (node.numerator, node.denominator), style)


def _plain_entrywise(sign: str, factors: tuple[Expr, ...], style: Style) -> Text:
    levels = [entrywise_level(f) if i == 0 else FACTOR for i, f in enumerate(factors)]
    texts = [_bracketed(line(f, style), level) for f, level in zip(factors, levels, strict=True)]
    return Text(sign.join(texts), PRODUCT)


@line.register
def _plain_hadamard_power(node: HadamardPower, style: Style) -> Text:
    exponent = line(node.exponent, style).text
    return Text(f"{_bracketed(line(node.base, style), ATOM)}^∘{exponent}", POWER)


@line.register
def _plain_diagonal(node: Diagonal, style: Style) -> Text:
    return Text(f"diag({line(node.body, style).text})", FACTOR)


@line.register
def _plain_indicator(node: Indicator, style: Style) -> Text:
    left, right = line(node.left, style).text, line(node.right, style).text
    return Text(f"{BOLD_ONE}[{left} {PLAIN_RELATIONS[node.relation]} {right}]", FACTOR)


def _bracketed(text: Text, level: int) -> str:
    return text.text if text.level >= level else f"({text.text})"
