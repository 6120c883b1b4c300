"""A document in a terminal: Unicode, folded to the width, with headings in colour where somebody looks at it."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derive.documents.formats.base import Setting
from derive.documents.screen import Screen
from derive.documents.voice import Markup, Shown, Values, Voice, counted
from derive.documents.wording import Phrase
from derive.notation.plain import plain, plain_parts
from derive.pages.blocks import Block, Document, Picture

INDENT = "  "
NARROWEST, WIDEST = 40, 100
TITLE, HEADING, CODE, PLAIN = "1;4", "1;36", "2", "0"  # how a terminal is told: bold and underlined, bold cyan, faint


def _phrase(phrase: Phrase, voice: Voice) -> str:
    pieces = (
        piece if isinstance(piece, str) else plain(counted(piece, voice.notation), voice.notation, voice.words)
        for piece in phrase
    )
    return "".join(pieces)


def _chains(shown: Shown, voice: Voice) -> list[list[str]]:
    """The sides of each chain; of a way, all that it leads through in one."""
    if shown.relation != "==":
        return [[" ⟶ ".join(plain(part, voice.notation, voice.words) for part in chain)] for chain in shown.chains]
    return [plain_parts(left, tuple(members), voice.notation, voice.words) for left, *members in shown.chains]


def _drawing(picture: Picture, voice: Voice) -> str:
    return f"[{_phrase(voice.wording.phrase(picture.alt), voice)}]"


MARKUP = Markup(_phrase, _chains, _chains, _drawing)


def terminal(document: Document, setting: Setting, screen: Screen) -> str:
    """The document, in lines as wide as the screen, where no single word or factor is longer."""
    page = _Page(max(NARROWEST, min(screen.width, WIDEST)), screen.colour)
    voice = Voice(MARKUP, setting.notation, setting.wording)
    parts = [page.styled(page.folded(voice.sentence(document.title)), TITLE)]
    parts += [page.block(block, voice) for block in document.blocks]
    return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True)
class _Page:
    width: int
    colour: bool

    def block(self, block: Block, voice: Voice) -> str:
        kind, values = voice.values(block)
        if kind == "together":
            return "\n\n".join(self.block(part, voice) for part in values["parts"])
        return "\n".join(LAYOUTS[kind](self, values))

    def folded(self, text: str, first: str = "", later: str = "") -> str:
        """In a script without spaces, whose characters are two columns wide, a line may end anywhere."""
        wide = any(map(_is_wide, text))
        width = self.width // 2 if wide else self.width
        return textwrap.TextWrapper(width, first, later, break_long_words=wide, break_on_hyphens=False).fill(text)

    def formula(self, text: str, first: str, later: str) -> str:
        """Folded before signs outside brackets; where that leaves lines too long, at any space."""
        kept = self.folded(_held_together(text), first, later).replace(KEPT_SPACE, " ")
        return kept if max(map(len, kept.splitlines())) <= self.width else self.folded(text, first, later)

    def styled(self, text: str, style: str) -> str:
        return f"\033[{style}m{text}\033[{PLAIN}m" if self.colour else text

    def chain(self, sides: list[str], first: str = INDENT) -> Iterator[str]:
        """left = right, each further side on a line of its own below the first sign."""
        left, *members = sides
        hanging = " " * len(first) + INDENT
        if not members:
            yield self.formula(left, first, hanging)
            return
        yield self.formula(f"{left} = {members[0]}", first, hanging)
        for member in members[1:]:
            yield self.formula(f"= {member}", hanging, hanging + INDENT)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


KEPT_SPACE = "\u00a0"  # at which no line ends
SIGNS = "=+−⟶"


def _held_together(text: str) -> str:
    """The formula with all spaces kept but those before signs outside brackets."""
    made, depth = "", 0
    for here, following in zip(text, text[1:] + " ", strict=True):
        depth += (here in "([{") - (here in ")]}")
        made += KEPT_SPACE if here == " " and (depth or following not in SIGNS) else here
    return made


def _heading(page: _Page, values: Values) -> Iterator[str]:
    aside = f" ({values['aside']})" if values["aside"] else ""
    yield page.styled(page.folded(f"{values['text']}{aside}"), HEADING)


def _list(page: _Page, values: Values) -> Iterator[str]:
    for point in values["points"]:
        yield page.folded(point, "• ", INDENT)


def _equations(page: _Page, values: Values) -> Iterator[str]:
    for sides in values["math"]:
        yield from page.chain(sides)


def _lines(page: _Page, values: Values) -> Iterator[str]:
    for mark, text in values["lines"]:
        if isinstance(text, str):
            yield page.folded(text, f"{mark}  ", "   ")
        else:
            for sides in text:
                yield from page.chain(sides, f"{mark}  ")


def _table(_: _Page, values: Values) -> Iterator[str]:
    rows = [values["header"], *values["rows"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _item(page: _Page, values: Values) -> Iterator[str]:
    aside = f" ({values['aside']})" if values["aside"] else ""
    yield page.folded(f"{values['mark']} {values['text']}{aside}")


def _program(page: _Page, values: Values) -> Iterator[str]:
    yield page.styled(textwrap.indent(values["text"], INDENT), CODE)


def _form(_: _Page, values: Values) -> Iterator[str]:
    yield " ".join([*(f"{label} ________" for label in values["labels"]), values["last"]]).rstrip()


LAYOUTS: Mapping[str, Callable[[_Page, Any], Iterator[str]]] = {
    "heading": _heading,
    "paragraph": lambda page, values: iter([page.folded(values["text"])]),
    "list": _list,
    "equations": _equations,
    "program": _program,
    "picture": lambda page, values: iter([page.folded(values["picture"])]),
    "table": _table,
    "lines": _lines,
    "item": _item,
    "room": lambda page, values: iter([""] * values["lines"]),
    "form": _form,
}
