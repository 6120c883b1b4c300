"""Every function of one argument that the model language knows, elementary ones and activations."""

from __future__ import annotations

from functools import cache

from derive.errors import unknown
from derive.model.activations import ACTIVATIONS
from derive.model.elementary import ELEMENTARY, Known
from derive.model.language import read_expression
from derive.writing.nodes import Expr

FUNCTIONS: dict[str, Known] = {**ELEMENTARY, **ACTIVATIONS}


def known(name: str) -> Known | None:
    """The function that the language calls so, or None where it is an unknown function."""
    return FUNCTIONS.get(name)


@cache
def derivative_of(name: str) -> Expr:
    """The derivative of a known function, in z and its own value a."""
    if name not in FUNCTIONS:
        raise unknown("function", name, FUNCTIONS)
    return read_expression(FUNCTIONS[name].derivative)


@cache
def formula_of(name: str) -> Expr | None:
    """What a function is made of, in z; None for an elementary one, and for one that is not known."""
    entry = known(name)
    return None if entry is None or entry.formula is None else read_expression(entry.formula)
