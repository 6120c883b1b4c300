"""Written mathematics on one line of a terminal: ∂C₀/∂w₁₂⁽ᴸ⁾ = 2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾.

Scripts are raised and lowered where Unicode has every character for it, and otherwise written w_{1,12}^(L).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import NamedTuple

from derive.notation.boxes import AND, ATOM, EXTREME, FACTOR, FOLD, OR, POWER, PRODUCT, RELATION, SIGNED, SUM
from derive.notation.expressions import Style, exponent_of, style_of, term_level, terms
from derive.notation.latex import EXTREMES, branches
from derive.notation.names import unicode_text
from derive.notation.notations import ENGLISH, LESSON, Notation, Words
from derive.notation.numerals import decimal
from derive.notation.plain_symbols import (
    function_text,
    index_text,
    indices_text,
    label_text,
    named,
    raised,
    scripted,
    symbol_text,
)
from derive.notation.symbols import index_level
from derive.notation.telling import told, told_chain
from derive.writing.index import Index
from derive.writing.nodes import (
    Apply,
    Blank,
    Cases,
    Compare,
    Condition,
    Constant,
    Delta,
    ExpandedSum,
    Expr,
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


class Text(NamedTuple):
    """`digit` says that it begins with a digit."""

    text: str
    level: int = ATOM
    digit: bool = False


def plain(node: Node | Index, notation: Notation = LESSON, words: Words = ENGLISH) -> str:
    """An expression, a condition or an index on one line."""
    if isinstance(node, Index):
        return index_text(node, notation)
    return line(told(node, notation), style_of(notation, words)).text


def plain_parts(left: Expr, members: tuple[Expr, ...], notation: Notation, words: Words = ENGLISH) -> list[str]:
    """The sides of left = members[0] = …, each on one line."""
    own, others = told_chain(left, members, notation)
    style = style_of(notation, words)
    return [line(part, style).text for part in (own, *others)]


def plain_chain(left: Expr, members: tuple[Expr, ...], notation: Notation = LESSON, words: Words = ENGLISH) -> str:
    """left = members[0] = … on one line."""
    return " = ".join(plain_parts(left, members, notation, words))


@singledispatch
def line(node: Node, _style: Style) -> Text:
    raise TypeError(f"no plain text for {type(node).__name__}")


def _needing(text: Text, level: int) -> str:
    return text.text if text.level >= level else f"({text.text})"


# ---------------------------------------------------------------- leaves


@line.register
def _blank(node: Blank, _style: Style) -> Text:
    return Text(f"[{node.number}]")


@line.register
def _quantity(node: Quantity, style: Style) -> Text:
    notation = style.notation
    family = notation.family(node.family)
    text = named(family, indices_text(node.indices, notation), label_text(node.label, notation))
    return Text(text, ATOM if node.label is None else POWER)


@line.register
def _index_value(node: IndexValue, style: Style) -> Text:
    text = index_text(node.index, style.notation)
    return Text(text, index_level(node.index), text[0].isdigit())


@line.register
def _delta(node: Delta, style: Style) -> Text:
    return Text(scripted("δ", indices_text((node.left, node.right), style.notation)))


@line.register
def _constant(node: Constant, _style: Style) -> Text:
    return Text(unicode_text(node.name))


@line.register
def _number(node: Number, _style: Style) -> Text:
    numeral = decimal(node.value) if node.decimal or node.value.denominator == 1 else None
    if numeral is None:
        return Text(f"{node.value.numerator}/{node.value.denominator}", PRODUCT, digit=True)
    if not numeral.exponent:
        return Text(numeral.digits, ATOM, digit=True)
    power = scripted("10", "", str(numeral.exponent).replace("-", "−"))
    if numeral.digits == "1":
        return Text(power, POWER, digit=True)
    return Text(f"{numeral.digits} · {power}", PRODUCT, digit=True)


# ---------------------------------------------------------------- arithmetic


@line.register
def _negative(node: Negative, style: Style) -> Text:
    return Text("−" + _needing(line(node.body, style), PRODUCT), SIGNED)


@line.register
def _sum(node: Sum, style: Style) -> Text:
    return _added(node, style)


def _added(node: Sum | ExpandedSum, style: Style) -> Text:
    written = terms(node)
    text = ""
    for i, (sign, body) in enumerate(written):
        shown = "⋯" if body is None else _needing(line(body, style), term_level(sign, body, i == len(written) - 1))
        text += (SIGNS[sign] if i else LEADING[sign]) + shown
    return Text(text, SUM)


SIGNS = {"+": " + ", "-": " − "}
LEADING = {"+": "", "-": "−"}


@line.register
def _product(node: Product, style: Style) -> Text:
    last = len(node.factors) - 1
    return _side_by_side([(line(f, style), FOLD if i == last else FACTOR) for i, f in enumerate(node.factors)])


def _side_by_side(factors: Sequence[tuple[Text, int]]) -> Text:
    text = ""
    for factor, level in factors:
        separator = "" if not text else " · " if factor.digit and factor.level >= level else " "
        text += separator + _needing(factor, level)
    return Text(text, PRODUCT, text[0].isdigit())


@line.register
def _power(node: Power, style: Style) -> Text:
    base, exponent = _needing(line(node.base, style), ATOM), line(exponent_of(node), style)
    high = None if "(" in exponent.text else raised(exponent.text)
    return Text(base + high if high else f"{base}^{_needing(exponent, ATOM)}", POWER, base[0].isdigit())


@line.register
def _quotient(node: Quotient, style: Style) -> Text:
    if isinstance(node.numerator, Negative):
        return line(Negative(Quotient(node.numerator.body, node.denominator)), style)
    above, below = line(node.numerator, style), line(node.denominator, style)
    return Text(f"{_needing(above, FACTOR)}/{_needing(below, POWER)}", PRODUCT, above.digit)


@line.register
def _grouped(node: Grouped, style: Style) -> Text:
    return Text(f"({line(node.body, style).text})")


# ---------------------------------------------------------------- functions and derivatives


@line.register
def _apply(node: Apply, style: Style) -> Text:
    arguments = ", ".join(line(a, style).text for a in node.arguments)
    if node.function == Function("abs"):
        return Text(f"|{arguments}|")
    if node.function == Function("sqrt"):
        return Text(f"√({arguments})", POWER)
    return Text(f"{function_text(node.function, style.notation)}({arguments})", POWER)


@line.register
def _partial(node: Partial, style: Style) -> Text:
    by = line(node.by, style).text
    if isinstance(node.of, Quantity):
        return Text(f"∂{line(node.of, style).text}/∂{by}", PRODUCT)
    body = node.of.body if isinstance(node.of, Grouped) else node.of
    return Text(f"∂/∂{by} ({line(body, style).text})", FOLD)


@line.register
def _gradient(node: Gradient, style: Style) -> Text:
    delta = style.notation.delta(node.by)
    if delta is not None:
        return line(delta, style)
    return Text(f"∂{line(node.of, style).text}/∂{line(node.by, style).text}", PRODUCT)


# ---------------------------------------------------------------- over a range

BIG = {"sum": "Σ", "prod": "Π", "max": "max", "min": "min"}


@line.register
def _fold(node: Fold, style: Style) -> Text:
    letter = symbol_text(node.symbol, style.notation)
    lower, upper = index_text(node.lower, style.notation), index_text(node.upper - 1, style.notation)
    conditions = "".join(f", {line(condition, style).text}" for condition in node.where)
    body = _needing(line(node.body, style), PRODUCT)
    if node.kind in EXTREMES:
        return Text(f"{BIG[node.kind]}_{{{lower}≤{letter}≤{upper}{conditions}}} {body}", EXTREME)
    return Text(f"{BIG[node.kind]}_{{{letter}={lower}{conditions}}}^{{{upper}}} {body}", FOLD)


@line.register
def _expanded(node: ExpandedSum, style: Style) -> Text:
    if node.sigma.kind == "sum":
        return _added(node, style)
    written = (line(term, style) for term in node.terms)
    if node.sigma.kind == "prod":
        return _side_by_side([(Text("⋯") if i is None else next(written), FACTOR) for i in node.shown])
    listed = ", ".join("…" if i is None else next(written).text for i in node.shown)
    return Text(f"{BIG[node.sigma.kind]}({listed})", FACTOR)


# ---------------------------------------------------------------- cases and conditions


@line.register
def _cases(node: Cases, style: Style) -> Text:
    return Text("{" + "; ".join(_case(value, condition, style) for value, condition in branches(node)) + "}")


def _case(value: Expr, condition: Condition | None, style: Style) -> str:
    shown = line(value, style).text
    if condition is None:
        return f"{shown} {style.words.otherwise}"
    return f"{shown} {style.words.when} {line(condition, style).text}"


RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@line.register
def _compare(node: Compare, style: Style) -> Text:
    left, right = (_needing(line(side, style), SUM) for side in (node.left, node.right))
    return Text(f"{left} {RELATIONS[node.relation]} {right}", RELATION)


CONNECTIVES = {"and": (" ∧ ", AND), "or": (" \N{LOGICAL OR} ", OR)}


@line.register
def _logic(node: Logic, style: Style) -> Text:
    if not node.parts:
        return Text(style.words.true if node.connective == "and" else style.words.false)
    if len(node.parts) == 1:
        return line(node.parts[0], style)
    sign, level = CONNECTIVES[node.connective]
    return Text(sign.join(_needing(line(part, style), level + 1) for part in node.parts), level)


@line.register
def _not(node: Not, style: Style) -> Text:
    return Text("¬" + _needing(line(node.part, style), ATOM), RELATION)
