"""Documents as data: blocks of messages and equations, in no language and no format yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from derive.calculus.derivation import Derivation
from derive.pictures.drawing import Drawing
from derive.writing.index import Index
from derive.writing.nodes import Expr


@dataclass(frozen=True)
class Message:
    """A sentence by its key in the templates, with the values that it mentions."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.key, tuple(self.values.items())))


@dataclass(frozen=True)
class Node:
    """The number or letter of a node, as a message mentions it: notations count from 0 or from 1."""

    index: Index


@dataclass(frozen=True)
class Layer:
    """The number or letter of a layer, likewise."""

    label: Index


@dataclass(frozen=True)
class Heading:
    """The heading of a section (level 2) or of a part of one (level 3); `aside` stands at its right margin.

    `hints` help with the section whoever asks for them, where a page can hide something; elsewhere there are none.
    """

    level: int
    message: Message
    aside: Message | None = None
    hints: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """Sentences that follow each other."""

    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Listing:
    """Sentences of which each is a point of a list."""

    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Equations:
    """left = members[0] = members[1] = …, displayed; without members the left side alone."""

    left: Expr
    members: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class System:
    """Equations that belong together, displayed one below the other."""

    equations: tuple[Equations, ...]


@dataclass(frozen=True)
class Ways:
    """A picture of paths: each row goes from a quantity up to the loss; the last arrow of a row that is `cut` jumps."""

    rows: tuple[tuple[Expr, ...], ...]
    cut: tuple[bool, ...]


@dataclass(frozen=True)
class Program:
    """A text in Python."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A drawing, its name, which tells the pictures of a document apart, and what is to be seen in it, in words."""

    name: str
    drawing: Drawing
    alt: Message


Cell = Message | Expr | str | None


@dataclass(frozen=True)
class Table:
    """Rows below a header, each as long as it, of words, formulas, names as they are, and None to be filled in."""

    header: tuple[Message, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Lines:
    """Lines marked A, B, C, …, or 1, 2, 3, …: each an equation, a formula or a sentence."""

    lines: tuple[Equations | Message, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Item:
    """A part of a question: its mark in front, such as (a), what is asked, and an aside at the right margin."""

    mark: str
    messages: tuple[Message, ...]
    aside: Message | None = None


@dataclass(frozen=True)
class Room:
    """Empty lines to write on."""

    lines: int


@dataclass(frozen=True)
class Form:
    """A line to fill in: labels, each before a blank, and a last one behind the blanks or nothing."""

    labels: tuple[Message, ...]
    last: Message | None = None


@dataclass(frozen=True)
class Together:
    """Blocks that no end of a page may part."""

    blocks: tuple[Block, ...]


Block = (
    Heading
    | Paragraph
    | Listing
    | Equations
    | System
    | Ways
    | Program
    | Picture
    | Table
    | Lines
    | Item
    | Room
    | Form
    | Together
)


@dataclass(frozen=True)
class Document:
    """A title, perhaps a line below it, what stands below them, and the derivations that it tells.

    What stands below the headings of a `folded` document is there for whoever asks, where a page can hide something.
    """

    title: Message
    blocks: tuple[Block, ...]
    subtitle: Message | None = None
    about: tuple[Derivation, ...] = ()
    folded: bool = False


def say(key: str, **values: object) -> Paragraph:
    """A paragraph of one sentence."""
    return Paragraph((Message(key, values),))


def head(key: str, level: int = 2, **values: object) -> Heading:
    """A heading."""
    return Heading(level, Message(key, values))


def flat(blocks: Iterator[Block]) -> tuple[Block, ...]:
    """The blocks with paragraphs that follow each other joined."""
    joined: list[Block] = []
    for block in blocks:
        if joined and isinstance(block, Paragraph) and isinstance(joined[-1], Paragraph):
            joined[-1] = Paragraph(joined[-1].messages + block.messages)
        else:
            joined.append(block)
    return tuple(joined)
