"""Documents in Typst's language, from which PDF is made: words stand in it as strings, so none is ever run."""

from __future__ import annotations

from derive.documents.formats.base import ANGLED, TextFormat
from derive.documents.formats.escaping import string_literal
from derive.documents.formats.pictures import picture_svg
from derive.documents.voice import Markup, Shown, Voice
from derive.documents.wording import Formula, Phrase
from derive.notation import typst
from derive.pages.blocks import Picture

WIDEST = 450  # points, of a page's text


def _phrase(phrase: Phrase, voice: Voice) -> str:
    return "".join(f"#{string_literal(piece)}" if isinstance(piece, str) else _inline(piece, voice) for piece in phrase)


def _inline(formula: Formula, voice: Voice) -> str:
    words = string_literal(voice.spoken_formula(formula))
    return f"#eq({words})[{typst.inline(voice.ink(formula))}]"


def _display(shown: Shown, voice: Voice) -> str:
    return f"#eq({string_literal(voice.spoken(shown))})[{typst.block(shown.rows)}]"


def _inset(shown: Shown, voice: Voice) -> str:
    block = f"#set math.equation(block: true); #set align(left); {typst.block(shown.rows)}"
    return f"#eq({string_literal(voice.spoken(shown))})[{block}]"


def _drawing(picture: Picture, voice: Voice) -> str:
    svg = string_literal(picture_svg(picture, voice.notation, voice.wording))
    alt = string_literal("".join(map(str, voice.wording.phrase(picture.alt))))
    return f'image(bytes({svg}), format: "svg", width: {min(picture.drawing.width, WIDEST):.0f}pt, alt: {alt})'


MARKUP = Markup(_phrase, _display, _inset, _drawing)
SOURCE = TextFormat("typst", MARKUP, ANGLED)
