"""An activation beside its derivative, sampled from the catalogue's own formulas; kinks and jumps are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import isnan, nan

from derive.model.elementary import Known
from derive.model.forward import given_scene
from derive.model.functions import formula_of, known
from derive.model.language import read_expression, read_model, read_quantity
from derive.pictures.drawing import Curve, Drawing, Item, Label, Line, Place, Point, Role
from derive.writing.evaluate import evaluate
from derive.writing.nodes import Apply, Expr, Function, Quantity
from derive.writing.numbers import OutsideDomain

REACH = 4.0  # z runs from minus this to this, or further where there is a kink
BEYOND = 1.5  # the furthest kink
HIGHEST = 0.75  # of the reach; what leaves this band is cut off
HALF, MARGIN, SIDE, FOOT = 104.0, 12.0, 104.0, 10.0
SAMPLES = 60  # in every piece between two kinks
NEAR = 1e-9

Real = Callable[[float], float]


@cache
def plot(name: str) -> Drawing | None:
    """The curve of a known function and, dashed, of its derivative; None where the function is not known."""
    entry = known(name)
    return None if entry is None else _drawn(entry)


def _drawn(entry: Known) -> Drawing:
    value, slope = _evaluated(entry, "a"), _evaluated(entry, "d")
    kinks = sorted(_number(text) for text in entry.kinks)
    reach = max([REACH, *(abs(kink) + BEYOND for kink in kinks)])
    pieces = list(pairwise([-reach, *kinks, reach]))
    curves: list[tuple[Real, Role]] = [(slope, "derivative"), (value, "curve")]
    sampled = [(role, [_samples(real, *piece) for piece in pieces]) for real, role in curves]
    heights = [y for _, parts in sampled for part in parts for _, y in part if not isnan(y)]
    low, high = min(0.0, *heights), max(1.0, *heights)
    frame = _Frame(max(low, -HIGHEST * reach), min(high, HIGHEST * reach), reach)
    items = [item for role, parts in sampled for part in parts for item in frame.curve(part, role)]
    ends = [item for role, parts in sampled for pair in pairwise(parts) for item in frame.ends(*pair, role)]
    return Drawing(frame.width, frame.height, (*frame.axes(), *items, *ends, *frame.legend(entry.name)))


def _evaluated(entry: Known, wanted: str) -> Real:
    model = read_model(f"a = {entry.name}(z)\nd = {entry.derivative}")
    quantity = read_quantity(wanted)

    def real(z: float) -> float:
        try:
            return float(evaluate(quantity, given_scene(model, {"z": z}, catalogue=formula_of)))
        except OutsideDomain:
            return nan

    return real


def _number(text: str) -> float:
    return float(evaluate(read_expression(text), given_scene(read_model("a = 0"), {})))


def _samples(real: Real, left: float, right: float) -> list[Place]:
    """Points from just behind one kink to just before the next."""
    start, step = left + NEAR, (right - left - 2 * NEAR) / SAMPLES
    return [(z, real(z)) for z in (start + step * i for i in range(SAMPLES + 1))]


class _Frame:
    """Where numbers lie on the sheet."""

    def __init__(self, low: float, high: float, reach: float) -> None:
        self.low, self.high, self.reach = low, high, reach
        self.unit = HALF / reach
        self.width = 2 * MARGIN + 2 * HALF + SIDE
        self.height = 2 * MARGIN + (high - low) * self.unit + FOOT

    def place(self, z: float, y: float) -> Place:
        return round(MARGIN + (z + self.reach) * self.unit, 2), round(MARGIN + (self.high - y) * self.unit, 2)

    def axes(self) -> Iterator[Item]:
        """Both axes, with their numbers."""
        yield Line(self.place(-self.reach, 0), self.place(self.reach + 0.3, 0), "plain", True)
        yield Line(self.place(0, self.low), self.place(0, self.high), "plain", True)
        for z in (-2, 2):
            yield from self._mark(z, 0, (0, 10), z)
        yield from self._mark(0, 1, (-10, 0), 1)

    def _mark(self, z: float, y: float, aside: Place, number: int) -> Iterator[Item]:
        x, height = self.place(z, y)
        small = (0, 3) if aside[1] else (3, 0)
        yield Line((x - small[0], height - small[1]), (x + small[0], height + small[1]))
        yield Label((x + aside[0], height + aside[1]), read_expression(str(number)))

    def curve(self, points: Sequence[Place], role: Role) -> Iterator[Item]:
        """The parts of a curve that lie inside the band."""
        inside: list[Place] = []
        for z, y in points:
            if self.low - NEAR <= y <= self.high + NEAR:
                inside.append(self.place(z, y))
                continue
            if len(inside) > 1:
                yield Curve(tuple(inside), role)
            inside = []
        if len(inside) > 1:
            yield Curve(tuple(inside), role)

    def ends(self, left: Sequence[Place], right: Sequence[Place], role: Role) -> Iterator[Item]:
        """A full point at a kink, empty ones at both sides of a jump."""
        (z, before), (_, after) = left[-1], right[0]
        jumps = abs(before - after) > 1e-6
        for y in dict.fromkeys((before, after) if jumps else (before,)):
            yield Point(self.place(z, y), not jumps, role)

    def legend(self, name: str) -> Iterator[Item]:
        """The names of both curves, at the right."""
        z = Quantity("z")
        rows: list[tuple[Expr, Role]] = [
            (Apply(Function(name), (z,)), "curve"),
            (Apply(Function(name, None, (1,)), (z,)), "derivative"),
        ]
        x = MARGIN + 2 * HALF + 14
        for i, (formula, role) in enumerate(rows):
            y = MARGIN + 10 + 20 * i
            yield Curve(((x - 4, y), (x + 8, y)), role)
            yield Label((x + 12, y), formula, "start", role)
