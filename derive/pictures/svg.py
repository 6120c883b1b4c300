"""Drawings as SVG of our own: a few kilobytes, crisp at any size, readable without colour.

Each role has a class, so that a page may give it other colours on a dark ground, and beside it the colours of paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch
from html import escape

from derive.notation.ink import Ink
from derive.notation.svgtext import svg_text
from derive.pictures.drawing import Anchor, Arc, Curve, Dots, Drawing, Item, Label, Line, Place, Point, Role, Shape
from derive.writing.index import Index
from derive.writing.nodes import Node

Formula = Callable[[Node | Index], Ink]

FONT_SIZE = 11
FONT = "STIX Two Text, STIX Two Math, Times New Roman, Times, serif"
# Colour, thickness and dashes of each role's lines; two roles differ in more than colour.
ROLES: dict[Role, tuple[str, float, str]] = {
    "plain": ("#333333", 1.0, ""),
    "pale": ("#c4c4c4", 0.7, ""),
    "input": ("#00695c", 1.2, "6 2"),
    "weight": ("#d81b60", 2.6, ""),
    "activation": ("#1e56b0", 1.6, ""),
    "error": ("#9a4a00", 1.6, ""),
    "curve": ("#1e56b0", 1.8, ""),
    "derivative": ("#d81b60", 1.6, "5 3"),
}
INK = "#111111"
ARROW = "arrow"  # begins the name of an arrowhead
BEFORE: dict[Anchor, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}  # the part of a label before its place


def svg(drawing: Drawing, formula: Formula, alt: str, inside: str = "") -> str:
    """The drawing as an SVG document; `formula` sets a label, `alt` says in words what is to be seen.

    As a part of a page it is known there by the name `inside`, which keeps its names apart from other drawings'.
    """
    roles = sorted({item.role for item in drawing.items if isinstance(item, Line | Arc)})
    marks = "".join(_arrowhead(role) for role in roles)
    body = "\n".join(part for item in drawing.items for part in written(item, formula))
    size = f"{_n(drawing.width)} {_n(drawing.height)}"
    if inside:
        marks = marks.replace(f'id="{ARROW}', f'id="{inside}-{ARROW}')
        body = body.replace(f"#{ARROW}", f"#{inside}-{ARROW}")
    space = "" if inside else ' xmlns="http://www.w3.org/2000/svg"'
    return (
        f'<svg{space} viewBox="0 0 {size}" width="{_n(drawing.width)}pt" '
        f'height="{_n(drawing.height)}pt" role="img" class="drawing" font-family="{FONT}" font-size="{FONT_SIZE}">\n'
        f"<title>{escape(alt, quote=False)}</title>\n<defs>{marks}</defs>\n{body}\n</svg>\n"
    )


def _arrowhead(role: Role) -> str:
    return (
        f'<marker id="{ARROW}-{role}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1 L8 4 L0 7 z" class="fill-{role}" '
        f'fill="{ROLES[role][0]}"/></marker>'
    )


def _n(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")


def _stroke(role: Role) -> str:
    colour, thick, dashes = ROLES[role]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'class="line-{role}" stroke="{colour}" stroke-width="{_n(thick)}"{dashed}'


@singledispatch
def written(item: Item, _formula: Formula) -> Iterator[str]:
    """The elements of one item."""
    raise TypeError(f"no SVG for {type(item).__name__}")


@written.register
def _line(item: Line, _formula: Formula) -> Iterator[str]:
    (x1, y1), (x2, y2) = item.start, item.end
    head = f' marker-end="url(#{ARROW}-{item.role})"' if item.arrow else ""
    yield f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" {_stroke(item.role)}{head}/>'


@written.register
def _arc(item: Arc, _formula: Formula) -> Iterator[str]:
    path = f"M{_place(item.start)} Q{_place(item.over)} {_place(item.end)}"
    yield f'<path d="{path}" fill="none" {_stroke(item.role)} marker-end="url(#{ARROW}-{item.role})"/>'


def _place(place: Place) -> str:
    return f"{_n(place[0])} {_n(place[1])}"


@written.register
def _shape(item: Shape, _formula: Formula) -> Iterator[str]:
    x, y = item.centre
    style = f'{_stroke(item.role)} fill="#ffffff"'
    if item.kind == "box":
        left, top = x - item.width / 2, y - item.height / 2
        yield (
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(item.width)}" height="{_n(item.height)}" rx="2" {style}/>'
        )
        return
    yield f'<ellipse cx="{_n(x)}" cy="{_n(y)}" rx="{_n(item.width / 2)}" ry="{_n(item.height / 2)}" {style}/>'
    if item.kind == "ring":
        inner = item.width / 2 - 2.5, item.height / 2 - 2.5
        yield f'<ellipse cx="{_n(x)}" cy="{_n(y)}" rx="{_n(inner[0])}" ry="{_n(inner[1])}" {style}/>'


@written.register
def _dots(item: Dots, _formula: Formula) -> Iterator[str]:
    x, y = item.centre
    for step in (-6, 0, 6):
        dx, dy = (0, step) if item.upright else (step, 0)
        yield f'<circle cx="{_n(x + dx)}" cy="{_n(y + dy)}" r="1.4" class="fill-plain" fill="{ROLES["plain"][0]}"/>'


@written.register
def _curve(item: Curve, _formula: Formula) -> Iterator[str]:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in item.points)
    yield f'<polyline points="{points}" fill="none" stroke-linejoin="round" {_stroke(item.role)}/>'


@written.register
def _point(item: Point, _formula: Formula) -> Iterator[str]:
    colour = ROLES[item.role][0]
    fill = f'class="fill-{item.role}" fill="{colour}"' if item.full else 'fill="#ffffff"'
    x, y = item.centre
    yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.4" {fill} stroke="{colour}" stroke-width="1.2"/>'


@written.register
def _label(item: Label, formula: Formula) -> Iterator[str]:
    colour = INK if item.role in ("plain", "activation", "error") else ROLES[item.role][0]
    text, width = svg_text(formula(item.formula), FONT_SIZE)
    x, y = item.place[0] - width * BEFORE[item.anchor], item.place[1] + 0.33 * FONT_SIZE
    start = f'<text transform="translate({_n(x)} {_n(y)})"'
    if item.role == "weight":  # on white, as it lies on lines
        yield f'{start} stroke="#ffffff" stroke-width="3" class="ground">{text}</text>'
    yield f'{start} class="label-{item.role}" fill="{colour}">{text}</text>'
