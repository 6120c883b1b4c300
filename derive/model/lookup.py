"""How a name that a person typed finds its entry in a catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from derive.errors import unknown


class Entry(Protocol):
    """What can stand in a catalogue."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the same thing."""


E = TypeVar("E", bound=Entry)


def found(kind: str, name: str, catalogue: Mapping[str, E], also: Iterable[str] = ()) -> E:
    """The entry of this name or alias; capitals, spaces, hyphens and underscores make no difference.

    The error for an unknown name lists the catalogue's names, and those of `also`.
    """
    wanted = _spelling(name)
    for key, entry in catalogue.items():
        if wanted in map(_spelling, (key, *entry.aliases)):
            return entry
    raise unknown(kind, name, [*also, *catalogue])


def _spelling(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()
