"""Four derivations and a worksheet with its key as they are printed, for reviewers to read.

`make golden` renews them and the README's outputs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import readme

from derive import api, handouts
from derive.asking import asked
from derive.documents.sheets import Batch, Maker
from derive.exercises.plan import read_plan
from derive.options import TEXTS, Request

FOLDER = Path(__file__).parent / "golden"

GOLDEN: dict[str, Request] = {
    "lesson": Request(weight="1,2"),
    "hidden": Request(
        weight="1,2", layer="L-1", sizes="5,6,4", activation="sigmoid", loss="half squared error", letters="apart"
    ),
    "softmax": Request(weight="1,2", loss="cross-entropy with softmax"),
    "symbolic": Request(weight="1,2", sizes="n,m", detail="full"),
}


SHEET = "worksheet"
NAMES = (*GOLDEN, SHEET)


def printed(name: str) -> dict[str, str]:
    """The documents of one derivation, or of the example's worksheet, by the names of their files."""
    if name == SHEET:
        files = Maker(Batch(read_plan(handouts.example_plan()), 1)).variant(1).files
        return {file: content.decode() for file, content in files}
    documents = api.gradient(asked(replace(GOLDEN[name], formats=TEXTS))).documents.items()
    return {f"{name}{Path(file).suffix}": content.decode() for file, content in documents}


def main() -> None:
    """Write every file anew, and remove those that nobody asked for."""
    FOLDER.mkdir(exist_ok=True)
    texts = {file: text for name in NAMES for file, text in printed(name).items()}
    for path in FOLDER.iterdir():
        if path.name not in texts:
            path.unlink()
    for file, text in texts.items():
        (FOLDER / file).write_text(text, encoding="utf-8")
    readme.main()


if __name__ == "__main__":
    main()
