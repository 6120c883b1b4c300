"""SymPy's own derivatives: each definition is differentiated once more by SymPy, and must agree with the rules."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from derive.calculus.samples import catalogue_formula
from derive.calculus.steps import Step
from derive.model.functions import FUNCTIONS
from derive.writing.meaning import meaning
from derive.writing.nodes import Quantity

_Z = Quantity("z")


def agrees_with_sympy(steps: tuple[Step, ...]) -> bool:
    """Whether SymPy's derivative of the definition is proved equal to the result of the steps."""
    functions = catalogue_functions()
    theirs, ours = meaning(steps[0].after, functions), meaning(steps[-1].after, functions)
    return bool(sympy.expand(theirs - ours) == 0)


def catalogue_functions() -> Mapping[str, object]:
    """What each catalogue function means to SymPy: its formula."""
    return {name: _formula(name) for name in FUNCTIONS if catalogue_formula(name) is not None}


def _formula(name: str) -> sympy.Lambda:
    formula = catalogue_formula(name)
    assert formula is not None
    z = meaning(_Z)
    return sympy.Lambda(z, meaning(formula))
