"""Tables on a page: formulas, words, names as they are, and cells to be filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_documents import formulas, typeset
from texcheck import katex_errors, problems

import derive
from derive.documents.render import render
from derive.pages.blocks import Document, Message, Table
from derive.writing.nodes import Gradient, Quantity

TITLE = Message("whole.results")
DERIVATIVE = Gradient(Quantity("C"), Quantity("w"))
TABLE = Table(
    (Message("whole.results"), Message("view.code.heading")),
    (
        (DERIVATIVE, None),
        (Message("whole.title", {"of": Quantity("C")}), "50 % of a|b & c_1"),
    ),
)


def page(table: Table, form: str) -> str:
    return render(Document(TITLE, (table,)), form)


def test_a_table_in_markdown_is_one_that_github_reads() -> None:
    assert page(TABLE, "md").splitlines()[2:] == [
        "| All results | As code |",
        "| --- | --- |",
        r"| $\frac{\partial C}{\partial w}$ |  |",
        r"| The whole gradient of $C$ | 50 % of a\|b & c\_1 |",
    ]


def test_a_table_in_latex_has_room_for_fractions_and_for_what_is_filled_in() -> None:
    lines = page(TABLE, "tex").partition(r"\begin{tabular}")[2].partition(r"\end{tabular}")[0].splitlines()
    assert lines == [
        "{|l|l|}",
        r"\hline",
        r"All results & As code \\",
        r"\hline",
        r"\rule[-2.4ex]{0pt}{6ex}%",
        r"$\frac{\partial C}{\partial w}$ & \hspace{8em} \\",
        r"\hline",
        r"The whole gradient of $C$ & 50 \% of a|b \& c\_1 \\",
        r"\hline",
    ]


def test_a_long_table_in_latex_goes_on_over_pages() -> None:
    text = page(Table(TABLE.header, TABLE.rows * 20), "tex")
    assert "\\begin{longtable}{|l|l|}\n\\hline\nAll results & As code \\\\\n\\hline\n\\endhead\n" in text
    assert "tabular" not in text


def test_long_words_wrap_and_long_formulas_do_not() -> None:
    long = Table(TABLE.header, ((DERIVATIVE, "many words " * 9), ("short", "short")))
    assert r"\begin{tabular}{|l|p{0.55\linewidth}|}" in page(long, "tex")
    both = Table(TABLE.header, (("many words " * 9, "many words " * 9),))
    assert r"\begin{tabular}{|p{0.28\linewidth}|p{0.28\linewidth}|}" in page(both, "tex")


def test_a_table_without_rows_keeps_its_header() -> None:
    assert page(Table(TABLE.header, ()), "md").splitlines()[2:] == ["| All results | As code |", "| --- | --- |"]
    assert r"\begin{tabular}{|l|l|}" in page(Table(TABLE.header, ()), "tex")


def results() -> Table:
    """Every local derivative of a network, beside what it is."""
    found = derive.differentiate(derive.ready_model("lstm"), "loss", "c[t,j]")
    return Table(TABLE.header, tuple((Gradient(one.element, one.by), one.result) for one in found.lemmas))


@pytest.mark.parametrize("table", [TABLE, Table(TABLE.header, TABLE.rows * 40), Table(TABLE.header, ())])
def test_tables_compile(pdflatex: str, tmp_path: Path, table: Table) -> None:
    assert typeset(pdflatex, tmp_path, [page(table, "tex")]) == []


def test_formulas_in_tables_are_sound(node: str, katex: Path) -> None:
    found = formulas(page(results(), "md"))
    assert len(found) == 2 * len(results().rows)
    assert [problems(formula) for formula in found if problems(formula)] == []
    assert katex_errors(node, katex, found) == []
