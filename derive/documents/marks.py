"""What a marker says, in words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from derive.documents.voice import counted
from derive.documents.wording import Wording, wording, wordings
from derive.exercises.marking_short import normal
from derive.notation.latex import latex
from derive.notation.notations import LESSON, Notation
from derive.notation.plain import plain
from derive.pages.blocks import Equations, Message


def feedback(messages: Iterable[Message], notation: Notation = LESSON, words: Wording | None = None) -> str:
    """Messages as plain text, their formulas as a terminal shows them."""
    phrases = ((words or wording()).phrase(message) for message in messages)
    return " ".join(
        "".join(p if isinstance(p, str) else plain(counted(p, notation), notation) for p in phrase)
        for phrase in phrases
    )


def told_back(read: Iterable[Equations | str], notation: Notation = LESSON) -> str:
    """What was understood, as LaTeX: a line for each chain of equations."""
    return " \\\\ ".join(part if isinstance(part, str) else _chain(part, notation) for part in read)


def _chain(found: Equations, notation: Notation) -> str:
    return " = ".join(latex(side, notation) for side in (found.left, *found.members))


@cache
def rule_names() -> dict[str, frozenset[str]]:
    """{name: the rules that bear it}, in every language; a name is as `normal` makes it."""
    found: dict[str, frozenset[str]] = {}
    for messages in wordings():
        for rule, words in messages["rule"].items():
            for name in (rule, words["name"]):
                found[normal(name)] = found.get(normal(name), frozenset()) | {rule}
    return found
