"""The gallery makes every format of what it names."""

from __future__ import annotations

from pathlib import Path

import gallery
import pytest

from derive import options
from derive.documents.render import FORMATS
from derive.model.ready import READY


def test_a_line_of_the_gallery_writes_every_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "FOLDER", tmp_path)
    title, arguments = gallery.lines()[0]
    made = gallery.files(arguments)
    assert title == "the lesson, every step, changes told apart"
    assert {name.partition(".")[2] for name in made} >= {chosen.ending for chosen in FORMATS.values()}
    assert sorted(made) == sorted(path.name for path in tmp_path.iterdir())


def test_every_view_and_only_ready_models_are_shown() -> None:
    for _, arguments in gallery.lines()[:-1]:
        assert arguments[arguments.index("--views") + 1].split(",") == list(options.VIEWS)
        if "--model" in arguments:
            assert arguments[arguments.index("--model") + 1] in READY
