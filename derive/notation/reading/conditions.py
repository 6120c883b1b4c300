"""Conditions, and what depends on one: cases, indicators, and a condition in square brackets."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import cast

from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.indices import outside
from derive.notation.reading.ones import COLUMN_OF_ONES
from derive.notation.reading.tokens import Token
from derive.writing.index import Index, index
from derive.writing.matrices import MATRIX_LEAVES, Indicator
from derive.writing.nodes import (
    ONE,
    ZERO,
    Cases,
    Compare,
    Condition,
    Expr,
    IndexValue,
    Logic,
    Negative,
    Not,
    Number,
    Product,
    Relation,
    Sum,
)
from derive.writing.walk import walk

RELATIONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CONTRARY = {"<": (">=", ">"), "<=": (">", ">="), ">": ("<=", "<"), ">=": ("<", "<="), "==": ("!=",), "!=": ("==",)}
_IF = frozenset({"if", "when", "for", "where", "falls", "wenn", "as"})
_OTHERWISE = frozenset({"otherwise", "else", "sonst"})


def disjunction(c: Cursor) -> Condition:
    """a or b"""
    return _joined(c, "or")


def _joined(c: Cursor, connective: str) -> Condition:
    inner = _conjunction if connective == "or" else _single
    parts = [inner(c)]
    while c.accept(connective) or _accept_word(c, connective):
        parts.append(inner(c))
    if len(parts) == 1:
        return parts[0]
    return Logic("or" if connective == "or" else "and", tuple(parts))


def _conjunction(c: Cursor) -> Condition:
    return _joined(c, "and")


def _accept_word(c: Cursor, *words: str) -> bool:
    if c.token.kind == "word" and c.token.text in words:
        c.take()
        return True
    return False


def _single(c: Cursor) -> Condition:
    """not a, (a or b), true, or a comparison"""
    if c.accept("not") or _accept_word(c, "not"):
        with c.nested():
            return Not(_single(c))
    for text, connective in (("true", "and"), ("false", "or")):
        if _accept_word(c, text):
            return Logic("and" if connective == "and" else "or", ())
    if c.sees("(") and _is_condition(c, Span(c.position + 1, c.close(c.position))):
        opening = c.take()
        with c.nested():
            inner = disjunction(c)
        if not c.accept(")"):
            raise c.error("this ( is never closed", opening)
        return inner
    return _comparison(c)


def _is_condition(c: Cursor, span: Span) -> bool:
    """Whether the brackets hold a condition rather than a number."""
    inside = [c.tokens[i] for i in outside(c, span)]
    if any(t.text in RELATIONS or t.text in {"and", "or", "not", "true", "false"} for t in inside):
        return True
    return len(inside) == 2 and inside[0].text == "(" and _is_condition(c, Span(span.start + 1, c.close(span.start)))


def _comparison(c: Cursor) -> Condition:
    """a <= b < c => a <= b and b < c"""
    c.comparing += 1
    found = _compared(c)
    c.comparing -= 1
    return found[0] if len(found) == 1 else Logic("and", tuple(found))


def _compared(c: Cursor) -> list[Condition]:
    left = c.expression()
    if not c.sees(*RELATIONS):
        raise c.unexpected("a comparison such as < or = is expected here")
    found: list[Condition] = []
    while c.sees(*RELATIONS):
        relation = cast(Relation, RELATIONS[c.take().text])
        right = c.expression()
        found.append(Compare(relation, *_sides(left, right)))
        left = right
    return found


def _sides(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Both sides as indices where both are whole numbers made of letters, as in j != k and 1 <= k."""
    if isinstance(left, Number) and isinstance(right, Number):
        return left, right
    own, other = whole_number(left), whole_number(right)
    return (left, right) if own is None or other is None else (IndexValue(own), IndexValue(other))


def whole_number(expr: Expr) -> Index | None:
    """The index that an expression is, if it is made of letters and whole numbers by + - and *."""
    match expr:
        case Number(value) if value.denominator == 1:
            return index(int(value))
        case IndexValue(found):
            return found
        case Negative(body):
            inner = whole_number(body)
            return None if inner is None else -inner
        case Sum(terms):
            return _all(terms, lambda a, b: a + b)
        case Product(factors):
            return _all(factors, lambda a, b: a * b)
    return None


def _all(exprs: tuple[Expr, ...], join: Callable[[Index, Index], Index]) -> Index | None:
    found = [whole_number(e) for e in exprs]
    known = [i for i in found if i is not None]
    return reduce(join, known) if known and len(known) == len(found) else None


# ---------------------------------------------------------------- cases


def cases(c: Cursor) -> Expr:
    r"""\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}"""
    first = c.take()
    rows: list[tuple[Expr, Condition | None]] = []
    while not c.sees("endcases"):
        rows.append(_row(c))
        if not c.accept("\\\\", "newline") and not c.sees("endcases"):
            raise c.unexpected(r"the next case, after \\, is expected here")
        while c.accept("\\\\", "newline"):
            pass
    c.take()
    return _chosen(c, rows, first)


def _row(c: Cursor) -> tuple[Expr, Condition | None]:
    value = c.expression()
    c.accept(",", ";")
    c.accept("&")
    if _accept_word(c, *_OTHERWISE):
        c.accept(".", ",")
        return value, None
    _accept_word(c, *_IF)
    c.accept(":")
    found = disjunction(c)
    c.accept(".", ",", ";")
    return value, found


def _chosen(c: Cursor, rows: list[tuple[Expr, Condition | None]], first: Token) -> Expr:
    if not rows or any(condition is None for _, condition in rows[:-1]):
        raise c.error("the cases need their conditions, and the last one may be `otherwise`", first)
    value, last = rows[-1]
    if last is not None and not (len(rows) == 2 and _contrary(rows[0][1], last)):
        raise c.error(r"the cases do not say what holds otherwise: write \text{otherwise} for the last one", first)
    for earlier, condition in reversed(rows[:-1]):
        assert condition is not None
        value = Cases(condition, earlier, value)
    return value


def _contrary(one: Condition | None, other: Condition) -> bool:
    """z > 0 and z <= 0, or z < 0: what is left between them is a single point, where either book may decide."""
    if not isinstance(one, Compare) or not isinstance(other, Compare):
        return False
    same = (one.left, one.right) == (other.left, other.right)
    turned = (one.left, one.right) == (other.right, other.left)
    swapped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(other.relation, other.relation)
    return (same and other.relation in _CONTRARY[one.relation]) or (turned and swapped in _CONTRARY[one.relation])


# ---------------------------------------------------------------- indicators


def indicator(c: Cursor, _token: Token) -> Expr:
    """1[z > 0], 1_{z > 0} and 1(z > 0); 1 alone is a column of ones, whose length is not written"""
    if c.accept("_"):
        span = c.group()
        opening = c.tokens[span.start].text
        if opening in {"lbrace", "(", "["} and c.partner(span.start) == span.end - 1:
            span = Span(span.start + 1, span.end - 1)
    elif c.sees("[", "(", "lbrace"):
        span = Span(c.position + 1, c.close(c.position))
        c.position = span.end + 1
    else:
        c.has_arrays = True
        return COLUMN_OF_ONES
    with c.within(span):
        return decided(disjunction(c))


def decided(condition: Condition) -> Expr:
    """1 where the condition holds, otherwise 0; entry by entry where whole arrays are compared."""
    if isinstance(condition, Compare) and any(isinstance(n, MATRIX_LEAVES) for n in walk(condition)):
        return Indicator(condition.relation, condition.left, condition.right)
    return Cases(condition, ONE, ZERO)


def identity(c: Cursor, token: Token) -> Expr:
    raise c.error("the identity matrix is not read alone: leave it out of the product", token)


def is_bracket_of_condition(c: Cursor) -> bool:
    """Whether the square brackets that open here hold a condition."""
    return c.sees("[") and _is_condition(c, Span(c.position + 1, c.close(c.position)))
