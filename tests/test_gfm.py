"""Markdown as a reader of GitHub's dialect takes it: every formula is one, and no word is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from texcheck import katex_errors

import derive
from derive.calculus.families import parameters
from derive.documents.lesson import View, lesson
from derive.documents.render import render
from derive.documents.views import VIEWS
from derive.model.language import read_quantity
from derive.model.ready import READY, ready

FORMULA = re.compile(r"\$\$\n.*?\n\$\$|\$[^$\n]+\$", re.DOTALL)
SHEETS = sorted((Path(__file__).parent / "golden").glob("*.md"))


@cache
def page(name: str) -> str:
    model = derive.ready_model(name)
    by = parameters(model, read_quantity(ready(name).loss, model))[-1]
    derivation = derive.differentiate(model, ready(name).loss, str(by))
    return render(lesson(derivation, View(views=tuple(VIEWS))), "md", derivation.notation())


def tokens(text: str) -> Iterator[Token]:
    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_space=False)
    for token in reader.parse(text):
        yield token
        yield from token.children or ()


def formulas(text: str) -> list[str]:
    return [token.content.strip() for token in tokens(text) if token.type in ("math_inline", "math_block")]


def pages() -> dict[str, str]:
    return {name: page(name) for name in READY} | {path.stem: path.read_text(encoding="utf-8") for path in SHEETS}


@pytest.mark.parametrize("name", [*READY, *(path.stem for path in SHEETS)])
def test_every_formula_is_read_as_it_was_printed(name: str) -> None:
    text = pages()[name]
    without_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert formulas(text) == [found.strip("$").strip() for found in FORMULA.findall(without_code)]
    assert formulas(text)


@pytest.mark.parametrize("name", [*READY, *(path.stem for path in SHEETS)])
def test_no_dollar_and_no_macro_is_left_in_words(name: str) -> None:
    words = [token.content for token in tokens(pages()[name]) if token.type == "text"]
    assert [word for word in words if re.search(r"\$|\\[A-Za-z]", word)] == []


def test_katex_sets_what_was_read(node: str, katex: Path) -> None:
    found = dict.fromkeys(formula for name in READY for formula in formulas(page(name)))
    assert katex_errors(node, katex, list(found)) == []
