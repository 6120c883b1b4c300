"""The pictures of a document as files of their own, for formats that cannot hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.documents.formats.base import Setting
from derive.documents.wording import Wording
from derive.notation.latex import ink_of
from derive.notation.notations import Notation
from derive.pages.blocks import Block, Document, Picture, Together
from derive.pictures.svg import svg


def file_name(picture: Picture, stem: str) -> str:
    """What a picture's file is called."""
    return f"{stem}-{picture.name}.svg" if stem else f"{picture.name}.svg"


def pictures(document: Document, setting: Setting) -> dict[str, bytes]:
    """Every picture of the document as SVG, by the name of its file."""
    return {
        file_name(picture, setting.stem): picture_svg(picture, setting.notation, setting.wording).encode()
        for picture in _in(document.blocks)
    }


def _in(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Together):
            yield from _in(block.blocks)


def picture_svg(picture: Picture, notation: Notation, wording: Wording, inside: str = "") -> str:
    """A picture as SVG, its labels in the document's notation; `inside` is its name as a part of a page."""
    alt = "".join(map(str, wording.phrase(picture.alt)))
    return svg(picture.drawing, lambda formula: ink_of(formula, notation, wording.words), alt, inside)
