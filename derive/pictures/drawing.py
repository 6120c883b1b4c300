"""Drawings as data: lines, shapes, curves and labels at their places, in no picture's language yet.

Coordinates are in points, x to the right and y downwards. A label is a tree: it is printed in the notation of the
document that the drawing stands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.writing.index import Index
from derive.writing.nodes import Node

# What a part of a drawing stands for. Colour tells roles apart, and so do thickness, dashes and shape.
Role = Literal["plain", "pale", "input", "weight", "activation", "error", "curve", "derivative"]
Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A straight line, with an arrowhead at its end where `arrow` is true."""

    start: Place
    end: Place
    role: Role = "plain"
    arrow: bool = False


@dataclass(frozen=True)
class Arc:
    """A quadratic curve from start to end, bent towards `over`, with an arrowhead."""

    start: Place
    over: Place
    end: Place
    role: Role = "plain"


@dataclass(frozen=True)
class Shape:
    """A disc for what is computed, a box for what is given, a ring, which is a disc with two lines, for the loss."""

    kind: Literal["disc", "box", "ring"]
    centre: Place
    width: float
    height: float
    role: Role = "plain"


@dataclass(frozen=True)
class Dots:
    """Three dots for what is left out, below each other or side by side."""

    centre: Place
    upright: bool = True


@dataclass(frozen=True)
class Curve:
    """Straight lines from point to point, so short that they look like a curve."""

    points: tuple[Place, ...]
    role: Role = "curve"


@dataclass(frozen=True)
class Point:
    """A small disc: full where a curve has its value, empty where it only comes near."""

    centre: Place
    full: bool
    role: Role = "curve"


@dataclass(frozen=True)
class Label:
    """A formula at a place, which is the middle of its height."""

    place: Place
    formula: Node | Index
    anchor: Anchor = "middle"
    role: Role = "plain"


Item = Line | Arc | Shape | Dots | Curve | Point | Label


@dataclass(frozen=True)
class Drawing:
    """Items on a sheet of the given size; what comes later lies on top."""

    width: float
    height: float
    items: tuple[Item, ...]
