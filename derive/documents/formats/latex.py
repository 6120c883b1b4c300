"""LaTeX: an article for pdflatex, and a fragment to \\input into one's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.documents.formats.base import ANGLED, Format, Setting, TextFormat
from derive.documents.formats.escaping import escaper
from derive.documents.voice import Markup, text_phrase
from derive.errors import OptionError
from derive.notation.breaking import inset, latex_block
from derive.notation.latex import latex
from derive.notation.tex import tex
from derive.pages.blocks import Document
from derive.pages.languages import WITHOUT_LATEX
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


@dataclass(frozen=True)
class Article(TextFormat):
    """LaTeX in the languages that pdflatex has letters for."""

    def text(self, document: Document, setting: Setting) -> str:
        language = setting.wording.language
        if language in WITHOUT_LATEX:
            raise OptionError(f"LaTeX has no fonts for the language {language}: choose html, or pdf by typst, instead")
        return super().text(document, setting)


ARTICLE = Article("tex", MARKUP, ANGLED)
FORMAT = Format("tex", "tex", ARTICLE.write)
FRAGMENT = Format("fragment", "fragment.tex", replace(ARTICLE, page="fragment").write)
