"""Blocks as a format prints them: every phrase, table and display in its markup, ready for the format's own layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from derive.documents.changes import with_changes
from derive.documents.wording import Formula, Phrase, Wording
from derive.notation import ink
from derive.notation import matrix as printed_matrices  # noqa: F401 - teaches the printers what matrices look like
from derive.notation.breaking import TEXT_WIDTH, Row, rows
from derive.notation.latex import ink_of
from derive.notation.notations import Notation, Words
from derive.notation.plain import plain
from derive.notation.speech import spoken, spoken_chain
from derive.notation.telling import told_layer, told_place
from derive.pages import blocks
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
    Picture,
    Program,
    Room,
    System,
    Table,
    Together,
    Ways,
)
from derive.writing.index import Index
from derive.writing.nodes import Expr, Node

MARK = 4.0  # em, for the mark of a line
STEP_OF_A_WAY = 6.5  # em, for a quantity in a picture, and the arrow to it
LONGEST_WORDS = 40  # characters in a table's cell that stay in one line
SHARE_OF_WORDS = 0.55  # of the page's width, at most, for the columns that take more
LEAST_SHARE = 0.2  # and at least
COLUMN = 0.027  # of the page's width, for the space around a column
CHARACTER = 0.0115  # and for a character

Values = Mapping[str, Any]


def counted(formula: Formula, notation: Notation) -> Node | Index:
    """A formula of a message, with numbers of nodes and layers as the notation counts them."""
    match formula:
        case blocks.Node(place):
            return told_place(place, notation)
        case blocks.Layer(label):
            return told_layer(label, notation)
    return formula


@dataclass(frozen=True)
class Markup:
    """How a format writes a phrase, a display, a formula beside its mark, and a drawing.

    `width` is the width of a line in em, at which displays are broken.
    """

    phrase: Callable[[Phrase, Voice], Any]
    display: Callable[[Shown, Voice], Any]
    inset: Callable[[Shown, Voice], Any]
    drawing: Callable[[Picture, Voice], Any]
    width: float = TEXT_WIDTH


@dataclass(frozen=True)
class Shown:
    """Formulas in lines, and the trees that they show, for those who listen to them.

    Each chain is left = right = right = …; or, where `relation` says so, one thing leads to the next. `at` gives the
    lines at a width in em, and `width` is that of `rows`.
    """

    at: Callable[[float], list[Row]]
    width: float
    chains: tuple[tuple[Expr, ...], ...]
    relation: str = "=="

    @property
    def rows(self) -> list[Row]:
        """The lines at the width of the page."""
        return self.at(self.width)


@dataclass(frozen=True)
class Voice:
    """Says one document's messages and formulas in a markup, a notation and a language.

    `stem` begins the names of the files that belong to the document. With `marks`, what changes between two lines is
    told apart.
    """

    markup: Markup
    notation: Notation
    wording: Wording
    stem: str = ""
    marks: bool = False

    @property
    def words(self) -> Words:
        """The words inside formulas."""
        return self.wording.words

    def spoken(self, shown: Shown) -> str:
        """What is shown, as a sentence for the ear."""
        speech = self.wording.speech(self.notation)
        return "; ".join(spoken_chain(chain, speech, shown.relation) for chain in shown.chains)

    def spoken_formula(self, formula: Formula) -> str:
        """A formula inside a line of text, for the ear."""
        return spoken(counted(formula, self.notation), self.wording.speech(self.notation))

    def ink(self, formula: Formula) -> ink.Ink:
        """A formula inside a line of text."""
        return ink_of(counted(formula, self.notation), self.notation, self.words)

    def values(self, block: Block) -> tuple[str, Values]:
        """The name of a block's layout, and what that is given."""
        kind, values = LAYOUTS[type(block)]
        return kind, values(block, self)

    def sentence(self, message: Message) -> Any:
        """The message's words, with its formulas set."""
        return self.markup.phrase(self.wording.phrase(message), self)

    def sentences(self, messages: Sequence[Message]) -> Any:
        """Messages one after the other."""
        phrases = [self.wording.phrase(message) for message in messages]
        spaced = [piece for phrase in phrases for piece in (" ", *phrase)][1:]
        return self.markup.phrase(tuple(spaced), self)

    def plain(self, message: Message) -> str:
        """The message in one line of Unicode, for the properties of a file."""
        phrase = self.wording.phrase(message)
        return "".join(
            p if isinstance(p, str) else plain(counted(p, self.notation), self.notation, self.words) for p in phrase
        )

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

    def shown(self, block: Equations, width: float) -> Shown:
        """A chain of equations in lines of this width."""
        left, *members = with_changes((block.left, *block.members)) if self.marks else (block.left, *block.members)

        def at(width: float) -> list[Row]:
            return rows(left, members, self.notation, width, self.words)

        return Shown(at, width, ((block.left, *block.members),))


TO, CUT_OFF = ink.Sign("to"), ink.Sign("dashed to")


def arrows(block: Ways, voice: Voice) -> Shown:
    """A row for each way, continued on the next line where it is long."""
    made: list[list[ink.Ink]] = []
    for way, cut in zip(block.rows, block.cut, strict=True):
        parts = list(map(voice.ink, way))
        signs = [TO] * (len(parts) - 2) + [CUT_OFF if cut else TO]
        made.append([parts[0], *(ink.Row(step) for step in zip(signs, parts[1:], strict=True))])

    def at(width: float) -> list[Row]:
        many = max(1, int(width / STEP_OF_A_WAY))
        lines = [ink.Row(tuple(cells[i : i + many])) for cells in made for i in range(0, len(cells), many)]
        return [Row(ink.EMPTY, "", line) for line in lines]

    return Shown(at, voice.markup.width, block.rows, "leads to")


# ---------------------------------------------------------------- one layout for each block


def _heading(block: Heading, voice: Voice) -> Values:
    return {"level": block.level, "text": voice.sentence(block.message), "aside": voice.aside(block.aside)}


def _table(block: Table, voice: Voice) -> Values:
    phrases = [list(map(voice.cell, row)) for row in (block.header, *block.rows)]
    header, *lines = [[voice.markup.phrase(phrase, voice) for phrase in row] for row in phrases]
    return {"header": header, "rows": lines, **_widths(phrases)}


def _widths(rows: list[list[Phrase]]) -> dict[str, object]:
    """Which columns of a table have words that need several lines, and the share of the page's width for each."""
    longest = [max(map(_words, column)) for column in zip(*rows, strict=True)]
    wraps = [words > LONGEST_WORDS for words in longest]
    beside = sum(COLUMN + CHARACTER * words for words in longest if words <= LONGEST_WORDS)
    share = max(LEAST_SHARE, min(SHARE_OF_WORDS, 1 - beside - COLUMN * sum(wraps)))
    return {"wraps": wraps, "share": f"{share / max(1, sum(wraps)):.2f}"}


def _words(phrase: Phrase) -> int:
    return sum(len(piece) for piece in phrase if isinstance(piece, str))


def _lines(block: Lines, voice: Voice) -> Values:
    marks = map(str, range(1, len(block.lines) + 1)) if block.numbered else iter(ascii_uppercase)
    return {"lines": [(mark, _line(line, voice)) for mark, line in zip(marks, block.lines, strict=False)]}


def _equations(block: Equations, voice: Voice) -> Values:
    return {"math": voice.markup.display(voice.shown(block, voice.markup.width), voice)}


def _system(block: System, voice: Voice) -> Values:
    shown = [voice.shown(equations, voice.markup.width) for equations in block.equations]
    chains = tuple(chain for part in shown for chain in part.chains)

    def at(width: float) -> list[Row]:
        return [row for part in shown for row in part.at(width)]

    return {"math": voice.markup.display(Shown(at, voice.markup.width, chains), voice)}


def _line(line: Equations | Message, voice: Voice) -> Any:
    if isinstance(line, Message):
        return voice.sentence(line)
    return voice.markup.inset(voice.shown(line, voice.markup.width - MARK), voice)


def _item(block: Item, voice: Voice) -> Values:
    return {"mark": block.mark, "text": voice.sentences(block.messages), "aside": voice.aside(block.aside)}


def _form(block: Form, voice: Voice) -> Values:
    return {"labels": list(map(voice.sentence, block.labels)), "last": voice.aside(block.last)}


# A layout for each block, and what it is given. A new block is one row here, and one layout in each format.
LAYOUTS: dict[type[Block], tuple[str, Callable[[Any, Voice], Values]]] = {
    Heading: ("heading", _heading),
    Paragraph: ("paragraph", lambda block, voice: {"text": voice.sentences(block.messages)}),
    Listing: ("list", lambda block, voice: {"points": list(map(voice.sentence, block.messages))}),
    Equations: ("equations", _equations),
    System: ("equations", _system),
    Ways: ("equations", lambda block, voice: {"math": voice.markup.display(arrows(block, voice), voice)}),
    Program: ("program", lambda block, voice: {"text": block.text.rstrip()}),
    Picture: ("picture", lambda block, voice: {"picture": voice.markup.drawing(block, voice)}),
    Table: ("table", _table),
    Lines: ("lines", _lines),
    Item: ("item", _item),
    Room: ("room", lambda block, voice: {"lines": block.lines}),
    Form: ("form", _form),
    Together: ("together", lambda block, voice: {"parts": block.blocks}),
}


def text_phrase(
    escape: Callable[[str], str], inline: Callable[[Formula, Voice], str]
) -> Callable[[Phrase, Voice], str]:
    """What writes a phrase as text: its words escaped, its formulas inline."""
    return lambda phrase, voice: "".join(
        escape(piece) if isinstance(piece, str) else inline(piece, voice) for piece in phrase
    )
