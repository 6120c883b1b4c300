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
    THIN,
    Box,
    applied,
    joined,
    needing,
    operator,
    product,
    text_width,
)
from derive.notation.expressions import CENTRED_DOTS, Style, added_terms, box, style_of
from derive.notation.notations import ENGLISH, LESSON, Notation, Words
from derive.notation.symbols import index_box, symbol_box
from derive.writing.index import Index
from derive.writing.nodes import Cases, Compare, Condition, ExpandedSum, Expr, Fold, Logic, Node, Not


def latex(node: Node | Index, notation: Notation = LESSON, words: Words = ENGLISH) -> str:
    """The LaTeX of an expression, a condition or an index, for mathematics mode."""
    if isinstance(node, Index):
        return index_box(node, notation).tex
    return box(node, style_of(notation, words)).tex


# ---------------------------------------------------------------- over a range

EXTREMES = {"max", "min"}


@box.register
def _fold(node: Fold, style: Style) -> Box:
    head = fold_operator(node, style)
    body = needing(box(node.body, style), PRODUCT)
    level = EXTREME if node.kind in EXTREMES else FOLD
    return Box(f"{head.tex} {body.tex}", head.width + body.width, level, 2)


def fold_operator(node: Fold, style: Style) -> Box:
    """The sign with its range and its conditions: \\sum_{k=0}^{n-1}."""
    lower, letter = index_box(node.lower, style.notation), symbol_box(node.symbol, style.notation)
    upper = index_box(node.upper - 1, style.notation)
    conditions = [box(condition, style.exponent) for where in node.where for condition in _conjuncts(where)]
    if node.kind in EXTREMES:
        start, above = joined([lower, letter, upper], r" \le ", RELATION_SIGN), None
    else:
        start, above = joined([letter, lower], "=", RELATION_SIGN), upper
    return _limits(operator(f"\\{node.kind}"), [start, *conditions], above, style)


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """What must hold together, to be written below each other."""
    if isinstance(condition, Logic) and condition.connective == "and" and condition.parts:
        return condition.parts
    return (condition,)


def _limits(sign: Box, below: list[Box], above: Box | None, style: Style) -> Box:
    stacked = r" \\ ".join(b.tex for b in below)
    tex = rf"{sign.tex}_{{{stacked}}}" if len(below) == 1 else rf"{sign.tex}_{{\substack{{{stacked}}}}}"
    widest = SCRIPT * max(b.width for b in [*below, *([above] if above else [])]) + THIN
    width = max(sign.width, widest) if style.display else sign.width + widest
    return Box(tex + (f"^{{{above.tex}}}" if above else ""), width, height=2)


LOW_DOTS = Box(r"\ldots", 1.4)


@box.register
def _expanded(node: ExpandedSum, style: Style) -> Box:
    return EXPANSIONS[node.sigma.kind](node, style)


def _expanded_product(node: ExpandedSum, style: Style) -> Box:
    return product(_written_out(node, CENTRED_DOTS, [needing(box(t, style), FACTOR) for t in node.terms]))


def _expanded_extreme(node: ExpandedSum, style: Style) -> Box:
    listed = joined(_written_out(node, LOW_DOTS, [box(t, style) for t in node.terms]), ", ", 0.45)
    return applied(operator(f"\\{node.sigma.kind}"), listed)


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
    inner = r" \\ ".join(f"{value.tex} & {when.tex}" for value, when in rows)
    width = 2 + max(value.width for value, _ in rows) + max(when.width for _, when in rows)
    # what stands in cases is as large in an exponent as elsewhere
    return Box(rf"\begin{{cases}} {inner} \end{{cases}}", width / SCRIPT if style.inline else width, CASES, 2)


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
    return box(value, style.inside), joined([worded(f"{style.words.when} "), box(condition, style.inside)], " ", 0)


def worded(words: str) -> Box:
    return Box(rf"\text{{{words}}}", text_width(words))


RELATIONS = {"==": "=", "!=": r"\ne", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}


@box.register
def _compare(node: Compare, style: Style) -> Box:
    sides = [needing(box(side, style), SUM) for side in (node.left, node.right)]
    return joined(sides, f" {RELATIONS[node.relation]} ", RELATION_SIGN, RELATION)


CONNECTIVES = {"and": (r" \land ", AND), "or": (r" \lor ", OR)}


@box.register
def _logic(node: Logic, style: Style) -> Box:
    if not node.parts:
        return worded(style.words.true if node.connective == "and" else style.words.false)
    if len(node.parts) == 1:
        return box(node.parts[0], style)
    separator, level = CONNECTIVES[node.connective]
    return joined([needing(box(part, style), level + 1) for part in node.parts], separator, BINARY, level)


@box.register
def _not(node: Not, style: Style) -> Box:
    return joined([Box(r"\lnot", 0.67), needing(box(node.part, style), ATOM)], " ", 0, RELATION)
