"""The gallery: every construct in every format, in output/gallery, for eyes. `make gallery` makes it."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stdout
from html import escape
from pathlib import Path

from derive import options
from derive.cli import main as derive

FOLDER = Path(__file__).parents[1] / "output" / "gallery"
EVERY = ",".join(options.FORMATS)
DERIVATIONS = (
    ("the lesson, every step, changes told apart", "-w", "1,2", "--detail", "full", "--marks", "changes"),
    (
        "a hidden layer, deltas, in Nielsen's notation",
        "-w",
        "2,3",
        "--layer",
        "L-1",
        "--sizes",
        "5,6,4",
        "--notation",
        "nielsen",
    ),
    ("attention", "--model", "attention", "K[j,k]"),
    ("an LSTM", "--model", "lstm", "W_f[j,k]"),
    ("batch normalisation", "--model", "batchnorm", "x[i]"),
    ("a convolution", "--model", "conv1d", "w[f,c,u]"),
    ("word vectors, with cases", "--model", "word2vec", "u[k,i]"),
)


def lines() -> list[tuple[str, tuple[str, ...]]]:
    """What is made: a title, and the arguments of `derive`."""
    views = ("--views", ",".join(options.VIEWS), "--to", EVERY, "--out", str(FOLDER))
    made = [(title, ("gradient", *views, *arguments)) for title, *arguments in DERIVATIONS]
    sheets = ("worksheet", "--seed", "7", "--to", ",".join(options.SHEET_FORMATS), "--out", str(FOLDER))
    return [*made, ("a worksheet and its key", sheets)]


def files(arguments: tuple[str, ...]) -> list[str]:
    """The names of the files that a line writes."""
    said = io.StringIO()
    with redirect_stdout(said):
        status = derive(arguments)
    if status:
        raise SystemExit(f"derive {' '.join(arguments)} ended with status {status}")
    *_, written = said.getvalue().rstrip().splitlines()
    return [Path(name).name for name in written.removeprefix("Written: ").split(", ")]


def main() -> None:
    """Make every file, and a page that leads to them."""
    rows = "".join(
        f"<h2>{escape(title)}</h2><ul>{''.join(f'<li><a href={name!r}>{name}</a>' for name in files(arguments))}</ul>"
        for title, arguments in lines()
    )
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Gallery</title><h1>Gallery</h1>{rows}</html>\n"
    (FOLDER / "index.html").write_text(page, encoding="utf-8")
    print(os.path.relpath(FOLDER / "index.html"))  # noqa: T201 - a program


if __name__ == "__main__":
    main()
