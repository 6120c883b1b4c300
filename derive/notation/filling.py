"""Lines of limited width, filled with the pieces of a formula."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from derive.notation.boxes import Box
from derive.notation.expressions import Style
from derive.notation.opening import Piece, opened
from derive.writing.nodes import Node

DEEPEST = 3  # quads that a continued line is moved in


def filled(node: Node, style: Style, width: float) -> list[Line]:
    """The formula in lines, those after the first moved in; only what cannot be broken makes a line too wide."""
    page = Page(width)
    _set(Piece(node), style, page, 0.0, 1)
    page.end_line()
    return page.lines


class Line(NamedTuple):
    tex: str
    width: float


@dataclass
class Page:
    """The lines so far and the one being filled."""

    width: float
    lines: list[Line] = field(default_factory=list)
    line: str = ""
    used: float = 0.0
    empty: bool = True

    def has_room(self, width: float) -> bool:
        return self.used + width <= self.width

    def room_below(self, depth: int) -> float:
        """The room on a new line."""
        return self.width - min(depth, DEEPEST)

    def is_for(self, head: float) -> bool:
        """Whether it is worth beginning here what is taken apart: a good part of the line is left behind its head."""
        return self.used + head <= self.width / 2

    def put(self, *boxes: Box) -> None:
        self.line += "".join(box.tex for box in boxes)
        self.used += sum(box.width for box in boxes)
        self.empty = False

    def end_line(self) -> None:
        self.lines.append(Line(self.line.rstrip(), self.used))

    def begin_line(self, depth: int) -> None:
        self.end_line()
        quads = min(depth, DEEPEST)
        self.line = r"\quad " * quads
        self.used = float(quads)
        self.empty = True


def _set(piece: Piece, style: Style, page: Page, tail: float, depth: int) -> None:
    """Put a piece on this line, or whole on the next, or taken apart, with room for the `tail` that closes brackets."""
    whole = piece.box(style)
    width = max(piece.same.width, piece.next.width) + whole.width + piece.suffix.width
    if page.has_room(width + tail):
        page.put(piece.same, whole, piece.suffix)
        return
    parts = opened(piece, style)
    fits_below = page.room_below(depth) >= width + tail
    if not page.empty and (parts is None or fits_below or not page.is_for(parts.before.width)):
        page.begin_line(depth)
        piece = replace(piece, same=piece.next)
    if parts is None or page.has_room(width + tail):
        page.put(piece.same, whole, piece.suffix)
        return
    page.put(piece.same, parts.before)
    closing = parts.after.width + piece.suffix.width
    for part in parts.pieces:
        _set(part, style, page, closing + tail if part is parts.pieces[-1] else 0.0, depth + 1)
    page.put(parts.after, piece.suffix)
