"""Powers, transposes and powers entry by entry: what stands above an expression that is already read."""

from __future__ import annotations

from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.scripts import is_transpose
from derive.writing.matrices import HadamardPower, Transpose
from derive.writing.nodes import Expr, Power


def raised(c: Cursor, base: Expr, spans: list[Span]) -> Expr:
    """The base with all that stands above it, innermost first."""
    for i, span in enumerate(spans):
        if i and isinstance(base, Power):
            raise c.error("two exponents stand here: put the power in brackets, as in (a^2)^3", c.tokens[span.start])
        base = _raised(c, base, span)
    return base


def _raised(c: Cursor, base: Expr, span: Span) -> Expr:
    first = c.tokens[span.start]
    if is_transpose(c, span, base):
        return Transpose(base)
    if first.text == "odot":
        with c.within(Span(span.start + 1, span.end)):
            return HadamardPower(base, c.expression())
    with c.within(span):
        return Power(base, c.expression())
