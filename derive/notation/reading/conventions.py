"""What is known when an answer is read: the names that it may use, and what each of them means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from derive.notation.matrix import capital
from derive.notation.names import GREEK, parsed
from derive.notation.notations import FUNCTIONS, LESSON, Notation
from derive.writing.index import Index, Symbol

MOST_AXES = 2


@dataclass(frozen=True)
class Family:
    """How the elements of a family are written: with a label or without, with how many indices.

    A family that is not `exact` may also leave out its label and indices, and has at most `indices` of them.
    `labels` are all that occur; where there is only one, it may be left out. The first `choosing` indices choose an
    array, as a time step does; what is written with these alone is a whole column or matrix. `free_label` lets it
    leave out its label alone.
    """

    labelled: bool = False
    indices: int = 0
    labels: tuple[Index, ...] = ()
    exact: bool = True
    choosing: int = 0
    free_label: bool = False

    def needs_label(self, label: Index | None) -> bool:
        """Whether its label is missing."""
        return label is None and self.labelled and self.exact and not self.free_label

    def is_whole(self, given: int) -> bool:
        """Whether so many indices leave a whole column or matrix."""
        return self.exact and self.choosing == given and 0 < self.indices - given <= MOST_AXES


@dataclass(frozen=True)
class Extent:
    """lower <= index < upper, for the index at `place` of the elements of a family that have this label."""

    family: str
    label: Index | None
    place: int
    lower: Index
    upper: Index


Kind = Literal["family", "size", "function", "known", "delta", "constant", "array"]


class Entry(NamedTuple):
    """One meaning of a printed name: its kind, the identifier, and the subscripts that belong to the name itself."""

    kind: Kind
    name: str
    subscripts: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Conventions:
    """The names of a model, as its notation prints them.

    `sizes` are letters that stand for whole numbers, each with whether it carries a label, `numbers` what is known of
    their values; `functions` are unknown functions, likewise; `known` gives the function that a spelling means;
    `losses` are the quantities whose derivatives go through everything. `deltas` says whose derivative a letter stands
    for: {"delta": "z"}. Where they are `open`, a letter that is not listed is a quantity of any form. An answer in
    matrix algebra is read by the conventions `for_arrays`, where there are such.
    """

    families: Mapping[str, Family] = field(default_factory=dict)
    sizes: Mapping[str, bool] = field(default_factory=dict)
    functions: Mapping[str, bool] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    losses: tuple[str, ...] = ()
    deltas: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    function_labels: Mapping[str, tuple[Index, ...]] = field(default_factory=dict)
    extents: tuple[Extent, ...] = ()
    numbers: Mapping[Symbol, int] = field(default_factory=dict)
    notation: Notation = LESSON
    open: bool = False
    for_arrays: Conventions | None = None

    @cached_property
    def names(self) -> Mapping[str, tuple[Entry, ...]]:
        """{what stands before the scripts: its meanings}, those with more subscripts of their own first."""
        table: dict[str, list[Entry]] = {}
        for kind, name, printed in self._printed():
            found = parsed(printed)
            base = f"{found.accent} {found.base}".strip()
            entry = Entry(kind, name, found.subscripts)
            if entry not in table.setdefault(base, []):
                table[base].append(entry)
        return {base: tuple(sorted(entries, key=_rank)) for base, entries in table.items()}

    def _printed(self) -> list[tuple[Kind, str, str]]:
        families, letters = self.notation.families, self.notation.letters
        own: list[tuple[Kind, str, str]] = [("delta", name, name) for name in self.deltas]
        own += [("family", name, families.get(name, name)) for name in self.families]
        own += [("size", name, letters.get(name, name)) for name in self.sizes]
        own += [("function", name, self.notation.function(name)) for name in self.functions]
        taken = {printed for _, _, printed in own}
        own += [("array", n, c) for n, c in self.capitals.items() if c not in taken]
        own += [("known", name, printed) for name, printed in FUNCTIONS.items() if printed not in taken]
        return own + [("constant", name, name) for name in ("pi",) if name not in taken]

    @cached_property
    def capitals(self) -> Mapping[str, str]:
        """{family: the capital that its whole matrix is set in}, where that is another letter."""
        printed = {n: self.notation.families.get(n, n) for n, f in self.families.items() if f.indices > 1 and f.exact}
        return {n: capital(own) for n, own in printed.items() if capital(own) != own and self.has_capital(n)}

    def has_capital(self, family: str) -> bool:
        """Whether the capital of a family's letter is free to stand for its matrix."""
        return family[0].upper() + family[1:] not in {*self.families, *self.sizes} - {family}

    def extent(self, family: str, label: Index | None, place: int) -> tuple[Index, Index] | None:
        """The range of an index, also at a label at which it is not known: as at another one, shifted."""
        here = [e for e in self.extents if e.family == family and e.place == place]
        for found in here:
            if found.label == label:
                return found.lower, found.upper
        for found in here:
            shifted = None if found.label is None or label is None else _shifted(found, found.label, label)
            if shifted is not None:
                return shifted
        return None

    @cached_property
    def words(self) -> frozenset[str]:
        """Names of several letters, which stand together without a macro."""
        bases = {word for base in self.names for word in base.split()[-1:]}
        return frozenset(w for w in {*bases, *self.known, *GREEK, "ReLU", "softmax", "diag"} if len(w) > 1)

    def function(self, word: str) -> str | None:
        """The known function that a word means, as ReLU, LeakyReLU, ln and sgn do."""
        return self.known.get(word) or self.known.get(_spelling(word))

    @cached_property
    def shown(self) -> str:
        """The names for a message: a, w, y, z."""
        return ", ".join(sorted({*self.families, *self.sizes, *self.functions}))


def _shifted(extent: Extent, known: Index, wanted: Index) -> tuple[Index, Index] | None:
    """The range at the wanted label, where the known one is a letter and a number."""
    if len(known.symbols) != 1:
        return None
    (letter,) = known.symbols
    if known.coefficient(letter) != 1:
        return None
    table = {letter: wanted - (known - letter)}
    return extent.lower.substitute(table), extent.upper.substitute(table)


def _rank(entry: Entry) -> int:
    return -len(entry.subscripts)


def _spelling(word: str) -> str:
    return "".join(c for c in word if c not in "_- ").lower()
