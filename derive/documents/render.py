"""Documents as text: messages become sentences, trees formulas, blocks a page. Nothing else imports Jinja2."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from derive.errors import unknown
from derive.notation.breaking import Row, latex_block, markdown_block, markdown_inline, rows
from derive.notation.latex import latex
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import (
    Block,
    Cell,
    Document,
    Equations,
    Heading,
    Listing,
    Message,
    Paragraph,
    Program,
    Table,
    Ways,
)
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Node

_HERE = Path(__file__).resolve().parent.parent
TEMPLATES = next(folder for folder in (_HERE / "templates", _HERE.parent / "templates") if folder.is_dir())
LANGUAGE = "en"
IN_A_ROW = 6  # quantities in one line of a picture
LONGEST_WORDS = 40  # characters in a table's cell that stay in one line
SHARE_OF_WORDS = 0.55  # of the page's width, for the columns that take more
_SET = re.compile(r"\$.*?\$")
_MARK = re.compile("\ue000(\\d+)\ue001")
_PROGRAM = re.compile("\ue002")  # stands for a program while the blank lines around it are counted


@dataclass(frozen=True)
class Format:
    """A way to print a document: its file's ending, its template, and how prose and formulas are written in it."""

    name: str
    template: str
    escape: Callable[[str], str]
    inline: Callable[[str], str]
    display: Callable[[Equations, Notation], str]
    picture: Callable[[list[Row]], str]


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
        _escaped(_MARKDOWN),
        markdown_inline,
        lambda block, notation: markdown_block(rows(block.left, block.members, notation)),
        markdown_block,
    ),
    "tex": Format(
        "tex",
        "document.tex.j2",
        _escaped(_TEX),
        lambda tex: f"${tex}$",
        lambda block, notation: latex_block(rows(block.left, block.members, notation)),
        latex_block,
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
        title=voice.sentence(document.title), blocks=list(map(voice.block, document.blocks))
    )
    tight = re.sub(r"\n{3,}", "\n\n", page).strip("\n") + "\n"
    programs = [block.text.rstrip() for block in document.blocks if isinstance(block, Program)]
    return _PROGRAM.sub(lambda _: programs.pop(0), tight)


@dataclass(frozen=True)
class Voice:
    """Prints one document's messages and formulas in one format and notation."""

    chosen: Format
    notation: Notation

    def block(self, block: Block) -> dict[str, object]:
        """A block as its template reads it."""
        match block:
            case Heading(level, message):
                return {"kind": "heading", "level": level, "text": self.sentence(message)}
            case Paragraph(messages):
                return {"kind": "paragraph", "text": " ".join(map(self.sentence, messages))}
            case Program():
                return {"kind": "program", "text": "\ue002"}
            case Ways():
                return {"kind": "equations", "tex": self.chosen.picture(_arrows(block, self.notation))}
            case Listing(messages):
                return {"kind": "list", "points": list(map(self.sentence, messages))}
            case Table(header, cells):
                lines = [list(map(self.cell, row)) for row in (header, *cells)]
                return {"kind": "table", "header": lines[0], "rows": lines[1:], **_widths(lines)}
        return {"kind": "equations", "tex": self.chosen.display(block, self.notation)}

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
