"""Ink: a formula as it is set on paper, in no typesetter's language yet.

`expressions.py` and its neighbours turn trees into ink, with brackets and line breaks; a printer (`tex.py` and its
like) turns ink into one language. Ink is closed: a printer has one row for each of these classes, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeVar, dataclass_transform

Size = Literal["", "grow", "big", "Big", "bigg"]  # of a bracket: plain, as high as what it encloses, or fixed
Role = Literal["changed", "vanishing", "surviving", "input", "weight", "activation", "error"]
_I = TypeVar("_I")


@dataclass_transform(frozen_default=True)
def _ink(cls: type[_I]) -> type[_I]:
    """A dataclass that is frozen to the type checker alone: that makes it three times as cheap to build."""
    made: Any = dataclass(slots=True, unsafe_hash=True)
    found: type[_I] = made(cls)
    return found


@_ink
class Letter:
    """One letter in italics, by its name in `names.GREEK` or as itself, perhaps with its mark: w, alpha, é."""

    name: str


@_ink
class Letters:
    """Letters and digits that are one subscript, side by side: xh, h1."""

    text: str


@_ink
class Indices:
    """Indices of one quantity side by side: jk, 12."""

    parts: tuple[Ink, ...]


@_ink
class Digits:
    """A number in digits: 12, 0.5."""

    text: str


@_ink
class Word:
    """A word set upright, as it is spelled in any script: ReLU, prev."""

    text: str


@_ink
class Prose:
    """Words in the text's own font: if, otherwise."""

    text: str


@_ink
class Sign:
    """A sign by its name in SIGNS, with the spaces that belong to it; one that has none stands as a letter does."""

    name: str


@_ink
class Operator:
    """A named or large operator: max, exp, sum, prod."""

    name: str


@_ink
class Space:
    """A space: none, where a product or an application has no sign; thin, or its contrary; or a quad."""

    name: Literal["none", "thin", "back", "quad"]


@_ink
class Accent:
    """A hat, bar, tilde or dot over a letter or, `wide`, over a word."""

    name: str
    body: Ink
    wide: bool = False


@_ink
class Bold:
    """A letter set bold, as a column or a matrix; `upright` for the columns of ones and the identity."""

    body: Ink
    upright: bool = False


@_ink
class Row:
    """Ink side by side."""

    parts: tuple[Ink, ...]


@_ink
class Scripts:
    """base_{sub}'''^{sup}"""

    base: Ink
    sub: Ink | None = None
    sup: Ink | None = None
    primes: int = 0


@_ink
class Limits:
    """An operator with what stands below it, line by line, and above it."""

    operator: Ink
    below: tuple[Ink, ...]
    above: Ink | None = None


@_ink
class Fraction:
    """above / below, with a bar"""

    above: Ink
    below: Ink


@_ink
class Root:
    """A square root."""

    body: Ink


@_ink
class Fenced:
    """A body between brackets: ( ), [ ], | |."""

    left: str
    body: Ink
    right: str
    size: Size = ""


@_ink
class Fence:
    """One bracket of a pair that a line break separates."""

    bracket: str
    size: Size
    opens: bool


@_ink
class Branches:
    """A case distinction: each value with what stands beside it."""

    rows: tuple[tuple[Ink, Ink], ...]


@_ink
class Blank:
    """A place to write into, with its number in an exercise, and quads of room beside the number."""

    number: int
    room: int = 0


@_ink
class Marked:
    """Ink that is told apart by its role: by colour, and by more than colour."""

    role: Role
    body: Ink


Ink = (
    Letter
    | Letters
    | Indices
    | Digits
    | Word
    | Prose
    | Sign
    | Operator
    | Space
    | Accent
    | Bold
    | Row
    | Scripts
    | Limits
    | Fraction
    | Root
    | Fenced
    | Fence
    | Branches
    | Blank
    | Marked
)

BESIDE, THIN, BACK, QUAD = Space("none"), Space("thin"), Space("back"), Space("quad")
EMPTY = Row(())

# Signs by name: what each is in Unicode. Binary signs and relations have spaces around them, the others do not.
BINARY_SIGNS = {"+": "+", "-": "−", "cdot": "⋅", "land": "∧", "lor": "∨", "odot": "⊙", "oslash": "⊘"}
RELATION_SIGNS = {"=": "=", "ne": "≠", "<": "<", "le": "≤", ">": ">", "ge": "≥", "to": "⟶", "dashed to": "⇢"}
SEPARATING_SIGNS = {",": ",", ";": ";"}  # have a space after them
INDEX_SIGNS = {"tight +": "+", "tight -": "−", "tight =": "=", "tight ,": ","}  # have none in scripts
OTHER_SIGNS = {
    "negative": "−", "/": "/",
    "partial": "∂", "lnot": "¬", "top": "⊤", "circ": "∘", "cdots": "⋯", "ldots": "…",
}  # fmt: skip
SIGNS = {**BINARY_SIGNS, **RELATION_SIGNS, **SEPARATING_SIGNS, **INDEX_SIGNS, **OTHER_SIGNS}

# The colour of each role, dark enough to be read on white.
COLOURS: dict[Role, str] = {
    "changed": "B4236A", "vanishing": "6B6B6B", "surviving": "0B6E4F",
    "input": "1D5FA8", "weight": "A34700", "activation": "0B6E4F", "error": "B00020",
}  # fmt: skip
