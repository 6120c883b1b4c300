"""What a worked example computes, in which order, before any number is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from derive.calculus.derivation import Derivation
from derive.errors import DeriveError
from derive.exercises.kinds.instance import Instance, Letters
from derive.exercises.kinds.tabled import Tabled, prepared, significant
from derive.pages.blocks import Ways
from derive.views.numbers import places, worked
from derive.views.sheet import Row
from derive.writing.dual import Num
from derive.writing.evaluate import evaluate
from derive.writing.nodes import Expr, Gradient, Node, Partial, Quantity
from derive.writing.scene import Element
from derive.writing.walk import parts

Way = tuple[Expr, ...]  # the derivatives that are multiplied along one path


@dataclass(frozen=True)
class Line:
    """left = formula; `ready` is the formula as it is evaluated, `place` the element that the line finds, if any."""

    left: Expr
    formula: Expr
    ready: Expr
    place: Element | None


@dataclass(frozen=True)
class Outline:
    """One derivative at numbers for all letters.

    `given` have their numbers from without; `forward` are computed from them, up to the loss, `backward` the
    derivatives that the formula of the `result` cites, and the local ones; `ways` are the paths, each with the
    derivatives along it, and `picture` shows them.
    """

    instance: Instance
    given: Mapping[Quantity, Element]
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    result: Line
    ways: tuple[Way, ...]
    picture: Ways

    @property
    def asked(self) -> tuple[Line, ...]:
        """The lines of the backward pass that are worth a question.

        Left out is what says the same as the result, or looks like it: the local derivative of the loss by the target,
        where other paths lead to the loss too.
        """
        assert isinstance(self.result.left, Gradient)
        alike = Partial(self.result.left.of, self.result.left.by)
        return (
            *(line for line in self.backward if line.formula != self.result.formula and line.left != alike),
            self.result,
        )

    @cached_property
    def used(self) -> tuple[Quantity, ...]:
        """The quantities that the backward pass needs."""
        formulas = [line.formula for line in (*self.backward, self.result)]
        found = {q for f in formulas for q in _read(f)}
        order = [*self.given, *(line.left for line in self.forward)]
        return tuple(q for q in order if q in found and isinstance(q, Quantity))

    @cached_property
    def behind(self) -> tuple[Line, ...]:
        """The lines of the forward pass that the backward pass needs."""
        needed: set[Expr] = set(self.used)
        for line in reversed(self.forward):
            if line.left in needed:
                needed.update(_read(line.formula))
        return tuple(line for line in self.forward if line.left in needed)


@dataclass(frozen=True)
class Numbers:
    """The values of all lines by their left sides, those of given quantities too, and the rounded ones of functions."""

    values: Mapping[Expr, Fraction]
    table: Mapping[Expr, Fraction]


class Inconsistent(DeriveError):
    """The product along the paths is not what the result is worth."""


def _read(formula: Node) -> Iterator[Quantity]:
    """The quantities whose values a formula takes: not those that a derivative only names."""
    if isinstance(formula, Quantity):
        yield formula
    elif not isinstance(formula, Gradient | Partial):
        for part in parts(formula):
            yield from _read(part)


def outline(derivation: Derivation, instance: Instance, letters: Letters) -> Outline:
    """The lines of a derivation at one place."""
    view = worked(derivation, instance, letters)
    wanted = [row.left for row in (*view.given, *view.forward) if isinstance(row.left, Quantity)]
    given, forward = instance.forward([derivation.of, *wanted])
    backward = tuple(dict.fromkeys((*view.upstream, *view.factors)))
    result = _line(view.result, instance)
    return Outline(
        instance,
        {row.left: instance.scene.located(row.left) for row in given if isinstance(row.left, Quantity)},
        tuple(_line(row, instance) for row in forward),
        tuple(_line(row, instance) for row in backward),
        result,
        tuple(_ways(derivation, instance, letters)),
        _picture(derivation, instance, letters),
    )


def _line(row: Row, instance: Instance) -> Line:
    assert row.formula is not None  # so have all rows but those of given quantities
    found = row.left.by if isinstance(row.left, Gradient) else row.left
    place = instance.scene.located(found) if isinstance(found, Quantity) else None
    return Line(row.left, row.formula, prepared(row.formula), place)


def _ways(derivation: Derivation, instance: Instance, letters: Letters) -> Iterator[Way]:
    for path in derivation.stages[-1].paths:
        above = [] if path.upstream is None else [Gradient(derivation.of, path.upstream)]
        factors = [*above, *(Partial(local.element, local.by) for local in path.locals_)]
        for at in places(path, instance, letters):
            yield tuple(instance.written(factor, at) for factor in factors)


def _picture(derivation: Derivation, instance: Instance, letters: Letters) -> Ways:
    """The target, what it has a hand in, and so on up to the loss; a path that is worked out elsewhere jumps there."""
    rows: list[tuple[Expr, ...]] = []
    cut: list[bool] = []
    for path in derivation.stages[-1].paths:
        way = [derivation.by, *(local.element for local in reversed(path.locals_))]
        if path.upstream is not None:
            way.append(derivation.of)
        for at in places(path, instance, letters):
            rows.append(tuple(instance.written(quantity, at) for quantity in way))
            cut.append(path.upstream is not None)
    return Ways(tuple(rows), tuple(cut))


# ---------------------------------------------------------------- with numbers


def with_numbers(
    plan: Outline, seed: int, numbers: str, stand_ins: Mapping[str, str], digits: int | None = None
) -> Numbers:
    """The lines at numbers drawn from a seed, exactly; DeriveError where one of them has no short value there.

    With `digits`, the forward values are rounded to as many significant ones before anything is computed from them.
    """
    plan.instance.ground.draw(seed, numbers)
    scene = Tabled(plan.instance.scene, plan.instance.ground.given, stand_ins)
    values: dict[Expr, Fraction] = {}
    for line in plan.forward if digits is None else plan.behind:
        value = evaluate(line.ready, scene)
        _keep(line, value if digits is None else significant(value, digits), values, scene.elements)
    if digits is not None:
        scene.table.clear()  # what the forward pass took is nobody's question
    for line in (*plan.backward, plan.result):
        _keep(line, evaluate(line.ready, scene), values, scene.gradients)
    if sum(math.prod(values[factor] for factor in way) for way in plan.ways) != values[plan.result.left]:
        raise Inconsistent(f"{plan.result.left} differs from the product along its paths")
    for quantity, place in plan.given.items():
        if place in scene.elements:
            values[quantity] = scene.elements[place]
    return Numbers(values, scene.table)


def _keep(line: Line, value: Fraction, values: dict[Expr, Fraction], found: dict[Element, Num]) -> None:
    values[line.left] = value
    if line.place is not None:
        found[line.place] = value
