"""What changed between two lines: told apart where it is new, struck out where it vanishes, the same formula else."""

from __future__ import annotations

import pytest

import derive
from derive.calculus.families import parameters
from derive.documents.changes import with_changes
from derive.documents.formats.base import Setting
from derive.documents.lesson import lesson
from derive.documents.render import files
from derive.model.language import read_expression, read_quantity
from derive.model.ready import READY, ready
from derive.notation.highlighting import Highlight
from derive.notation.latex import latex
from derive.notation.plain import plain
from derive.writing.nodes import Expr, Partial, Sum
from derive.writing.walk import walk

CHAINS = [
    ("2*(a - y)*1", "2*(a - y)", []),
    ("a*b + c", "a*b + d", ["changed d"]),
    ("x*(y + z)", "x*(y + w)", ["changed y + w"]),
    ("a + b + c", "a + b - d", ["changed d"]),
    ("exp(a)*b", "exp(a)*sin(b)", ["changed sin(b)"]),
    ("a", "b", []),
    ("a + b", "a + b", []),
]


def marks(expr: Expr) -> list[str]:
    return [f"{node.role} {node.body}" for node in walk(expr) if isinstance(node, Highlight)]


@pytest.mark.parametrize(("before", "after", "wanted"), CHAINS)
def test_what_is_new_is_told_apart(before: str, after: str, wanted: list[str]) -> None:
    _, shown = with_changes((read_expression(before), read_expression(after)))
    assert marks(shown) == wanted


def test_terms_without_the_quantity_vanish() -> None:
    by = read_quantity("a[1]")
    terms = tuple(Partial(read_expression(f"(a[{i}] - y)**2"), by) for i in range(3))
    (shown,) = with_changes((Sum(terms),))
    assert [mark.split()[0] for mark in marks(shown)] == ["vanishing", "surviving", "vanishing"]


@pytest.mark.parametrize("name", READY)
def test_the_formula_stays_the_same(name: str) -> None:
    model = derive.ready_model(name)
    for by in parameters(model, read_quantity(ready(name).loss, model)):
        derivation = derive.differentiate(model, ready(name).loss, str(by))
        for step in derivation.steps:
            shown = with_changes((step.before, step.after))
            assert [plain(side) for side in shown] == [plain(step.before), plain(step.after)]


def test_colour_is_not_all_that_tells_apart() -> None:
    by = read_quantity("a")
    sides = with_changes((Sum((Partial(read_quantity("b"), by), Partial(read_quantity("a"), by))),))
    assert latex(sides[0]).startswith(r"\textcolor[HTML]{6B6B6B}{\cancel{")


@pytest.mark.parametrize("kind", ["md", "tex", "html", "pdf"])
def test_a_page_can_be_marked(kind: str) -> None:
    derivation = derive.dense_derivation("1,2")
    document = lesson(derivation, derivation.view("full"))
    plain_page, marked = (
        files(document, [kind], Setting(derivation.notation(), stem="x", marks=on)) for on in (False, True)
    )
    assert plain_page.keys() == marked.keys()
    assert plain_page != marked
