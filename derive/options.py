"""What can be asked for, as text from a command line, read before anything heavy is imported.

Whether a weight, layer, size, activation or loss is a good one is for the model to say, which knows what there is.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from derive.errors import OptionError, shortened, unknown
from derive.pages.languages import ENGLISH, LANGUAGES, settable

DETAILS = ("brief", "lesson", "full")
FORMATS = ("md", "pandoc", "tex", "fragment", "html", "pdf", "slides", "reveal", "ipynb", "docx", "json")
MARKS = ("none", "changes")
ENGINES = ("typst", "latex")
TEXTS = ("md", "tex")  # what is written of worksheets and marks where nothing else is asked for
# And of derivations: PDF too, where its package is installed.
ORDINARY = (*TEXTS, "html", *(("pdf",) if find_spec("typst") else ()))
LETTERS = ("shared", "apart")
VIEWS = ("matrix", "numbers", "code", "network", "graph", "plot")
UPSTREAM = ("partial", "delta", "unrolled")
LESSON = "lesson"


@dataclass(frozen=True)
class Request:
    """What is asked. None leaves the choice to the model."""

    target: str | None = None
    weight: str | None = None
    layer: str | None = None
    sizes: str | None = None
    activation: str | None = None
    loss: str | None = None
    letters: str = "shared"
    notation: str = LESSON
    upstream: str | None = None
    views: tuple[str, ...] = ()
    detail: str = "lesson"
    formats: tuple[str, ...] = ()
    out: Path | None = None
    pdf_engine: str = "typst"
    marks: str = "none"
    language: str = ENGLISH
    templates: Path | None = None
    model: str = LESSON
    every: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether the derivation is shown where it was asked for: neither a folder nor a format was named."""
        return self.out is None and not self.formats

    @property
    def folder(self) -> Path:
        """Where documents are written."""
        return self.out or Path("output")

    @property
    def written(self) -> tuple[str, ...]:
        """In which formats."""
        return self.formats or settable(ORDINARY, self.language)

    @property
    def by(self) -> str:
        """What to differentiate by, in the model language: the target, or the weight as `w(L)[1,2]`, or all."""
        if self.every:
            return "all"
        return self.target if self.target is not None else f"w({self.layer or 'L'})[{self.weight}]"


def request(given: Mapping[str, str | None]) -> Request:
    """The options that were given (those that are None were not), read; an OptionError says what is wrong with them."""
    named = {name: text for name, text in given.items() if text is not None}
    every = named.pop("all", None) is not None
    if every and ("target" in named or "weight" in named):
        raise OptionError("--all differentiates by every parameter: give it without a target and without --weight")
    if "target" in named and "weight" in named:
        raise OptionError("a target and --weight were both given: give one of them")
    if not every and "target" not in named and "weight" not in named:
        raise OptionError(
            'nothing to differentiate by: give a weight, such as --weight 1,2, a target, such as "w(L)[1,2]", or --all'
        )
    if "target" in named and "layer" in named:
        raise OptionError("--layer goes with --weight: a target names its layer itself, such as w(L-1)[2,2]")
    return Request(**{name: READERS[name](text) for name, text in named.items()}, every=every)


def one_of(kind: str, known: tuple[str, ...]) -> Callable[[str], str]:
    """A reader that takes the known names only."""

    def read(text: str) -> str:
        if text not in known:
            raise unknown(kind, text, known)
        return text

    return read


def several_of(kind: str, known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """A reader of known names joined by commas, each taken once."""
    read = one_of(kind, known)
    return lambda text: tuple(dict.fromkeys(read(part.strip()) for part in text.split(",")))


def folder(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise OptionError(f"the output folder {shortened(text)} has no usable name: it must be a path, such as output")
    return Path(text)


def templates(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise OptionError(f"the folder of templates {shortened(text)} has no usable name: it must be a path")
    return Path(text)


def model(text: str) -> str:
    if not text.strip():
        raise OptionError("the model has no name: it must be a ready one (derive models lists them), a file, or -")
    return text


READERS: Mapping[str, Callable[[str], Any]] = {
    "target": str.strip,
    "weight": str.strip,
    "layer": str.strip,
    "sizes": str.strip,
    "activation": str.strip,
    "loss": str.strip,
    "letters": one_of("choice of letters", LETTERS),
    "notation": str.strip,
    "upstream": one_of("way to write what flows in", UPSTREAM),
    "detail": one_of("detail", DETAILS),
    "formats": several_of("format", FORMATS),
    "views": several_of("view", VIEWS),
    "marks": one_of("choice of marks", MARKS),
    "pdf_engine": one_of("engine for PDF", ENGINES),
    "out": folder,
    "language": one_of("language", LANGUAGES),
    "templates": templates,
    "model": model,
}

# ---------------------------------------------------------------- worksheets

SHEET_FORMATS = tuple(name for name in FORMATS if name != "json")  # which holds derivations
MOST_VARIANTS = 10_000
MOST_SEED = 10**12


@dataclass(frozen=True)
class SheetRequest:
    """The worksheets that are asked for: of a plan, or the keys of a manifest; None leaves the choice to those."""

    plan: str | None = None
    seed: int | None = None
    variants: int | None = None
    formats: tuple[str, ...] | None = None
    out: Path = Path("output")
    language: str | None = None
    templates: Path | None = None


def sheet_request(given: Mapping[str, str | None]) -> SheetRequest:
    """The options of `derive worksheet` and `derive key` that were given, read."""
    return SheetRequest(**{name: SHEET_READERS[name](text) for name, text in given.items() if text is not None})


def whole(kind: str, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from 1 on."""

    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,18}", text.strip(), re.ASCII) or not 1 <= int(text) <= most:
            raise OptionError(f"the {kind} must be a whole number from 1 to {most:,}, not {shortened(text)}")
        return int(text)

    return read


SHEET_READERS: Mapping[str, Callable[[str], Any]] = {
    "plan": str.strip,
    "seed": whole("seed", MOST_SEED),
    "variants": whole("number of variants", MOST_VARIANTS),
    "formats": several_of("format", SHEET_FORMATS),
    "out": folder,
    "language": one_of("language", LANGUAGES),
    "templates": templates,
}


def marking(given: Mapping[str, str | None]) -> dict[str, Any]:
    """What `derive mark` is asked for, by the names of its options."""
    named = {name: text for name, text in given.items() if text is not None}
    for name, example in (("key", "a key"), ("answers", "answers")):
        if not named.get(name, "").strip():
            raise OptionError(f"there is nothing to mark without {example}: write derive mark KEY.json ANSWERS.csv")
    if named["key"] == named["answers"] == "-":
        raise OptionError("the key and the answers cannot both come from standard input: give one of them as a file")
    return {
        "key": named["key"],
        "answers": named["answers"],
        "out": folder(named.get("out", "output")),
        "formats": several_of("format", SHEET_FORMATS)(named["formats"]) if "formats" in named else TEXTS,
        "chosen": "formats" in named,
        "restart": "restart" in named,
        "language": one_of("language", LANGUAGES)(named["language"]) if "language" in named else None,
        "templates": templates(named["templates"]) if "templates" in named else None,
    }


STEM_LIMIT = 80


def stem(request: Request) -> str:
    """What the documents are called, without the format: `derivation-w-1-2`; only letters, digits and hyphens.

    Where those alone would not tell two requests apart (other characters, a long name), a checksum is added.
    """
    by = request.by.replace(" ", "").replace("(L)", "")
    name = "stdin" if request.model == "-" else Path(request.model).stem
    named = by if request.model == LESSON else f"{name}-{by}"
    slug = f"derivation-{'-'.join(re.findall('[A-Za-z0-9]+', named))}"
    if len(slug) <= STEM_LIMIT and re.fullmatch(r"[A-Za-z0-9()\[\],_-]*", named):
        return slug
    checksum = zlib.crc32(named.encode("utf-8", "surrogateescape"))
    return f"{slug[: STEM_LIMIT - 9].rstrip('-')}-{checksum:08x}"
