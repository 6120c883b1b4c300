"""What a format is: a name, an ending, and how a document becomes the bytes of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from derive.documents.formats.escaping import string_literal, words
from derive.documents.voice import Markup, Voice
from derive.documents.wording import TEMPLATES, Wording, wording
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import Block, Document


@dataclass(frozen=True)
class Setting:
    """In which notation and which words a document is set, how the names of its files begin, and what sets its PDF."""

    notation: Notation = LESSON
    wording: Wording = field(default_factory=wording)
    stem: str = ""
    engine: str = "typst"
    marks: bool = False


@dataclass(frozen=True)
class Format:
    """A way to write a document: its name, its file's ending, and what writes it.

    `beside` gives the files that the document needs beside it, by their names.
    """

    name: str
    ending: str
    write: Callable[[Document, Setting], bytes]
    beside: Callable[[Document, Setting], Mapping[str, bytes]] = lambda document, setting: {}


@dataclass(frozen=True)
class Printed:
    """A block as text, and the name of its layout."""

    kind: str
    text: str


# Delimiters of templates for languages that have a use of their own for braces.
ANGLED = (
    ("block_start_string", "<%"),
    ("block_end_string", "%>"),
    ("variable_start_string", "<<"),
    ("variable_end_string", ">>"),
    ("comment_start_string", "<#"),
    ("comment_end_string", "#>"),
)


@dataclass(frozen=True)
class TextFormat:
    """A format that is text: its markup, the folder of its templates, and which of them is the page.

    `delimiters` replace those of Jinja where a format has a use of its own for braces.
    """

    folder: str
    markup: Markup
    delimiters: tuple[tuple[str, str], ...] = ()
    page: str = "document"

    def text(self, document: Document, setting: Setting) -> str:
        """The document as text."""
        voice = Voice(self.markup, setting.notation, setting.wording, setting.stem, setting.marks)
        page = _template(self, self.page).render(self.values(document, voice))
        return re.sub(r"\n{3,}", "\n\n", page).strip("\n").replace(KEPT, "\n") + "\n"

    def values(self, document: Document, voice: Voice) -> dict[str, Any]:
        """What the page is given."""
        return {
            "title": voice.sentence(document.title),
            "plain_title": voice.plain(document.title),
            "subtitle": voice.aside(document.subtitle),
            "blocks": [printed(self, block, voice) for block in document.blocks],
            "language": voice.wording.language,
        }

    def write(self, document: Document, setting: Setting) -> bytes:
        """The document as a file in UTF-8."""
        return self.text(document, setting).encode()


KEPT = "\ue002"  # the end of a line that stays, though the lines around it are empty


def printed(chosen: TextFormat, block: Block, voice: Voice) -> Printed:
    """A block by its macro. The block remembers it, as thousands of sheets share one block."""
    known = block.__dict__.setdefault("_printed", {})
    where = (chosen.folder, chosen.markup, voice.notation, voice.wording, voice.stem, voice.marks)
    if where not in known:
        known[where] = _by_macro(chosen, block, voice)
    found: Printed = known[where]
    return found


@lru_cache(maxsize=4096)
def _by_macro(chosen: TextFormat, block: Block, voice: Voice) -> Printed:
    kind, values = voice.values(block)
    inner = {"parts": [printed(chosen, part, voice) for part in values["parts"]]} if kind == "together" else values
    macro = getattr(_template(chosen, "blocks").module, kind)
    return Printed(kind, str(macro(inner)).strip("\n"))


@cache
def _template(chosen: TextFormat, name: str) -> Template:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        **dict[str, Any](chosen.delimiters),
    )
    made.globals["kept"] = KEPT
    made.tests["containing"] = lambda text, part: part in text
    made.filters["string_literal"] = string_literal
    made.filters["words"] = words
    made.filters["kept"] = lambda text: text.replace("\n", KEPT)
    return made.get_template(f"{chosen.folder}/{name}.j2")
