"""The lesson that everything began with: each of its expressions stands in the documents of the weight w(L)[1,2]."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

import derive

LESSON = json.loads((Path(__file__).parent / "data" / "lesson-part-4.json").read_text(encoding="utf-8"))
EXPRESSIONS = [(equation["id"], expression) for equation in LESSON for expression in equation["members"]]

# What only concerns the look of a formula, as (pattern, replacement), in this order.
LOOKS = [
    (r"(?<!\\)%.*", ""),
    (r"\\\\(\[[0-9.]*(pt|em|ex|mm)\])?", ""),
    (r"\\(left|right|bigl?|bigr|Bigl?|Bigr|biggl?|biggr|displaystyle|limits|cr|negthinspace|q?quad)(?![a-zA-Z])", ""),
    (r"\\[,;:! ]", ""),
    (r"\\l?dots", r"\\cdots"),
    (r"[&\s]", ""),
    (r"\^\{?\\prime(?![a-zA-Z])\}?", "'"),
    (r"\{([a-zA-Z0-9])\}", r"\1"),
    (r"(\^\{[^{}]*\}|\^[^{}\\])(_\{[^{}]*\}|_[^{}\\])", r"\2\1"),
    (r"([a-zA-Z])(\^\{\([^{}]*\)\})'", r"\1'\2"),
]


def normal(tex: str) -> str:
    """The formula without what only concerns its look: spaces, sizes of brackets, line ends, the order of scripts."""
    for pattern, replacement in LOOKS:
        tex = re.sub(pattern, replacement, tex)
    return tex


def missing(document: str) -> list[str]:
    """The expressions of the lesson that a document lacks, each with the name of its equation."""
    have = normal(document)
    return [f"{name}: {expression}" for name, expression in EXPRESSIONS if normal(expression) not in have]


@cache
def document(kind: str, detail: str) -> str:
    derivation = derive.dense_derivation(weight="1,2")
    return {"md": derivation.markdown, "tex": derivation.latex}[kind](detail=detail)


def test_the_lesson_has_34_expressions() -> None:
    assert (len(LESSON), len(EXPRESSIONS)) == (15, 34)


@pytest.mark.parametrize("detail", ["lesson", "full"])
@pytest.mark.parametrize("kind", ["md", "tex"])
def test_every_expression_of_the_lesson_is_there(kind: str, detail: str) -> None:
    assert missing(document(kind, detail)) == []


@pytest.mark.parametrize("kind", ["md", "tex"])
@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS)
def test_an_expression_that_is_lost_is_noticed(kind: str, name: str, expression: str) -> None:
    without = normal(document(kind, "lesson")).replace(normal(expression), "")
    assert f"{name}: {expression}" in missing(without)


CHANGES = [
    ("a wrong index", r"w_{15}^{(L)}", r"w_{14}^{(L)}", "weighted-sum-expanded"),
    ("a wrong sign", r"\left(a_{1}^{(L)} - y_{1}\right)", r"\left(a_{1}^{(L)} + y_{1}\right)", "combined"),
    ("a wrong layer", r"a_{2}^{(L-1)}", r"a_{2}^{(L)}", "combined"),
    ("a lost prime", r"g'^{(L)}", r"g^{(L)}", "activation-derivative"),
    ("a wrong end", r"\sum_{j=0}^{n-1}", r"\sum_{j=0}^{n}", "loss"),
]


@pytest.mark.parametrize(("old", "new", "noticed"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_change_is_noticed(old: str, new: str, noticed: str) -> None:
    changed = document("md", "lesson").replace(old, new)
    assert changed != document("md", "lesson")
    assert noticed in {line.split(": ")[0] for line in missing(changed)}
