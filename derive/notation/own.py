"""A notation of one's own, in TOML: the ordinary one, or another by its name, except for what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from derive.errors import OptionError, shortened, unknown
from derive.notation.names import parsed, spelled
from derive.notation.notations import Notation, notation

LONGEST = 20_000  # characters of a file, 40 of a name
BRACKETS = ("", "()", "[]")


def read_notation(text: str, where: str) -> Notation:
    """The notation that a text in TOML describes; `where` names it in messages."""
    if len(text) > LONGEST:
        raise OptionError(f"the notation {where} is longer than {LONGEST:,} characters")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"the notation {where} is not TOML: {error}") from error
    base = _name(table.pop("like", "lesson"), "like", where)
    for key in table:
        if key not in READERS:
            raise OptionError(f"the notation {where}: {unknown('key', key, ('like', *READERS))}")
    return replace(notation(base), **{key: READERS[key](value, key, where) for key, value in table.items()})


def _wrong(key: str, where: str, wanted: str, value: object) -> OptionError:
    return OptionError(f"the notation {where}: {key} must be {wanted}, not {shortened(str(value))}")


def _flag(value: object, key: str, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, where, "true or false", value)
    return value


def _one_of(*known: object) -> Callable[[object, str, str], Any]:
    def read(value: object, key: str, where: str) -> object:
        if value not in known or isinstance(value, bool):
            raise _wrong(key, where, " or ".join(map(str, known)), value)
        return value

    return read


def _name(value: object, key: str, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 40 or not spelled(parsed(value).base):
        raise _wrong(key, where, "a name of at most 40 letters, such as sigma or E_n", value)
    return value


def _names(value: object, key: str, where: str) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise _wrong(key, where, 'a table of names, such as { z = "a" }', value)
    return {own: _name(other, f"{key}.{own}", where) for own, other in value.items()}


def _label(value: object, key: str, where: str) -> tuple[str, str]:
    if value not in BRACKETS:
        raise _wrong(key, where, '"()", "[]" or ""', value)
    text = str(value)
    return text[:1], text[1:]


Reader = Callable[[object, str, str], Any]
READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("families", "letters", "functions"), _names),
    **dict.fromkeys(
        ("sizes_apart", "bold", "from_to", "from_layer", "weight_first", "mean", "numerator", "rows"), _flag
    ),
    **dict.fromkeys(("base", "layer_base", "sample_base"), _one_of(0, 1)),
    "label": _label,
    "delta_name": _name,
    "delta_sign": _one_of(1, -1),
    "loss": _name,
    "bias": _one_of("none", "shown", "absorbed"),
}
