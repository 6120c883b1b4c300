"""Written mathematics as LaTeX that pdflatex, KaTeX and MathJax all set.

Here are the way in, and what runs over a range, cases and conditions; `expressions.py` has the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from derive.notation.boxes import (
    AND,
    ATOM,
    BINARY,
    CASES,
    EXTREME,
    FACTOR,
    FOLD,
    OR,
    PRODUCT,
    RELATION,
    RELATION_SIGN,
    SCRIPT,
    SUM,
    THIN_SPACE,
    Box,
    applied,
    joined,
    needing,
    operator,
    product,
    text_width,
)
from derive.notation.expressions import CENTRED_DOTS, COMMA, Style, added_terms, box, style_of
from derive.notation.ink import BESIDE, Branches, Ink, Limits, Prose, Row, Sign
from derive.notation.notations import ENGLISH, LESSON, Notation, Words
from derive.notation.symbols import index_box, symbol_box
from derive.notation.telling import told
from derive.notation.tex import tex
from derive.writing.index import Index
from derive.writing.nodes import Cases, Compare, Condition, ExpandedSum, Expr, Fold, Logic, Node, Not


def latex(node: Node | Index, notation: Notation = LESSON, words: Words = ENGLISH) -> str:
    """The LaTeX of an expression, a condition or an index, for mathematics mode."""
    return tex(ink_of(node, notation, words))


def ink_of(node: Node | Index, notation: Notation = LESSON, words: Words = ENGLISH) -> Ink:
    """The ink of an expression, a condition or an index, on one line."""
    if isinstance(node, Index):
        return index_box(node, notation).ink
    return box(told(node, notation), style_of(notation, words)).ink


# ---------------------------------------------------------------- over a range

EXTREMES = {"max", "min"}


@box.register
def _fold(node: Fold, style: Style) -> Box:
    head = fold_operator(node, style)
    body = needing(box(node.body, style), PRODUCT)
    level = EXTREME if node.kind in EXTREMES else FOLD
    return Box(Row((head.ink, BESIDE, body.ink)), head.width + body.width, level, 2)


def fold_operator(node: Fold, style: Style) -> Box:
    """The sign with its range and its conditions: \\sum_{k=0}^{n-1}."""
    lower, letter = index_box(node.lower, style.notation), symbol_box(node.symbol, style.notation)
    upper = index_box(node.upper - 1, style.notation)
    conditions = [box(condition, style.exponent) for where in node.where for condition in _conjuncts(where)]
    if node.kind in EXTREMES:
        start, above = joined([lower, letter, upper], LE, RELATION_SIGN), None
    else:
        start, above = joined([letter, lower], TIGHT_EQUALS, RELATION_SIGN), upper
    return _limits(operator(node.kind), [start, *conditions], above, style)


LE, TIGHT_EQUALS = Sign("le"), Sign("tight =")


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """What must hold together, to be written below each other."""
    if isinstance(condition, Logic) and condition.connective == "and" and condition.parts:
        return condition.parts
    return (condition,)


def _limits(sign: Box, below: list[Box], above: Box | None, style: Style) -> Box:
    widest = SCRIPT * max(b.width for b in [*below, *([above] if above else [])]) + THIN_SPACE
    width = max(sign.width, widest) if style.display else sign.width + widest
    return Box(Limits(sign.ink, tuple(b.ink for b in below), above and above.ink), width, height=2)


LOW_DOTS = Box(Sign("ldots"), 1.4)


@box.register
def _expanded(node: ExpandedSum, style: Style) -> Box:
    return EXPANSIONS[node.sigma.kind](node, style)


def _expanded_product(node: ExpandedSum, style: Style) -> Box:
    return product(_written_out(node, CENTRED_DOTS, [needing(box(t, style), FACTOR) for t in node.terms]))


def _expanded_extreme(node: ExpandedSum, style: Style) -> Box:
    listed = joined(_written_out(node, LOW_DOTS, [box(t, style) for t in node.terms]), COMMA, 0.45)
    return applied(operator(node.sigma.kind), listed)


def _written_out(node: ExpandedSum, dots: Box, written: Sequence[Box]) -> list[Box]:
    rest = iter(written)
    return [dots if shown is None else next(rest) for shown in node.shown]


EXPANSIONS: dict[str, Callable[[ExpandedSum, Style], Box]] = {
    "sum": added_terms,
    "prod": _expanded_product,
    "max": _expanded_extreme,
    "min": _expanded_extreme,
}


# ---------------------------------------------------------------- cases and conditions


@box.register
def _cases(node: Cases, style: Style) -> Box:
    rows = [_case(value, condition, style) for value, condition in branches(node)]
    ink = Branches(tuple((value.ink, when.ink) for value, when in rows))
    width = 2 + max(value.width for value, _ in rows) + max(when.width for _, when in rows)
    # what stands in cases is as large in an exponent as elsewhere
    return Box(ink, width / SCRIPT if style.inline else width, CASES, 2)


def branches(node: Cases) -> Iterator[tuple[Expr, Condition | None]]:
    """Each value with its condition, through all that is otherwise; None for the last."""
    yield node.then, node.condition
    if isinstance(node.otherwise, Cases):
        yield from branches(node.otherwise)
    else:
        yield node.otherwise, None


def _case(value: Expr, condition: Condition | None, style: Style) -> tuple[Box, Box]:
    if condition is None:
        return box(value, style.inside), worded(style.words.otherwise)
    return box(value, style.inside), joined([worded(f"{style.words.when} "), box(condition, style.inside)], BESIDE, 0)


def worded(words: str) -> Box:
    return Box(Prose(words), text_width(words))


RELATIONS = {"==": Sign("="), "!=": Sign("ne"), "<": Sign("<"), "<=": LE, ">": Sign(">"), ">=": Sign("ge")}


@box.register
def _compare(node: Compare, style: Style) -> Box:
    sides = [needing(box(side, style), SUM) for side in (node.left, node.right)]
    return joined(sides, RELATIONS[node.relation], RELATION_SIGN, RELATION)


CONNECTIVES = {"and": (Sign("land"), AND), "or": (Sign("lor"), OR)}


@box.register
def _logic(node: Logic, style: Style) -> Box:
    if not node.parts:
        return worded(style.words.true if node.connective == "and" else style.words.false)
    if len(node.parts) == 1:
        return box(node.parts[0], style)
    separator, level = CONNECTIVES[node.connective]
    return joined([needing(box(part, style), level + 1) for part in node.parts], separator, BINARY, level)


LNOT = Box(Sign("lnot"), 0.67)


@box.register
def _not(node: Not, style: Style) -> Box:
    return joined([LNOT, needing(box(node.part, style), ATOM)], BESIDE, 0, RELATION)
