"""The known functions in a definition: what they are, their derivative, and what is taken where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.steps import Local
from derive.model.activations import ACTIVATIONS
from derive.model.elementary import Known
from derive.model.functions import derivative_of, formula_of, known
from derive.model.language import read_expression
from derive.pages.blocks import Block, Equations, say
from derive.writing.nodes import Apply, Compare, Function, Node, Quantity
from derive.writing.walk import contains, replaced, walk

Z = Quantity("z")


def functions_of(local: Local, told: set[Node]) -> Iterator[Block]:
    """A word on each known function that is differentiated and that `told` does not hold yet."""
    for node in walk(local.definition):
        if isinstance(node, Apply) and any(contains(a, local.by.family) for a in node.arguments):
            function, entry = Apply(node.function, (Z,)), known(node.function.name)
            if entry is not None and function not in told:
                told.add(function)
                yield from _function(function, entry)


def _function(function: Apply, entry: Known) -> Iterator[Block]:
    if entry.name in ACTIVATIONS:
        yield from _formula_and_slope(function, entry)
    if entry.kinks:
        places = tuple(Compare("==", Z, read_expression(kink)) for kink in entry.kinks)
        yield say("function.kink", function=function, places=places, value=read_expression(entry.convention))


def _formula_and_slope(function: Apply, entry: Known) -> Iterator[Block]:
    formula = formula_of(entry.name)
    if formula is not None:
        yield say("function.formula", function=function)
        yield Equations(function, (formula,))
    yield say("function.slope" if formula is not None else "function.slope_alone", function=function)
    slope = Apply(Function(function.function.name, function.function.label, (1,)), (Z,))
    yield Equations(slope, (replaced(derivative_of(entry.name), {Quantity("a"): function}),))
