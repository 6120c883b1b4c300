"""LaTeX: an article for pdflatex, and a fragment to \\input into one's own."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.formats.base import ANGLED, Format, TextFormat
from derive.documents.formats.escaping import escaper
from derive.documents.voice import Markup, text_phrase
from derive.notation.breaking import inset, latex_block
from derive.notation.latex import latex
from derive.notation.tex import tex
from derive.pictures.tikz import tikz

_ESCAPES = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
MARKUP = Markup(
    phrase=text_phrase(escaper(_ESCAPES), lambda formula, voice: f"${tex(voice.ink(formula))}$"),
    display=lambda shown, _: latex_block(shown.rows),
    inset=lambda shown, _: f"${inset(shown.rows, '[t]')}$",
    drawing=lambda picture, voice: tikz(picture.drawing, lambda f: latex(f, voice.notation, voice.words)),
)
ARTICLE = TextFormat("tex", MARKUP, ANGLED)
FORMAT = Format("tex", "tex", ARTICLE.write)
FRAGMENT = Format("fragment", "fragment.tex", replace(ARTICLE, page="fragment").write)
