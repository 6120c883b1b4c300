"""Ink as MathML Core, and chains of equations as tables of it; `CSS` is what browsers need beside a mathematical font.

MathML Core knows neither scripts' tighter spacing nor boxes and strikes: the spaces of each sign are written out,
and what is framed, underlined or struck is a class of the style sheet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any

from derive.notation import names
from derive.notation.breaking import SIZES
from derive.notation.breaking import Row as Line
from derive.notation.ink import (
    BINARY_SIGNS,
    COLOURS,
    RELATION_SIGNS,
    SEPARATING_SIGNS,
    SIGNS,
    Accent,
    Blank,
    Bold,
    Branches,
    Digits,
    Fence,
    Fenced,
    Fraction,
    Indices,
    Ink,
    Letter,
    Letters,
    Limits,
    Marked,
    Operator,
    Prose,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Word,
)

_STRIKE = (
    "linear-gradient(to top left, transparent calc(50% - .05em), currentColor calc(50% - .04em) calc(50% + .04em), "
    "transparent calc(50% + .05em))"
)
CSS = "\n".join(
    (
        "math .rows > mtr > mtd { padding: .3em 0; text-align: left; }",
        "math .rows > mtr > mtd:first-child { text-align: right; }",
        "math .cases > mtr > mtd { padding: .1em .9em .1em 0; text-align: left; }",
        "math .lines > mtr > mtd { padding: 0; }",
        "math .blank { border: .05em solid; padding: .15em .3em; margin: 0 .1em; }",
        "math .changed { border-bottom: .08em solid; padding-bottom: .08em; }",
        f"math .vanishing {{ background: {_STRIKE}; }}",
        *(f"math .{role} {{ color: var(--{role}, #{colour}); }}" for role, colour in COLOURS.items()),
    )
)


@dataclass(frozen=True)
class Place:
    """Where ink stands: in a script, where signs have no spaces, or where letters are bold, in one of STYLES."""

    script: bool = False
    bold: str = ""


ON_THE_LINE, IN_SCRIPT = Place(), Place(script=True)


def mathml(ink: Ink, place: Place = ON_THE_LINE) -> str:
    """The MathML of ink, for the inside of `math`: one element or several."""
    return PRINTERS[type(ink)](ink, place)


def one(ink: Ink, place: Place = ON_THE_LINE) -> str:
    """The same as exactly one element."""
    made = mathml(ink, place)
    return f"<mrow>{made}</mrow>" if isinstance(ink, SEVERAL) else made


def inline(ink: Ink, spoken: str = "") -> str:
    """A formula for the middle of a sentence; `spoken` is what a screen reader says."""
    return f"<math{_label(spoken)}>{mathml(ink)}</math>"


def _label(spoken: str) -> str:
    return f' aria-label="{escape(spoken)}"' if spoken else ""


def block(rows: Sequence[Line], spoken: str = "") -> str:
    """A displayed chain of equations, aligned at its relations."""
    lines = "".join(
        f"<mtr{'' if begins else MORE}><mtd>{mathml(row.left)}</mtd><mtd>{_right(row)}</mtd></mtr>"
        for row, begins in zip(rows, _beginnings(rows), strict=True)
    )
    factor = next((SIZES[row.size] for row in rows if row.size), 1.0)
    size = "" if factor == 1 else f' style="font-size: {factor}em"'
    table = f'<mtable class="rows" displaystyle="true">{lines}</mtable>'
    return f'<math display="block"{size}{_label(spoken)}>{table}</math>'


MORE = ' class="more"'


def _beginnings(rows: Sequence[Line]) -> Iterable[bool]:
    """Which rows begin a member of their chain; the first one may need a row for the left side before its own."""
    related = 0
    for i, row in enumerate(rows):
        related += bool(row.relation)
        yield not i or (bool(row.relation) and related > 1)


def _right(row: Line) -> str:
    right = mathml(row.right)
    if row.share:
        right = f'<mrow style="zoom: {row.scale:.2f}">{right}</mrow>'
    return mathml(Sign(row.relation)) + right if row.relation else right


# ---------------------------------------------------------------- letters


def _styled(*ranges: tuple[int, int]) -> dict[str, str]:
    """Unicode's letters of one style, each by the plain letter that it is made from."""
    styled = (chr(code) for start, end in ranges for code in range(start, end))
    return {chr(int(unicodedata.decomposition(letter).split()[1], 16)): letter for letter in styled}


STYLES: dict[str, dict[str, str]] = {
    "": {},
    "upright": _styled((0x1D400, 0x1D434), (0x1D6A8, 0x1D6E2), (0x1D7CE, 0x1D7D8)),
    "italic": _styled((0x1D468, 0x1D49C), (0x1D71C, 0x1D756)),
}


def _characters(text: str, place: Place) -> str:
    return escape("".join(STYLES[place.bold].get(character, character) for character in text))


def _letter(ink: Letter, place: Place) -> str:
    return f"<mi>{_characters(names.GREEK.get(ink.name, ink.name), place)}</mi>"


def _letters(ink: Letters, _place: Place) -> str:
    """Each letter for itself, as several in one element would be set upright."""
    runs = ((digits, "".join(run)) for digits, run in groupby(ink.text, str.isdigit))
    return "".join(
        f"<mn>{escape(run)}</mn>" if digits else "".join(f"<mi>{escape(c)}</mi>" for c in run) for digits, run in runs
    )


def _digits(ink: Digits, place: Place) -> str:
    return f"<mn>{_characters(ink.text, place)}</mn>"


def _word(ink: Word, place: Place) -> str:
    text = "".join(names.shortened(tuple(ink.text), SIGNS["ldots"]))
    return f"<mi{UPRIGHT if len(text) == 1 else ''}>{_characters(text, place)}</mi>"


UPRIGHT = ' mathvariant="normal"'  # several letters are upright by themselves
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"  # other spaces are lost at the ends of an element


def _prose(ink: Prose, _place: Place) -> str:
    return f"<mtext>{escape(ink.text.replace(' ', NO_BREAK_SPACE))}</mtext>"


# ---------------------------------------------------------------- signs and spaces

NONE, THIN, BINARY, RELATION = "0", "0.167em", "0.222em", "0.278em"
SPACES = {
    **dict.fromkeys(BINARY_SIGNS, (BINARY, BINARY)),
    **dict.fromkeys(RELATION_SIGNS, (RELATION, RELATION)),
    **dict.fromkeys(SEPARATING_SIGNS, (NONE, THIN)),
    ";": (NONE, RELATION),
    "tight +": (BINARY, BINARY),
    "tight -": (BINARY, BINARY),
    "tight =": (RELATION, RELATION),
    "tight ,": (NONE, THIN),
    "cdots": (THIN, THIN),
    "ldots": (THIN, THIN),
}
SIGN = {name: (escape(sign), *SPACES.get(name, (NONE, NONE))) for name, sign in SIGNS.items()}
SPACE = {"none": "", "thin": THIN, "back": "", "quad": "1em"}


def _mo(text: str, before: str = NONE, after: str = NONE, more: str = "") -> str:
    return f'<mo lspace="{before}" rspace="{after}"{more}>{text}</mo>'


def _sign(ink: Sign, place: Place) -> str:
    text, before, after = SIGN[ink.name]
    return _mo(text, NONE if place.script else before, NONE if place.script else after, FIXED)


FIXED = ' stretchy="false"'


def _space(ink: Space, _place: Place) -> str:
    width = SPACE[ink.name]
    return f'<mspace width="{width}"/>' if width else ""


LARGE = {"sum": "∑", "prod": "∏"}  # their limits move beside them by themselves; those of words must be told to
MOVABLE = ' movablelimits="true"'


def _operator(ink: Operator, _place: Place) -> str:
    return _mo(LARGE.get(ink.name, ink.name), more=MOVABLE)


# ---------------------------------------------------------------- what is built of other ink


def _row(ink: Row, place: Place) -> str:
    return "".join(_spaced(ink.parts, place))


def _spaced(parts: Sequence[Ink], place: Place) -> Iterable[str]:
    """The parts, and a thin space between a named operator, or high brackets, and what stands beside without a sign."""
    for i, part in enumerate(parts):
        around = parts[max(i - 1, 0) : i + 2]
        if isinstance(part, Space) and part.name == "none" and any(map(_stands_off, around)):
            yield f'<mspace width="{THIN}"/>'
        else:
            yield mathml(part, place)


def _stands_off(ink: Ink) -> bool:
    if isinstance(ink, Row):
        return bool(ink.parts) and _stands_off(ink.parts[0])
    core = ink.base if isinstance(ink, Scripts) else ink.operator if isinstance(ink, Limits) else ink
    return isinstance(core, Operator) or (isinstance(core, Fenced) and core.size == "grow")


def _accent(ink: Accent, place: Place) -> str:
    sign = _mo((WIDE_ACCENTS if ink.wide else ACCENTS)[ink.name], more=f' stretchy="{str(ink.wide).lower()}"')
    return f'<mover accent="true">{one(ink.body, place)}{sign}</mover>'


ACCENTS = {"hat": "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "bar": "¯", "tilde": "\N{SMALL TILDE}", "dot": "˙"}
WIDE_ACCENTS = ACCENTS | {"hat": "\N{COMBINING CIRCUMFLEX ACCENT}", "bar": "‾"}  # those that fonts can stretch


def _bold(ink: Bold, place: Place) -> str:
    return mathml(ink.body, replace(place, bold="upright" if ink.upright else "italic"))


PRIMES = {2: "″", 3: "‴", 4: "⁗"}


def _scripts(ink: Scripts, place: Place) -> str:
    base = one(ink.base, place)
    below = "" if ink.sub is None else one(ink.sub, IN_SCRIPT)
    primes = _mo(PRIMES.get(ink.primes, "′" * ink.primes)) if ink.primes else ""
    sup = "" if ink.sup is None else mathml(ink.sup, IN_SCRIPT)
    above = f"<mrow>{primes}{sup}</mrow>" if primes or sup else ""
    tag = "msubsup" if below and above else "msub" if below else "msup"
    return f"<{tag}>{base}{below}{above}</{tag}>"


def _limits(ink: Limits, place: Place) -> str:
    lines = [one(line, IN_SCRIPT) for line in ink.below]
    stacked = "".join(f"<mtr><mtd>{line}</mtd></mtr>" for line in lines)
    below = lines[0] if len(lines) == 1 else f'<mtable class="lines">{stacked}</mtable>'
    operator = one(ink.operator, place)
    if ink.above is None:
        return f"<munder>{operator}{below}</munder>"
    return f"<munderover>{operator}{below}{one(ink.above, IN_SCRIPT)}</munderover>"


def _fraction(ink: Fraction, place: Place) -> str:
    return f"<mfrac>{one(ink.above, place)}{one(ink.below, place)}</mfrac>"


def _branches(ink: Branches, _place: Place) -> str:
    rows = "".join(f"<mtr><mtd>{mathml(value)}</mtd><mtd>{mathml(beside)}</mtd></mtr>" for value, beside in ink.rows)
    brace = _mo("{", more=f'{FORMS[True]} stretchy="true"')
    return f'<mrow>{brace}<mtable class="cases">{rows}</mtable></mrow>'


# ---------------------------------------------------------------- brackets

FORMS = {True: ' form="prefix"', False: ' form="postfix"'}
HEIGHTS = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em"}


def _fenced(ink: Fenced, place: Place) -> str:
    stretchy = ' stretchy="true"' if ink.size else FIXED
    left = _bracket(ink.left, True, stretchy) if ink.left else ""
    right = _bracket(ink.right, False, stretchy) if ink.right else ""
    return f"<mrow>{left}{mathml(ink.body, place)}{right}</mrow>"


def _bracket(bracket: str, opens: bool, more: str) -> str:
    """A bracket; high bars, which fonts set close, stand off from what they enclose."""
    inside = BAR if bracket == "|" and more != FIXED else NONE
    before, after = (NONE, inside) if opens else (inside, NONE)
    return _mo(bracket, before, after, FORMS[opens] + more)


BAR = "0.1em"


def _fence(ink: Fence, _place: Place) -> str:
    height = HEIGHTS[ink.size]
    sized = f' stretchy="true" symmetric="true" minsize="{height}" maxsize="{height}"'
    return f"<mrow>{_bracket(ink.bracket, ink.opens, sized)}</mrow>"


# ---------------------------------------------------------------- exercises and marks


def _blank(ink: Blank, _place: Place) -> str:
    room = f'<mspace width="{ink.room}em"/>' if ink.room else ""
    return f'<mrow class="blank"><mn style="font-size: .7em">{ink.number}</mn>{room}</mrow>'


def _marked(ink: Marked, place: Place) -> str:
    return f'<mrow class="{ink.role}">{mathml(ink.body, place)}</mrow>'


SEVERAL = (Row, Letters, Indices, Bold)  # may print as several elements, or as none
PRINTERS: dict[type, Callable[[Any, Place], str]] = {
    Letter: _letter,
    Letters: _letters,
    Indices: lambda ink, place: "".join(mathml(part, place) for part in ink.parts),
    Digits: _digits,
    Word: _word,
    Prose: _prose,
    Sign: _sign,
    Operator: _operator,
    Space: _space,
    Accent: _accent,
    Bold: _bold,
    Row: _row,
    Scripts: _scripts,
    Limits: _limits,
    Fraction: _fraction,
    Root: lambda ink, place: f"<msqrt>{mathml(ink.body, place)}</msqrt>",
    Fenced: _fenced,
    Fence: _fence,
    Branches: _branches,
    Blank: _blank,
    Marked: _marked,
}
