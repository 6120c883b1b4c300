"""What a marker says, in words."""

from __future__ import annotations

from functools import cache

from derive.documents.formats.markdown import MARKUP
from derive.documents.voice import Voice
from derive.documents.wording import wording, wordings
from derive.exercises.marking_short import normal
from derive.notation.notations import LESSON, Notation
from derive.pages.blocks import Message


def sentence(message: Message, notation: Notation = LESSON) -> str:
    """A message as one sentence of Markdown."""
    return str(Voice(MARKUP, notation, wording()).sentence(message))


@cache
def rule_names() -> dict[str, frozenset[str]]:
    """{name: the rules that bear it}, in every language; a name is as `normal` makes it."""
    found: dict[str, frozenset[str]] = {}
    for messages in wordings():
        for rule, words in messages["rule"].items():
            for name in (rule, words["name"], *words.get("also", ())):
                found[normal(name)] = found.get(normal(name), frozenset()) | {rule}
    return found
