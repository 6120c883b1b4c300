"""Messages as phrases: the words of a language, and between them the trees that a format sets as formulas.

Each language is a folder of the templates; a teacher's own folder may replace single messages of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from derive.documents.own_wording import refused, with_own
from derive.errors import unknown
from derive.notation.notations import Notation, Words
from derive.notation.speech import Speech
from derive.pages import blocks
from derive.pages.blocks import Message
from derive.pages.languages import ENGLISH, LANGUAGES
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Node

_HERE = Path(__file__).resolve().parent.parent
TEMPLATES = next(folder for folder in (_HERE / "templates", _HERE.parent / "templates") if folder.is_dir())
_MARK = re.compile("\ue000(\\d+)\ue001")

Formula = Node | Index | blocks.Node | blocks.Layer
Phrase = tuple[str | Formula, ...]


@dataclass(frozen=True, eq=False)
class Wording:
    """The messages of one language, by their keys; `own` are those that a teacher has worded."""

    language: str
    messages: Mapping[str, Any] = field(repr=False)
    own: frozenset[str] = frozenset()

    def phrase(self, message: Message) -> Phrase:
        """The message's words, with its formulas between them."""
        formulas: list[Formula] = []

        def formula(value: object) -> str:
            formulas.append(_formula(value))
            return f"\ue000{len(formulas) - 1}\ue001"

        text = self._said(message.key, {**message.values, "math": formula})
        pieces = _MARK.split(text.strip())
        return tuple(formulas[int(piece)] if i % 2 else piece for i, piece in enumerate(pieces) if piece)

    def _said(self, key: str, values: Mapping[str, Any]) -> str:
        try:
            return self._template(key).render(values)
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            if key in self.own:
                raise refused(key, error) from error
            raise

    def message(self, key: str) -> Any:
        """What the templates have under a key."""
        node: Any = self.messages
        for part in key.split("."):
            node = node[part]
        return node

    @cached_property
    def words(self) -> Words:
        """The words inside formulas."""
        return Words(**self.messages["formula"])

    def speech(self, notation: Notation) -> Speech:
        """How formulas are read out in a notation."""
        return self._speeches.setdefault(notation, Speech(self.messages["speech"], notation))

    @cached_property
    def _speeches(self) -> dict[Notation, Speech]:
        return {}

    def _template(self, key: str) -> Template:
        known = self._compiled.get(key)
        if known is None:
            known = self._compiled[key] = self._environment.from_string(self.message(key))
        return known

    @cached_property
    def _compiled(self) -> dict[str, Template]:
        return {}

    @cached_property
    def _environment(self) -> Environment:
        kind = ImmutableSandboxedEnvironment if self.own else Environment
        made = kind(undefined=StrictUndefined, autoescape=False)
        made.filters["reason"] = lambda key: self.message("view.matrix.reasons").get(key, key)
        made.filters["rule"] = lambda name: self.messages["rule"][name]["name"]
        made.filters["mistake"] = lambda name: self.messages["mistake"][name]["title"]
        return made


def _formula(value: object) -> Formula:
    if isinstance(value, Symbol):
        return index(value)
    if not isinstance(value, Node | Index | blocks.Node | blocks.Layer):
        raise TypeError(f"a message cannot set {type(value).__name__} as a formula")
    return value


@cache
def wording(language: str = ENGLISH, own: Path | None = None) -> Wording:
    """The messages of a language, those in a teacher's own folder in their places."""
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    messages = _messages(language)
    return Wording(language, messages) if own is None else Wording(language, *with_own(messages, own))


def _messages(language: str) -> dict[str, Any]:
    """The tables of all files of a language, of which no two share one."""
    files = sorted((TEMPLATES / language).glob("*.toml"))
    tables = (tomllib.loads(path.read_text(encoding="utf-8")) for path in files)
    return {key: value for table in tables for key, value in table.items()}


def wordings() -> Iterator[Mapping[str, Any]]:
    """Every message of each language that there is."""
    return (wording(language).messages for language in LANGUAGES)
