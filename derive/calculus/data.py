"""A derivation as data that any program can read, and read back here without loss.

Trees share most of their parts, so each object is written once, in `objects`, as a class with its fields; another
object names it by its place, {"#": 12}. `readable` says the same in the model language, for those who only look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from derive.calculus.chain import Path
from derive.calculus.derivation import Derivation
from derive.calculus.domains import Target
from derive.calculus.facts import Facts
from derive.calculus.stages import Stage
from derive.calculus.steps import Detail, Local, Step
from derive.errors import OptionError, shortened
from derive.model.model import Equation, Model, Range, Stated
from derive.writing import nodes
from derive.writing.index import Index, Symbol

FORMAT, VERSION = "derive derivation", 1
LARGEST = 200_000  # objects

_NODES = [
    kind
    for kind in (*nodes.Expr.__subclasses__(), *nodes.Condition.__subclasses__())
    if kind.__module__ == nodes.__name__
]
_OTHERS = [Derivation, Target, Facts, Stage, Path, Local, Step, Equation, Model, Range, Stated, nodes.Function]
CLASSES: dict[str, type[Any]] = {c.__name__: c for c in (*_NODES, *_OTHERS, Index, Symbol)}


def to_data(derivation: Derivation) -> dict[str, Any]:
    """The derivation as JSON values."""
    writer = _Writer()
    root = writer.value(_plain(derivation))
    return {
        "format": FORMAT,
        "version": VERSION,
        "readable": readable(derivation),
        "objects": writer.objects,
        "derivation": root,
    }


def readable(derivation: Derivation) -> dict[str, Any]:
    """What a person wants to know of it, in the model language."""
    return {
        "model": [str(equation) for equation in derivation.model.equations],
        "of": str(derivation.of),
        "by": str(derivation.by),
        "result": str(derivation.result),
        "conditions": [str(condition) for condition in derivation.conditions],
        "steps": [
            {
                "before": str(step.before),
                "after": str(step.after),
                "rule": step.rule,
                "conditions": [str(condition) for condition in step.conditions],
            }
            for step in derivation.steps
        ],
    }


def _plain(derivation: Derivation) -> Derivation:
    """Without what a subclass adds for those who look at it."""
    return Derivation(*(getattr(derivation, field.name) for field in fields(Derivation)))


class _Writer:
    """Writes objects, each one once; what an object holds comes before it."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self.places: dict[tuple[type, object], int] = {}

    def value(self, value: object) -> Any:
        for kind, write in _PLAIN.items():
            if isinstance(value, kind):
                return write(value, self.value)
        return {"#": self._object(value)}

    def _object(self, value: Any) -> int:
        key = (type(value), id(value) if isinstance(value, _BY_IDENTITY) else value)
        if key not in self.places:
            held = {field.name: self.value(getattr(value, field.name)) for field in fields(value) if field.init}
            self.objects.append({"class": type(value).__name__, **held})
            self.places[key] = len(self.objects) - 1
        return self.places[key]


Inner = Callable[[Any], Any]
_BY_IDENTITY = (Derivation, Target, Facts, Stage, Path, Model)  # they hold tables, and stand in few places

# Values that are no objects of their own: how each is written. The order matters: Detail is an int, too.
_PLAIN: dict[type | tuple[type, ...], Callable[[Any, Inner], Any]] = {
    Detail: lambda value, _: {"detail": value.name},
    (bool, int, str, type(None)): lambda value, _: value,
    Fraction: lambda value, _: {"fraction": str(value)},
    tuple: lambda value, inner: [inner(part) for part in value],
    frozenset: lambda value, inner: {"set": [inner(part) for part in sorted(value, key=_order)]},
    Mapping: lambda value, inner: {"table": [[inner(key), inner(held)] for key, held in value.items()]},
}


def _order(value: object) -> str:
    return str(value)


# ---------------------------------------------------------------- back again


def from_data(data: object) -> Derivation:
    """The derivation that `to_data` wrote; an OptionError says what is wrong with any other data."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise OptionError(f'this is no derivation: its "format" must be {FORMAT!r}')
    if data.get("version") != VERSION:
        raise OptionError(f"this derivation has the version {data.get('version')!r}; only {VERSION} can be read")
    listed = data.get("objects")
    if not isinstance(listed, list) or len(listed) > LARGEST:
        raise OptionError(f'the "objects" of a derivation must be a list of at most {LARGEST:,}')
    reader = _Reader()
    for place, entry in enumerate(listed):
        reader.add(entry, f"objects[{place}]")
    found = reader.value(data.get("derivation"), "derivation")
    if not isinstance(found, Derivation):
        raise OptionError(f'"derivation" must name an object of the class Derivation, not {type(found).__name__}')
    return found


class _Reader:
    """Reads objects, each from those before it."""

    def __init__(self) -> None:
        self.objects: list[object] = []

    def add(self, entry: object, where: str) -> None:
        if not isinstance(entry, dict) or entry.get("class") not in CLASSES:
            raise OptionError(f'{where} must have a "class" that is one of {", ".join(CLASSES)}')
        made = CLASSES[entry["class"]]
        wanted = {field.name for field in fields(made) if field.init}
        if entry.keys() - {"class"} != wanted:
            raise OptionError(f"{where} is a {made.__name__}, so it must have {', '.join(sorted(wanted))}, and no more")
        held = {name: self.value(entry[name], f"{where}.{name}") for name in wanted}
        try:
            self.objects.append(made(**held))
        except (TypeError, ValueError) as error:
            raise OptionError(f"{where} is no {made.__name__}: {error}") from error

    def value(self, value: object, where: str) -> Any:
        match value:
            case bool() | int() | str() | None:
                return value
            case list():
                return tuple(self.value(part, where) for part in value)
            case {"#": int(place)} if 0 <= place < len(self.objects):
                return self.objects[place]
            case {"detail": str(name)} if name in Detail.__members__:
                return Detail[name]
            case {"fraction": str(text)}:
                return _fraction(text, where)
            case {"set": list(parts)}:
                return frozenset(self.value(part, where) for part in parts)
            case {"table": list(rows)} if all(isinstance(row, list) and len(row) == 2 for row in rows):
                return {self.value(key, where): self.value(held, where) for key, held in rows}
        raise OptionError(f"{where} has {shortened(str(value))}, which is no value of a derivation")


def _fraction(text: str, where: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise OptionError(f"{where} has the fraction {shortened(text)}, which is no number") from error


# ---------------------------------------------------------------- the schema


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what `to_data` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        "type": "object",
        "required": ["format", "version", "readable", "objects", "derivation"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "readable": _READABLE,
            "objects": {
                "type": "array",
                "maxItems": LARGEST,
                "items": {"oneOf": [_object(c) for c in CLASSES.values()]},
            },
            "derivation": {"$ref": "#/$defs/place"},
        },
        "$defs": _DEFINED,
    }


def _object(kind: type[Any]) -> dict[str, Any]:
    names = [field.name for field in fields(kind) if field.init]
    return {
        "type": "object",
        "required": ["class", *names],
        "additionalProperties": False,
        "properties": {"class": {"const": kind.__name__}, **{name: {"$ref": "#/$defs/value"} for name in names}},
    }


def _only(name: str, held: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": [name], "additionalProperties": False, "properties": {name: held}}


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_VALUES = {"type": "array", "items": {"$ref": "#/$defs/value"}}
_STEP = {"before": _TEXT, "after": _TEXT, "rule": _TEXT, "conditions": _TEXTS}
_READABLE = {
    "type": "object",
    "required": ["model", "of", "by", "result", "conditions", "steps"],
    "properties": {
        "model": _TEXTS,
        "of": _TEXT,
        "by": _TEXT,
        "result": _TEXT,
        "conditions": _TEXTS,
        "steps": {"type": "array", "items": {"type": "object", "required": list(_STEP), "properties": _STEP}},
    },
}
_DEFINED = {
    "place": _only("#", {"type": "integer", "minimum": 0}),
    "value": {
        "oneOf": [
            {"type": ["string", "integer", "boolean", "null"]},
            _VALUES,
            {"$ref": "#/$defs/place"},
            _only("detail", {"enum": [detail.name for detail in Detail]}),
            _only("fraction", {"type": "string", "pattern": "^-?[0-9]+(/[0-9]+)?$"}),
            _only("set", _VALUES),
            _only("table", {"type": "array", "items": {**_VALUES, "minItems": 2, "maxItems": 2}}),
        ]
    },
}
