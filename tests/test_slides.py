"""Slides: what stands on each, in which steps, as pages of PDF and before Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from browser import PHONE, browsing, opened, too_wide
from conftest import missing
from playwright.sync_api import Browser, Page
from test_html import problems

import derive
from derive.documents.formats.base import Setting
from derive.documents.lesson import View, lesson
from derive.documents.render import files
from derive.documents.slides import ROOM, Slide, height, slides, states
from derive.documents.views import VIEWS
from derive.model.ready import READY
from derive.pages.blocks import (
    Block,
    Document,
    Equations,
    Form,
    Heading,
    Listing,
    Message,
    Paragraph,
    Program,
    Room,
    System,
    Together,
)
from derive.writing.nodes import Number

A, B, C = (Message(letter) for letter in "abc")
WORDS, MORE = Paragraph((A,)), Paragraph((B,))
NOUGHT, ONE, TWO, THREE = (Number(Fraction(value)) for value in range(4))
CHAIN = Equations(NOUGHT, (ONE, TWO, THREE))
SHORT = Equations(NOUGHT, (ONE,))
CODE = Program("line\n" * ROOM)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ((), ()),
        ((WORDS,), (Slide(A, ((WORDS,),)),)),
        ((Heading(2, B), WORDS, SHORT), (Slide(B, ((WORDS, SHORT),)),)),
        ((WORDS, Heading(2, B), SHORT), (Slide(A, ((WORDS,),)), Slide(B, ((SHORT,),)))),
        ((Heading(2, B), SHORT, Heading(3, C), CHAIN), (Slide(B, ((SHORT,),)), Slide(C, ((CHAIN,),)))),
        ((Heading(2, B), Heading(3, C), WORDS), (Slide(C, ((WORDS,),)),)),
        ((Together((Heading(2, B), Together((WORDS, SHORT)))), Room(3), MORE), (Slide(B, ((WORDS, SHORT), (MORE,))),)),
        ((Form((B,)), Room(2)), ()),
        ((WORDS, CODE, MORE, SHORT), (Slide(A, ((WORDS, CODE),)), Slide(A, ((MORE, SHORT),), first=False))),
    ],
)  # fmt: skip
def test_each_section_has_slides_of_its_own(blocks: tuple[Block, ...], expected: tuple[Slide, ...]) -> None:
    assert slides(Document(A, blocks)) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ((WORDS,), [(WORDS,)]),
        ((SHORT,), [(SHORT,)]),
        ((WORDS, CHAIN), [(WORDS, Equations(NOUGHT, CHAIN.members[: i + 1])) for i in range(3)]),
        ((System((SHORT, CHAIN)),), [(System((SHORT,)),), (System((SHORT, CHAIN)),)]),
        ((Listing((A, B)),), [(Listing((A,)),), (Listing((A, B)),)]),
        ((WORDS, CODE), [(WORDS, CODE)]),
    ],
)
def test_a_part_appears_step_by_step(part: tuple[Block, ...], expected: list[tuple[Block, ...]]) -> None:
    assert list(states(part)) == expected


@cache
def told(name: str) -> tuple[Document, Setting]:
    derivation = derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target)
    return lesson(derivation, View(views=tuple(VIEWS))), Setting(derivation.notation(), stem=name)


@cache
def made(name: str, form: str) -> bytes:
    document, setting = told(name)
    (content,) = files(document, [form], setting).values()
    return content


@pytest.mark.parametrize("name", READY)
def test_nothing_is_lost_and_nothing_is_too_much_for_one_slide(name: str) -> None:
    document, _ = told(name)
    made = slides(document)
    shown = [block for slide in made for part in slide.parts for block in part]
    opened = (part for block in document.blocks for part in (block.blocks if isinstance(block, Together) else (block,)))
    assert shown == [block for block in opened if not isinstance(block, Heading)]
    assert [slide for slide in made if len(slide.parts) > 1 and sum(map(height, slide.parts)) > ROOM] == []
    assert [later for one, later in pairwise(made) if not later.first and later.title != one.title] == []


# ---------------------------------------------------------------- PDF

BOX = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
MARGIN, TOP = 40, 25  # points
NUMBERED, BOTTOM = 504, 508  # numbers of pages stand below; the boxes of fonts are higher than their letters


def words(folder: Path, content: bytes) -> str:
    if shutil.which("pdftotext") is None:
        missing("pdftotext is not installed")
    (folder / "slides.pdf").write_bytes(content)
    subprocess.run(["pdftotext", "-bbox", "slides.pdf", "words"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    return (folder / "words").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["lesson", "attention", "batchnorm", "conv2d"])
def test_every_step_is_a_page_and_nothing_leaves_it(name: str, tmp_path: Path) -> None:
    text = words(tmp_path, made(name, "slides"))
    steps = sum(len(states(part)) for slide in slides(told(name)[0]) for part in slide.parts)
    assert text.count('<page width="960.000000" height="540.000000">') == text.count("<page ") == 1 + steps
    found = [(*map(float, place), word) for *place, word in BOX.findall(text)]
    assert len(found) > 500
    content = [box for box in found if not (box[1] > NUMBERED and str(box[4]).isdigit())]
    assert len(found) - len(content) == 1 + steps
    beyond = [b for b in content if b[0] < MARGIN or b[1] < TOP or b[2] > 960 - MARGIN or b[3] > BOTTOM]
    assert beyond == []


def test_a_page_shows_what_the_one_before_it_showed_in_the_same_place(tmp_path: Path) -> None:
    pages = [set(BOX.findall(page)) for page in words(tmp_path, made("lesson", "slides")).split("<page ")[2:]]
    numbers = [{box for box in page if float(box[1]) > NUMBERED} for page in pages]
    assert all(len(number) == 1 for number in numbers)
    kept = [one - number <= two for (one, two), number in zip(pairwise(pages), numbers, strict=False)]
    steps = sum(len(states(part)) for slide in slides(told("lesson")[0]) for part in slide.parts)
    assert kept.count(True) == steps - len(slides(told("lesson")[0]))


def test_the_same_document_is_the_same_bytes() -> None:
    first = made("lesson", "slides"), made("lesson", "reveal")
    made.cache_clear()
    told.cache_clear()
    assert (made("lesson", "slides"), made("lesson", "reveal")) == first
    assert b"pdfuaid" in first[0]


# ---------------------------------------------------------------- HTML


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.slides.html"
    path.write_bytes(made("lesson", "reveal"))
    return path


def test_the_page_is_well_formed_and_its_only_script_is_its_own() -> None:
    text = made("lesson", "reveal").decode()
    assert problems(text) == ["<script"]
    assert text.count("<script>") == 1


def at(shown: Page) -> str:
    found: str = shown.evaluate("location.hash")
    return found


def seen(shown: Page) -> int:
    """How many lines of equations and parts are seen on the slide."""
    count: int = shown.evaluate(
        """[...document.querySelectorAll('.current .part, .current mtable.rows > mtr')]
             .filter(found => found.checkVisibility({ visibilityProperty: true })).length"""
    )
    return count


def test_the_keyboard_goes_step_by_step_and_back(browser: Browser, page: Path) -> None:
    lengths = [sum(len(states(part)) for part in slide.parts) for slide in slides(told("lesson")[0])]
    expected = [f"#{i}.{step + 1}" for i, length in enumerate(lengths, 2) for step in range(length)]
    with opened(browser, page) as shown:
        assert at(shown) == "#1.1"
        places, lines = [], []
        for _ in range(12):
            shown.keyboard.press("ArrowRight")
            places.append(at(shown))
            lines.append(seen(shown))
        assert places == expected[:12]
        for (one, few), (two, many) in pairwise(zip(places, lines, strict=True)):
            assert one.partition(".")[0] != two.partition(".")[0] or few < many
        back = []
        for key in ["ArrowLeft", "PageUp", "Shift+Space"]:
            shown.keyboard.press(key)
            back.append(at(shown))
        assert back == places[-2:-5:-1]
        shown.keyboard.press("Space")
        assert at(shown) == places[-3]
        shown.keyboard.press("End")
        shown.keyboard.press("ArrowRight")
        assert int(at(shown)[1:].partition(".")[0]) == shown.locator(".slide").count()
        shown.keyboard.press("Home")
        assert at(shown) == "#1.1"


def test_one_slide_is_seen_at_a_time_and_all_of_them_on_request(browser: Browser, page: Path) -> None:
    with opened(browser, page) as shown:
        titles = shown.locator(".slide")
        assert [title.is_visible() for title in titles.all()].count(True) == 1
        shown.keyboard.press("Escape")
        assert all(title.is_visible() for title in titles.all())


@pytest.mark.parametrize(("width", "height"), [(PHONE, 640), (1280, 720)])
def test_every_slide_fits_the_screen(browser: Browser, page: Path, width: int, height: int) -> None:
    with opened(browser, page, width) as shown:
        shown.set_viewport_size({"width": width, "height": height})
        for _ in range(shown.locator(".slide").count()):
            assert too_wide(shown) == []
            assert shown.evaluate("document.documentElement.scrollHeight <= innerHeight")
            shown.evaluate("go(place + 1, 0)")


def test_without_its_script_it_is_a_page_to_scroll(browser: Browser, page: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(page.as_uri())
    assert all(part.is_visible() for part in shown.locator(".part").all())
    context.close()


def test_everything_is_printed(browser: Browser, page: Path, tmp_path: Path) -> None:
    with opened(browser, page) as shown:
        count = shown.locator(".slide").count()
        shown.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    text = words(tmp_path, (tmp_path / "printed.pdf").read_bytes())
    assert text.count("<page ") >= count
    assert len(BOX.findall(text)) > 500
