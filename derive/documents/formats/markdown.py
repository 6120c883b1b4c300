"""Markdown in two profiles: what GitHub and Jupyter show alike, and what Pandoc and Quarto read."""

from __future__ import annotations

from collections.abc import Sequence

from derive.documents.formats.base import Format, TextFormat
from derive.documents.formats.escaping import escaper
from derive.documents.voice import Markup, text_phrase
from derive.notation.breaking import Row, inset, markdown_block, markdown_inline
from derive.notation.latex import latex

_ESCAPES = {c: f"\\{c}" for c in "\\`*_{}[]<>#$|"}

MARKUP = Markup(
    phrase=text_phrase(escaper(_ESCAPES), lambda formula, notation: markdown_inline(latex(formula, notation))),
    display=markdown_block,
    picture=markdown_block,
    inset=lambda lines: markdown_inline(inset(lines)),
)
FORMAT = Format("md", "md", TextFormat("md", MARKUP).write)


def _display(lines: Sequence[Row]) -> str:
    inner = inset(lines).removeprefix(r"\displaystyle ")
    return f"$$\n{inner}\n$$"


PANDOC_MARKUP = Markup(
    phrase=text_phrase(escaper(_ESCAPES), lambda formula, notation: f"${latex(formula, notation)}$"),
    display=_display,
    picture=_display,
    inset=lambda lines: f"${inset(lines)}$",
)
PANDOC = Format("pandoc", "pandoc.md", TextFormat("md", PANDOC_MARKUP).write)
