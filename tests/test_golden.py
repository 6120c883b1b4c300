"""What is printed is what reviewers have read: a change of a single byte is seen here."""

from __future__ import annotations

import difflib

import pytest
from golden import FOLDER, GOLDEN, NAMES, SHEET, printed

from derive.options import TEXTS

HOW = "see whether the new text is the better one; if it is, `make golden` renews the files"


def differences(old: str, new: str, file: str) -> str:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), f"golden/{file}", "printed now", lineterm="")
    return "\n".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_printed_is_what_was_read(name: str) -> None:
    for file, text in printed(name).items():
        old = (FOLDER / file).read_text(encoding="utf-8")
        if text != old:
            pytest.fail(f"golden/{file} is not what is printed now; {HOW}\n{differences(old, text, file)}")


def test_there_is_a_file_for_each_format_and_no_other() -> None:
    wanted = {f"{name}.{kind}" for name in GOLDEN for kind in TEXTS}
    sheets = {f"{SHEET}{key}.{kind}" for key in ("", "-key") for kind in TEXTS}
    assert {path.name for path in FOLDER.iterdir()} == wanted | sheets


def test_a_difference_is_shown() -> None:
    shown = "--- golden/x.md\n+++ printed now\n@@ -1,2 +1,2 @@\n one\n-two\n+three"
    assert differences("one\ntwo\n", "one\nthree\n", "x.md") == shown
