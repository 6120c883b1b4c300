"""Pictures: what they show of every ready model, that they stay on their sheet, and that they are well-formed."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import program

import derive
from derive.calculus.families import parameters
from derive.documents.formats.pictures import file_name, picture_svg
from derive.documents.wording import wording
from derive.model.activations import ACTIVATIONS
from derive.model.language import read_quantity
from derive.model.ready import READY, ready
from derive.notation.latex import latex
from derive.notation.notations import LESSON
from derive.pages.blocks import Message, Picture
from derive.pictures.drawing import Arc, Curve, Dots, Drawing, Label, Line, Place, Point, Shape
from derive.pictures.graph import graph
from derive.pictures.network import network
from derive.pictures.plot import plot
from derive.pictures.tikz import tikz

ALT = Message("view.network.alt")


@cache
def derived(name: str, by: str) -> derive.Derivation:
    return derive.differentiate(derive.ready_model(name), ready(name).loss, by)


def targets() -> list[tuple[str, str]]:
    found = []
    for name in READY:
        model = derive.ready_model(name)
        found += [(name, str(by)) for by in parameters(model, read_quantity(ready(name).loss, model))]
    return found


TARGETS = targets()


@cache
def drawings() -> dict[str, Drawing]:
    found = {f"graph of {name} by {by}": graph(derived(name, by)) for name, by in TARGETS}
    found |= {f"network of {name} by {by}": network(derived(name, by)) for name, by in TARGETS}
    found |= {f"plot of {name}": plot(name) for name in ACTIVATIONS}
    return {key: drawing for key, drawing in found.items() if drawing is not None}


def corners(drawing: Drawing) -> list[Place]:
    found: list[Place] = []
    for item in drawing.items:
        match item:
            case Line(start, end):
                found += [start, end]
            case Arc(start, over, end):
                found += [start, end, ((start[0] + end[0]) / 4 + over[0] / 2, (start[1] + end[1]) / 4 + over[1] / 2)]
            case Shape(_, (x, y), width, height):
                found += [(x - width / 2, y - height / 2), (x + width / 2, y + height / 2)]
            case Curve(points):
                found += points
            case Dots(place) | Point(place) | Label(place):
                found.append(place)
    return found


@pytest.mark.parametrize("key", drawings())
def test_nothing_leaves_the_sheet(key: str) -> None:
    drawing = drawings()[key]
    assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in corners(drawing))


@pytest.mark.parametrize("key", drawings())
def test_a_picture_is_well_formed_and_small(key: str) -> None:
    text = svg_of(drawings()[key])
    root = ElementTree.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert len(text) < 40_000
    assert text == svg_of(drawings()[key])


def svg_of(drawing: Drawing) -> str:
    return picture_svg(Picture("x", drawing, ALT), LESSON, wording())


def nodes(drawing: Drawing, role: str) -> list[str]:
    places = {item.centre for item in drawing.items if isinstance(item, Shape) and item.role == role}
    return [str(item.formula) for item in drawing.items if isinstance(item, Label) and item.place in places]


def test_the_way_of_a_weight_leads_to_the_loss() -> None:
    drawing = network(derived("lesson", "w(L)[1,2]"))
    assert drawing is not None
    assert nodes(drawing, "activation") == ["a(L-1)[2]", "a(L)[1]"]
    assert nodes(drawing, "error") == ["C0"]
    assert nodes(drawing, "plain") == ["a(L-1)[0]", "a(L-1)[1]", "a(L-1)[5]", "a(L)[0]", "a(L)[2]", "a(L)[3]"]
    (weight,) = (item for item in drawing.items if isinstance(item, Label) and item.role == "weight")
    assert str(weight.formula) == "w(L)[1,2]"


def test_all_nodes_of_the_layers_above_are_passed() -> None:
    drawing = network(derived("mazur", "w(1)[0,1]"))
    assert drawing is not None
    assert nodes(drawing, "activation") == ["x[1]", "out(1)[0]", "out(2)[0]", "out(2)[1]"]


def test_layers_that_cannot_be_counted_are_left_out_with_dots() -> None:
    drawing = network(derived("dense", "w(l)[j,k]"))
    assert drawing is not None
    assert Dots in {type(item) for item in drawing.items if isinstance(item, Dots) and not item.upright}
    assert "a(L)[0]" in nodes(drawing, "activation")


@pytest.mark.parametrize("by", ["x[j]"])
def test_a_target_with_several_ways_has_no_network_but_a_graph(by: str) -> None:
    assert network(derived("residual", by)) is None
    drawing = graph(derived("residual", by))
    assert drawing is not None
    assert nodes(drawing, "activation") == ["y[j]", "f[j]", "x[j]", "h[j]", "z[j]"]


def test_a_recurrence_comes_back_to_itself() -> None:
    drawing = graph(derived("lstm", "W_i[j,k]"))
    assert drawing is not None
    loops = [item for item in drawing.items if isinstance(item, Arc) and item.start[1] == item.end[1]]
    assert loops
    assert all(loop.role == "activation" for loop in loops)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_plot_shows_every_kink(name: str) -> None:
    drawing = plot(name)
    assert drawing is not None
    marks = {item.centre[0] for item in drawing.items if isinstance(item, Point)}
    assert len(marks) == len(ACTIVATIONS[name].kinks)


def test_a_function_without_a_formula_has_no_plot() -> None:
    assert plot("g") is None


def test_a_name_of_a_file_tells_the_document() -> None:
    assert (
        file_name(Picture("graph", drawings()["plot of relu"], ALT), "derivation-w-1-2") == "derivation-w-1-2-graph.svg"
    )


HEAD = r"""\documentclass{article}
\usepackage{amsmath,amssymb,xcolor,tikz}
\usepackage[a4paper,margin=2.5cm]{geometry}
\begin{document}
"""


def test_pictures_compile(tmp_path: Path) -> None:
    program("pdflatex")
    body = "\n\n".join(tikz(drawing, latex) for drawing in drawings().values())
    (tmp_path / "all.tex").write_text(f"{HEAD}{body}\n\\end{{document}}\n", encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-1000:]
    assert b"Overfull" not in done.stdout
