"""Notebooks: valid, run by Jupyter's own client, and failing where a gradient is wrong."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import derive
from derive.calculus.derivation import Derivation
from derive.documents.formats.base import Setting
from derive.documents.lesson import View, lesson
from derive.documents.render import files
from derive.documents.whole import whole_gradient
from derive.errors import OptionError
from derive.model.ready import READY

EXECUTED = ("dense", "lstm")
OTHERS = {
    "computed": ("lesson", "z(L)[j]"),
    "a row of a recurrence": ("rnn", "h[0,j]"),
    "a number": ("linear_regression", "lam"),
    "labelled apart": ("mazur", "b(1)[0]"),
}
OWN = {
    "several arguments": "C = sum(f(x[i], y[i])**2 for i in range(n))",
    "a total": "C = sum(p[i]*x[i] for i in range(n))\nsum(p[i] for i in range(n)) == 2",
    "an element by its number": "C = sum(x[i]**2 for i in range(n))*exp(x[9])",
    "sizes that are given": "C = sum(i*x for i in range(n))",
}


def ready(name: str, target: str | None = None) -> Derivation:
    return derive.differentiate(derive.ready_model(name), READY[name].loss, target or READY[name].target)


def own(name: str) -> Derivation:
    return derive.differentiate(derive.read_model(OWN[name]), "C", "x" if name == "sizes that are given" else "x[k]")


def written(found: Derivation, *views: str) -> bytes:
    return files(lesson(found, View(views=views)), ["ipynb"], Setting(stem="sheet"))["sheet.ipynb"]


def read(data: bytes) -> Any:
    notebook = nbformat.reads(data.decode(), as_version=4)  # type: ignore[no-untyped-call]  # published so
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook: Any) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def run(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(text, "notebook", "exec"), namespace)  # noqa: S102, the text is what this file tests
    return namespace


# ---------------------------------------------------------------- run


@pytest.mark.filterwarnings("ignore::Warning")  # of Jupyter's, about itself
@pytest.mark.parametrize("name", EXECUTED)
def test_notebooks_run_from_top_to_bottom(name: str) -> None:
    notebook = read(written(ready(name), "code"))
    NotebookClient(notebook, timeout=60).execute()
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
    assert not [output for cell in notebook.cells for output in cell.get("outputs", ())]


@pytest.mark.filterwarnings("ignore::Warning")
def test_a_wrong_gradient_stops_the_notebook() -> None:
    notebook = read(written(ready("softmax")).replace(b"dz = p - y", b"dz = p + y"))
    with pytest.raises(CellExecutionError, match="Not equal to tolerance"):
        NotebookClient(notebook, timeout=60).execute()


CASES: dict[str, Callable[[], Derivation]] = {
    **{name: partial(ready, name) for name in READY},
    **{name: partial(ready, *pair) for name, pair in OTHERS.items()},
    **{name: partial(own, name) for name in OWN},
    "wide layers": lambda: derive.dense_derivation(weight="12,999999999", sizes="1000000000,1000000000"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_code_of_every_model_runs_and_agrees(name: str) -> None:
    found = CASES[name]()
    text = code_cells(read(written(found)))
    known = run(text)
    assert any(key.startswith(found.by.family) for key in known["gradient"])
    assert text.count("assert_allclose") >= 1
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        run(text.replace("(above - below)", "(above - 2 * below)"))


@pytest.mark.parametrize("name", ["dense", "mazur", "batchnorm"])
def test_a_whole_gradient_is_compared_at_once(name: str) -> None:
    every = derive.differentiate_all(derive.ready_model(name), READY[name].loss)
    data = files(whole_gradient(every.derivations, View()), ["ipynb"], Setting(stem="x"))["x.ipynb"]
    text = code_cells(read(data))
    assert text.count("def loss_and_gradient") == 1
    assert text.count("assert_allclose") == len({(found.by.family, found.by.label) for found in every.derivations})
    run(text)


def test_a_loss_without_a_value_is_no_agreement() -> None:
    found = derive.differentiate(derive.read_model("C = log(x)"), "C", "x")
    text = code_cells(read(written(found)))
    with pytest.raises(AssertionError), pytest.warns(RuntimeWarning):
        run(text.replace("rng.uniform(0.1, 0.9, size=())", "-np.ones(())"))


# ---------------------------------------------------------------- read

INPUTS = """\
rng = np.random.default_rng(N)
given = {
    "y": rng.uniform(0.1, 0.9, size=N),
    "w": rng.uniform(0.1, 0.9, size=(N, N)),
    "x": rng.uniform(0.1, 0.9, size=N),
    "b": rng.uniform(0.1, 0.9, size=N),
}
given["y"][0:N] /= np.sum(given["y"][0:N], axis=0, keepdims=True)"""


def test_inputs_are_small_and_keep_what_the_model_assumes() -> None:
    cells = [cell.source for cell in read(written(ready("softmax"))).cells if cell.cell_type == "code"]
    sizes = list(map(int, re.findall(r"(?<=size=)\d+|(?<=size=\()\d+|(?<=, )\d+(?=\))", cells[1])))
    assert all(2 <= size <= 8 for size in sizes)
    assert re.sub(r"(?<=[=( :])\d(?=[,)\]])", "N", cells[1]).replace("axis=N", "axis=0") == INPUTS
    known = run("\n".join(cells))
    assert known["given"]["y"].sum() == pytest.approx(1)


def test_the_same_document_is_the_same_bytes() -> None:
    document = lesson(ready("attention"), View(views=("network", "code")))
    again = lesson(ready("attention"), View(views=("network", "code")))
    first, second = (files(one, ["ipynb"], Setting(stem="x")) for one in (document, again))
    assert first == second
    ids = [cell.id for cell in read(first["x.ipynb"]).cells]
    assert ids == [f"cell-{i}" for i in range(1, len(ids) + 1)]


@pytest.mark.parametrize("marks", [False, True])
def test_text_is_as_markdown_has_it_and_pictures_are_inside(marks: bool) -> None:
    document = lesson(ready("dense"), View(views=("network",)))
    made = files(document, ["md", "pandoc", "ipynb"], Setting(stem="x", marks=marks))
    markdown = made["x.md"].decode().replace("](x-", "](attachment:x-")
    cells = [cell for cell in read(made["x.ipynb"]).cells if cell.cell_type == "markdown"]
    text = "\n\n".join(cell.source for cell in cells)
    assert text.startswith(markdown.rstrip())
    assert made["x.pandoc.md"] != made["x.md"]
    (pictured,) = (cell for cell in cells if "attachments" in cell)
    assert list(pictured.attachments) == ["x-network.svg"]
    assert list(pictured.attachments["x-network.svg"]) == ["image/svg+xml"]


def test_without_the_package_there_is_a_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "nbformat":
            raise ImportError(name)
        return imported(name, *rest)

    document = lesson(ready("lesson"), View())
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(OptionError) as refused:
        files(document, ["ipynb"], Setting(stem="x"))
    assert str(refused.value) == (
        "notebooks need the package nbformat: install it with pip install 'derive[notebook]', or choose another format"
    )
