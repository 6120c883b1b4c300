"""Text from anywhere, made harmless for a markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def escaper(table: Mapping[str, str]) -> Callable[[str], str]:
    """What writes each character of the table as its escape."""
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda match: table[match[0]], text)


words = escaper({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})  # of HTML
string_escapes = escaper({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def string_literal(text: str) -> str:
    """The text as a string of Typst's, in its quotation marks."""
    return f'"{string_escapes(text)}"'
