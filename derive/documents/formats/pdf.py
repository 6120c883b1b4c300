"""PDF, set by Typst: no TeX is needed, the fonts are inside, and the same document is the same bytes.

Who has LaTeX may have it set by pdflatex instead. Nothing that a document says is run: TeX reads what our own printer
wrote, and may start no program.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from derive.documents.formats.base import Format, Setting
from derive.documents.formats.escaping import string_literal
from derive.documents.formats.latex import ARTICLE
from derive.documents.formats.typst import SOURCE
from derive.errors import OptionError
from derive.pages.blocks import Document

_CHINESE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
OWN_FONTS = frozenset({"en", "de", "es", "fr"})  # languages whose letters are in Typst's own fonts


def write(document: Document, setting: Setting) -> bytes:
    """The document as PDF, by the engine that the setting names."""
    return ENGINES[setting.engine](document, setting)


def by_typst(document: Document, setting: Setting) -> bytes:
    """Accessible PDF: every formula and picture says in words what it shows."""
    return set_by_typst(SOURCE.text(document, setting), setting)


def set_by_typst(text: str, setting: Setting) -> bytes:
    """What Typst makes of a text in its language.

    It is PDF/UA-1, where the fonts have all letters; names in other scripts are shown as far as the fonts have them.
    """
    source = text.encode()
    compiler = _compiler(setting.wording.language in OWN_FONTS)
    try:
        return _compiled(compiler, source, "ua-1")
    except RuntimeError as error:
        if "codepoints" not in str(error) and "could not be displayed" not in str(error):
            raise
        if setting.wording.language not in OWN_FONTS and _CHINESE.search(str(error)):
            raise OptionError(
                f"no font here has the letters of the language {setting.wording.language}: install one, such as Noto "
                "Serif CJK SC, or choose html, which needs none"
            ) from error
        return _compiled(compiler, source, ())


def _compiled(compiler: Any, source: bytes, standard: str | tuple[()]) -> bytes:
    made: bytes = compiler.compile(input=source, format="pdf", timestamp=0, pdf_standards=standard or [])
    return made


@cache
def _compiler(own_fonts: bool) -> Any:
    """One compiler for all documents: it stays warm."""
    try:
        import typst  # heavy, and optional
    except ImportError as error:
        raise OptionError(
            "PDF needs the package typst: install it with pip install 'derive[pdf]', or choose another format"
        ) from error
    return typst.Compiler(ignore_system_fonts=own_fonts)


def png(svg: str, width: float) -> bytes:
    """A picture in SVG as dots, for formats that take no other, this many points wide."""
    image = f'image(bytes({string_literal(svg)}), format: "svg", width: {width:.1f}pt)'
    source = f"#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#{image}"
    made: bytes = _compiler(True).compile(input=source.encode(), format="png", ppi=DOTS)
    return made


def by_latex(document: Document, setting: Setting) -> bytes:
    """As the user's own pdflatex sets it; twice, as tables find their widths only then."""
    program = shutil.which("pdflatex")
    if program is None:
        raise OptionError("the engine latex needs pdflatex, which is not installed: install TeX, or leave it to typst")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "document.tex").write_bytes(ARTICLE.write(document, setting))
        command = [program, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
        for _ in range(2):
            _run(command, place)
        return (place / "document.pdf").read_bytes()


def _run(command: list[str], folder: Path) -> None:
    fixed = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "TEXINPUTS": f"{folder}:"}
    try:
        done = subprocess.run(command, cwd=folder, env=fixed, capture_output=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired as error:
        raise OptionError(f"pdflatex was stopped after {LONGEST} seconds: leave the PDF to typst") from error
    if done.returncode:
        complaint = next((line for line in done.stdout.decode(errors="replace").splitlines() if line[:1] == "!"), "")
        raise OptionError(f"pdflatex could not set the document ({complaint[2:]}): leave the PDF to typst")


ENGINES = {"typst": by_typst, "latex": by_latex}
LONGEST = 120  # seconds
DOTS = 220.0  # to an inch, of pictures
FORMAT = Format("pdf", "pdf", write)
