"""Long lines of code broken where a reader would: before a plus or a minus, inside brackets."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

INDENT = "    "
SIGNS = (" + ", " - ")
GLUE = "\N{NO-BREAK SPACE}"


def assignment(left: str, right: str, width: int) -> list[str]:
    """left = right, the right side in brackets over several lines where it is too long."""
    whole = f"{left} = {right}"
    if len(whole) <= width:
        return [whole]
    if right[0] == "(" and _last_bracket(right) == (0, len(right) - 1):
        right = right[1:-1]
    return [f"{left} = (", *(INDENT + line for line in _broken(right, width - len(INDENT))), ")"]


def _broken(text: str, width: int) -> list[str]:
    """A term a line; what is still too long is broken inside its last bracket."""
    if len(text) <= width:
        return [text]
    pieces = list(_terms(text))
    if len(pieces) > 1:
        return [line for piece in pieces for line in _broken(piece, width)]
    start, end = _last_bracket(text)
    if end - start < 2:
        return [text]
    inner = _broken(text[start + 1 : end], width - len(INDENT))
    return [text[: start + 1], *(INDENT + line for line in inner), text[end:]]


def _terms(text: str) -> Iterator[str]:
    """The terms of a sum, each but the first with its sign in front."""
    depth, begin = 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and place and text[place : place + 3] in SIGNS:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]


def _last_bracket(text: str) -> tuple[int, int]:
    """Where the last bracket that stands in no other one opens and closes."""
    depth, opened, found = 0, 0, (0, 0)
    for place, character in enumerate(text):
        if character in "([{":
            opened = place if depth == 0 else opened
            depth += 1
        elif character in ")]}":
            depth -= 1
            found = (opened, place) if depth == 0 else found
    return found


def in_brackets(start: str, items: list[str], brackets: str, width: int) -> list[str]:
    """start(item, item, …) with the items over several lines where they are too long for one."""
    whole = f"{start}{brackets[0]}{', '.join(items)}{brackets[1]}"
    if len(whole) <= width:
        return [whole]
    glued = ", ".join(item.replace(" ", GLUE) for item in items)
    lines = textwrap.wrap(glued, width - len(INDENT), break_long_words=False, break_on_hyphens=False)
    return [start + brackets[0], *(INDENT + line.replace(GLUE, " ") for line in lines), brackets[1]]
