"""Word's files: equations in the order of elements that Word wants, and documents that open, and are the same again."""

from __future__ import annotations

import builtins
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from conftest import program
from docx.shared import Mm
from hypothesis import HealthCheck, given, settings
from inks import CLASSES, EXAMPLES
from test_html import sheet_documents
from trees import expressions

import derive
from derive.documents.formats import pdf
from derive.documents.formats.base import Setting
from derive.documents.lesson import View, lesson
from derive.documents.render import files, render
from derive.documents.whole import whole_gradient
from derive.errors import OptionError
from derive.model.ready import READY
from derive.notation import omml as printer
from derive.notation.ink import Ink, Prose, Word
from derive.notation.latex import ink_of
from derive.notation.omml import formula, omml
from derive.pages.blocks import Document
from derive.writing.nodes import Expr

M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

# ---------------------------------------------------------------- equations

RUN = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
CONTROL = f"<m:ctrlPr>{RUN}</m:ctrlPr>"


def run(text: str, style: str = "i") -> str:
    return f'<m:r><m:rPr><m:sty m:val="{style}"/></m:rPr>{RUN}<m:t xml:space="preserve">{text}</m:t></m:r>'


x, one, two = run("x"), run("1", "p"), run("2", "p")
half = f"<m:f><m:fPr>{CONTROL}</m:fPr><m:num>{one}</m:num><m:den>{two}</m:den></m:f>"
EXACT = {
    "letter": run("w"),
    "Greek letter": run("α"),
    "bold": run("w", "bi"),
    "upright bold": run("1", "b"),
    "prose": f'{x}<m:r><m:rPr><m:nor/></m:rPr>{RUN}<m:t xml:space="preserve"> if </m:t></m:r>{one}',
    "operator": run("max", "p") + run("\N{THIN SPACE}", "p") + x,
    "fraction": half,
    "root": f'<m:rad><m:radPr><m:degHide m:val="1"/>{CONTROL}</m:radPr><m:deg/><m:e>{x}</m:e></m:rad>',
    "accent": f'<m:acc><m:accPr><m:chr m:val="\u0302"/>{CONTROL}</m:accPr><m:e>{x}</m:e></m:acc>',
    "wide accent": f'<m:bar><m:barPr><m:pos m:val="top"/>{CONTROL}</m:barPr><m:e>{run("net", "p")}</m:e></m:bar>',
    "growing bars": f'<m:d><m:dPr><m:begChr m:val="|"/><m:endChr m:val="|"/>{CONTROL}</m:dPr><m:e>{half}</m:e></m:d>',
    "sigma": '<m:nary><m:naryPr><m:chr m:val="∑"/><m:limLoc m:val="subSup"/>'
    f"{CONTROL}</m:naryPr><m:sub>{run('k')}{run('=', 'p')}{run('0', 'p')}</m:sub>"
    f"<m:sup>{run('n')}{run('−', 'p')}{one}</m:sup><m:e>{x}</m:e></m:nary>",
    "blank for an index": f"<m:sSub><m:sSubPr>{CONTROL}</m:sSubPr><m:e>{run('w')}</m:e><m:sub><m:borderBox>"
    f"<m:borderBoxPr>{CONTROL}</m:borderBoxPr><m:e>"
    + run("12", "p").replace("</w:rPr>", '<w:sz w:val="15"/></w:rPr>')
    + "</m:e></m:borderBox></m:sub></m:sSub>",
    "coloured": run("w").replace("</w:rPr>", '<w:color w:val="A34700"/></w:rPr>'),
}

# The parts of each structure, in the order that the standard gives them; those with ? may be left out.
ORDER = {
    "oMath": "*",
    "r": "rPr? w:rPr? t",
    "rPr": "nor? sty?",
    "f": "fPr num den",
    "rad": "radPr deg e",
    "acc": "accPr e",
    "bar": "barPr e",
    "d": "dPr e",
    "nary": "naryPr sub sup e",
    "sSub": "sSubPr e sub",
    "sSup": "sSupPr e sup",
    "sSubSup": "sSubSupPr e sub sup",
    "limLow": "limLowPr e lim",
    "limUpp": "limUppPr e lim",
    "borderBox": "borderBoxPr e",
    "eqArr": "eqArrPr e+",
    "m": "mPr mr+",
    "mr": "e e",
    "mPr": "mcs",
    "mcs": "mc",
    "mc": "mcPr",
    "mcPr": "count mcJc",
    "ctrlPr": "w:rPr",
    "w:rPr": "w:rFonts w:color? w:sz?",
    "dPr": "begChr? endChr? grow? ctrlPr",
    "naryPr": "chr limLoc supHide? ctrlPr",
    "accPr": "chr ctrlPr",
    "barPr": "pos ctrlPr",
    "radPr": "degHide ctrlPr",
    "borderBoxPr": "hideTop? hideBot? hideLeft? hideRight? strikeBLTR? ctrlPr",
    **{f"{name}Pr": "ctrlPr" for name in ("f", "sSub", "sSup", "sSubSup", "limLow", "limUpp", "eqArr")},
    **dict.fromkeys(("e", "num", "den", "sub", "sup", "lim", "deg"), "*"),
}
LEAVES = {"t", "nor", "sty", "begChr", "endChr", "grow", "chr", "limLoc", "supHide", "pos", "degHide", "count", "mcJc"}
LEAVES |= {"w:rFonts", "w:color", "w:sz", "hideTop", "hideBot", "hideLeft", "hideRight", "strikeBLTR"}
STRUCTURES = {"r", "f", "rad", "acc", "bar", "d", "nary", "sSub", "sSup", "sSubSup", "limLow", "limUpp"}
STRUCTURES |= {"borderBox", "eqArr", "m"}


def name_of(element: ET.Element) -> str:
    return element.tag.replace(f"{{{M}}}", "").replace(f"{{{W}}}", "w:")


def problems(element: ET.Element) -> Iterator[str]:
    """What of an equation Word would not read, or show as an empty box."""
    for part in element.iter():
        name, inside = name_of(part), [name_of(child) for child in part]
        if name in LEAVES:
            yield from [f"{name} has parts"] if inside else []
        elif name not in ORDER:
            yield f"{name} is not known"
        elif ORDER[name] == "*":
            yield from [f"{name} is empty"] if not inside and name != "deg" else []
            yield from [f"{name} has {child}" for child in inside if child not in STRUCTURES]
        else:
            pattern = "".join(f"(?:{p.rstrip('?+')} ){p[-1] if p[-1] in '?+' else ''}" for p in ORDER[name].split())
            if not re.fullmatch(pattern, "".join(f"{child} " for child in inside)):
                yield f"{name} has {' '.join(inside)}"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(f'<m:oMath xmlns:m="{M}" xmlns:w="{W}">{text}</m:oMath>')[0]


@pytest.mark.parametrize(("name", "expected"), EXACT.items())
def test_exact_equations(name: str, expected: str) -> None:
    assert omml(EXAMPLES[name][0]) == expected


def test_the_printer_has_a_row_for_every_class() -> None:
    assert set(printer.PRINTERS) == set(CLASSES)


@pytest.mark.parametrize("ink", [ink for ink, _ in EXAMPLES.values()], ids=list(EXAMPLES))
def test_every_example_is_in_order(ink: Ink) -> None:
    assert list(problems(parsed(formula(ink)))) == []


@given(expressions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_trees_are_in_order(tree: Expr) -> None:
    assert list(problems(parsed(formula(ink_of(tree), printer.ON_ITS_OWN)))) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<m:oMath><m:f><m:den/><m:num/></m:f></m:oMath>", "f has den num"),
        ("<m:oMath/>", "oMath is empty"),
        ("<m:oMath><m:e/></m:oMath>", "oMath has e"),
        ("<m:oMath><m:box/></m:oMath>", "box is not known"),
        ("<m:oMath><m:r><m:t><m:r/></m:t></m:r></m:oMath>", "t has parts"),
    ],
)
def test_what_is_out_of_order_is_noticed(text: str, problem: str) -> None:
    assert problem in list(problems(parsed(text)))


@pytest.mark.parametrize("text", ["<m:r/>", "</m:oMath>", "&amp;", '"', "a<b", "\x00"])
@pytest.mark.parametrize("kind", [Word, Prose])
def test_no_text_is_taken_for_markup(kind: type[Word] | type[Prose], text: str) -> None:
    (token,) = parsed(formula(kind(text))).iter(f"{{{M}}}t")
    assert token.text == text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


# ---------------------------------------------------------------- documents


def derivation_document(name: str, *views: str) -> Document:
    found = derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target)
    return lesson(found, View(views=views))


def gradient_document() -> Document:
    found = derive.differentiate_all(derive.ready_model("mazur"), READY["mazur"].loss)
    return whole_gradient(found.derivations, View())


DOCUMENTS = (*READY, "worksheet", "key", "gradient")


def document(name: str) -> Document:
    if name in ("worksheet", "key"):
        sheet, key = sheet_documents()
        return key if name == "key" else sheet
    return gradient_document() if name == "gradient" else derivation_document(name, "matrix", "numbers")


def word(made: Document) -> bytes:
    return files(made, ["docx"], Setting(stem="x"))["x.docx"]


@cache
def body(data: bytes) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = ET.fromstring(archive.read("word/document.xml")).find(f"{{{W}}}body")
    assert found is not None
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_opens_and_its_equations_are_in_order(name: str) -> None:
    made = document(name)
    data = word(made)
    found = body(data)
    equations = list(found.iter(f"{{{M}}}oMath"))
    assert len(equations) >= 10
    assert [problem for equation in equations for problem in problems(equation)] == []
    assert not [part.tag for part in found.iter() if not part.tag.startswith("{")]
    assert not [a for a, b in pairwise(found) if a.tag == b.tag == f"{{{W}}}tbl"]
    opened = docx.Document(io.BytesIO(data))
    shown = [
        re.sub(r"\t(.*)", r" (\1)", p.text)
        for p in opened.paragraphs
        if p.style is not None and p.style.name == "Heading 1"
    ]
    headings = re.findall("^## (.*)$", render(made, "md"), re.MULTILINE)
    assert len(shown) == len(headings)
    assert [h for h in headings if "$" not in h] == [s for s, h in zip(shown, headings, strict=True) if "$" not in h]


@pytest.mark.parametrize("name", ["lesson", "attention"])
def test_every_formula_is_an_equation(name: str) -> None:
    """Formulas in sentences are those of Markdown, and each display is one equation, or a table of two columns."""
    made = derivation_document(name)
    around, displays = body(word(made)), render(made, "md").split("$$")[1::2]
    sentences = "".join(render(made, "md").split("$$")[::2])
    tables = around.findall(f"{{{W}}}tbl")
    alone = around.findall(f"{{{W}}}p/{{{M}}}oMathPara")
    inside = around.findall(f"{{{W}}}p/{{{M}}}oMath")
    assert len(inside) == len(re.findall(r"\$[^$]+\$", sentences))
    assert len(tables) + len(alone) == len(displays)
    assert {len(row.findall(f"{{{W}}}tc")) for table in tables for row in table.iter(f"{{{W}}}tr")} == {2}
    spoken = [said.get(f"{{{W}}}val", "") for table in tables for said in table.iter(f"{{{W}}}tblDescription")]
    assert len(spoken) == len(tables)
    assert all("equals" in said for said in spoken)


def test_properties_language_and_page() -> None:
    opened = docx.Document(io.BytesIO(word(derivation_document("lesson"))))
    properties = opened.core_properties
    assert (properties.title, properties.language, properties.author) == ("How C₀ responds to w₁₂⁽ᴸ⁾", "en", "")
    assert properties.created == properties.modified
    section = opened.sections[0]
    assert (section.page_width, section.left_margin) == pytest.approx((Mm(210), Mm(25)), rel=0.001)


def test_the_same_document_is_the_same_bytes() -> None:
    first, second = (word(derivation_document("dense", "network", "code")) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_pictures_are_inside_and_say_what_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("typst")
    made = derivation_document("dense", "network", "graph")
    with zipfile.ZipFile(io.BytesIO(word(made))) as archive:
        assert sum(archive.read(name)[:8] == b"\x89PNG\r\n\x1a\n" for name in archive.namelist()) == 2
        said = re.findall('<wp:docPr [^>]*descr="([^"]+)"', archive.read("word/document.xml").decode())
    assert len(said) == 2

    def missing(_svg: str, _width: float) -> bytes:
        raise OptionError("no typst")

    monkeypatch.setattr(pdf, "png", missing)
    opened = docx.Document(io.BytesIO(word(made)))
    assert [p.text for p in opened.paragraphs if p.text in said] == said


def test_a_worksheet_has_room_lists_tables_and_marks_at_the_margin() -> None:
    sheet = docx.Document(io.BytesIO(word(document("worksheet"))))
    names = [p.style.name for p in sheet.paragraphs if p.style is not None]
    assert names.count("Room") >= 3
    assert any("\t" in p.text for p in sheet.paragraphs)
    assert any("____" in p.text for p in sheet.paragraphs)
    assert body(word(document("worksheet"))).findall(f".//{{{W}}}keepNext")


def test_without_the_package_there_is_a_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "docx":
            raise ImportError(name)
        return imported(name, *rest)

    made = derivation_document("lesson")
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(OptionError) as refused:
        word(made)
    assert str(refused.value) == (
        "Word needs the package python-docx: install it with pip install 'derive[word]', or choose another format"
    )


def test_libreoffice_opens_it(tmp_path: Path) -> None:
    office = program("soffice")
    (tmp_path / "x.docx").write_bytes(word(derivation_document("lesson")))
    command = [office, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "x.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "x.pdf").stat().st_size > 10_000
