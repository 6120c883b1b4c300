"""Ink as the text of an SVG picture: one line, scripts smaller and moved, fractions with a slash.

Labels are short, so no mathematical font and no boxes are needed. Every run of characters gets a place of its own, from
the widths that printed formulas are measured with, so that all viewers set a label alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from html import escape

from derive.notation import ink
from derive.notation.boxes import letters_width
from derive.notation.names import unicode_text

SMALLER, LOWER, HIGHER = 0.7, 0.26, -0.4  # a script's size, and how far it is moved, in em
ROOM = 0.05  # between a letter and its scripts
THIN = 0.17
LETTERS = 0.9  # the width of an italic letter of a text font, beside that of Computer Modern
SIGNS = dict.fromkeys("()[]", 0.34) | dict.fromkeys(",;.′:/", 0.27) | dict.fromkeys("−+=<>≤≥", 0.58)
LARGE = {"sum": "∑", "prod": "∏"}
MARKS = {"hat": "ˆ", "bar": "¯", "tilde": "˜", "dot": "˙"}
LEANING, CAPITAL = 0.06, -0.2  # how far an accent is moved over an italic letter, and over a capital
SPACES = {"none": 0.0, "thin": THIN, "back": 0.0, "quad": 1.0}


@dataclass(frozen=True)
class Run:
    """Characters of one style, `x` em to the right of a label's beginning and `drop` em below its line."""

    text: str
    italic: bool = False
    bold: bool = False
    size: float = 1.0
    x: float = 0.0
    drop: float = 0.0

    @property
    def end(self) -> float:
        """Where the characters end."""
        letters = LETTERS if self.italic else 1.0
        return self.x + self.size * sum(SIGNS.get(c, letters * letters_width(c, not self.italic)) for c in self.text)


@dataclass(frozen=True)
class Laid:
    """Runs and how wide they are together."""

    runs: tuple[Run, ...] = ()
    width: float = 0.0


def svg_text(node: ink.Ink, size: float) -> tuple[str, float]:
    """The tspans of a formula in a text that begins at 0, and its width, both for a font of `size` points."""
    laid = lay(node)
    return "".join(_tspan(run, size) for run in laid.runs), laid.width * size


def _tspan(run: Run, size: float) -> str:
    return f"<tspan{''.join(_attributes(run, size))}>{escape(run.text, quote=False)}</tspan>"


def _attributes(run: Run, size: float) -> Iterator[str]:
    yield f' x="{run.x * size:.2f}"'
    if run.drop:
        yield f' y="{run.drop * size:.2f}"'
    if run.size != 1:
        yield f' font-size="{run.size * size:.3g}"'
    if run.italic:
        yield ' font-style="italic"'
    if run.bold:
        yield ' font-weight="bold"'


@singledispatch
def lay(node: ink.Ink) -> Laid:
    """A formula as runs of characters."""
    raise TypeError(f"no text in a picture for {type(node).__name__}")


def _one(text: str, italic: bool = False) -> Laid:
    run = Run(text, italic)
    return Laid((run,), run.end)


def _side_by_side(parts: Iterable[Laid]) -> Laid:
    runs: list[Run] = []
    width = 0.0
    for part in parts:
        runs += (replace(run, x=run.x + width) for run in part.runs)
        width += part.width
    return Laid(tuple(runs), width)


def _scaled(part: Laid, drop: float) -> Laid:
    runs = (replace(r, size=r.size * SMALLER, x=r.x * SMALLER, drop=drop + r.drop * SMALLER) for r in part.runs)
    return Laid(tuple(runs), part.width * SMALLER)


@lay.register
def _letter(node: ink.Letter) -> Laid:
    shown = unicode_text(node.name)
    return _one(shown, italic=shown.isascii() or shown.islower())


@lay.register
def _plain(node: ink.Digits | ink.Word | ink.Prose) -> Laid:
    return _one(node.text)


@lay.register
def _letters(node: ink.Letters) -> Laid:
    return _side_by_side(_one(character, italic=character.isalpha()) for character in node.text)


@lay.register
def _indices(node: ink.Indices) -> Laid:
    return _side_by_side(map(lay, node.parts))


@lay.register
def _sign(node: ink.Sign) -> Laid:
    spaced = node.name in ink.BINARY_SIGNS or node.name in ink.RELATION_SIGNS
    around = Laid((), THIN if spaced else 0.0)
    return _side_by_side((around, _one(ink.SIGNS[node.name]), around))


@lay.register
def _operator(node: ink.Operator) -> Laid:
    return _one(LARGE.get(node.name, node.name))


@lay.register
def _space(node: ink.Space) -> Laid:
    return Laid((), SPACES[node.name])


@lay.register
def _accent(node: ink.Accent) -> Laid:
    """A mark of its own above the middle of its letter: few fonts have all letters with combining marks."""
    body = lay(node.body)
    mark = MARKS[node.name]
    middle = body.width / 2 - Run(mark).end / 2 + (LEANING if body.runs[-1].italic else 0.0)
    return Laid((*body.runs, Run(mark, x=middle, drop=CAPITAL if body.runs[-1].text.isupper() else 0.0)), body.width)


@lay.register
def _bold(node: ink.Bold) -> Laid:
    body = lay(node.body)
    return Laid(tuple(replace(run, bold=True, italic=run.italic and not node.upright) for run in body.runs), body.width)


@lay.register
def _row(node: ink.Row) -> Laid:
    return _side_by_side(map(lay, node.parts))


@lay.register
def _scripts(node: ink.Scripts) -> Laid:
    below = Laid() if node.sub is None else _scaled(lay(node.sub), LOWER)
    above = Laid() if node.sup is None else _scaled(lay(node.sup), HIGHER)
    primes = _one("′" * node.primes) if node.primes else Laid()
    head = _side_by_side((lay(node.base), primes, Laid((), ROOM)))
    return Laid(
        _side_by_side((head, below)).runs + _side_by_side((head, above)).runs[len(head.runs) :],
        head.width + max(below.width, above.width),
    )


@lay.register
def _fraction(node: ink.Fraction) -> Laid:
    return _side_by_side((lay(node.above), _one("/"), lay(node.below)))


@lay.register
def _root(node: ink.Root) -> Laid:
    return _side_by_side((_one("√("), lay(node.body), _one(")")))


@lay.register
def _fenced(node: ink.Fenced) -> Laid:
    return _side_by_side((_one(node.left), lay(node.body), _one(node.right)))


@lay.register
def _fence(node: ink.Fence) -> Laid:
    return _one(node.bracket)


@lay.register
def _limits(node: ink.Limits) -> Laid:
    below = _side_by_side(map(lay, node.below))
    return _scripts(ink.Scripts(node.operator, ink.Row(node.below) if below.runs else None, node.above))


@lay.register
def _branches(node: ink.Branches) -> Laid:
    rows = (_side_by_side((lay(value), Laid((), 0.5), lay(when), _one("; "))) for value, when in node.rows)
    return _side_by_side(rows)


@lay.register
def _blank(node: ink.Blank) -> Laid:
    return _one(f"[{node.number}]")


@lay.register
def _marked(node: ink.Marked) -> Laid:
    return lay(node.body)
