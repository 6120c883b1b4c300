"""Blocks as a format prints them: every phrase, table and display in its markup, ready for the format's own layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from derive.documents.wording import Formula, Phrase, Wording
from derive.notation import ink
from derive.notation.breaking import TEXT_WIDTH, Row, rows
from derive.notation.latex import ink_of
from derive.notation.notations import Notation
from derive.pages.blocks import (
    Block,
    Cell,
    Equations,
    Form,
    Heading,
    Item,
    Lines,
    Listing,
    Message,
    Paragraph,
    Program,
    Room,
    System,
    Table,
    Together,
    Ways,
)

MARK = 4.0  # em, for the mark of a line
IN_A_ROW = 6  # quantities in one line of a picture
LONGEST_WORDS = 40  # characters in a table's cell that stay in one line
SHARE_OF_WORDS = 0.55  # of the page's width, for the columns that take more

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Markup:
    """How a format writes a phrase, a chain of equations, a picture of paths, and a formula beside its mark.

    `width` is the width of a line in em, at which displays are broken.
    """

    phrase: Callable[[Phrase, Notation], Any]
    display: Callable[[list[Row]], Any]
    picture: Callable[[list[Row]], Any]
    inset: Callable[[list[Row]], Any]
    width: float = TEXT_WIDTH


@dataclass(frozen=True)
class Voice:
    """Says one document's messages and formulas in a markup, a notation and a language."""

    markup: Markup
    notation: Notation
    wording: Wording

    def values(self, block: Block) -> tuple[str, Values]:
        """The name of a block's layout, and what that is given."""
        kind, values = LAYOUTS[type(block)]
        return kind, values(block, self)

    def sentence(self, message: Message) -> Any:
        """The message's words, with its formulas set."""
        return self.markup.phrase(self.wording.phrase(message), self.notation)

    def sentences(self, messages: Sequence[Message]) -> Any:
        """Messages one after the other."""
        phrases = [self.wording.phrase(message) for message in messages]
        spaced = [piece for phrase in phrases for piece in (" ", *phrase)][1:]
        return self.markup.phrase(tuple(spaced), self.notation)

    def aside(self, message: Message | None) -> Any:
        """What stands at the margin; "" where that is nothing."""
        return "" if message is None else self.sentence(message)

    def cell(self, cell: Cell) -> Phrase:
        """The words and formulas of a cell of a table, empty where it is to be filled in."""
        match cell:
            case None:
                return ()
            case Message():
                return self.wording.phrase(cell)
        return (cell,)

    def rows(self, block: Equations, width: float = 0.0) -> list[Row]:
        """The lines of a chain of equations."""
        return rows(block.left, block.members, self.notation, width or self.markup.width)


TO, CUT_OFF = ink.Sign("to"), ink.Sign("dashed to")


def arrows(block: Ways, notation: Notation) -> list[Row]:
    """A row for each way, continued on the next line where it is long."""
    made: list[Row] = []
    for way, cut in zip(block.rows, block.cut, strict=True):
        parts = [ink_of(quantity, notation) for quantity in way]
        signs = [TO] * (len(parts) - 2) + [CUT_OFF if cut else TO]
        cells = [parts[0], *(ink.Row(step) for step in zip(signs, parts[1:], strict=True))]
        lines = [ink.Row(tuple(cells[i : i + IN_A_ROW])) for i in range(0, len(cells), IN_A_ROW)]
        made += [Row(ink.EMPTY, "", line) for line in lines]
    return made


# ---------------------------------------------------------------- one layout for each block


def _heading(block: Heading, voice: Voice) -> Values:
    return {"level": block.level, "text": voice.sentence(block.message), "aside": voice.aside(block.aside)}


def _table(block: Table, voice: Voice) -> Values:
    phrases = [list(map(voice.cell, row)) for row in (block.header, *block.rows)]
    header, *lines = [[voice.markup.phrase(phrase, voice.notation) for phrase in row] for row in phrases]
    return {"header": header, "rows": lines, **_widths(phrases)}


def _widths(rows: list[list[Phrase]]) -> dict[str, object]:
    """Which columns of a table have words that need several lines, and the share of the page's width for each."""
    wraps = [any(_words(phrase) > LONGEST_WORDS for phrase in column) for column in zip(*rows, strict=True)]
    return {"wraps": wraps, "share": f"{SHARE_OF_WORDS / max(1, sum(wraps)):.2f}"}


def _words(phrase: Phrase) -> int:
    return sum(len(piece) for piece in phrase if isinstance(piece, str))


def _system(block: System, voice: Voice) -> list[Row]:
    return [row for equations in block.equations for row in voice.rows(equations)]


def _lines(block: Lines, voice: Voice) -> Values:
    marks = map(str, range(1, len(block.lines) + 1)) if block.numbered else iter(ascii_uppercase)
    return {"lines": [(mark, _line(line, voice)) for mark, line in zip(marks, block.lines, strict=False)]}


def _line(line: Equations | Message, voice: Voice) -> Any:
    if isinstance(line, Message):
        return voice.sentence(line)
    return voice.markup.inset(voice.rows(line, voice.markup.width - MARK))


def _item(block: Item, voice: Voice) -> Values:
    return {"mark": block.mark, "text": voice.sentences(block.messages), "aside": voice.aside(block.aside)}


def _form(block: Form, voice: Voice) -> Values:
    return {"labels": list(map(voice.sentence, block.labels)), "last": voice.aside(block.last)}


# A layout for each block, and what it is given. A new block is one row here, and one layout in each format.
LAYOUTS: dict[type[Block], tuple[str, Callable[[Any, Voice], Values]]] = {
    Heading: ("heading", _heading),
    Paragraph: ("paragraph", lambda block, voice: {"text": voice.sentences(block.messages)}),
    Listing: ("list", lambda block, voice: {"points": list(map(voice.sentence, block.messages))}),
    Equations: ("equations", lambda block, voice: {"math": voice.markup.display(voice.rows(block))}),
    System: ("equations", lambda block, voice: {"math": voice.markup.display(_system(block, voice))}),
    Ways: ("equations", lambda block, voice: {"math": voice.markup.picture(arrows(block, voice.notation))}),
    Program: ("program", lambda block, voice: {"text": block.text.rstrip()}),
    Table: ("table", _table),
    Lines: ("lines", _lines),
    Item: ("item", _item),
    Room: ("room", lambda block, voice: {"lines": block.lines}),
    Form: ("form", _form),
    Together: ("together", lambda block, voice: {"parts": block.blocks}),
}


def text_phrase(
    escape: Callable[[str], str], inline: Callable[[Formula, Notation], str]
) -> Callable[[Phrase, Notation], str]:
    """What writes a phrase as text: its words escaped, its formulas inline."""
    return lambda phrase, notation: "".join(
        escape(piece) if isinstance(piece, str) else inline(piece, notation) for piece in phrase
    )
