"""Drawings as TikZ, for LaTeX: the document's own fonts set the labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch

from derive.pictures.drawing import Anchor, Arc, Curve, Dots, Drawing, Item, Label, Line, Place, Point, Role, Shape
from derive.pictures.svg import ROLES
from derive.writing.index import Index
from derive.writing.nodes import Node

Formula = Callable[[Node | Index], str]
LARGEST_WIDTH = 450.0  # points, of a page's text
ANCHORS: dict[Anchor, str] = {"start": "west", "middle": "center", "end": "east"}


def tikz(drawing: Drawing, formula: Formula) -> str:
    """The drawing as a `tikzpicture`; `formula` gives the LaTeX of a label."""
    colours = "\n".join(rf"\definecolor{{{_colour(role)}}}{{HTML}}{{{ROLES[role][0][1:].upper()}}}" for role in ROLES)
    scale = min(1.0, LARGEST_WIDTH / drawing.width)
    body = "\n".join(part for item in drawing.items for part in written(item, formula))
    nodes = f"every node/.style={{inner sep=1pt, scale={0.9 * scale:.3g}}}"
    options = f"x={scale:.3g}pt, y=-{scale:.3g}pt, >=stealth, {nodes}"
    return f"{colours}\n\\begin{{tikzpicture}}[{options}]\n{body}\n\\end{{tikzpicture}}"


def _colour(role: Role) -> str:
    return f"derive{role}"


def _n(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")


def _place(place: Place) -> str:
    return f"({_n(place[0])},{_n(place[1])})"


def _stroke(role: Role) -> str:
    _, thick, dashes = ROLES[role]
    on, _, off = dashes.partition(" ")
    dashed = f", dash pattern=on {on}pt off {off}pt" if dashes else ""
    return f"{_colour(role)}, line width={_n(0.8 * thick)}pt{dashed}"


@singledispatch
def written(item: Item, _formula: Formula) -> Iterator[str]:
    """The commands of one item."""
    raise TypeError(f"no TikZ for {type(item).__name__}")


@written.register
def _line(item: Line, _formula: Formula) -> Iterator[str]:
    yield rf"\draw[{_stroke(item.role)}{', ->' if item.arrow else ''}] {_place(item.start)} -- {_place(item.end)};"


@written.register
def _arc(item: Arc, _formula: Formula) -> Iterator[str]:
    towards = [_place(_between(end, item.over)) for end in (item.start, item.end)]
    yield (
        rf"\draw[{_stroke(item.role)}, ->] {_place(item.start)} .. controls {towards[0]} and {towards[1]} .. "
        f"{_place(item.end)};"
    )


def _between(end: Place, over: Place) -> Place:
    """The control point of a cubic curve that is the same as a quadratic one."""
    return end[0] + (over[0] - end[0]) * 2 / 3, end[1] + (over[1] - end[1]) * 2 / 3


@written.register
def _shape(item: Shape, _formula: Formula) -> Iterator[str]:
    x, y = item.centre
    wide, high = item.width / 2, item.height / 2
    style = f"{_stroke(item.role)}, fill=white"
    if item.kind == "box":
        corners = f"{_place((x - wide, y - high))} rectangle {_place((x + wide, y + high))}"
        yield rf"\draw[{style}, rounded corners=1pt] {corners};"
        return
    yield rf"\draw[{style}] {_place(item.centre)} ellipse [x radius={_n(wide)}, y radius={_n(high)}];"
    if item.kind == "ring":
        yield (rf"\draw[{style}] {_place(item.centre)} ellipse [x radius={_n(wide - 2.5)}, y radius={_n(high - 2.5)}];")


@written.register
def _dots(item: Dots, _formula: Formula) -> Iterator[str]:
    x, y = item.centre
    for step in (-6, 0, 6):
        place = (x, y + step) if item.upright else (x + step, y)
        yield rf"\fill[{_colour('plain')}] {_place(place)} circle [radius=1.3];"


@written.register
def _curve(item: Curve, _formula: Formula) -> Iterator[str]:
    yield rf"\draw[{_stroke(item.role)}] {' -- '.join(map(_place, item.points))};"


@written.register
def _point(item: Point, _formula: Formula) -> Iterator[str]:
    fill = _colour(item.role) if item.full else "white"
    yield rf"\draw[{_colour(item.role)}, fill={fill}] {_place(item.centre)} circle [radius=2.2];"


@written.register
def _label(item: Label, formula: Formula) -> Iterator[str]:
    colour = "black" if item.role in ("plain", "activation", "error") else _colour(item.role)
    ground = ", fill=white, fill opacity=0.8, text opacity=1" if item.role == "weight" else ""
    yield (
        rf"\node[anchor={ANCHORS[item.anchor]}, text={colour}{ground}] at {_place(item.place)} "
        rf"{{${formula(item.formula)}$}};"
    )
