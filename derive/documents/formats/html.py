"""One page of HTML that needs nothing beside it: formulas in MathML Core, and the font to set them in.

There is no script. What is long folds; what is too wide for a narrow screen is there a second time, in shorter lines.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from derive.documents.formats.base import Format, Printed, TextFormat, printed
from derive.documents.formats.escaping import words
from derive.documents.formats.pictures import picture_svg
from derive.documents.voice import Markup, Shown, Voice
from derive.documents.wording import TEMPLATES, Formula, Phrase
from derive.notation import mathml
from derive.notation.breaking import Row, rows
from derive.pages.blocks import Block, Document, Heading, Message, Picture, Together
from derive.writing.nodes import Expr

FOLDER = "html"
FONT = "STIXTwoMath-subset.woff2"
WIDE, NARROW = 40.0, 19.5  # em, of a page's lines on a screen and on a phone
FOLDING = 3  # headings of this level and those below it fold what stands below them

# ---------------------------------------------------------------- words and formulas

_MARK = re.compile("([(\\[„“«]*)\ue000(\\d+)\ue001([.,;:!?)\\]%”»’。，；：）]*)")


def _phrase(phrase: Phrase, voice: Voice) -> str:
    """Words and formulas; no line ends between a formula and its punctuation."""
    text = "".join(words(piece) if isinstance(piece, str) else f"\ue000{i}\ue001" for i, piece in enumerate(phrase))

    def formula(found: re.Match[str]) -> str:
        set_in = _inline(phrase[int(found[2])], voice)  # type: ignore[arg-type]  # marks stand for formulas
        return f'<span class="whole">{found[1]}{set_in}{found[3]}</span>' if found[1] or found[3] else set_in

    return _MARK.sub(formula, text)


def _inline(formula: Formula, voice: Voice) -> str:
    spoken = voice.spoken_formula(formula)
    plain = mathml.inline(voice.ink(formula), spoken)
    if not isinstance(formula, Expr):
        return plain
    narrow = rows(formula, (), voice.notation, NARROW, voice.words)
    if _fits(narrow):
        return plain
    wide = rows(formula, (), voice.notation, WIDE, voice.words)
    return _both(plain if _fits(wide) else mathml.block(wide, spoken), mathml.block(narrow, spoken))


def _fits(lines: Sequence[Row]) -> bool:
    return len(lines) == 1 and not lines[0].share and not lines[0].size


def _both(wide: str, narrow: str) -> str:
    return f'<span class="wide">{wide}</span><span class="narrow">{narrow}</span>'


def _display(shown: Shown, voice: Voice) -> str:
    spoken = voice.spoken(shown)
    wide, narrow = shown.rows, shown.at(NARROW - (WIDE - shown.width) / 2)
    made = mathml.block(wide, spoken)
    return made if narrow == wide else _both(made, mathml.block(narrow, spoken))


def _drawing(picture: Picture, voice: Voice) -> str:
    return picture_svg(picture, voice.notation, voice.wording, picture.name)


MARKUP = Markup(_phrase, _display, _display, _drawing, WIDE)

# ---------------------------------------------------------------- the page


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it, which folds where `state` is "open" or "closed".

    `hints` stand at its end, each folded below its label.
    """

    heading: Printed
    parts: tuple[Printed | Section, ...]
    state: str = ""
    hints: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page(TextFormat):
    """A format that nests its blocks below their headings, with its style sheet and its font inside."""

    def values(self, document: Document, voice: Voice) -> dict[str, Any]:
        pairs = [(block, printed(self, block, voice)) for block in _opened(document.blocks)]
        return {
            **super().values(document, voice),
            "sections": _nested(pairs, voice, document.folded),
            "style": f"{kept('style.css')}\n{mathml.CSS}",
            "font": font(),
        }


def _opened(blocks: Iterable[Block]) -> Iterable[Block]:
    """The blocks, and in the place of blocks that stand together below a heading, it and they."""
    for block in blocks:
        match block:
            case Together((Heading() as heading, *more)):
                yield heading
                yield Together(tuple(more))
            case _:
                yield block


def _nested(pairs: Sequence[tuple[Block, Printed]], voice: Voice, folded: bool) -> tuple[Printed | Section, ...]:
    """The blocks, with those below their headings as sections of their own; `folded` folds the outermost."""
    starts = [i for i, (block, _) in enumerate(pairs) if isinstance(block, Heading)]
    parts: list[Printed | Section] = [made for _, made in pairs[: starts[0] if starts else None]]
    while starts:
        first, *_ = starts
        heading, made = pairs[first]
        end = next((i for i in starts[1:] if _level(pairs[i][0]) <= _level(heading)), len(pairs))
        state = "closed" if folded else "open" if _level(heading) >= FOLDING else ""
        below = _nested(pairs[first + 1 : end], voice, folded=False)
        parts.append(Section(made, below, state, _hints(heading, voice)))
        starts = [i for i in starts if i >= end]
    return tuple(parts)


def _hints(heading: Block, voice: Voice) -> tuple[tuple[str, str], ...]:
    """The hints of a section, each with its label."""
    found = heading.hints if isinstance(heading, Heading) else ()
    labels = (Message("hint.label", {"number": i, "count": len(found)}) for i in range(1, len(found) + 1))
    return tuple((voice.sentence(label), voice.sentence(hint)) for label, hint in zip(labels, found, strict=True))


def _level(block: Block) -> int:
    return block.level if isinstance(block, Heading) else 0


@cache
def kept(name: str) -> str:
    """A style sheet or a script from the templates, as it goes into the page."""
    return (TEMPLATES / FOLDER / name).read_text(encoding="utf-8").strip()


@cache
def font() -> str:
    """The mathematical font, in base 64."""
    return b64encode((TEMPLATES / FOLDER / FONT).read_bytes()).decode()


FORMAT = Format("html", "html", Page(FOLDER, MARKUP).write)
