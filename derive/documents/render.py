"""Documents as text: messages become sentences, trees formulas, blocks a page. Nothing else imports Jinja2."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from derive.errors import unknown
from derive.notation.breaking import TEXT_WIDTH, Row, inset, latex_block, markdown_block, markdown_inline, rows
from derive.notation.latex import latex
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import (
    Block,
    Cell,
    Document,
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
    Table,
    Together,
    Ways,
)
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Node

_HERE = Path(__file__).resolve().parent.parent
TEMPLATES = next(folder for folder in (_HERE / "templates", _HERE.parent / "templates") if folder.is_dir())
LANGUAGE = "en"
MARK = 4.0  # em, for the mark of a line
IN_A_ROW = 6  # quantities in one line of a picture
LONGEST_WORDS = 40  # characters in a table's cell that stay in one line
SHARE_OF_WORDS = 0.55  # of the page's width, for the columns that take more
_SET = re.compile(r"\$.*?\$")
_MARK = re.compile("\ue000(\\d+)\ue001")
_EMPTY = "\ue003"  # an empty line to write on, until blank lines are counted
_PROGRAM = re.compile("\ue002")  # stands for a program while the blank lines around it are counted


@dataclass(frozen=True)
class Format:
    """A way to print a document: its file's ending, its templates, and how prose and formulas are written in it."""

    name: str
    template: str
    blocks: str
    escape: Callable[[str], str]
    inline: Callable[[str], str]
    display: Callable[[Equations, Notation], str]
    picture: Callable[[list[Row]], str]
    inset: Callable[[list[Row]], str]


def _arrows(block: Ways, notation: Notation) -> list[Row]:
    """A row for each way, continued on the next line where it is long."""
    made: list[Row] = []
    for way, cut in zip(block.rows, block.cut, strict=True):
        parts = [_inline(quantity, notation) for quantity in way]
        arrows = [r"\longrightarrow"] * (len(parts) - 2) + [r"\dashrightarrow" if cut else r"\longrightarrow"]
        cells = [parts[0], *(f"{arrow} {part}" for arrow, part in zip(arrows, parts[1:], strict=True))]
        made += [Row("", "", " ".join(cells[i : i + IN_A_ROW])) for i in range(0, len(cells), IN_A_ROW)]
    return made


@lru_cache(maxsize=1024)
def _inline(node: Node | Index, notation: Notation) -> str:
    return latex(node, notation)


def _escaped(table: Mapping[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda match: table[match[0]], text)


_TEX = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MARKDOWN = {c: f"\\{c}" for c in "\\`*_{}[]<>#$|"}

FORMATS: dict[str, Format] = {
    "md": Format(
        "md",
        "document.md.j2",
        "blocks.md.j2",
        _escaped(_MARKDOWN),
        markdown_inline,
        lambda block, notation: markdown_block(rows(block.left, block.members, notation)),
        markdown_block,
        lambda lines: markdown_inline(inset(lines)),
    ),
    "tex": Format(
        "tex",
        "document.tex.j2",
        "blocks.tex.j2",
        _escaped(_TEX),
        lambda tex: f"${tex}$",
        lambda block, notation: latex_block(rows(block.left, block.members, notation)),
        latex_block,
        lambda lines: f"${inset(lines, '[t]')}$",
    ),
}

_DELIMITERS: dict[str, Any] = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}


def render(document: Document, format_name: str, notation: Notation = LESSON) -> str:
    """The document in one of FORMATS."""
    if format_name not in FORMATS:
        raise unknown("format", format_name, FORMATS)
    chosen = FORMATS[format_name]
    voice = Voice(chosen, notation)
    page = _page(chosen.template).render(
        title=voice.sentence(document.title), blocks=list(map(voice.printed, document.blocks))
    )
    tight = re.sub(r"\n{3,}", "\n\n", page).strip("\n") + "\n"
    programs = [block.text.rstrip() for block in document.blocks if isinstance(block, Program)]
    return _PROGRAM.sub(lambda _: programs.pop(0), tight.replace(_EMPTY, ""))


@dataclass(frozen=True)
class Voice:
    """Prints one document's messages and formulas in one format and notation."""

    chosen: Format
    notation: Notation

    def printed(self, block: Block) -> Printed:
        """A block as text, which one macro of the format's templates lays out."""
        return _printed(block, self)

    def cell(self, cell: Cell) -> str:
        """A cell of a table, empty where it is to be filled in."""
        match cell:
            case None:
                return ""
            case str():
                return self.chosen.escape(cell)
            case Message():
                return self.sentence(cell)
        return self.chosen.inline(_inline(cell, self.notation))

    def sentence(self, message: Message) -> str:
        """The message's words, escaped, with its formulas set."""
        formulas: list[str] = []

        def formula(value: object) -> str:
            formulas.append(self.chosen.inline(_inline(_node(value), self.notation)))
            return f"\ue000{len(formulas) - 1}\ue001"

        text = _wording(message.key).render({**message.values, "math": formula})
        return _MARK.sub(lambda mark: formulas[int(mark[1])], self.chosen.escape(text.strip()))


@dataclass(frozen=True)
class Printed:
    """A block as text, and the name of its macro."""

    kind: str
    text: str


@lru_cache(maxsize=4096)
def _printed(block: Block, voice: Voice) -> Printed:
    kind, values = MACROS[type(block)]
    macro = getattr(_page(voice.chosen.blocks).module, kind)
    return Printed(kind, str(macro(values(block, voice))).strip("\n"))


Values = Mapping[str, object]


def _heading(block: Heading, voice: Voice) -> Values:
    return {"level": block.level, "text": voice.sentence(block.message), "aside": _aside(block.aside, voice)}


def _aside(message: Message | None, voice: Voice) -> str:
    return "" if message is None else voice.sentence(message)


def _sentences(messages: Sequence[Message], voice: Voice) -> str:
    return " ".join(map(voice.sentence, messages))


def _table(block: Table, voice: Voice) -> Values:
    header, *lines = [list(map(voice.cell, row)) for row in (block.header, *block.rows)]
    return {"header": header, "rows": lines, **_widths([header, *lines])}


def _lines(block: Lines, voice: Voice) -> Values:
    marks = map(str, range(1, len(block.lines) + 1)) if block.numbered else iter(ascii_uppercase)
    return {"lines": [(mark, _line(line, voice)) for mark, line in zip(marks, block.lines, strict=False)]}


def _line(line: Equations | Message, voice: Voice) -> str:
    if isinstance(line, Message):
        return voice.sentence(line)
    return voice.chosen.inset(rows(line.left, line.members, voice.notation, TEXT_WIDTH - MARK))


def _item(block: Item, voice: Voice) -> Values:
    return {"mark": block.mark, "text": _sentences(block.messages, voice), "aside": _aside(block.aside, voice)}


# A macro for each block, and what it is given. A new block is one row here, and one macro for each format.
MACROS: dict[type[Block], tuple[str, Callable[[Any, Voice], Values]]] = {
    Heading: ("heading", _heading),
    Paragraph: ("paragraph", lambda block, voice: {"text": _sentences(block.messages, voice)}),
    Listing: ("list", lambda block, voice: {"points": list(map(voice.sentence, block.messages))}),
    Equations: ("equations", lambda block, voice: {"tex": voice.chosen.display(block, voice.notation)}),
    Ways: ("equations", lambda block, voice: {"tex": voice.chosen.picture(_arrows(block, voice.notation))}),
    Program: ("program", lambda block, voice: {"text": _PROGRAM.pattern}),
    Table: ("table", _table),
    Lines: ("lines", _lines),
    Item: ("item", _item),
    Room: ("room", lambda block, voice: {"lines": [_EMPTY] * block.lines}),
    Form: (
        "form",
        lambda block, voice: {
            "labels": list(map(voice.sentence, block.labels)),
            "last": _aside(block.last, voice),
        },
    ),
    Together: ("together", lambda block, voice: {"parts": list(map(voice.printed, block.blocks))}),
}


def _widths(rows: list[list[str]]) -> dict[str, object]:
    """Which columns of a table have words that need several lines, and the share of the page's width for each."""
    wraps = [any(len(_SET.sub("", text)) > LONGEST_WORDS for text in column) for column in zip(*rows, strict=True)]
    return {"wraps": wraps, "share": f"{SHARE_OF_WORDS / max(1, sum(wraps)):.2f}"}


def _node(value: object) -> Node | Index:
    if isinstance(value, Symbol):
        return index(value)
    if not isinstance(value, Node | Index):
        raise TypeError(f"a message cannot set {type(value).__name__} as a formula")
    return value


# ---------------------------------------------------------------- templates, each compiled once


def wordings() -> Iterator[Mapping[str, Any]]:
    """Every message of each language that there is."""
    return (_messages(folder.name) for folder in sorted(TEMPLATES.iterdir()) if folder.is_dir())


@cache
def _messages(language: str = LANGUAGE) -> Mapping[str, Any]:
    """Every message of a language: the tables of all its files; no two files share one."""
    files = sorted((TEMPLATES / language).glob("*.toml"))
    return {key: value for path in files for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items()}


@cache
def _wording(key: str) -> Template:
    """The message of this key; a formula in it is written {{ math(x) }}."""
    node: Any = _messages()
    for part in key.split("."):
        node = node[part]
    return _environment().from_string(node)


@cache
def _environment() -> Environment:
    made = Environment(undefined=StrictUndefined, autoescape=False)
    made.filters["reason"] = lambda key: _messages()["view"]["matrix"]["reasons"].get(key, key)
    made.filters["rule"] = lambda name: _messages()["rule"][name]["name"]
    return made


@cache
def _page(name: str) -> Template:
    delimiters: dict[str, Any] = _DELIMITERS if name.endswith(".tex.j2") else {}
    loader = FileSystemLoader(TEMPLATES)
    return Environment(
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, **delimiters
    ).get_template(name)
