"""NOTATIONS: how a book writes what all books mean. A new notation is the ordinary one, except for what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from derive.errors import unknown
from derive.notation.names import is_letter, parsed
from derive.writing.index import BLANK, Index, Symbol
from derive.writing.nodes import Quantity


@dataclass(frozen=True, eq=False)
class Notation:
    """The letters of a book, and where its layers are numbered.

    `families` and `letters` give another identifier in the place of a family's or of a letter's own (an index, a label,
    a size); `names.py` says how an identifier prints. `deltas` does so for derivatives of the loss:
    {"z": "delta"} prints dC/dz_j as delta_j. `label` stands around a layer in the superscript; `sizes_apart`
    gives each layer's size its layer as a subscript; `bold` sets whole columns and matrices in bold.
    """

    families: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    deltas: Mapping[str, str] = field(default_factory=dict)
    label: tuple[str, str] = ("(", ")")
    sizes_apart: bool = False
    bold: bool = False

    def delta(self, by: Quantity) -> Quantity | None:
        """The quantity that stands for the derivative of the loss by this one, where there is one."""
        name = self.deltas.get(by.family)
        return None if name is None else Quantity(name, by.label, by.indices)

    def letter(self, symbol: Symbol) -> str:
        """The identifier that is printed for a letter."""
        return self.letters.get(symbol.name, symbol.name)

    def subscript(self, symbol: Symbol) -> Index | None:
        """The label that is printed with a letter, if any."""
        return symbol.label if self.sizes_apart else None

    def separator(self, indices: tuple[Index, ...]) -> str:
        """What stands between indices: w_{12} and w_{jk}, but w_{1,12} and w_{j,k+1}."""
        return "" if all(map(self._is_single, indices)) else ","

    def _is_single(self, index: Index) -> bool:
        if index.value is not None:
            return 0 <= index.value <= 9
        if index.symbol is None or index.symbol.name == BLANK or self.subscript(index.symbol) is not None:
            return False
        name = parsed(self.letter(index.symbol))
        return is_letter(name.base) and not name.subscripts


@dataclass(frozen=True)
class Words:
    """The few words inside a formula; whoever translates the templates passes others."""

    when: str = "if"
    otherwise: str = "otherwise"
    true: str = "true"
    false: str = "false"


SAMPLES = "n_samples"  # the identifier of the number of training samples

LESSON = Notation(letters={SAMPLES: "n"})

NOTATIONS: dict[str, Notation] = {
    # deeplizard, backpropagation explained, part 4: the sizes of all layers and the number of samples are one letter
    "lesson": LESSON,
    "apart": replace(LESSON, letters={SAMPLES: "N"}, sizes_apart=True),
}

ENGLISH = Words()

# Functions that are not printed by the general rule for identifiers.
FUNCTIONS: dict[str, str] = {
    "sigmoid": "sigma",
    "identity": "id",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "elu": "ELU",
    "celu": "CELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "isru": "ISRU",
    "logsigmoid": "LogSigmoid",
    "tanhshrink": "TanhShrink",
    "softshrink": "SoftShrink",
    "hardshrink": "HardShrink",
    "leaky_relu": "LeakyReLU",
    "squared_relu": "SquaredReLU",
    "scaled_tanh": "ScaledTanh",
    "hard_sigmoid": "HardSigmoid",
    "hard_tanh": "HardTanh",
    "hard_swish": "HardSwish",
}


def notation(name: str) -> Notation:
    """The notation of this name, or an OptionError that lists the known ones."""
    if name not in NOTATIONS:
        raise unknown("notation", name, NOTATIONS)
    return NOTATIONS[name]
