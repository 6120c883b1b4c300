"""Word: text in Word's own styles, and formulas as equations of its own that can be edited there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from derive.documents.formats import pdf
from derive.documents.formats.base import Format, Setting, TextFormat
from derive.documents.formats.pictures import picture_svg
from derive.documents.voice import Markup, Shown, Voice
from derive.documents.wording import Phrase
from derive.errors import OptionError
from derive.notation import omml
from derive.notation.breaking import SIZES, Row
from derive.notation.ink import Prose, Sign
from derive.notation.ink import Row as SideBySide
from derive.pages.blocks import Block, Document, Picture, Together

WIDTH = 36.0  # em, of a line of formulas between the margins of cells
WIDEST = 450  # points, of a page's text

# ---------------------------------------------------------------- words and formulas


def _words(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{omml.text(text)}</w:t></w:r>'


def _phrase(phrase: Phrase, voice: Voice) -> str:
    return "".join(_words(p) if isinstance(p, str) else omml.formula(voice.ink(p)) for p in phrase)


def _display(shown: Shown, voice: Voice) -> str:
    """One formula in the centre, or a table without lines: left sides, and relations with right sides."""
    rows = shown.rows
    if len(rows) == 1:
        return f"<w:p>{omml.paragraph(_whole(rows[0]), 'center', _place(rows[0], rows))}</w:p>"
    lines = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(row.left, 'right', row, rows)}"
        f"{_cell(_right(row), 'left', row, rows)}</w:tr>"
        for row in rows
    )
    spoken = omml.text(voice.spoken(shown))
    properties = f'<w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/><w:tblDescription w:val="{spoken}"/>'
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>{lines}</w:tbl>{GAP}"


GAP = '<w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>'  # parts a table from the next one


def _cell(ink: Any, justified: str, row: Row, rows: list[Row]) -> str:
    math = "" if ink == SideBySide(()) else omml.paragraph(ink, justified, _place(row, rows))
    return f'<w:tc><w:p><w:pPr><w:pStyle w:val="Cell"/></w:pPr>{math}</w:p></w:tc>'


NOTHING = Prose("\u200b")  # of no width: LibreOffice wants something in front of a relation


def _right(row: Row) -> SideBySide:
    return SideBySide((NOTHING, Sign(row.relation), row.right)) if row.relation else SideBySide((row.right,))


def _whole(row: Row) -> SideBySide:
    return SideBySide((row.left, _right(row)))


def _place(row: Row, rows: list[Row]) -> omml.Place:
    size = next((SIZES[one.size] for one in rows if one.size), 1.0)
    return omml.Place(display=True, scale=size * row.scale)


def _inset(shown: Shown, _: Voice) -> str:
    rows = shown.rows
    return "<w:r><w:br/></w:r>".join(omml.formula(_whole(row), _place(row, rows)) for row in rows)


def _drawing(picture: Picture, voice: Voice) -> str:
    """A place for the picture, with what it shows in words."""
    return f'<picture name="{picture.name}">{omml.text(voice.plain(picture.alt))}</picture>'


BODY = TextFormat("word", Markup(_phrase, _display, _inset, _drawing, WIDTH))

# ---------------------------------------------------------------- the file


def write(document: Document, setting: Setting) -> bytes:
    """The document as a file of Word's, the same bytes every time."""
    docx = _docx()
    made = docx.Document()
    _set_up(made, setting.wording.language)
    body = made.element.body
    for element in list(docx.oxml.parse_xml(BODY.text(document, setting).encode())):
        body.insert(len(body) - 1, element)  # before the properties of the section
    while (group := body.find("together")) is not None:
        _kept_together(group, docx)
    for place, picture in zip(body.findall("picture"), _pictures(document.blocks), strict=True):
        _pictured(place, picture, made, setting)
    title = Voice(BODY.markup, setting.notation, setting.wording, setting.stem).plain(document.title)
    _signed(made.core_properties, title, setting.wording.language)
    written = io.BytesIO()
    made.save(written)
    return _dated(written.getvalue())


def _docx() -> Any:
    try:
        import docx  # heavy, and optional
    except ImportError as error:
        raise OptionError(
            "Word needs the package python-docx: install it with pip install 'derive[word]', or choose another format"
        ) from error
    return docx


def _pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Together):
            yield from _pictures(block.blocks)


def _kept_together(group: Any, docx: Any) -> None:
    """The elements of a group in its place, each paragraph on the page of the next one."""
    *others, last = group
    for element in (*others, last):
        group.addprevious(element)
    for paragraph in (p for element in others for p in element.iter(docx.oxml.ns.qn("w:p"))):
        paragraph.get_or_add_pPr().get_or_add_keepNext()
    group.getparent().remove(group)


def _pictured(place: Any, picture: Picture, made: Any, setting: Setting) -> None:
    """The picture in its place, or, where nothing can draw it, what it shows in words."""
    paragraph = made.add_paragraph()
    paragraph.alignment = CENTRE
    place.addprevious(paragraph._p)
    place.getparent().remove(place)
    width = min(picture.drawing.width, WIDEST)
    try:
        data = pdf.png(picture_svg(picture, setting.notation, setting.wording), width)
    except OptionError:
        paragraph.add_run(place.text).italic = True
        return
    shape = paragraph.add_run().add_picture(io.BytesIO(data), width=int(width * EMU))
    shape._inline.docPr.set("descr", place.text)


CENTRE = 1
EMU = 12700  # to a point
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LINE = '<w:pBdr xmlns:w="{}"><w:bottom w:val="single" w:sz="4" w:space="1" w:color="A0A0A0"/></w:pBdr>'


# Styles of our own, and the space before and after them in points.
SPACES = {"TableHead": (2, 2), "Cell": (2, 2), "Gap": (0, 0), "Program": (0, 8), "Room": (12, 0)}


def _set_up(made: Any, language: str) -> None:
    """A4, the language, dark headings, and styles of our own."""
    docx = _docx()
    section, styles = made.sections[0], made.styles
    section.page_width, section.page_height = docx.shared.Mm(210), docx.shared.Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = docx.shared.Mm(25)
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2"):
        styles[name].font.color.rgb = docx.shared.RGBColor(0x1F, 0x2A, 0x44)
    own = {name: styles.add_style(name, 1) for name in SPACES}
    for name, (before, after) in SPACES.items():
        space = own[name].paragraph_format
        space.space_before, space.space_after = docx.shared.Pt(before), docx.shared.Pt(after)
    own["TableHead"].font.bold = True
    own["Program"].font.name, own["Program"].font.size = "Courier New", docx.shared.Pt(8.5)
    own["Gap"].paragraph_format.line_spacing = docx.shared.Pt(6)
    namespace = docx.oxml.ns.nsmap["w"]
    own["Room"].element.get_or_add_pPr().insert(0, docx.oxml.parse_xml(LINE.format(namespace)))
    for lang in styles.element.iter(docx.oxml.ns.qn("w:lang")):
        lang.set(docx.oxml.ns.qn("w:val"), language)


def _signed(properties: Any, title: str, language: str) -> None:
    properties.title, properties.language = title[:255], language
    properties.author = properties.comments = properties.last_modified_by = properties.keywords = ""
    properties.created = properties.modified = EPOCH
    properties.revision = 1


def _dated(data: bytes) -> bytes:
    """The archive with one date for all that is in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return written.getvalue()


FORMAT = Format("docx", "docx", write)
