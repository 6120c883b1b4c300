"""Markdown in two profiles: what GitHub and Jupyter show alike, and what Pandoc and Quarto read."""

from __future__ import annotations

from derive.documents.formats.base import Format, TextFormat
from derive.documents.formats.escaping import escaper
from derive.documents.formats.pictures import file_name, pictures
from derive.documents.voice import Markup, Shown, Voice, text_phrase
from derive.notation.breaking import inset, markdown_block, markdown_inline
from derive.notation.tex import tex
from derive.pages.blocks import Picture

_ESCAPES = {c: f"\\{c}" for c in "\\`*_{}[]<>#$|"}

_words = escaper(_ESCAPES)


def _drawing(picture: Picture, voice: Voice) -> str:
    return f"![{''.join(map(str, voice.wording.phrase(picture.alt)))}]({file_name(picture, voice.stem)})"


MARKUP = Markup(
    phrase=text_phrase(_words, lambda formula, voice: markdown_inline(tex(voice.ink(formula)))),
    display=lambda shown, _: markdown_block(shown.rows),
    inset=lambda shown, _: markdown_inline(inset(shown.rows)),
    drawing=_drawing,
)
FORMAT = Format("md", "md", TextFormat("md", MARKUP).write, pictures)


def _display(shown: Shown, _: Voice) -> str:
    inner = inset(shown.rows).removeprefix(r"\displaystyle ")
    return f"$$\n{inner}\n$$"


PANDOC_MARKUP = Markup(
    phrase=text_phrase(_words, lambda formula, voice: f"${tex(voice.ink(formula))}$"),
    display=_display,
    inset=lambda shown, _: f"${inset(shown.rows)}$",
    drawing=_drawing,
)
PANDOC = Format("pandoc", "pandoc.md", TextFormat("md", PANDOC_MARKUP).write, pictures)
