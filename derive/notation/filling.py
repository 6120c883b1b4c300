"""Lines of limited width, filled with the pieces of a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from derive.notation.boxes import NO_BOX, Box
from derive.notation.expressions import Style
from derive.notation.ink import QUAD, Ink, Row
from derive.notation.opening import Piece, opened
from derive.writing.nodes import Node

DEEPEST = 4  # quads that a continued line is moved in


def filled(node: Node, style: Style, width: float) -> list[Line]:
    """The formula in lines, those after the first moved in; only what cannot be broken makes a line too wide."""
    page = Page(width)
    _set(Piece(node), style, page, 0.0, 0)
    page.end_line()
    return page.lines


class Line(NamedTuple):
    ink: Ink
    width: float


@dataclass
class Page:
    """The lines so far and the one being filled."""

    width: float
    lines: list[Line] = field(default_factory=list)
    line: list[Ink] = field(default_factory=list)
    used: float = 0.0
    empty: bool = True

    def has_room(self, width: float) -> bool:
        return self.used + width <= self.width

    def room_below(self, depth: int) -> float:
        """The room on a new line."""
        return self.width - min(depth, DEEPEST)

    def is_for(self, head: float) -> bool:
        """Whether to begin here what is taken apart: most of the line is left behind its head."""
        return self.used + head <= self.width / 3

    def put(self, *boxes: Box) -> None:
        some = [box for box in boxes if box is not NO_BOX]
        self.line += (box.ink for box in some)
        self.used += sum(box.width for box in some)
        self.empty = self.empty and not some

    def end_line(self) -> None:
        self.lines.append(Line(Row(tuple(self.line)), self.used))

    def begin_line(self, depth: int) -> None:
        self.end_line()
        quads = min(depth, DEEPEST)
        self.line = [QUAD] * quads
        self.used = float(quads)
        self.empty = True


def _set(piece: Piece, style: Style, page: Page, tail: float, depth: int) -> bool:
    """Put a piece on this line, or whole on the next, or taken apart, with room for the `tail` that closes brackets.

    Tells whether it was taken apart: what comes after it then begins a line, to be found by the eye.
    """
    whole = piece.box(style)
    width = max(piece.same.width, piece.next.width) + whole.width + piece.suffix.width
    if page.has_room(width + tail):
        page.put(piece.same, whole, piece.suffix)
        return False
    parts = opened(piece, style)
    fits_below = page.room_below(depth) >= width + tail
    if not page.empty and (parts is None or fits_below or not page.is_for(parts.before.width)):
        page.begin_line(depth)
        piece = replace(piece, same=piece.next)
    if parts is None or page.has_room(width + tail):
        page.put(piece.same, whole, piece.suffix)
        return False
    page.put(piece.same, parts.before)
    _set_all(parts.pieces, style, page, parts.after.width + piece.suffix.width + tail, depth + 1)
    page.put(parts.after, piece.suffix)
    return True


def _set_all(pieces: Sequence[Piece], style: Style, page: Page, tail: float, depth: int) -> None:
    taken_apart = False
    for position, piece in enumerate(pieces, 1):
        below = taken_apart and not page.empty
        if below:
            page.begin_line(depth)
        joined = replace(piece, same=piece.next) if below else piece
        taken_apart = _set(joined, style, page, tail if position == len(pieces) else 0.0, depth)
