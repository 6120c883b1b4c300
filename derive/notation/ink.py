"""Ink: a formula as it is set on paper, in no typesetter's language yet.

`expressions.py` and its neighbours turn trees into ink, with brackets and line breaks; a printer (`tex.py` and its
like) turns ink into one language. Ink is closed: a printer has one row for each of these classes, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Size = Literal["", "grow", "big", "Big", "bigg"]  # of a bracket: plain, as high as what it encloses, or fixed
Role = Literal["changed", "vanishing", "surviving", "input", "weight", "activation", "error"]


@dataclass(frozen=True)
class Letter:
    """One letter in italics, by its name in `names.GREEK` or as itself, perhaps with its mark: w, alpha, é."""

    name: str


@dataclass(frozen=True)
class Digits:
    """A number in digits: 12, 0.5."""

    text: str


@dataclass(frozen=True)
class Word:
    """A word set upright, as it is spelled in any script: ReLU, prev."""

    text: str


@dataclass(frozen=True)
class Prose:
    """Words in the text's own font: if, otherwise."""

    text: str


@dataclass(frozen=True)
class Sign:
    """A sign by its name in SIGNS, with the spaces that belong to it."""

    name: str


@dataclass(frozen=True)
class Operator:
    """A named or large operator: max, exp, sum, prod."""

    name: str


@dataclass(frozen=True)
class Space:
    """A space: thin, its contrary, medium, or a quad."""

    name: Literal["thin", "back", "medium", "quad"]


@dataclass(frozen=True)
class Accent:
    """A hat, bar, tilde or dot over a letter or, `wide`, over a word."""

    name: str
    body: Ink
    wide: bool = False


@dataclass(frozen=True)
class Bold:
    """A letter set bold, as a column or a matrix; `upright` for the columns of ones and the identity."""

    body: Ink
    upright: bool = False


@dataclass(frozen=True)
class Row:
    """Ink side by side."""

    parts: tuple[Ink, ...]


@dataclass(frozen=True)
class Scripts:
    """base_{sub}'''^{sup}"""

    base: Ink
    sub: Ink | None = None
    sup: Ink | None = None
    primes: int = 0


@dataclass(frozen=True)
class Limits:
    """An operator with what stands below it, line by line, and above it."""

    operator: Ink
    below: tuple[Ink, ...]
    above: Ink | None = None


@dataclass(frozen=True)
class Fraction:
    """above / below, with a bar"""

    above: Ink
    below: Ink


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Ink


@dataclass(frozen=True)
class Fenced:
    """A body between brackets: ( ), [ ], | |."""

    left: str
    body: Ink
    right: str
    size: Size = ""


@dataclass(frozen=True)
class Fence:
    """One bracket of a pair that a line break separates."""

    bracket: str
    size: Size
    opens: bool


@dataclass(frozen=True)
class Branches:
    """A case distinction: each value with what stands beside it."""

    rows: tuple[tuple[Ink, Ink], ...]


@dataclass(frozen=True)
class Blank:
    """A place to write into, with its number in an exercise; `width` is in em."""

    number: int
    width: float = 2.0


@dataclass(frozen=True)
class Marked:
    """Ink that is told apart by its role: by colour, and by more than colour."""

    role: Role
    body: Ink


Ink = (
    Letter
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

# Signs by name: what each is in Unicode. Binary signs and relations have spaces around them, the others do not.
BINARY_SIGNS = {"+": "+", "-": "−", "cdot": "⋅", "land": "∧", "lor": "∨", "odot": "⊙", "oslash": "⊘"}
RELATION_SIGNS = {"=": "=", "ne": "≠", "<": "<", "le": "≤", ">": ">", "ge": "≥", "to": "⟶", "dashed to": "⇢"}
OTHER_SIGNS = {
    "negative": "−", "positive": "+", "tight -": "−", "tight +": "+", "tight =": "=", "/": "/", ",": ",", ";": ";",
    "partial": "∂", "lnot": "¬", "top": "⊤", "circ": "∘", "cdots": "⋯", "ldots": "…",
}  # fmt: skip
SIGNS = {**BINARY_SIGNS, **RELATION_SIGNS, **OTHER_SIGNS}
