"""Trees as text in the model language, with no more brackets than reading them back needs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from fractions import Fraction
from functools import singledispatch

from derive.writing.index import Index
from derive.writing.nodes import (
    ONE,
    ZERO,
    Apply,
    Blank,
    Cases,
    Compare,
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

DOTS = "..."


class Level(IntEnum):
    """How tightly a node holds together: it needs brackets where a higher level is asked for."""

    CASES = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARE = 4
    SUM = 5
    NEGATIVE = 6  # -a*b is -(a*b), as in mathematics
    PRODUCT = 7
    FRACTION = 8  # d(C)/d(w): a factor as it stands, but not a denominator
    POWER = 9
    ATOM = 10


LEVELS: dict[type[Node], Level] = {
    Cases: Level.CASES,
    Not: Level.NOT,
    Compare: Level.COMPARE,
    Sum: Level.SUM,
    ExpandedSum: Level.SUM,
    Negative: Level.NEGATIVE,
    Product: Level.PRODUCT,
    Quotient: Level.PRODUCT,
    Partial: Level.FRACTION,
    Gradient: Level.FRACTION,
    Power: Level.POWER,
}


@singledispatch
def level(node: Node) -> Level:
    """The level of the node's text."""
    return LEVELS.get(type(node), Level.ATOM)


@level.register
def level_of_number(node: Number) -> Level:
    return Level.PRODUCT if "/" in text(node) else Level.ATOM


@level.register
def level_of_index_value(node: IndexValue) -> Level:
    if not node.index.terms:
        return Level.ATOM
    (monomial, coefficient), *more = node.index.terms
    if more:
        return Level.SUM
    if coefficient < 0:
        return Level.NEGATIVE
    return Level.ATOM if len(monomial) + (coefficient != 1) <= 1 else Level.PRODUCT


@level.register
def level_of_logic(node: Logic) -> Level:
    if not node.parts:
        return Level.ATOM
    return Level.AND if node.connective == "and" else Level.OR


def bracketed(node: Node, least: Level) -> str:
    """The node's text, in brackets where it holds together less tightly than `least`."""
    return text(node) if level(node) >= least else f"({text(node)})"


@singledispatch
def text(node: Node) -> str:
    """The node in the model language, or in an obvious notation where the language has none."""
    raise TypeError(f"no text for {type(node).__name__}")


# ---------------------------------------------------------------- leaves


@text.register
def text_of_number(node: Number) -> str:
    return decimal_text(node.value) if node.decimal else str(node.value)


def decimal_text(value: Fraction) -> str:
    """0.05, 2.0, 1e-30; a fraction such as 1/3 where no decimal is exact."""
    places = next((k for k in range(500) if 10**k % value.denominator == 0), None)
    if places is None:
        return str(value)
    digits = str(value.numerator * 10**places // value.denominator)
    if places <= 18 and len(digits) <= 36:
        digits = digits.rjust(places + 1, "0")
        whole = len(digits) - places
        return f"{digits[:whole]}.{digits[whole:] or '0'}"
    significant = digits.rstrip("0")
    return f"{significant}e{len(digits) - len(significant) - places}"


@text.register
def text_of_constant(node: Constant) -> str:
    return node.name


@text.register
def text_of_blank(node: Blank) -> str:
    return f"[{node.number}]"


@text.register
def text_of_quantity(node: Quantity) -> str:
    indices = ",".join(map(compact, node.indices))
    return f"{node.family}{_label(node.label)}{f'[{indices}]' if indices else ''}"


def _label(label: Index | None) -> str:
    return "" if label is None else f"({compact(label)})"


def compact(index: Index) -> str:
    """L-1, as people write in labels, indices and ranges."""
    return str(index).replace(" ", "")


@text.register
def text_of_index_value(node: IndexValue) -> str:
    return compact(node.index) if level(node) > Level.SUM else str(node.index)


@text.register
def text_of_delta(node: Delta) -> str:
    return f"delta({compact(node.left)}, {compact(node.right)})"


# ---------------------------------------------------------------- arithmetic


@text.register
def text_of_negative(node: Negative) -> str:
    return f"-{bracketed(node.body, Level.PRODUCT)}"


@text.register
def text_of_sum(node: Sum) -> str:
    return _joined(node.terms)


def _joined(terms: Sequence[Expr | None]) -> str:
    """a + b - c + ... + d, with dots for None."""
    first, *others = terms or [ZERO]
    return (DOTS if first is None else bracketed(first, Level.NEGATIVE)) + "".join(map(_added, others))


def _added(term: Expr | None) -> str:
    if term is None:
        return f" + {DOTS}"
    sign, body = ("-", term.body) if isinstance(term, Negative) else ("+", term)
    return f" {sign} {bracketed(body, Level.PRODUCT)}"


@text.register
def text_of_product(node: Product) -> str:
    first, *others = node.factors or (ONE,)
    least = Level.FRACTION if isinstance(first, Product) else Level.PRODUCT
    return "*".join([bracketed(first, least), *(bracketed(factor, Level.FRACTION) for factor in others)])


@text.register
def text_of_power(node: Power) -> str:
    return f"{bracketed(node.base, Level.ATOM)}**{bracketed(node.exponent, Level.POWER)}"


@text.register
def text_of_quotient(node: Quotient) -> str:
    return f"{bracketed(node.numerator, Level.PRODUCT)}/{bracketed(node.denominator, Level.POWER)}"


@text.register
def text_of_grouped(node: Grouped) -> str:
    return f"({text(node.body)})"


# ---------------------------------------------------------------- functions and derivatives


@text.register
def text_of_apply(node: Apply) -> str:
    return f"{function_text(node.function)}({', '.join(map(text, node.arguments))})"


def function_text(function: Function) -> str:
    """g, g(L), g', g''; where there are several arguments, f^(0,1) is differentiated once by the second."""
    orders = function.orders
    primes = "'" * sum(orders) if len(orders) <= 1 else f"^({','.join(map(str, orders))})"
    return f"{function.name}{_label(function.label)}{primes}"


@text.register
def text_of_partial(node: Partial) -> str:
    return f"d({text(node.of)})/d({text(node.by)})"


@text.register
def text_of_gradient(node: Gradient) -> str:
    return f"d({text(node.of)})/d({text(node.by)})"


# ---------------------------------------------------------------- over a range


@text.register
def text_of_fold(node: Fold) -> str:
    """sum(E for j in range(n) for k in range(1, m) if j != k)"""
    body: Expr = node
    clauses: list[str] = []
    letters: set[str] = set()
    while isinstance(body, Fold) and body.kind == node.kind and body.symbol.name not in letters:
        clauses.append(_clause(body))
        letters.add(body.symbol.name)
        body = body.body
    return f"{node.kind}({text(body)}{''.join(clauses)})"


def _clause(fold: Fold) -> str:
    filters = "".join(f" if {bracketed(condition, Level.OR)}" for condition in fold.where)
    return f" for {fold.symbol} in {range_text(fold.lower, fold.upper)}{filters}"


def range_text(lower: Index, upper: Index) -> str:
    """range(n), or range(1, n) where it does not begin at 0."""
    return f"range({compact(upper)})" if lower.value == 0 else f"range({compact(lower)}, {compact(upper)})"


@text.register
def text_of_expanded_sum(node: ExpandedSum) -> str:
    terms = iter(node.terms)
    return _joined([None if shown is None else next(terms) for shown in node.shown])


@text.register
def text_of_cases(node: Cases) -> str:
    then, otherwise = bracketed(node.then, Level.OR), bracketed(node.otherwise, Level.CASES)
    return f"{then} if {text(node.condition)} else {otherwise}"


# ---------------------------------------------------------------- conditions


@text.register
def text_of_compare(node: Compare) -> str:
    return f"{bracketed(node.left, Level.SUM)} {node.relation} {bracketed(node.right, Level.SUM)}"


@text.register
def text_of_logic(node: Logic) -> str:
    if not node.parts:
        return str(node.connective == "and")
    own = level(node)
    return f" {node.connective} ".join(bracketed(part, Level(own + 1)) for part in node.parts)


@text.register
def text_of_not(node: Not) -> str:
    return f"not {bracketed(node.part, Level.NOT)}"
