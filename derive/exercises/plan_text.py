"""A plan's text in TOML, with the place of every key, so that a mistake is shown where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from derive.errors import OptionError, Place, shortened, unknown

LONGEST = 100_000  # characters of a plan
LONGEST_TEXT = 20_000  # characters of a model in a plan
LONGEST_NAME = 200  # characters of any other text
_TABLE = re.compile(r"""\s*(\[{1,2})\s*((?:[\w.-]|"[^"]*")+)\s*\]""")
_PART = re.compile(r'([\w-]+)|"([^"]*)"')
_KEY = re.compile(r"""\s*(?:([\w-]+)|"([^"]*)"|'([^']*)')\s*=""")
_QUOTES = re.compile(r'"""|' + "'''")
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ue000-\uf8ff]")
Path = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A value of the plan, the path of keys that leads to it, and where each key stands."""

    value: Any
    path: Path = ()
    places: Mapping[Path, Place] = field(default_factory=dict)

    def error(self, why: str) -> OptionError:
        """An error about this entry, with its line; where it has none of its own, that of the key around it."""
        path = next((self.path[:n] for n in range(len(self.path), -1, -1) if self.path[:n] in self.places), None)
        name = "".join(f"[{k + 1}]" if isinstance(k, int) else f".{k}" for k in self.path).lstrip(".")
        return OptionError(f"{name}: {why}" + (f"\n{self.places[path]}" if path is not None else ""))

    def inner(self, key: str | int) -> Entry:
        return Entry(self.value[key], (*self.path, key), self.places)

    def fields(self, readers: Mapping[str, Callable[[Entry], Any]]) -> dict[str, Any]:
        """The entries of a table, each read by the reader of its name; an unknown name is an error."""
        if not isinstance(self.value, dict):
            raise self.error(f"it must be a table of keys and values, not {shortened(str(self.value))}")
        for name in self.value:
            if name not in readers:
                raise self.inner(name).error(str(unknown("key", name, readers)))
        return {name: readers[name](self.inner(name)) for name in self.value}


def whole(least: int, most: int) -> Callable[[Entry], int]:
    """A reader of whole numbers within bounds."""

    def read(entry: Entry) -> int:
        if type(entry.value) is not int or not least <= entry.value <= most:
            raise entry.error(f"it must be a whole number from {least} to {most}, not {shortened(str(entry.value))}")
        return entry.value

    return read


def text(entry: Entry, longest: int = LONGEST_NAME) -> str:
    """A reader of texts that can be printed."""
    if not isinstance(entry.value, str):
        raise entry.error(f'it must be a text in quotation marks, such as "{entry.path[-1]}"')
    if len(entry.value) > longest:
        raise entry.error(f"the text has {len(entry.value):,} characters, and may have at most {longest:,}")
    if _UNPRINTABLE.search(entry.value):
        raise entry.error("the text has a character that cannot be printed")
    return entry.value


def line(entry: Entry) -> str:
    """A reader of texts in one line."""
    found = text(entry)
    if "\n" in found:
        raise entry.error("it must be one line")
    return found


def one_of(kind: str, known: Mapping[str, Any] | tuple[str, ...]) -> Callable[[Entry], str]:
    """A reader of names that a catalogue knows."""

    def read(entry: Entry) -> str:
        name = line(entry)
        if name not in known:
            raise entry.error(str(unknown(kind, name, known)))
        return name

    return read


def several(reader: Callable[[Entry], T], most: int) -> Callable[[Entry], tuple[T, ...]]:
    """A reader of lists; one value alone is a list of one."""

    def read(entry: Entry) -> tuple[T, ...]:
        if not isinstance(entry.value, list):
            return (reader(entry),)
        if not 1 <= len(entry.value) <= most:
            raise entry.error(f"the list must have 1 to {most} entries, and has {len(entry.value)}")
        return tuple(reader(entry.inner(i)) for i in range(len(entry.value)))

    return read


def parsed(source: str) -> Entry:
    """The text as a table of keys and values."""
    if len(source) > LONGEST:
        raise OptionError(f"the text has {len(source):,} characters, and may have at most {LONGEST:,}")
    try:
        values = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _misread(str(error), source.splitlines()) from None
    except (RecursionError, ValueError):
        raise OptionError("it is nested too deep, or a number has too many digits") from None
    return Entry(values, (), dict(_places(source)))


def _misread(complaint: str, lines: list[str]) -> OptionError:
    found = _AT.search(complaint)
    number, column = (int(found[1]), int(found[2])) if found and found[1] else (max(1, len(lines)), 1)
    shown = lines[number - 1] if number <= len(lines) else ""
    why = _AT.sub("", complaint)
    return OptionError(f"this is not TOML: {why[:1].lower()}{why[1:]}\n{Place(number, column, shown)}")


def _places(source: str) -> Iterator[tuple[Path, Place]]:
    """Where each table and each key begins, in a text that is known to be TOML."""
    table: Path = ()
    count: dict[str, int] = {}
    quoted = ""
    for number, shown in enumerate(source.splitlines(), 1):
        inside, quoted = bool(quoted), _still_quoted(shown, quoted)
        if inside:
            continue
        if header := _TABLE.match(shown):
            table = _table(header, count)
            yield table, Place(number, header.start(1) + 1, shown)
        elif key := _KEY.match(shown):
            name = next(group for group in key.groups() if group is not None)
            yield (*table, name), Place(number, len(shown) - len(shown.lstrip()) + 1, shown)


def _table(header: re.Match[str], count: dict[str, int]) -> Path:
    name = header[2]
    if header[1] == "[":
        return tuple(bare or quoted for bare, quoted in _PART.findall(name))
    count[name] = count.get(name, -1) + 1
    return (name, count[name])


def _still_quoted(shown: str, quoted: str) -> str:
    """The quotation mark of three that is open at the end of a line."""
    for mark in _QUOTES.findall(shown):
        quoted = "" if quoted == mark else quoted or mark
    return quoted
