"""NOTATIONS: how a book writes what all books mean. A new notation is the ordinary one, except for what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from derive.errors import unknown
from derive.notation.names import is_letter, parsed
from derive.writing.index import BLANK, Index, Symbol
from derive.writing.nodes import Quantity

Bias = Literal["none", "shown", "absorbed"]


@dataclass(frozen=True, eq=False)
class Notation:
    """The letters of a book, and where its layers are numbered.

    `families`, `letters` and `functions` give another identifier in the place of a family's, of a letter's (an index, a
    label, a size) or of an unknown function's own; `names.py` says how an identifier prints. `deltas` does so for
    derivatives of the loss: {"z": "delta"} prints dC/dz_j as delta_j. `label` stands around a layer in the superscript;
    `sizes_apart` gives each layer's size its layer as a subscript; `bold` sets whole columns and matrices in bold.

    What `telling.py` turns a tree by: nodes are counted from `base`, layers from `layer_base` (the input's number);
    `from_to` writes a weight's indices with the origin first, `from_layer` gives weights and biases the number of the
    layer they come from; `delta_sign` is -1 where delta is minus the derivative; `weight_first` writes the factors of a
    chain from the weight to the loss. `weights`, `biases` and `fixed`, the names of sizes and layers, are the model's.

    What a book takes for granted: `delta_name`, the letter of the derivatives by pre-activations, where it has one; its
    `loss`, the `bias` of a network's nodes, the loss of all samples as their `mean` or sum, counted from `sample_base`,
    `numerator` layout, and examples in `rows`.
    """

    families: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    deltas: Mapping[str, str] = field(default_factory=dict)
    label: tuple[str, str] = ("(", ")")
    sizes_apart: bool = False
    bold: bool = False
    base: int = 0
    layer_base: int = 0
    sample_base: int = 0
    from_to: bool = False
    from_layer: bool = False
    delta_name: str = ""
    delta_sign: int = 1
    weight_first: bool = False
    loss: str | None = None
    bias: Bias = "none"
    mean: bool = True
    numerator: bool = False
    rows: bool = False
    weights: frozenset[str] = frozenset()
    biases: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    @cached_property
    def is_ordinary(self) -> bool:
        """Whether trees are written as the engine has them."""
        counted = self.base or self.layer_base
        return not (counted or self.from_to or self.from_layer or self.weight_first or self.delta_sign < 0)

    def delta(self, by: Quantity) -> Quantity | None:
        """The quantity that stands for the derivative of the loss by this one, where there is one."""
        name = self.deltas.get(by.family)
        return None if name is None else Quantity(name, by.label, by.indices)

    @cached_property
    def renamed(self) -> Notation:
        """The notation for quantities that bear the identifiers which it prints already."""
        return replace(self, families={})

    def family(self, name: str) -> str:
        """The identifier that is printed for a family."""
        return self.families.get(name, name)

    def function(self, name: str) -> str:
        """The identifier that is printed for a function."""
        return self.functions.get(name, name)

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

FROM_ONE = replace(LESSON, base=1, sample_base=1)
INPUT_ONE = replace(FROM_ONE, layer_base=1)  # the input layer is layer 1

NOTATIONS: dict[str, Notation] = {
    # deeplizard, backpropagation explained, part 4: the sizes of all layers and the number of samples are one letter
    "lesson": LESSON,
    "apart": replace(LESSON, letters={SAMPLES: "N"}, sizes_apart=True),
    # M. Nielsen, Neural networks and deep learning, chapter 2
    "nielsen": replace(
        INPUT_ONE,
        label=("", ""),
        families={"C0": "C_x"},
        functions={"g": "sigma"},
        delta_name="delta",
        loss="half squared error",
        bias="shown",
    ),
    # A. Ng and others, Deep learning specialisation, course 1
    "deeplearning.ai": replace(
        FROM_ONE, label=("[", "]"), letters={SAMPLES: "m"}, families={"C0": "L", "C": "J"}, bias="shown"
    ),
    # I. Goodfellow, Y. Bengio, A. Courville, Deep learning, section 6.5: a comes before the activation, h after it
    "goodfellow": replace(
        FROM_ONE,
        letters={SAMPLES: "m"},
        families={"z": "a", "a": "h", "C0": "L", "C": "J"},
        functions={"g": "f"},
        bias="shown",
    ),
    # C. Bishop, Pattern recognition and machine learning, section 5.3: a comes before the activation, z after it
    "bishop": replace(
        FROM_ONE,
        letters={SAMPLES: "N"},
        families={"z": "a", "a": "z", "y": "t", "C0": "E_n", "C": "E"},
        functions={"g": "h"},
        delta_name="delta",
        loss="half squared error",
        bias="absorbed",
        mean=False,
    ),
    # Stanford CS231n, case study: rows are examples, and weights lead from their first index to their second
    "cs231n": replace(
        LESSON,
        letters={SAMPLES: "N"},
        families={"z": "s", "a": "h", "C0": "L_i", "C": "L"},
        from_to=True,
        bias="shown",
        rows=True,
    ),
    # A. Zhang and others, Dive into deep learning, section 5.3
    "d2l": replace(FROM_ONE, families={"a": "h", "C0": "L"}, functions={"g": "phi"}),
    # S. Prince, Understanding deep learning, chapter 7: weights have the number of the layer that they come from
    "prince": replace(
        FROM_ONE,
        letters={SAMPLES: "I"},
        families={"w": "omega", "b": "beta", "z": "f", "a": "h", "C0": "ell_i", "C": "L"},
        functions={"g": "a"},
        from_layer=True,
        bias="shown",
        mean=False,
    ),
    # 3Blue1Brown, Backpropagation calculus: the chain begins at the weight
    "3blue1brown": replace(LESSON, functions={"g": "sigma"}, bias="shown", weight_first=True),
    # T. Mitchell, Machine learning, chapter 4: delta is minus the derivative
    "mitchell": replace(
        FROM_ONE,
        families={"z": "net", "a": "o", "y": "t", "C0": "E_d", "C": "E"},
        functions={"g": "sigma"},
        delta_name="delta",
        delta_sign=-1,
        loss="half squared error",
        bias="absorbed",
        mean=False,
    ),
    # A. Ng, Machine learning, 2011: weights Theta have the number of the layer that they come from
    "coursera2011": replace(
        INPUT_ONE,
        letters={SAMPLES: "m"},
        families={"w": "Theta", "C0": "J_i", "C": "J"},
        delta_name="delta",
        from_layer=True,
        bias="absorbed",
    ),
    # Stanford's UFLDL tutorial, multi-layer neural networks
    "ufldl": replace(
        INPUT_ONE,
        letters={SAMPLES: "m"},
        families={"w": "W", "C0": "J_i", "C": "J"},
        functions={"g": "f"},
        delta_name="delta",
        loss="half squared error",
        from_layer=True,
        bias="shown",
    ),
    # Stanford CS224n, gradient notes: Jacobians, so deltas are rows
    "cs224n": replace(FROM_ONE, families={"a": "h", "C0": "J"}, delta_name="delta", bias="shown", numerator=True),
    # J. Han, M. Kamber, Data mining, section 9.2: errors are minus the derivative, weights lead from i to j
    "han-kamber": replace(
        FROM_ONE,
        families={"z": "I", "a": "O", "y": "T", "C0": "E"},
        functions={"g": "sigma"},
        delta_name="Err",
        delta_sign=-1,
        loss="half squared error",
        from_to=True,
        bias="shown",
        mean=False,
    ),
    # UCSD DSC 140B: weights lead from their first index to their second
    "dsc140b": replace(FROM_ONE, families={"C0": "H"}, from_to=True),
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
