"""Jupyter notebooks: the document in Markdown, its programs as cells to run, and at the end a trial of its gradient."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from derive.calculus.derivation import Derivation
from derive.documents.formats.base import Format, Setting, TextFormat, printed
from derive.documents.formats.markdown import MARKUP
from derive.documents.formats.pictures import file_name, pictures
from derive.documents.voice import Voice
from derive.errors import OptionError
from derive.pages.blocks import Block, Document, Heading, Picture, Program, Together, head, say
from derive.views.trial import trial


def _drawing(picture: Picture, voice: Voice) -> str:
    alt = "".join(map(str, voice.wording.phrase(picture.alt)))
    return f"![{alt}](attachment:{file_name(picture, voice.stem)})"


MARKDOWN = TextFormat("md", replace(MARKUP, drawing=_drawing))


@dataclass(frozen=True)
class Cell:
    """The blocks of a section, or one program."""

    blocks: tuple[Block, ...]

    @property
    def program(self) -> Program | None:
        """The program, where the cell is one."""
        (first, *_) = self.blocks
        return first if isinstance(first, Program) else None


def write(document: Document, setting: Setting) -> bytes:
    """The notebook, without outputs, the same bytes every time."""
    nbformat = _nbformat()
    voice = Voice(MARKDOWN.markup, setting.notation, setting.wording, setting.stem, setting.marks)
    sources = [(False, MARKDOWN.text(replace(document, blocks=()), setting))]
    for cell in _cells((*_opened(document.blocks), *_trials(document.about))):
        program = cell.program
        text = program.text if program else "\n\n".join(printed(MARKDOWN, block, voice).text for block in cell.blocks)
        sources.append((program is not None, text))
    svg = pictures(document, setting)
    cells = [_made(nbformat.v4, place, runs, text.strip(), svg) for place, (runs, text) in enumerate(sources, 1)]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, "title": voice.plain(document.title)}
    return f"{nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))}\n".encode()


def _nbformat() -> Any:
    try:
        import nbformat  # heavy, and optional
    except ImportError as error:
        raise OptionError(
            "notebooks need the package nbformat: install it with pip install 'derive[notebook]', "
            "or choose another format"
        ) from error
    return nbformat


KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def _made(v4: Any, place: int, runs: bool, text: str, svg: dict[str, bytes]) -> Any:
    """A cell with an id of its own, as those of nbformat are left to chance."""
    if runs:
        return v4.new_code_cell(text, id=f"cell-{place}")
    attached = {
        name: {"image/svg+xml": base64.b64encode(data).decode()}
        for name, data in svg.items()
        if f"](attachment:{name})" in text
    }
    return v4.new_markdown_cell(text, id=f"cell-{place}", **({"attachments": attached} if attached else {}))


def _opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, and those that stand together one by one: a notebook has no pages."""
    for block in blocks:
        if isinstance(block, Together):
            yield from _opened(block.blocks)
        else:
            yield block


def _cells(blocks: Iterable[Block]) -> Iterator[Cell]:
    """A cell for each section, and for each program."""
    waiting: list[Block] = []
    for block in blocks:
        if waiting and isinstance(block, Heading | Program):
            yield Cell(tuple(waiting))
            waiting = []
        if isinstance(block, Program):
            yield Cell((block,))
        else:
            waiting.append(block)
    if waiting:
        yield Cell(tuple(waiting))


def _trials(derivations: tuple[Derivation, ...]) -> Iterator[Block]:
    """The same gradients computed and compared, once for each loss of each model."""
    for first in derivations:
        alike = [d for d in derivations if d.model == first.model and d.of == first.of]
        if alike[0] is first:
            made = trial(alike)
            yield head("notebook.heading")
            yield say("notebook.function", of=first.of, by=tuple(dict.fromkeys(d.by for d in alike)))
            yield Program(made.function)
            yield say("notebook.inputs")
            yield Program(made.inputs)
            yield say("notebook.comparison")
            yield Program(made.comparison)


FORMAT = Format("ipynb", "ipynb", write)
