"""A printed result as a number: the derivatives that it cites by name are defined by the stages that found them.

A gradient is a model too: each stage that stands is one more equation, d(C)/d(h)[t,i] = …, and a recurrence is a
recurrence like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from derive.calculus.derivation import Derivation
from derive.calculus.domains import fixed_symbols
from derive.calculus.facts import within
from derive.calculus.matching import arguments
from derive.calculus.stages import Stage
from derive.errors import OptionError, ValueMissing
from derive.model.forward import ModelScene, given_scene
from derive.model.functions import formula_of
from derive.model.model import Equation, Model
from derive.writing.evaluate import evaluate, holds
from derive.writing.index import Symbol, index
from derive.writing.nodes import Expr, Gradient, Node, Quantity
from derive.writing.walk import rebuilt


def evaluated(
    derivation: Derivation, values: Mapping[str, Any], sizes: Mapping[str, int], functions: Mapping[str, Any]
) -> float:
    """The value of the printed result; `sizes` also has the letters of the target."""
    names = {s.name: s for s in letters_of(derivation)}
    missing = [name for name in names if name not in sizes]
    if missing:
        raise ValueMissing(f"sizes[{missing[0]!r}] is missing: give the letter {missing[0]} of the target a number")
    letters = {names[name]: int(n) for name, n in sizes.items() if name in names}
    known = {text: n for text, n in sizes.items() if text not in names}
    model = with_stages(derivation)
    scene = given_scene(model, values, known, functions, letters, catalogue=formula_of)
    if not _in_use(derivation, scene):
        return 0.0
    return float(evaluate(_renamed(derivation.result), scene))


def _in_use(derivation: Derivation, scene: ModelScene) -> bool:
    """Whether the target is one of the model's elements: an array may have more, by which the derivative is 0.

    Raises OptionError where there is no such element. Sizes that are not known cannot be checked.
    """
    by = derivation.by
    ranges = (c for span in derivation.target.facts.ranges.values() for c in within(index(span.symbol), span))
    for condition in (*ranges, *derivation.target.conditions):
        try:
            exists = holds(condition, scene)
        except ValueMissing:
            continue
        if not exists:
            if by.family in derivation.model.given and scene.ground.overriding(scene.located(by)) is not None:
                return False
            raise OptionError(f"there is no {by} at the given sizes: it needs {condition}")
    return True


def letters_of(derivation: Derivation) -> list[Symbol]:
    """The letters of the target that are neither sizes nor labels of the model."""
    fixed = fixed_symbols(derivation.model)
    found = {s for i in arguments(derivation.by) for s in i.symbols} - fixed
    return sorted(found, key=lambda s: s.order)


def with_stages(derivation: Derivation) -> Model:
    """The model with an equation for every stage that is cited by its name."""
    cited = [stage for stage in derivation.stages if stage.stands]
    special_first = sorted(cited, key=lambda stage: len(stage.facts.ranges))
    return replace(derivation.model, equations=(*derivation.model.equations, *map(_equation, special_first)))


def _equation(stage: Stage) -> Equation:
    """A stage as an equation for every value of its letters."""
    own = {s for i in arguments(stage.by) for s in i.symbols}
    ranges = tuple(span for letter, span in stage.facts.ranges.items() if letter in own)
    (of,) = {step.before.of for step in stage.steps[:1] if isinstance(step.before, Gradient)}
    return Equation(_named(Gradient(of, stage.by)), _renamed(stage.result), ranges)


def _renamed(expr: Expr) -> Expr:
    return cast(Expr, _without_gradients(expr))


def _without_gradients(node: Node) -> Node:
    return _named(node) if isinstance(node, Gradient) else rebuilt(node, _without_gradients)


def _named(gradient: Gradient) -> Quantity:
    """The derivative as a quantity of its own: family d(C)/d(h), with the label and the indices of h."""
    by = gradient.by
    return Quantity(f"d({gradient.of})/d({by.family})", by.label, by.indices)
