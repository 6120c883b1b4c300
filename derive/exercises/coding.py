"""Frozen dataclasses as JSON and back without loss, by the types of their fields; all that is read is checked.

An expression is text in the model language where that reads back as the same tree, so that people can read a file.
Where the language has no words for a node (a derivative, a sum written out), it is an object with the node's fields,
{"node": "Apply", …}. Fields that have their default are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from fractions import Fraction
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from derive.errors import DeriveError, OptionError, shortened, unknown
from derive.exercises.answers import Expected
from derive.model.language import read_condition, read_expression, read_index, read_quantity, read_symbol
from derive.writing import matrices, nodes
from derive.writing.index import Index, Symbol, index
from derive.writing.matrices import COLUMN, ROW
from derive.writing.nodes import Condition, Delta, ExpandedSum, Expr, Gradient, Grouped, Node, Partial, Quantity
from derive.writing.walk import walk

MAX_DEPTH = 100
MAX_ITEMS = 100_000  # in one list
MAX_TEXT = 200_000  # characters in one entry: the text of a model, at most
MAX_WHOLE = 10**12
_FRACTION = re.compile(r"-?[0-9]{1,400}(/[0-9]{1,400})?", re.ASCII)
_UNSPOKEN = (Delta, ExpandedSum, Gradient, Grouped, Partial)  # nodes for which the model language has no words
_KINDS = {bool: "true or false", int: "a whole number", str: "a text", list: "a list", dict: "an object"}


@dataclass(frozen=True)
class Entry:
    """A piece of JSON and where in the file it stands: `sheets[0].questions[3]`."""

    value: Any
    path: str = ""
    depth: int = 0

    def error(self, why: str) -> OptionError:
        """The error that names this place; who reads the file adds its name."""
        where = self.path if len(self.path) <= 120 else f"{self.path[:80]}…{self.path[-39:]}"
        return OptionError(f"{where or 'the whole of it'}: {why}")

    def of(self, kind: type) -> Any:
        """The value, which must be of this kind of JSON."""
        if type(self.value) is not kind:
            raise self.error(f"it must be {_KINDS[kind]}, not {_shown(self.value)}")
        return self.value

    def text(self) -> str:
        if len(self.of(str)) > MAX_TEXT:
            raise self.error(f"the text has {len(self.value):,} characters, and may have at most {MAX_TEXT:,}")
        return str(self.value)

    def items(self) -> Iterator[Entry]:
        """The entries of a list."""
        if len(self.of(list)) > MAX_ITEMS:
            raise self.error(f"the list has {len(self.value):,} entries, and may have at most {MAX_ITEMS:,}")
        return (self._inner(item, f"{self.path}[{i}]") for i, item in enumerate(self.value))

    def field(self, name: str) -> Entry:
        """The entry of an object."""
        if name not in self.of(dict):
            raise self.error(f"its entry {shortened(name)} is missing")
        return self._inner(self.value[name], f"{self.path}.{name}" if self.path else name)

    def only(self, known: Mapping[str, Any]) -> None:
        """Refuse an object with entries that nobody knows: one of them may be a known one, misspelt."""
        for name in self.of(dict):
            if name not in known:
                raise self.error(str(unknown("entry", name, known)))

    def _inner(self, value: Any, path: str) -> Entry:
        if self.depth >= MAX_DEPTH:
            raise self.error(f"it is nested more than {MAX_DEPTH} deep")
        return Entry(value, path, self.depth + 1)


def _shown(value: object) -> str:
    name = next((words for kind, words in _KINDS.items() if type(value) is kind), None)
    return name if isinstance(value, list | dict) and name else shortened(str(value))


@dataclass(frozen=True)
class Coder:
    """How values of one type are written as JSON, and read."""

    write: Callable[[Any], Any]
    read: Callable[[Entry], Any]


def written(value: Any, kind: Any) -> Any:
    """The value, of a field with this type, as JSON."""
    return coder(kind).write(value)


def read(entry: Entry, kind: Any) -> Any:
    """The value of this type; an OptionError says where the JSON is wrong, and why."""
    return coder(kind).read(entry)


# ---------------------------------------------------------------- by type


@cache
def coder(kind: Any) -> Coder:
    """The coder of a type: of those in CODERS, or of a dataclass, tuple, choice of names, or union."""
    if kind in CODERS:
        return CODERS[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _listed(inner[0])
    if origin is Literal:
        return Coder(lambda value: value, lambda entry: _one_of(entry, inner))
    if origin in (Union, UnionType) and NoneType in inner:
        (there,) = (k for k in inner if k is not NoneType)
        return _optional(there)
    if is_dataclass(kind):
        return Coder(lambda value: _object(value, kind), lambda entry: _dataclass(entry, kind))
    raise TypeError(f"no JSON for {kind}")


def _listed(kind: Any) -> Coder:
    return Coder(
        lambda value: [written(item, kind) for item in value],
        lambda entry: tuple(read(item, kind) for item in entry.items()),
    )


def _optional(kind: Any) -> Coder:
    return Coder(
        lambda value: None if value is None else written(value, kind),
        lambda entry: None if entry.value is None else read(entry, kind),
    )


def _one_of(entry: Entry, known: tuple[str, ...]) -> str:
    name = entry.text()
    if name not in known:
        raise entry.error(str(unknown("name", name, known)))
    return name


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of the fields, by name."""
    types = get_type_hints(kind)
    return {field.name: types[field.name] for field in fields(kind)}


def _object(value: Any, kind: Any) -> dict[str, Any]:
    given = {field.name: getattr(value, field.name) for field in fields(kind)}
    standard = {field.name: field.default for field in fields(kind)}
    return {name: written(v, _hints(kind)[name]) for name, v in given.items() if v != standard[name]}


def _dataclass(entry: Entry, kind: Any) -> Any:
    entry.only(_hints(kind))
    needed = [field.name for field in fields(kind) if field.default is MISSING or field.name in entry.value]
    return kind(**{name: read(entry.field(name), _hints(kind)[name]) for name in needed})


def tagged(tag: str, kinds: Mapping[str, Any]) -> Coder:
    """One of several dataclasses, told apart by the entry `tag`."""
    names = {kind: name for name, kind in kinds.items()}

    def read_one(entry: Entry) -> Any:
        kind = kinds[_one_of(entry.field(tag), tuple(kinds))]
        own = {name: value for name, value in entry.value.items() if name != tag}
        return _dataclass(Entry(own, entry.path, entry.depth), kind)

    return Coder(lambda value: {tag: names[type(value)], **_object(value, type(value))}, read_one)


# ---------------------------------------------------------------- what is written as text


def _as_text(reader: Callable[[str], Any]) -> Coder:
    """Written by `str`, read by a reader of the model language."""
    known = lru_cache(maxsize=4096)(reader)

    def read_text(entry: Entry) -> Any:
        try:
            return known(entry.text())
        except DeriveError as error:
            raise entry.error(str(error)) from error

    return Coder(str, read_text)


def _tree(reader: Callable[[str], Any], kinds: Mapping[str, Any]) -> Coder:
    """Text where the language can say it, otherwise an object for this node with its parts as entries."""
    as_object, as_text = tagged("node", kinds), _as_text(reader)

    @lru_cache(maxsize=4096)
    def spoken(node: Node) -> str | None:
        if any(isinstance(part, _UNSPOKEN) for part in walk(node)):
            return None
        try:
            text = str(node)
            return text if reader(text) == node else None
        except DeriveError:
            return None

    def write(node: Node) -> Any:
        text = spoken(node)
        return as_object.write(node) if text is None else text

    return Coder(write, lambda entry: (as_text if isinstance(entry.value, str) else as_object).read(entry))


def _kinds_of(base: type) -> dict[str, Any]:
    """The nodes that are of a base class, by their names, those of matrices too."""
    known = {**vars(nodes), **vars(matrices)}
    found = {name: kind for name, kind in known.items() if isinstance(kind, type) and issubclass(kind, base)}
    return {name: kind for name, kind in found.items() if kind is not base}


def _index(text: str) -> Index:
    """An index; those that run in an array have names of ours."""
    return index(Symbol(text)) if text in (ROW.name, COLUMN.name) else read_index(text)


def _whole(entry: Entry) -> int:
    if not -MAX_WHOLE <= entry.of(int) <= MAX_WHOLE:
        raise entry.error(f"the number must be between {-MAX_WHOLE:,} and {MAX_WHOLE:,}")
    return int(entry.value)


def _fraction(entry: Entry) -> Fraction:
    text = entry.text()
    if _FRACTION.fullmatch(text) is None:
        raise entry.error(f'a number is written as "3" or "-1/4", not {shortened(text)}')
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise entry.error(f"{shortened(text)} divides by 0") from None


def _same(value: Any) -> Any:
    return value


ANSWERS: dict[str, Any] = {re.sub("(?<!^)([A-Z])", r" \1", kind.__name__).lower(): kind for kind in get_args(Expected)}

CODERS: dict[Any, Coder] = {
    str: Coder(_same, Entry.text),
    bool: Coder(_same, lambda entry: entry.of(bool)),
    int: Coder(_same, _whole),
    Fraction: Coder(str, _fraction),
    Index: _as_text(_index),
    Symbol: _as_text(read_symbol),
    Quantity: _tree(read_quantity, {"Quantity": Quantity}),
    Quantity | Gradient: tagged("node", {"Quantity": Quantity, "Gradient": Gradient}),
    Expr: _tree(read_expression, _kinds_of(Expr)),
    Condition: _tree(read_condition, _kinds_of(Condition)),
    Expected: tagged("kind", ANSWERS),
}
