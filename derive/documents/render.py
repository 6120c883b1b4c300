"""Documents as files: one of FORMATS, in a notation and a language. A new format is one entry and its templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.documents.formats import data, html, latex, markdown, notebook, pdf, slides, word
from derive.documents.formats.base import Format, Setting
from derive.documents.wording import Wording, wording
from derive.errors import unknown
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import Document

FORMATS: Mapping[str, Format] = {
    chosen.name: chosen
    for chosen in (
        markdown.FORMAT,
        markdown.PANDOC,
        latex.FORMAT,
        latex.FRAGMENT,
        html.FORMAT,
        pdf.FORMAT,
        slides.FORMAT,
        slides.REVEAL,
        notebook.FORMAT,
        word.FORMAT,
        data.FORMAT,
    )
}


def render(document: Document, format_name: str, notation: Notation = LESSON, words: Wording | None = None) -> str:
    """The document in a format that is text."""
    return _format(format_name).write(document, Setting(notation, words or wording())).decode()


def files(document: Document, format_names: Iterable[str], setting: Setting) -> dict[str, bytes]:
    """The document in several of FORMATS, with what belongs to it, as the contents of files by their names."""
    found: dict[str, bytes] = {}
    for chosen in map(_format, format_names):
        found |= chosen.beside(document, setting)
        found[f"{setting.stem}.{chosen.ending}"] = chosen.write(document, setting)
    return found


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise unknown("format", name, FORMATS)
    return FORMATS[name]
