"""Slides, one step after another: as PDF by Typst, and as one page of HTML for a browser and its keyboard."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from derive.documents.formats import html
from derive.documents.formats.base import ANGLED, Format, Printed, Setting, TextFormat, printed
from derive.documents.formats.pdf import set_by_typst
from derive.documents.formats.typst import MARKUP
from derive.documents.slides import Part, Slide, slides, states
from derive.documents.voice import Voice
from derive.notation import mathml
from derive.pages.blocks import Document


@dataclass(frozen=True)
class Shown:
    """A slide as a template is given it: each of its parts in all of its states."""

    title: Any
    parts: list[list[str]]
    first: bool


@dataclass(frozen=True)
class Stepwise(TextFormat):
    """A format that is given slides, each block of them in all of its states."""

    def values(self, document: Document, voice: Voice) -> dict[str, Any]:
        shown = [self._shown(slide, voice) for slide in slides(document)]
        return {**super().values(document, voice), "slides": shown}

    def _shown(self, slide: Slide, voice: Voice) -> Shown:
        parts = [[self._text(state, voice) for state in states(part)] for part in slide.parts]
        return Shown(voice.sentence(slide.title), parts, slide.first)

    def _text(self, part: Part, voice: Voice) -> str:
        return "\n\n".join(printed(self, block, voice).text for block in part)


WIDTH = 37.0  # em, of a line
SOURCE = Stepwise("typst", replace(MARKUP, width=WIDTH), ANGLED, page="slides")


def write(document: Document, setting: Setting) -> bytes:
    """A page of 16:9 for each step; what does not fit is set smaller, in all steps of a slide alike."""
    return set_by_typst(SOURCE.text(document, setting), setting)


@dataclass(frozen=True)
class Reveal(TextFormat):
    """Slides on one page. The script shows them step by step; without it the page is there to be scrolled."""

    def values(self, document: Document, voice: Voice) -> dict[str, Any]:
        script = html.kept("slides.js")
        return {
            **super().values(document, voice),
            "slides": [self._slide(slide, voice) for slide in slides(document)],
            "style": "\n".join((html.kept("style.css"), html.kept("slides.css"), mathml.CSS)),
            "font": html.font(),
            "script": script,
            "checksum": b64encode(sha256(f"\n{script}\n".encode()).digest()).decode(),
        }

    def _slide(self, slide: Slide, voice: Voice) -> tuple[Any, list[list[Printed]]]:
        parts = [[printed(self, block, voice) for block in part] for part in slide.parts]
        return voice.sentence(slide.title), parts


FORMAT = Format("slides", "slides.pdf", write)
REVEAL = Format("reveal", "slides.html", Reveal(html.FOLDER, html.MARKUP, page="slides").write)
