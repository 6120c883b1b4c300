r"""Ink as Typst's mathematics, and chains of equations as its displays.

Nothing stands raw but single letters, digits and signs of the tables below: names and words are strings, and what
separates arguments in Typst is escaped. Pieces stand without spaces, which Typst would show beside strings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from derive.notation import names
from derive.notation.breaking import SIZES, TEXT_WIDTH
from derive.notation.breaking import Row as Line
from derive.notation.ink import (
    BINARY_SIGNS,
    COLOURS,
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
    Role,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Word,
)


def typst(ink: Ink) -> str:
    """The Typst of ink, for the inside of `$…$`."""
    return PRINTERS[type(ink)](ink)


def inline(ink: Ink, spoken: str = "") -> str:
    """$…$, for the middle of a sentence; `spoken` is what a screen reader says."""
    return _equation(f"${typst(ink)}$", spoken, "")


def block(rows: Sequence[Line], width: float = TEXT_WIDTH, spoken: str = "") -> str:
    """A displayed equation in lines, aligned at their relations, on a page whose text is `width` em wide."""
    lines = " \\\n".join(_line(row, width) for row in rows)
    factor = next((SIZES[row.size] for row in rows if row.size), 1.0)
    shown = _equation(f"$ {lines} $", spoken, "block: true, ")
    return shown if factor == 1 else f"#text(size: {factor}em)[{shown}]"


def _equation(formula: str, spoken: str, block: str) -> str:
    return f"#math.equation({block}alt: {_string(spoken)}, {formula}.body)" if spoken else formula


def _line(row: Line, width: float) -> str:
    right = typst(row.right)
    if row.share:
        right = SCALED.format(body=f"display({right})", width=f"{row.share * width:.2f}")
    return f"{typst(row.left)} &{row.relation} {right}".strip()


# A line that no break makes narrow enough, made as narrow as its room.
SCALED = (
    "#context {{ let it = ${body}$; scale(calc.min(100%, {width}em.to-absolute() / measure(it).width * 100%), "
    "reflow: true, it) }}"
)


def _beside(texts: Iterable[str]) -> str:
    """Pieces side by side, with a space only where letters or digits would run together."""
    made = ""
    for text in texts:
        made += f" {text}" if made and text and made[-1].isalnum() and text[0].isalnum() else text
    return made


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c.isprintable() else " " for c in escaped)}"'


# ---------------------------------------------------------------- letters and signs

_GREEK = frozenset(names.GREEK.values())


def _letter(ink: Letter) -> str:
    return names.GREEK[ink.name] if ink.name in names.GREEK else _symbol(ink.name)


def _symbol(character: str) -> str:
    if character in _GREEK or (character.isascii() and character.isalnum()):
        return character
    letter, *marks = list(unicodedata.normalize("NFD", character))
    if not marks or not all(mark in names.MARKS for mark in marks):
        return _string(character)
    made = _symbol(letter)
    for mark in marks:
        made = f'accent({made}, "\\u{{{ord(mark):x}}}")'
    return made


def _letters(ink: Letters) -> str:
    return _beside(map(_symbol, ink.text))


def _word(ink: Word) -> str:
    return _string("".join(names.shortened(tuple(ink.text), SIGNS["ldots"])))


ESCAPED = frozenset("=<>/,;")
PLAIN = {name: f"\\{sign}" if sign in ESCAPED else sign for name, sign in SIGNS.items()}
SIGN = PLAIN | {"negative": f'class("normal", {PLAIN["negative"]})'}
SPACE = {"none": "", "thin": "thin", "back": "", "quad": "quad"}
OPERATORS = {"prod": "product"}  # the others have the same names as in TeX
LETTER_ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde", "dot": "dot"}
WORD_ACCENTS = LETTER_ACCENTS | {"bar": "overline"}

# ---------------------------------------------------------------- what is built of other ink


def _row(ink: Row) -> str:
    parts = list(map(typst, ink.parts))
    first = next((i for i, part in enumerate(ink.parts) if not isinstance(part, Space)), None)
    if first is not None and isinstance(sign := ink.parts[first], Sign) and sign.name in BINARY_SIGNS:
        parts[first] = f'class("binary", {SIGN[sign.name]})'  # a line begins with it, and it keeps its spaces
    return _beside(parts)


def _accent(ink: Accent) -> str:
    return f"{(WORD_ACCENTS if ink.wide else LETTER_ACCENTS)[ink.name]}({typst(ink.body)})"


def _bold(ink: Bold) -> str:
    made = f"bold({typst(ink.body)})"
    return f"upright({made})" if ink.upright else made


def _scripts(ink: Scripts) -> str:
    primes = f"primes(#{ink.primes})" if ink.primes else ""
    above = primes + ("" if ink.sup is None else typst(ink.sup))
    below = "" if ink.sub is None else f", br: {typst(ink.sub)}"
    return f"attach({typst(ink.base)}{below}{f', tr: {above}' if above else ''})"


def _limits(ink: Limits) -> str:
    below = " \\ ".join(map(typst, ink.below))
    above = "" if ink.above is None else f", t: {typst(ink.above)}"
    return f"attach({typst(ink.operator)}, b: {below}{above})"


def _branches(ink: Branches) -> str:
    return f"cases({', '.join(f'{typst(value)} & {typst(beside)}' for value, beside in ink.rows)})"


# ---------------------------------------------------------------- brackets

HEIGHTS = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em"}


def _fenced(ink: Fenced) -> str:
    left, right = (f"\\{bracket}" if bracket else "" for bracket in (ink.left, ink.right))
    if ink.size:
        return f"lr({left}{typst(ink.body)}{right})"
    return _beside((_class("opening", left), typst(ink.body), _class("closing", right)))


def _class(name: str, bracket: str) -> str:
    return f'class("{name}", {bracket})' if bracket == "\\|" else bracket


def _fence(ink: Fence) -> str:
    bracket = _class("opening" if ink.opens else "closing", f"\\{ink.bracket}")
    return f"lr({bracket}, size: #{HEIGHTS[ink.size]})"


# ---------------------------------------------------------------- exercises and marks


def _blank(ink: Blank) -> str:
    return f"#{FRAME}[#text(0.7em)[{ink.number}]#h({ink.room}em)]"


FRAME = "box(stroke: 0.04em, inset: (x: 0.3em, y: 0.2em), baseline: 0.2em)"
SHAPES: dict[Role, str] = {"changed": "underline", "vanishing": "cancel"}


def _marked(ink: Marked) -> str:
    body = typst(ink.body)
    shaped = f"{SHAPES[ink.role]}({body})" if ink.role in SHAPES else body
    return f'std.text(fill: #rgb("{COLOURS[ink.role]}"), {shaped})'


PRINTERS: dict[type, Callable[[Any], str]] = {
    Letter: _letter,
    Letters: _letters,
    Indices: lambda ink: _beside(map(typst, ink.parts)),
    Digits: lambda ink: ink.text,
    Word: _word,
    Prose: lambda ink: _string(ink.text),
    Sign: lambda ink: SIGN[ink.name],
    Operator: lambda ink: OPERATORS.get(ink.name, ink.name),
    Space: lambda ink: SPACE[ink.name],
    Accent: _accent,
    Bold: _bold,
    Row: _row,
    Scripts: _scripts,
    Limits: _limits,
    Fraction: lambda ink: f"frac({typst(ink.above)}, {typst(ink.below)})",
    Root: lambda ink: f"sqrt({typst(ink.body)})",
    Fenced: _fenced,
    Fence: _fence,
    Branches: _branches,
    Blank: _blank,
    Marked: _marked,
}
