"""Markdown that GitHub and Jupyter show alike."""

from __future__ import annotations

from derive.documents.formats.base import Format, TextFormat
from derive.documents.formats.escaping import escaper
from derive.documents.voice import Markup, text_phrase
from derive.notation.breaking import inset, markdown_block, markdown_inline
from derive.notation.latex import latex

_ESCAPES = {c: f"\\{c}" for c in "\\`*_{}[]<>#$|"}

MARKUP = Markup(
    phrase=text_phrase(escaper(_ESCAPES), lambda formula, notation: markdown_inline(latex(formula, notation))),
    display=markdown_block,
    picture=markdown_block,
    inset=lambda lines: markdown_inline(inset(lines)),
)
GFM = TextFormat("md", MARKUP)
FORMAT = Format("md", "md", GFM.write)
