"""What we print is read back: every result and step of every ready model, matrix forms, and random trees."""

from __future__ import annotations

import pytest
import trees
from as_read import as_read
from hypothesis import HealthCheck, Phase, assume, given, settings

from derive import differentiate
from derive.calculus.matrix import MatrixForm, matrix_form_of
from derive.errors import Unreadable
from derive.exercises.reading import SPELLINGS, conventions_of
from derive.model.ready import READY, ready_model
from derive.notation.latex import latex
from derive.notation.matrix import matrix_latex
from derive.notation.notations import NOTATIONS, Notation
from derive.notation.reading.answer import read_answer
from derive.notation.reading.conventions import Conventions, Family
from derive.pages.notating import adapted
from derive.writing.nodes import Expr

BOOKS = ("lesson", "apart", "nielsen", "dsc140b", "coursera2011", "3blue1brown")  # all that a notation can change


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("name", READY)
def test_results_and_steps_are_read_back(name: str, book: str) -> None:
    model, loss = ready_model(name), READY[name].loss
    derivation = differentiate(model, loss, READY[name].target)
    notation = adapted(NOTATIONS[book], [model])
    conventions = conventions_of(model, notation, derivation.of)
    steps = [side for step in derivation.steps for side in (step.before, step.after)]
    for expr in dict.fromkeys([derivation.result, *steps]):
        written = latex(expr, notation)
        read = read_answer(written, conventions).final
        assert as_read(read, (loss,)) == as_read(expr, (loss,)), written


@pytest.mark.parametrize("name", READY)
def test_matrix_forms_are_read_back(name: str) -> None:
    model = ready_model(name)
    derivation = differentiate(model, READY[name].loss, READY[name].target)
    form = matrix_form_of(derivation)
    if isinstance(form, MatrixForm):
        text = f"{matrix_latex(form.left)} = {matrix_latex(form.right)}"
        (line,) = read_answer(text, conventions_of(model)).lines
        assert line.left == form.left
        assert [as_read(member) for member in line.members] == [as_read(form.right)]


def of_trees(notation: Notation) -> Conventions:
    """The names of the random trees."""
    return Conventions(
        families={
            **dict.fromkeys(("C", "beta", "E"), Family()),
            "x": Family(indices=1),
            "A": Family(indices=2),
            "z": Family(labelled=True, indices=1),
            "b": Family(labelled=True),
        },
        sizes={"i": False, "j": False, "k": False, "m": False, "L": False, "n": True},
        functions={"g": True, "h": False, "f2": False},
        known=SPELLINGS,
        labels=frozenset({"L"}),
        notation=notation,
    )


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None, phases=[Phase.generate])
@given(trees.expressions())
def test_random_trees_are_read_back(expr: Expr) -> None:
    written = latex(expr, NOTATIONS["apart"])
    try:
        read = read_answer(written, of_trees(NOTATIONS["apart"])).final
    except Unreadable as error:
        assume(not any(bound in error.message for bound in ("an exponent may be", "too many digits", "open here")))
        raise
    assert as_read(read) == as_read(expr), written
