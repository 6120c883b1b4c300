"""Documents as files: one of FORMATS, in a notation and a language. A new format is one entry and its templates."""

from __future__ import annotations

from collections.abc import Mapping

from derive.documents.formats import data, latex, markdown
from derive.documents.formats.base import Format, Setting
from derive.errors import unknown
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import Document

FORMATS: Mapping[str, Format] = {
    chosen.name: chosen for chosen in (markdown.FORMAT, markdown.PANDOC, latex.FORMAT, latex.FRAGMENT, data.FORMAT)
}


def render(document: Document, format_name: str, notation: Notation = LESSON) -> str:
    """The document in a format that is text."""
    return rendered(document, format_name, Setting(notation)).decode()


def rendered(document: Document, format_name: str, setting: Setting) -> bytes:
    """The document as the bytes of a file, in one of FORMATS."""
    if format_name not in FORMATS:
        raise unknown("format", format_name, FORMATS)
    return FORMATS[format_name].write(document, setting)
