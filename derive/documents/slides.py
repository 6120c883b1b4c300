"""Documents as slides: each with a title and its parts, which are shown one after the other, some of them in steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.pages.blocks import (
    Block,
    Document,
    Equations,
    Form,
    Heading,
    Lines,
    Listing,
    Message,
    Paragraph,
    Picture,
    Program,
    Room,
    System,
    Table,
    Together,
    Ways,
)

ROOM = 12  # lines of a slide; what is taller is set smaller


Part = tuple[Block, ...]


@dataclass(frozen=True)
class Slide:
    """A title and what stands below it: words with what they lead to, and so on; `first` of those with this title."""

    title: Message
    parts: tuple[Part, ...]
    first: bool = True


def slides(document: Document) -> tuple[Slide, ...]:
    """The document, each section on slides of its own; what only paper needs, such as room to write, is left out."""
    return tuple(slide for title, blocks in _sections(document) for slide in _filled(title, tuple(blocks)))


def _sections(document: Document) -> Iterator[tuple[Message, list[Block]]]:
    title, blocks = document.title, list[Block]()
    for block in _opened(document.blocks):
        if isinstance(block, Heading):
            if blocks:
                yield title, blocks
            title, blocks = block.message, []
        elif not isinstance(block, Room | Form):
            blocks.append(block)
    if blocks:
        yield title, blocks


def _opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, and in the place of those that stand together their parts."""
    for block in blocks:
        if isinstance(block, Together):
            yield from _opened(block.blocks)
        else:
            yield block


def _filled(title: Message, blocks: Sequence[Block]) -> Iterator[Slide]:
    """As many slides as the blocks need."""
    held: list[Part] = []
    first = True
    for part in _parts(blocks):
        if held and sum(map(height, held)) + height(part) > ROOM:
            yield Slide(title, tuple(held), first)
            held, first = [], False
        held.append(part)
    yield Slide(title, tuple(held), first)


def _parts(blocks: Sequence[Block]) -> Iterator[Part]:
    """Words, and what they lead to."""
    held: Part = ()
    for block in blocks:
        held += (block,)
        if not isinstance(block, Paragraph):
            yield held
            held = ()
    if held:
        yield held


# How many lines a block takes, about.
HEIGHTS: Mapping[type[Block], Callable[[Any], int]] = {
    Paragraph: lambda block: len(block.messages),
    Listing: lambda block: len(block.messages),
    Equations: lambda block: 2 * max(1, len(block.members)),
    System: lambda block: 2 * len(block.equations),
    Ways: lambda block: len(block.rows),
    Program: lambda block: block.text.count("\n"),
    Picture: lambda block: ROOM,
    Table: lambda block: 1 + len(block.rows),
    Lines: lambda block: 2 * len(block.lines),
}


def height(part: Part) -> int:
    """How many lines a part takes, about."""
    return sum(HEIGHTS[type(block)](block) if type(block) in HEIGHTS else 1 for block in part)


def states(part: Part) -> tuple[Part, ...]:
    """The part as its last block grows."""
    *words, last = part
    return tuple((*words, state) for state in grown(last))


def grown(block: Block) -> tuple[Block, ...]:
    """A chain by one member after the other, a list by its points; other blocks come whole."""
    match block:
        case Equations(members=(_, _, *_)):
            return tuple(replace(block, members=block.members[: i + 1]) for i in range(len(block.members)))
        case System():
            return tuple(replace(block, equations=block.equations[: i + 1]) for i in range(len(block.equations)))
        case Listing():
            return tuple(replace(block, messages=block.messages[: i + 1]) for i in range(len(block.messages)))
    return (block,)
