"""MathML: exact strings, the rules of MathML Core, and random trees before Chromium, which measures what it sets."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from inks import CLASSES, EXAMPLES
from test_breaking import wide
from test_latex import sample
from written import expressions

from derive.notation import mathml as printer
from derive.notation.breaking import TEXT_WIDTH, Row, rows
from derive.notation.expressions import Style, box
from derive.notation.ink import COLOURS, EMPTY, SIGNS, Digits, Ink, Letter, Prose, Word
from derive.notation.latex import ink_of
from derive.notation.mathml import CSS, block, inline, mathml
from derive.writing.nodes import Expr


def mo(text: str, before: str = "0", after: str = "0", more: str = "") -> str:
    return f'<mo lspace="{before}" rspace="{after}"{more}>{text}</mo>'


FIXED = ' stretchy="false"'
LEFT, RIGHT = (mo(bracket, more=f' form="{form}"{FIXED}') for bracket, form in (("(", "prefix"), (")", "postfix")))
EXACT = {
    "letter": "<mi>w</mi>",
    "Greek letter": "<mi>α</mi>",
    "letter with a mark": "<mi>é</mi>",
    "letters": "<mi>h</mi><mn>1</mn>",
    "indices": "<mi>j</mi><mi>k</mi>",
    "word": "<mi>ReLU</mi>",
    "word in Chinese": '<mi mathvariant="normal">重</mi>',
    "prose": "<mi>x</mi><mtext>\N{NO-BREAK SPACE}if\N{NO-BREAK SPACE}</mtext><mn>1</mn>",
    "sum": f"<mi>x</mi>{mo('+', '0.222em', '0.222em', FIXED)}<mn>1</mn>",
    "negative": f"{mo('−', more=FIXED)}<mi>x</mi>",
    "arguments": f"<mi>x</mi>{mo(',', '0', '0.167em', FIXED)}<mn>1</mn>",
    "operator": mo("max", more=' movablelimits="true"') + '<mspace width="0.167em"/><mi>x</mi>',
    "side by side": "<mi>w</mi><mi>x</mi>",
    "bold": "<mi>\N{MATHEMATICAL BOLD ITALIC SMALL W}</mi>",
    "upright bold": "<mn>\N{MATHEMATICAL BOLD DIGIT ONE}</mn>",
    "scripts": (
        f"<msubsup><mi>w</mi><mrow><mn>1</mn><mn>2</mn></mrow>"
        f"<mrow><mrow>{LEFT}<mi>L</mi>{RIGHT}</mrow></mrow></msubsup>"
    ),
    "fraction": "<mfrac><mn>1</mn><mn>2</mn></mfrac>",
    "root": "<msqrt><mi>x</mi></msqrt>",
    "no bracket": "<mrow><mi>x</mi></mrow>",
    "blank": '<mrow class="blank"><mn style="font-size: .7em">1</mn><mspace width="1em"/></mrow>',
    "vanishing": '<mrow class="vanishing"><mi>x</mi></mrow>',
}


@pytest.mark.parametrize(("name", "expected"), EXACT.items())
def test_exact_strings(name: str, expected: str) -> None:
    assert mathml(EXAMPLES[name][0]) == expected


def test_the_printer_has_a_row_for_every_class_and_sign() -> None:
    assert set(printer.PRINTERS) == set(CLASSES)
    assert set(printer.SIGN) == set(SIGNS)


def test_signs_have_their_spaces_on_the_line_and_none_in_scripts() -> None:
    limits = mathml(EXAMPLES["sigma"][0])
    assert mo("=", more=FIXED) in limits
    assert mo("−", more=FIXED) in limits
    assert mo("−", "0.222em", "0.222em", FIXED) in mathml(EXAMPLES["sign tight -"][0])


def test_every_class_of_the_style_sheet_is_used() -> None:
    printed = block([Row(EMPTY, "", ink) for ink, _ in EXAMPLES.values()])
    assert set(re.findall(r"math \.(\w+)", CSS)) == set(re.findall(r'class="(\w+)"', printed)) - {"more"}
    assert all(f"var(--{role}, #{colour})" in CSS for role, colour in COLOURS.items())


def test_a_formula_can_be_spoken() -> None:
    assert inline(Letter("x"), 'x "y"') == '<math aria-label="x &quot;y&quot;"><mi>x</mi></math>'
    spoken = ET.fromstring(block([Row(Letter("x"), "=", Digits("1"))], "x equals 1"))
    assert spoken.attrib == {"display": "block", "aria-label": "x equals 1"}


def test_blocks_are_aligned_at_their_relations() -> None:
    equals = mo("=", "0.278em", "0.278em", FIXED)
    made = [Row(Letter("x"), "=", Digits("1"), "small"), Row(EMPTY, "", Digits("2"), "small", 0.5, 0.25)]
    assert block(made) == (
        '<math display="block" style="font-size: 0.93em"><mtable class="rows" displaystyle="true">'
        f"<mtr><mtd><mi>x</mi></mtd><mtd>{equals}<mn>1</mn></mtd></mtr>"
        '<mtr class="more"><mtd></mtd><mtd><mrow style="zoom: 0.25"><mn>2</mn></mrow></mtd></mtr></mtable></math>'
    )


# ---------------------------------------------------------------- the rules of MathML Core

SEVERAL = {"math", "mrow", "mtable", "mtr", "mtd", "msqrt"}
CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
TOKENS = {"mi", "mn", "mo", "mtext", "mspace"}
SPACING = {"lspace", "rspace", "width", "minsize", "maxsize", "form", "stretchy", "symmetric", "movablelimits"}
ATTRIBUTES = {*SPACING, "class", "style", "display", "displaystyle", "accent", "mathvariant"}


def problems(text: str) -> Iterator[str]:
    """What a formula has that MathML Core does not have."""
    for element in ET.fromstring(text).iter():
        if element.tag not in {*SEVERAL, *CHILDREN, *TOKENS}:
            yield f"{element.tag} is not known"
        if len(element) != CHILDREN.get(element.tag, len(element)):
            yield f"{element.tag} has {len(element)} parts"
        if element.tag in TOKENS and len(element):
            yield f"{element.tag} has parts"
        if element.tag not in TOKENS and element.text:
            yield f"{element.tag} has text"
        if unknown := set(element.attrib) - ATTRIBUTES:
            yield f"{element.tag} has {sorted(unknown)}"
        if element.get("mathvariant", "normal") != "normal":
            yield f"mathvariant {element.get('mathvariant')}"


@pytest.mark.parametrize("ink", [ink for ink, _ in EXAMPLES.values()], ids=list(EXAMPLES))
def test_every_example_is_mathml_core(ink: Ink) -> None:
    assert list(problems(inline(ink))) == []


@given(expressions(), expressions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_trees_are_mathml_core(left: Expr, right: Expr) -> None:
    assert list(problems(inline(ink_of(left)))) == []
    assert list(problems(block(rows(left, [right], width=15)))) == []


MISTAKEN = [
    ("<math><mfrac><mi>x</mi></mfrac></math>", "mfrac has 1 parts"),
    ("<math><menclose><mi>x</mi></menclose></math>", "menclose is not known"),
    ('<math><mi mathvariant="bold">x</mi></math>', "mathvariant bold"),
    ('<math><mo fence="true">(</mo></math>', "mo has ['fence']"),
    ("<math>x</math>", "math has text"),
    ("<math><mi><mi>x</mi></mi></math>", "mi has parts"),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKEN)
def test_the_rules_catch_what_they_are_for(text: str, problem: str) -> None:
    assert problem in list(problems(text))


HOSTILE = ["<script>alert(1)</script>", "</math>", "&amp;", '"', "a<b"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", [Word, Prose])
def test_no_text_is_taken_for_markup(kind: type[Word] | type[Prose], text: str) -> None:
    (token,) = ET.fromstring(inline(kind(text)))
    assert token.text == text.replace(" ", "\N{NO-BREAK SPACE}")


# ---------------------------------------------------------------- Chromium

PIXELS = 20  # in an em
MEASURE = (
    "document.fonts.ready.then(() => { document.body.textContent = JSON.stringify("
    f"[...document.querySelectorAll('div')].map(found => found.getBoundingClientRect().width / {PIXELS})) }})"
)


def widths(chromium: str, folder: Path, formulas: Sequence[str]) -> list[float]:
    """What Chromium measures, in em."""
    styles = f"div {{ width: max-content }} math {{ font: {PIXELS}px 'Latin Modern Math', math }} {CSS}"
    body = "".join(f"<div>{formula}</div>" for formula in formulas)
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><style>{styles}</style><body>{body}<script>{MEASURE}</script>',
        encoding="utf-8",
    )
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"]
    command += [f"--user-data-dir={folder}", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r"<body>(\[.*?\])</body>", shown, re.DOTALL)
    assert found is not None
    return [float(width) for width in json.loads(unescape(found[1]))]


def test_chromium_sets_random_trees_about_as_wide_as_they_were_estimated(chromium: str, tmp_path: Path) -> None:
    boxes = [box(tree, Style()) for tree in sample(300)]
    found = widths(chromium, tmp_path, [f'<math displaystyle="true">{mathml(b.ink)}</math>' for b in boxes])
    beside = [(mathml(b.ink), b.width, real) for b, real in zip(boxes, found, strict=True)]
    assert [known for known in beside if not 0.3 * known[1] - 0.2 < known[2] < 1.1 * known[1] + 0.2] == []


def test_nothing_leaves_the_page(chromium: str, tmp_path: Path) -> None:
    trees = sample(100)
    chains = [*wide(), *((tree, [tree, other]) for tree, other in itertools.pairwise(trees))]
    beyond = inline(Word("W" * 30))
    *found, last = widths(chromium, tmp_path, [*(block(rows(left, members)) for left, members in chains), beyond * 3])
    assert [width for width in found if width > TEXT_WIDTH + 0.05] == []
    assert last > TEXT_WIDTH
