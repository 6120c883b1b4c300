"""The languages that there are documents in: for each a folder of templates, with every message."""

from __future__ import annotations

from collections.abc import Iterable

ENGLISH = "en"
LANGUAGES = ("en", "de", "es", "fr", "zh")
WITHOUT_LATEX = frozenset({"zh"})  # languages whose letters pdflatex has no fonts for
LATEX = ("tex", "fragment")


def settable(formats: Iterable[str], language: str) -> tuple[str, ...]:
    """Those of the formats that can be set in a language."""
    return tuple(name for name in formats if name not in LATEX or language not in WITHOUT_LATEX)
