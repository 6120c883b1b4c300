"""Every language says all that English says, with the same values; a wording of one's own is checked when read."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
import test_documents
import test_report
import test_worksheet
from classroom import key
from jinja2 import Environment

import derive
from derive.documents.batch.report import report
from derive.documents.formats.base import Setting
from derive.documents.lesson import View, lesson
from derive.documents.marks import feedback, rule_names
from derive.documents.own_wording import formulas, free, leaves
from derive.documents.render import files, render
from derive.documents.views import VIEWS
from derive.documents.whole import whole_gradient
from derive.documents.wording import TEMPLATES, wording
from derive.errors import OptionError
from derive.exercises.marking_short import normal
from derive.exercises.mistakes import MISTAKES
from derive.pages.blocks import Document, Message
from derive.pages.languages import ENGLISH, LANGUAGES, WITHOUT_LATEX

OTHERS = tuple(language for language in LANGUAGES if language != ENGLISH)
TEXTS = "speech."  # the keys of format strings
PARSER = Environment()


def test_the_languages_are_the_folders_of_templates() -> None:
    assert sorted(LANGUAGES) == sorted(path.parent.name for path in TEMPLATES.glob("*/messages.toml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_files_share_a_table(language: str) -> None:
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((TEMPLATES / language).glob("*.toml"))]
    names = [name for table in tables for name in table]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_missing_and_none_is_too_many(language: str) -> None:
    assert sorted(leaves(wording(language).messages)) == sorted(leaves(wording().messages))


@pytest.mark.parametrize("language", OTHERS)
def test_each_message_says_the_values_and_formulas_that_english_says(language: str) -> None:
    assert {key: said(language, key) for key in keys()} == {key: said(ENGLISH, key) for key in keys()}


def keys() -> list[str]:
    return list(leaves(wording().messages))


def said(language: str, key: str) -> tuple[list[str], list[str]]:
    """The values of a message, and those that it sets as formulas."""
    text = wording(language).message(key)
    if key.startswith(TEXTS):
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None), []
    tree = PARSER.parse(text)
    return sorted(free(tree)), sorted(formulas(tree))


# ---------------------------------------------------------------- documents


@cache
def documents() -> dict[str, Document]:
    """Lessons of ready models and of what only small models make a document say, sheets with keys, a class's report."""
    made = {
        name: lesson(derivation, derivation.view("full"))
        for name, derivation in test_documents.derivations().items()
        if name.startswith(("sizes ", "small ", "delta "))
    }
    made["views"] = lesson(test_documents.derivations()["model lesson"], View(views=tuple(VIEWS)))
    found = next(iter(test_documents.gradients().values()))
    made["whole"] = whole_gradient(found, found[0].view())
    tally = test_report.tally(
        test_report.row("Mia", "10", "different", "0", "residual_turned", "2"), test_report.row("Bo", "2", "unsure")
    )
    return made | {"report": report(tally, key())} | test_worksheet.documents()


# Words that every English text has, and no word of another language here.
ENGLISH_WORDS = re.compile(r"\b(?:the|of|and|which|this|these|with|for|from|is|are|that|here)\b", re.IGNORECASE)
FORMULAS = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|```.*?```|`[^`]*`", re.DOTALL)


def words(page: str) -> str:
    return FORMULAS.sub(" ", page)


@pytest.mark.parametrize("language", OTHERS)
def test_every_document_is_said_in_the_language_and_nothing_in_english(language: str) -> None:
    left = {
        name: found
        for name, document in documents().items()
        if (found := ENGLISH_WORDS.findall(words(render(document, "md", words=wording(language)))))
    }
    assert left == {}


def test_english_would_be_found() -> None:
    pages = (words(render(document, "md")) for document in documents().values())
    assert all(ENGLISH_WORDS.search(page) for page in pages)


@pytest.mark.parametrize("language", [language for language in OTHERS if language not in WITHOUT_LATEX])
def test_latex_sets_every_language(language: str, pdflatex: str, tmp_path: Path) -> None:
    drawn = r"\usepackage{tikz}"
    pages = [render(document, "tex", words=wording(language)) for document in documents().values()]
    assert test_documents.typeset(pdflatex, tmp_path, [page for page in pages if drawn not in page]) == []
    assert test_documents.typeset(pdflatex, tmp_path, [page for page in pages if drawn in page]) == []


def test_what_latex_has_no_letters_for_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        render(documents()["report"], "tex", words=wording("zh"))
    assert str(caught.value) == "LaTeX has no fonts for the language zh: choose html, or pdf by typst, instead"


@pytest.mark.parametrize("language", OTHERS)
def test_html_names_its_language(language: str) -> None:
    page = render(documents()["sizes lesson"], "html", words=wording(language))
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize("language", OTHERS)
def test_typst_sets_every_language_or_says_what_is_missing(language: str) -> None:
    pytest.importorskip("typst")
    try:
        made = files(documents()["sizes lesson"], ["pdf"], Setting(wording=wording(language), stem="x"))["x.pdf"]
    except OptionError as error:
        made = str(error).encode()
    lacking = f"no font here has the letters of the language {language}: install one, such as Noto Serif CJK SC"
    assert made.startswith((b"%PDF", lacking.encode()) if language in WITHOUT_LATEX else b"%PDF")


# ---------------------------------------------------------------- what else is said

COUNTS = [
    ("de", 1, "1 Punkt"),
    ("de", 2, "2 Punkte"),
    ("es", 1, "1 punto"),
    ("es", 2, "2 puntos"),
    ("fr", 1, "1 point"),
    ("fr", 2, "2 points"),
    ("zh", 1, "1 分"),
    ("zh", 2, "2 分"),
]


@pytest.mark.parametrize(("language", "count", "text"), COUNTS)
def test_plurals(language: str, count: int, text: str) -> None:
    assert feedback([Message("worksheet.marks", {"marks": count})], words=wording(language)) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mistake_is_named_and_told(language: str) -> None:
    for name in MISTAKES:
        for part in ("title", "feedback"):
            assert feedback([Message(f"mistake.{name}.{part}")], words=wording(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marker_takes_the_rules_by_their_names_in_every_language(language: str) -> None:
    for rule, said in wording(language).messages["rule"].items():
        assert rule in rule_names()[normal(said["name"])]


def test_python_asks_for_a_language() -> None:
    derivation = test_documents.dense()
    assert derivation.markdown(language="de").startswith("# Wie ")
    assert derivation.markdown().startswith("# How ")
    assert derive.mark("2*x", "3*x", language="fr").feedback.startswith("Ce n'est pas égal")


# ---------------------------------------------------------------- a teacher's own wording


def own(folder: Path, text: str) -> Path:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return folder


def test_single_messages_are_replaced(tmp_path: Path) -> None:
    said = (
        '[question]\nheading = "What we ask"',
        '[rule."sum rule"]\nname = "linearity"',
        '[speech]\nplus = "{left} {right}"',
    )
    words = wording("en", own(tmp_path, "\n".join(said)))
    page = render(documents()["sizes lesson"], "md", words=words)
    assert "## What we ask\n" in page
    assert words.message("rule.sum rule.name") == "linearity"
    assert page.count("\n") == render(documents()["sizes lesson"], "md").count("\n")


def test_a_whole_language_may_be_taken_as_a_beginning() -> None:
    for language in LANGUAGES:
        assert wording(language, TEMPLATES / language).messages == wording(language).messages


REFUSED = [
    ("title = 3\n", 'title: it must be a text in quotation marks, such as "title"\nline 1, column 1'),
    ("title = \n", "this is not TOML: invalid value\nline 1, column 9"),
    ('[question]\nheadng = "x"\n', "question.headng: there is no such message: did you mean question.heading?\nline 2"),
    ('question = "x"\n', "question: it must be a table of messages, such as question.heading"),
    ('title = "{{ math(of) "\n', "title: this is not a template, in its line 1: unexpected end of template"),
    ('title = "{{ math(to) }}"\n', "title: it has no to to say; it may say by, of"),
    ('title = "{{ of }}"\n', "title: of is a formula: write {{ math(of) }}"),
    ('[whole]\nsummary = "{{ math(count) }}"\n', "whole.summary: count is no formula: write {{ count }}"),
    ('[speech]\nplus = "{left} {far}"\n', "speech.plus: it has no {far} to say; it may say {left}, {right}"),
    ('[speech]\nplus = "{left.real}"\n', "speech.plus: it has no {left.real} to say; it may say {left}, {right}"),
    ('[speech]\nplus = "{left"\n', "speech.plus: a brace is not closed: a part is written {body}"),
    (f'title = "{"x" * 5000}"\n', "title: the text has 5,000 characters, and may have at most 4,000"),
]
HOSTILE = [
    "{{ ''.__class__.__mro__ }}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{{ 'x' * 10**9 }}",
    "{{ 'x'|center(10**9) }}",
    "{{ '%999999999d'|format(1) }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ [1]|map(attribute='__class__')|list }}",
    "{{ 'x'|replace('x', 'xxxxxxxxxx') }}",
    "{% set x = 1 %}{{ x }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{{ math.__globals__ }}",
    "{{ self }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% for a in 'xx' %}{% for b in 'xx' %}{% for c in 'xx' %}x{% endfor %}{% endfor %}{% endfor %}",
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_wrong_with_a_wording_is_said(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError) as caught:
        wording("en", own(tmp_path, text))
    assert str(caught.value).startswith(f"cannot use the wording in {tmp_path / 'mine.toml'}: {message}")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_wording_runs_nothing(text: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"title: (a message may not use|it has no|loops may stand)"):
        wording("en", own(tmp_path, f'title = """{text}"""\n'))


def test_a_folder_without_messages_is_refused(tmp_path: Path) -> None:
    for folder, why in ((tmp_path, "has no file that ends in .toml"), (tmp_path / "none", "is no folder")):
        with pytest.raises(OptionError) as caught:
            wording("en", folder)
        assert str(caught.value) == (
            f"cannot use the wording in {folder}: it {why}; each file holds messages to replace"
        )


def test_what_only_shows_when_it_is_said_names_the_message(tmp_path: Path) -> None:
    words = wording("en", own(tmp_path, '[question]\nplan = "{% for a in of %}{{ a }}{% endfor %}{{ stages }}"\n'))
    with pytest.raises(OptionError, match=r"^your wording of question\.plan cannot be said here: "):
        words.phrase(Message("question.plan", {"of": 3, "stages": ()}))
