"""Chains of equations in lines that fit the page, and as displays for LaTeX and for Markdown.

A line ends at a relation, at a plus, and inside brackets if need be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from derive.notation.boxes import RELATION_SIGN
from derive.notation.expressions import Style, box, style_of
from derive.notation.filling import Line as Filled
from derive.notation.filling import filled
from derive.notation.ink import EMPTY, Ink
from derive.notation.notations import ENGLISH, LESSON, Notation, Words
from derive.notation.telling import told_chain
from derive.notation.tex import line
from derive.writing.nodes import Expr

TEXT_WIDTH = 40.0  # em, on A4 with margins of 2.5 cm at 11 points
WIDEST_LEFT = 0.4  # of the width; a wider left side gets a line of its own
# Smaller letters for what cannot be broken far enough, and how wide they are beside those of the text.
Size = Literal["", "small", "smaller"]
SIZES: dict[Size, float] = {"": 1.0, "small": 0.93, "smaller": 0.87}
Relation = Literal["", "="]


@dataclass(frozen=True)
class Row:
    """left relation right, each possibly empty.

    `size` is a smaller size for the block that the row stands in. `share` is the share of the line's width that the
    right side is to be scaled to, where no size and no break makes it narrow enough; 0 leaves it as it is. `scale` is
    what it is scaled by, for those who cannot measure it.
    """

    left: Ink
    relation: Relation
    right: Ink
    size: Size = ""
    share: float = 0.0
    scale: float = 1.0


def rows(
    left: Expr,
    members: Sequence[Expr],
    notation: Notation = LESSON,
    width: float = TEXT_WIDTH,
    words: Words = ENGLISH,
) -> list[Row]:
    """`left = members[0] = members[1] = …` in rows no wider than `width` em, set smaller where nothing else helps."""
    return list(_fitted(left, tuple(members), notation, width, words))


@lru_cache(maxsize=1024)  # a document in several formats asks for the same rows again
def _fitted(left: Expr, members: tuple[Expr, ...], notation: Notation, width: float, words: Words) -> tuple[Row, ...]:
    style = style_of(notation, words)
    left, members = told_chain(left, members, notation)
    made: list[Row] = []
    for size, factor in SIZES.items():
        made = _rows(left, members, style, width / factor)
        if not any(row.share for row in made):
            return tuple(replace(row, size=size) for row in made) if size else tuple(made)
    return tuple(replace(row, size=size) for row in made)


def _rows(left: Expr, members: Sequence[Expr], style: Style, width: float) -> list[Row]:
    own = box(left, style)
    alone = not members or own.width > WIDEST_LEFT * width
    made = _broken(left, style, width, width) if alone else []
    room = width - RELATION_SIGN - (0 if alone else own.width)
    for member in members:
        first, *more = _broken(member, style, room, width)
        made += [replace(first, left=EMPTY if made else own.ink, relation="="), *more]
    return made


def _broken(expression: Expr, style: Style, room: float, width: float) -> list[Row]:
    """The lines of an expression in the room that is left of the width."""
    return [_fitting(made, room, width) for made in filled(expression, style, room)]


def _fitting(made: Filled, room: float, width: float) -> Row:
    if made.width <= room:
        return Row(EMPTY, "", made.ink)
    return Row(EMPTY, "", made.ink, share=room / width, scale=room / made.width)


# ---------------------------------------------------------------- displays

# GitHub's Markdown takes a backslash before punctuation for an escape, and may take < and | for its own.
MARKDOWN = {
    r"\\": r"\cr ",
    r"\,": r"\thinspace ",
    r"\!": r"\negthinspace ",
    r"\;": r"\thickspace ",
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    "<": r"\lt ",
    ">": r"\gt ",
    "|": r"\vert ",
    r"\textcolor[HTML]{": r"\textcolor{#",
    "}_": "}_ ",  # an underscore after punctuation and before it could begin emphasis
}
_TO_REPLACE = re.compile(f"({'|'.join(map(re.escape, MARKDOWN))}) ?")


def markdown_tex(tex: str) -> str:
    """The same mathematics in the words that survive GitHub's Markdown."""
    return _TO_REPLACE.sub(lambda found: MARKDOWN[found[1]], tex)


def markdown_inline(tex: str) -> str:
    """$…$, for the middle of a sentence."""
    return f"${markdown_tex(tex)}$"


def markdown_block(rows: Sequence[Row]) -> str:
    """$$…$$: no blank line, and no line that begins with a sign that begins something else in Markdown."""
    if len(rows) == 1:
        inner = [_size(rows), _line(rows[0], "")]
    else:
        lines = [f"{_line(row, '& ')} \\\\" for row in rows[:-1]] + [_line(rows[-1], "& ")]
        inner = [_size(rows), r"\begin{aligned}", *lines, r"\end{aligned}"]
    return "\n".join(["$$", *(_safe(markdown_tex(line).rstrip()) for line in inner if line), "$$"])


def _safe(line: str) -> str:
    return line if line[0].isalpha() or line[0] in "\\&" else f"{{}}{line}"


def latex_block(rows: Sequence[Row]) -> str:
    """An `align*`, or one displayed formula; the preamble needs amsmath, graphicx and `\\allowdisplaybreaks`."""
    if len(rows) == 1:
        block = f"\\[\n{_line(rows[0], '', _scaled)}\n\\]"
    else:
        lines = " \\\\\n".join(_line(row, "& ", _scaled) for row in rows)
        block = f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"
    size = _size(rows)
    return f"{{{size}\n{block}\n}}" if size else block


def inset(rows: Sequence[Row], place: str = "") -> str:
    """The rows as one formula in the middle of a text, as large as a display; `place` is an option of `aligned`."""
    if len(rows) == 1:
        return rf"\displaystyle {_line(rows[0], '')}"
    lines = r" \\ ".join(_line(row, "& ") for row in rows)
    return rf"\begin{{aligned}}{place} {lines} \end{{aligned}}"


def _right(row: Row) -> str:
    return line(row.right)


def _scaled(row: Row) -> str:
    if not row.share:
        return line(row.right)
    return rf"\resizebox{{{row.share:.2f}\linewidth}}{{!}}{{$\displaystyle {line(row.right)}$}}"


def _line(row: Row, mark: str, right: Callable[[Row], str] = _right) -> str:
    relation = f"{row.relation} " if row.relation else ""
    return f"{line(row.left)} {mark}{relation}{right(row)}".strip()


TEX_SIZES = {"": "", "small": r"\small", "smaller": r"\footnotesize"}


def _size(rows: Sequence[Row]) -> str:
    return next((TEX_SIZES[row.size] for row in rows if row.size), "")
