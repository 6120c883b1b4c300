"""HTML: each page is well formed and needs nothing beside it, and Chromium shows it well at every width."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from browser import PHONE, SCREEN, browsing, fonts, opened, too_wide
from conftest import program
from inks import EXAMPLES
from playwright.sync_api import Browser

import derive
from derive.calculus.families import parameters
from derive.documents.formats import html
from derive.documents.lesson import View, lesson
from derive.documents.render import render
from derive.documents.views import VIEWS
from derive.documents.whole import whole_gradient
from derive.documents.worksheet import Head, answer_key, worksheet
from derive.exercises.drawing import Drawing
from derive.exercises.kinds.catalogue import KINDS
from derive.exercises.plan import read_plan
from derive.model.language import read_quantity
from derive.model.ready import READY, ready
from derive.notation.ink import COLOURS
from derive.notation.mathml import inline
from derive.pages.blocks import Document
from derive.pictures.svg import ROLES

PLAN = """
title = "Week 6: & < > \\"quoted\\" 'x'"
course = "Learning <machines>"
[[topics]]
model = "lesson"
sizes = "3,2"
activation = "sigmoid"
targets = ["w(L)[*,*]", "w(L)[j,k]", "a(L-1)[*]"]
[[topics]]
model = "softmax"
""" + "".join(f'[[questions]]\nkind = "{kind}"\n' for kind in KINDS)


@cache
def derivation_page(name: str) -> str:
    model = derive.ready_model(name)
    by = parameters(model, read_quantity(ready(name).loss, model))[-1]
    derivation = derive.differentiate(model, ready(name).loss, str(by))
    return render(lesson(derivation, View(views=tuple(VIEWS))), "html", derivation.notation())


@cache
def sheet_documents() -> tuple[Document, Document]:
    """A worksheet with a question of every kind, and its key."""
    plan = read_plan(PLAN)
    drawn = Drawing(plan, 1).sheet(1)
    return worksheet(drawn, Head(plan)), answer_key(drawn, Head(plan))


@cache
def sheets() -> tuple[str, ...]:
    return tuple(render(document, "html") for document in sheet_documents())


PAGES = (*READY, "worksheet", "key", "gradient")


@cache
def page(name: str) -> str:
    if name == "gradient":
        found = derive.differentiate_all(derive.ready_model("mazur"), READY["mazur"].loss, upstream="delta")
        return render(whole_gradient(found.derivations, found.derivations[0].view()), "html")
    return sheets()[name == "key"] if name in ("worksheet", "key") else derivation_page(name)


# ---------------------------------------------------------------- as text

VOID = {"meta", "link", "br", "mspace", "line", "path", "rect", "ellipse", "circle", "polyline", "marker"}
EMPTY = {"meta", "link", "br"}
REFERENCES = ("src", "href", "xlink:href", "action", "data", "poster", "srcset")


class Reader(HTMLParser):
    """Finds what is wrong with a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.ids: Counter[str] = Counter()
        self.headings: list[int] = []
        self.unnamed = 0
        self.feed(text)
        self.close()
        self.problems += [f"{tag} is not closed" for tag in self.open]
        self.problems += [f"the id {name} is there {count} times" for name, count in self.ids.items() if count > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._attributes(tag, given)
        if tag == "math" and not given.get("aria-label"):
            self.problems.append("a formula without words")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "summary" and self.open[-1] != "details":
            self.problems.append("a summary of nothing")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag} is closed where it is not open")

    def _attributes(self, tag: str, given: dict[str, str | None]) -> None:
        if "id" in given:
            self.ids[str(given["id"])] += 1
        for name in REFERENCES:
            if not (given.get(name) or "data:").startswith("data:"):
                self.problems.append(f"{tag} refers to {given[name]}")


def problems(text: str) -> list[str]:
    """What is wrong with a page that is to stand alone."""
    reader = Reader(text)
    found = reader.problems
    if reader.headings.count(1) != 1:
        found.append(f"{reader.headings.count(1)} headings of the page")
    found += [f"h{low} stands below h{high}" for high, low in pairwise(reader.headings) if low > high + 1]
    found += re.findall(r"https?://\S+|url\((?!\"data:|#)[^)]*\)|@import|<script", text)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_well_formed_and_stands_alone(name: str) -> None:
    text = page(name)
    assert problems(text) == []
    assert '<html lang="en">' in text
    assert len(re.findall("<math", text)) > 10


GOOD = "<h1>a</h1><math aria-label='x'></math>"
MISTAKEN = [
    (f"{GOOD}<p><b></p></b>", "p is closed where it is not open"),
    (f"{GOOD}<p>", "p is not closed"),
    (f"{GOOD}<p id='a'></p><p id='a'></p>", "the id a is there 2 times"),
    (f"{GOOD}<math><mi>x</mi></math>", "a formula without words"),
    (f"{GOOD}<h3>x</h3>", "h3 stands below h1"),
    (f"{GOOD}<p><summary></summary></p>", "a summary of nothing"),
    (f"{GOOD}<a href='more.html'></a>", "a refers to more.html"),
    (f"{GOOD}<img src='//x/y.png'>", "img refers to //x/y.png"),
    (f"{GOOD}<p>https://x.org</p>", "https://x.org</p>"),
    (f"{GOOD}<style>p {{ background: url(x.png) }}</style>", "url(x.png)"),
    ("<math aria-label='x'></math>", "0 headings of the page"),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKEN)
def test_what_is_wrong_is_noticed(text: str, problem: str) -> None:
    assert problems(GOOD) == []
    assert problem in problems(text)


def test_no_word_is_taken_for_markup() -> None:
    sheet, _ = sheets()
    assert "<h1>Week 6: &amp; &lt; &gt; &quot;quoted&quot; &#x27;x&#x27;</h1>" in sheet
    assert "<title>Week 6: &amp; &lt; &gt; &quot;quoted&quot; &#x27;x&#x27;</title>" in sheet
    assert '<p class="subtitle">Learning &lt;machines&gt;</p>' in sheet


def test_the_key_is_folded_and_a_derivation_is_not() -> None:
    sheet, key = sheets()
    assert key.count("<details>\n<summary><h2>Question") == len(KINDS)
    assert re.findall("<details[^>]*>", sheet) == ['<details class="hint">'] * sheet.count("<details")
    assert "<details>" not in page("lesson")
    assert page("lesson").count("<details open>\n<summary><h3>") == 4


def test_the_same_document_is_the_same_bytes() -> None:
    first = derivation_page("rnn")
    derivation_page.cache_clear()
    assert derivation_page("rnn") == first


# ---------------------------------------------------------------- colours

VARIABLE = re.compile(r"--([a-z]+): (#[0-9a-f]{6});")
ON_BOX = {"ink", "accent"}


def brightness(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def schemes() -> Iterator[dict[str, str]]:
    light, dark, *_ = re.findall(r":root \{(.*?)\}", html.kept("style.css"), re.DOTALL)
    standard = dict(VARIABLE.findall(light)) | {role: f"#{colour.lower()}" for role, colour in COLOURS.items()}
    yield standard
    yield standard | dict(VARIABLE.findall(dark))


@pytest.mark.parametrize("colours", list(schemes()), ids=["light", "dark"])
def test_what_is_written_stands_out_from_its_ground(colours: dict[str, str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    written = [name for name in colours if name not in ("paper", "box", "rule")]
    assert {"ink", "quiet", "accent", *COLOURS} <= set(written)
    grounds = [(name, "paper") for name in written] + [(name, "box") for name in ON_BOX]
    weak = {(name, on): contrast(colours[name], colours[on]) for name, on in grounds}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def test_labels_of_pictures_stand_out_from_their_ground() -> None:
    light, (_, dark) = {role: colour for role, (colour, *_) in ROLES.items() if role != "pale"}, schemes()
    rules = re.findall(r"([^{}]*) \{ (?:fill|stroke): (#[0-9a-f]{6}); \}", html.kept("style.css"))
    labels = [colour for names, colour in rules if "label-" in names]
    assert len(labels) == 3
    assert [role for role, colour in light.items() if contrast(colour, "#ffffff") < 4.5] == []
    assert [colour for colour in labels if contrast(colour, dark["paper"]) < 4.5] == []


# ---------------------------------------------------------------- in Chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


def written(folder: Path, name: str) -> Path:
    path = folder / f"{name}.html"
    path.write_text(page(name), encoding="utf-8")
    return path


UNFOLD = "document.querySelectorAll('details').forEach(found => { found.open = true })"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_the_page_at_any_width(browser: Browser, tmp_path: Path, name: str) -> None:
    with opened(browser, written(tmp_path, name), PHONE) as shown:
        shown.evaluate(UNFOLD)
        assert too_wide(shown) == []
        shown.set_viewport_size({"width": SCREEN, "height": 800})
        assert too_wide(shown) == []


def test_what_leaves_the_page_is_noticed(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "wide.html"
    text = page("lesson").replace("</main>", '<p style="white-space: nowrap">' + "wide " * 100 + "</p></main>")
    path.write_text(text, encoding="utf-8")
    with opened(browser, path, PHONE) as shown:
        assert "the page" in too_wide(shown)


def test_every_formula_is_set_in_the_font_that_came_with_the_page(browser: Browser, tmp_path: Path) -> None:
    ours = [(name, ink) for name, (ink, _) in EXAMPLES.items() if "Chinese" not in name]
    body = "".join(f"<p>{inline(ink, name)}</p>" for name, ink in ours)
    path = tmp_path / "font.html"
    path.write_text(page("lesson").replace("</main>", f"{body}</main>"), encoding="utf-8")
    with opened(browser, path) as shown:
        assert fonts(shown, "math :is(mi, mn, mo, mtext)") == {("STIX Two Math", True)}
        assert fonts(shown, "h2") != {("STIX Two Math", True)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, SCREEN])
@pytest.mark.parametrize("name", ["lesson", "key"])
def test_it_is_light_or_dark_as_the_reader_likes(
    browser: Browser, tmp_path: Path, name: str, width: int, dark: bool
) -> None:
    with opened(browser, written(tmp_path, name), width, dark) as shown:
        ground = "rgb(21, 23, 27)" if dark else "rgb(255, 255, 255)"
        assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == ground
        image = shown.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        assert len(image) > 10_000


def test_a_step_folds_and_unfolds_by_the_keyboard(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, "lesson")) as shown:
        step = shown.locator("details").first
        inside = step.locator("p").first
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert inside.is_visible()
        shown.keyboard.press("Enter")
        assert not inside.is_visible()
        shown.keyboard.press("Space")
        assert inside.is_visible()


def test_the_key_says_nothing_until_it_is_asked(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, "key"), PHONE) as shown:
        folded = shown.locator("main > details")
        assert folded.count() == len(KINDS)
        assert not any(shown.locator("main > details > :not(summary)").nth(i).is_visible() for i in range(5))
        shown.keyboard.press("Tab")
        shown.keyboard.press("Enter")
        assert folded.nth(0).locator("> :not(summary)").first.is_visible()
        assert not folded.nth(1).locator("> :not(summary)").first.is_visible()


def test_a_hint_is_given_on_request_and_not_printed(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, "worksheet"), PHONE) as shown:
        hint = shown.locator("details.hint").first
        assert not hint.locator("p").is_visible()
        hint.locator("summary").focus()
        shown.keyboard.press("Enter")
        assert hint.locator("p").is_visible()
        shown.emulate_media(media="print")
        assert not hint.is_visible()


def test_a_screen_reader_hears_each_formula_once(browser: Browser, tmp_path: Path) -> None:
    versions = "['.wide > math', '.narrow > math'].map(found => [...document.querySelectorAll(found)]"
    with opened(browser, written(tmp_path, "lesson"), PHONE) as shown:
        wide, narrow = shown.evaluate(f"{versions}.map(math => math.ariaLabel))")
        assert wide == narrow
        assert len(wide) > 5
        for width, seen in ((PHONE, [0, len(wide)]), (SCREEN, [len(wide), 0])):
            shown.set_viewport_size({"width": width, "height": 800})
            assert shown.evaluate(f"{versions}.filter(math => math.checkVisibility()).length)") == seen


def test_what_is_folded_is_printed_all_the_same(browser: Browser, tmp_path: Path) -> None:
    program("pdftotext")
    with opened(browser, written(tmp_path, "key")) as shown:
        shown.pdf(path=tmp_path / "key.pdf", format="A4")
    done = subprocess.run(["pdftotext", tmp_path / "key.pdf", "-"], capture_output=True, text=True, check=True)
    assert "The answer, in any equal form:" in done.stdout
    assert "Worked derivation" in done.stdout
