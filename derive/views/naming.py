"""The variables of a program: one for each family, for each of its labels, or a dictionary where the label runs."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator

from derive.calculus.domains import fixed_symbols
from derive.model.functions import known
from derive.model.model import Equation
from derive.model.names import OF_SEVERAL
from derive.views.program import Program
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Fold, Quantity
from derive.writing.walk import walk

RESERVED = frozenset({"np", "math", "range", "reversed", "sum", "max", "len", "loss_and_gradient", *keyword.kwlist})
STEPS = {0: "", -1: "_prev", 1: "_next"}

Label = Index | None


class Names:
    """Names for families and unknown functions, and for what is derived from them: w and dw, g and dg.

    What has a label that runs over a range is `stacked`: w[l] is the array of layer l.
    """

    def __init__(self, program: Program) -> None:
        self.prefix = program.prefix
        self._families = {name: family for family, name in program.derivatives.items()}
        self.labels: dict[str, dict[Label, None]] = {}
        self.stacked: set[str] = set()
        equations = (*program.forward, *program.backward)
        for equation in equations:
            self._read(equation)
        self.letters = _letters(equations)
        self._used = RESERVED | {s.name for s in fixed_symbols(program.model)} | _helpers(equations)
        self._names = {(name, label): self._new(name, label) for name in self.labels for label in self._apart(name)}
        self._counted = {s: self._unused(s.name) for s in self.letters}

    def _read(self, equation: Equation) -> None:
        """Notes the labels of every family and function, and whether a range binds their letters."""
        bound = _letters([equation])
        for name, label in _labelled(equation):
            base = self.base(name)
            self.labels.setdefault(base, {})[label] = None
            if label is not None and not label.symbols.isdisjoint(bound):
                self.stacked.add(base)

    def _apart(self, name: str) -> Iterable[Label]:
        return (None,) if name in self.stacked else self.labels[name]

    def _new(self, name: str, label: Label) -> str:
        chosen = name + self._suffix(name, label)
        while {chosen, self.prefix + chosen} & self._used:
            chosen += "_"
        self._used |= {chosen, self.prefix + chosen}
        return chosen

    def _suffix(self, name: str, label: Label) -> str:
        """1 and 2 for numbers, _prev for the layer before; nothing where there is one label only."""
        if label is None or (len(self.labels[name]) == 1 and label.value is None):
            return ""
        if label.value is None and len(label.symbols) == 1 and label.constant in STEPS:
            return STEPS[label.constant]
        return str(label) if label.value is not None else re.sub(r"\W+", "_", f"_{label}")

    def _unused(self, name: str) -> str:
        while name in self._used:
            name += "_"
        return name

    # ------------------------------------------------------------ what a program asks

    def base(self, family: str) -> str:
        """The family itself, or that by which a derivative is taken."""
        return self._families.get(family, family)

    def of(self, family: str, label: Label) -> str:
        """The variable of a family, or of a derivative by it; without the index of what is stacked."""
        base = self.base(family)
        name = self._names[base, None if base in self.stacked else label]
        return name if base == family else self.prefix + name

    def function(self, name: str, label: Label) -> str:
        """The variable of an unknown function."""
        return self._names[name, None if name in self.stacked else label]

    def letter(self, symbol: Symbol) -> str:
        """The variable of a letter that is counted through."""
        return self._counted[symbol]


def _helpers(equations: Iterable[Equation]) -> set[str]:
    """The names of the catalogue functions that a program applies, and of their derivatives."""
    applied = {n.function.name for e in equations for n in walk(e.right) if isinstance(n, Apply)}
    return {prefix + name for name in applied if known(name) is not None for prefix in ("", "d")}


def _letters(equations: Iterable[Equation]) -> dict[Symbol, None]:
    """The letters that ranges and sums bind."""
    found: dict[Symbol, None] = {}
    for equation in equations:
        found |= dict.fromkeys(r.symbol for r in equation.ranges)
        found |= dict.fromkeys(n.symbol for n in walk(equation.right) if isinstance(n, Fold))
    return found


def _labelled(equation: Equation) -> Iterator[tuple[str, Label]]:
    """Every family, and every function that no catalogue knows, with its label."""
    for side in (equation.left, equation.right):
        for node in walk(side):
            if isinstance(node, Quantity):
                yield node.family, node.label
            elif isinstance(node, Apply) and known(node.function.name) is None and node.function.name not in OF_SEVERAL:
                yield node.function.name, node.function.label
