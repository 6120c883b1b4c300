r"""Derivatives as symbols: \frac{\partial C}{\partial w}, \partial C/\partial w, dC/dw, \nabla_W C, \frac{d}{dz}(…)."""

from __future__ import annotations

from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.scripts import script
from derive.notation.reading.tokens import Token
from derive.writing.matrices import Array
from derive.writing.nodes import (
    Apply,
    Constant,
    Delta,
    Expr,
    Function,
    Gradient,
    IndexValue,
    Number,
    Partial,
    Product,
    Quantity,
    Quotient,
)
from derive.writing.text import text

_LETTERS = (Quantity, Number, IndexValue, Constant, Delta)


def fraction(c: Cursor) -> Expr:
    r"""\frac{a}{b}, a derivative where both begin with a \partial or a d."""
    sign = c.take()
    above, below = c.group(), c.group()
    of, by = _differential(c, above), _differential(c, below)
    if of is not None and by is not None and by.start < by.end:
        return _derivative(c, of, by, sign)
    with c.nested():
        with c.within(above):
            numerator = c.expression()
        with c.within(below):
            return Quotient(numerator, c.expression())


def _differential(c: Cursor, span: Span) -> Span | None:
    """What stands behind the d, where the span begins with one."""
    if span.start >= span.end:
        raise c.error("a fraction has two parts, and here one is empty", c.tokens[span.start])
    first = c.tokens[span.start]
    is_one = first.text == "partial" or (first.kind == "letter" and first.text == "d")
    return Span(span.start + 1, span.end) if is_one else None


def _derivative(c: Cursor, of: Span, by: Span, sign: Token) -> Expr:
    for span in (of, by):
        if span.start < span.end and c.tokens[span.start].text == "^":
            raise c.error("derivatives of derivatives are not read here", c.tokens[span.start])
    with c.nested():
        with c.within(by):
            target = c.expression()
        if of.start == of.end:
            return _operator(c, target, sign)
        with c.within(of):
            return made(c, c.expression(), target, sign)


def _operator(c: Cursor, by: Expr, sign: Token) -> Expr:
    r"""\frac{\partial}{\partial a} before what it acts on: one factor, or letters side by side."""
    start = c.token
    if not c.starts():
        raise c.error("what the derivative is taken of is missing: write it behind, in brackets")
    factors = [c.factor()]
    while c.starts():
        factors.append(c.factor())
    if len(factors) == 1:
        return made(c, factors[0], by, sign)
    if all(isinstance(f, _LETTERS) for f in factors):
        return made(c, Product(tuple(factors)), by, sign)
    raise c.error("the derivative can be that of the first factor or of the whole product: put it in brackets", start)


def made(c: Cursor, of: Expr, by: Expr, token: Token) -> Expr:
    """The derivative of the loss, or the local one of anything else."""
    is_loss = isinstance(of, Quantity) and of.family in c.conventions.losses
    if isinstance(by, Array) and isinstance(by.of, Quantity):
        if not is_loss or not isinstance(of, Quantity):
            raise c.error("only the loss is differentiated by a whole array here: write the indices", token)
        return Array(Gradient(of, by.of), by.axes, capital=by.capital)
    if not isinstance(by, Quantity):
        raise c.error(f"a derivative is taken by a quantity, and {text(by)[:40]} is none", token)
    return Gradient(of, by) if is_loss and isinstance(of, Quantity) else Partial(of, by)


# ---------------------------------------------------------------- on the line


def partial(c: Cursor) -> Expr:
    r"""\partial C/\partial w, \partial_w C, and \partial_{1} f(x, y) for the derivative by the first argument"""
    sign = c.take()
    if c.accept("_"):
        below = script(c)
        if all(t.kind == "number" for t in c.tokens[below.start : below.end]):
            return _by_argument(c, below, sign)
        with c.within(below):
            by = c.expression()
        return made(c, c.factor(), by, sign)
    return _quotient(c, sign)


def _quotient(c: Cursor, sign: Token) -> Expr:
    with c.nested():
        of = c.factor()
        if not c.accept("/") or not _is_d(c.token):
            raise c.error(r"a derivative is written \frac{\partial C}{\partial w}", sign)
        c.take()
        return made(c, of, c.factor(), sign)


def _is_d(token: Token) -> bool:
    return token.text == "partial" or (token.kind == "letter" and token.text == "d")


def is_quotient_of_d(c: Cursor) -> bool:
    """Whether d C/d w stands here: a d, a name with its scripts and arguments, a slash, and a d."""
    at = c.position + 1
    if not _is_d(c.token) or at >= c.end or c.tokens[at].kind not in {"letter", "word"}:
        return False
    at += 1
    while at + 1 < c.end and c.tokens[at].text in {"_", "^", "'", "("}:
        if c.tokens[at].text == "'":
            at += 1
            continue
        opening = at if c.tokens[at].text == "(" else at + 1
        at = (c.partner(opening) or opening) + 1
    return at + 1 < c.end and c.tokens[at].text == "/" and _is_d(c.tokens[at + 1])


def quotient_of_d(c: Cursor) -> Expr:
    """dC/dw"""
    return _quotient(c, c.take())


def _by_argument(c: Cursor, below: Span, sign: Token) -> Expr:
    """d_1 f(x, y), also of higher order"""
    orders: dict[int, int] = {}
    while True:
        order = 1
        if c.accept("^"):
            order = _small(c, script(c))
        position = _small(c, below)
        orders[position] = orders.get(position, 0) + order
        if not c.accept("partial"):
            break
        c.expect("_")
        below = script(c)
    applied = c.factor()
    if not isinstance(applied, Apply) or max(orders) > len(applied.arguments):
        raise c.error("the function whose derivative is meant is expected behind this sign", sign)
    own = tuple(orders.get(i, 0) for i in range(1, len(applied.arguments) + 1))
    return Apply(Function(applied.function.name, applied.function.label, own), applied.arguments)


def _small(c: Cursor, span: Span) -> int:
    token = c.tokens[span.start]
    if span.end != span.start + 1 or not token.text.isdigit() or len(token.text) > 1:
        raise c.error("one digit is expected here", token)
    return int(token.text)


def nabla(c: Cursor) -> Expr:
    r"""\nabla_W C"""
    sign = c.take()
    if not c.accept("_"):
        raise c.error(r"a gradient names what it is taken by, as in \nabla_{W} C", sign)
    with c.nested():
        with c.within(script(c)):
            by = c.expression()
        return made(c, c.factor(), by, sign)
