"""PDF: nothing leaves the page, the same document is the same bytes, and what is missing is said."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from conftest import program

import derive
from derive.calculus.families import parameters
from derive.documents.formats import pdf
from derive.documents.formats.base import Setting
from derive.documents.lesson import View, lesson
from derive.documents.views import VIEWS
from derive.errors import OptionError
from derive.model.language import read_quantity
from derive.model.ready import READY, ready
from derive.pages.blocks import Document

MARGIN = 2.5 / 2.54 * 72 - 4  # points; round letters reach a little beyond it
WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">')


@cache
def document(name: str) -> tuple[Document, Setting]:
    model = derive.ready_model(name)
    by = parameters(model, read_quantity(ready(name).loss, model))[-1]
    derivation = derive.differentiate(model, ready(name).loss, str(by))
    return lesson(derivation, View(views=tuple(VIEWS))), Setting(derivation.notation())


@pytest.mark.parametrize("name", READY)
def test_every_word_stands_inside_the_margins(name: str, tmp_path: Path) -> None:
    program("pdftotext")
    (tmp_path / "a.pdf").write_bytes(pdf.write(*document(name)))
    subprocess.run(["pdftotext", "-bbox", "a.pdf", "a.html"], cwd=tmp_path, check=True)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    width, _ = map(float, PAGE.findall(text)[0])
    words = [(float(left), float(right), word) for left, _, right, _, word in WORD.findall(text)]
    assert len(words) > 100
    assert [word for left, right, word in words if left < MARGIN or right > width - MARGIN] == []


def test_the_same_document_is_the_same_bytes() -> None:
    assert pdf.write(*document("lstm")) == pdf.write(*document("lstm"))


def test_formulas_and_the_title_are_said_in_words() -> None:
    made = pdf.write(*document("lesson"))
    assert b"pdfuaid" in made
    assert made.startswith(b"%PDF-")


def test_a_user_s_own_latex_sets_it_too() -> None:
    program("pdflatex")
    told, setting = document("lesson")
    made = pdf.by_latex(told, setting)
    assert made.startswith(b"%PDF-")
    assert made == pdf.by_latex(told, setting)


def test_without_typst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    pdf._compiler.cache_clear()
    with pytest.raises(OptionError) as caught:
        pdf.write(*document("lesson"))
    pdf._compiler.cache_clear()
    assert str(caught.value) == (
        "PDF needs the package typst: install it with pip install 'derive[pdf]', or choose another format"
    )


def test_without_latex_it_says_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(OptionError) as caught:
        pdf.by_latex(*document("lesson"))
    assert str(caught.value) == (
        "the engine latex needs pdflatex, which is not installed: install TeX, or leave it to typst"
    )
