r"""Ink as LaTeX that pdflatex, KaTeX and MathJax all set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.notation import names
from derive.notation.ink import (
    BINARY_SIGNS,
    COLOURS,
    RELATION_SIGNS,
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


def tex(ink: Ink) -> str:
    """The LaTeX of ink, for mathematics mode."""
    return PRINTERS[type(ink)](ink)


def line(ink: Ink) -> str:
    """A line on its own, with one space where two pieces bring one each, and none at its ends."""
    return tex(ink).replace("  ", " ").strip()


# ---------------------------------------------------------------- letters and signs


def _letter(ink: Letter) -> str:
    return f"\\{ink.name}" if ink.name in names.GREEK else names.spelled(ink.name)[0]


def _letters(ink: Letters) -> str:
    return _run(names.spelled(ink.text))


def _word(ink: Word) -> str:
    return rf"\mathrm{{{_run(names.shortened(names.spelled(ink.text), DOTS))}}}"


DOTS = r"\ldots "


def _run(symbols: tuple[str, ...]) -> str:
    """Symbols side by side; braces keep a macro from swallowing the letter after it."""
    return "".join(f"{{{s}}}" if s[0] == "\\" and s[-1] != "}" else s for s in symbols)


def _indices(ink: Indices) -> str:
    """jk, with a space where a macro ends that would swallow the next letter."""
    printed = [tex(part) for part in ink.parts]
    return "".join(f"{text} " if text[0] == "\\" else text for text in printed[:-1]) + printed[-1]


SIGN = {name: f" {sign} " for name, sign in (BINARY_SIGNS | RELATION_SIGNS).items() if sign.isascii()} | {
    "-": " - ", "cdot": r" \cdot ", "land": r" \land ", "lor": r" \lor ", "odot": r" \odot ", "oslash": r" \oslash ",
    "ne": r" \ne ", "le": r" \le ", "ge": r" \ge ", "to": r" \longrightarrow ", "dashed to": r" \dashrightarrow ",
    ",": ", ", ";": r";\ ", "negative": "-", "tight +": "+", "tight -": "-", "tight =": "=", "tight ,": ",", "/": "/",
    "partial": r"\partial", "lnot": r"\lnot", "top": r"\top", "circ": r"\circ", "cdots": r"\cdots", "ldots": r"\ldots",
}  # fmt: skip
SPACE = {"none": " ", "thin": r"\, ", "back": r"\!", "quad": r"\quad "}

# ---------------------------------------------------------------- what is built of other ink


def _accent(ink: Accent) -> str:
    macro = names.ACCENTS[ink.name][ink.wide]
    return f"\\{macro}{{{tex(ink.body)}}}"


def _bold(ink: Bold) -> str:
    return rf"\{'mathbf' if ink.upright else 'boldsymbol'}{{{tex(ink.body)}}}"


def _row(ink: Row) -> str:
    return "".join([PRINTERS[type(part)](part) for part in ink.parts])


def _scripts(ink: Scripts) -> str:
    below = "" if ink.sub is None else f"_{{{tex(ink.sub)}}}"
    above = "" if ink.sup is None else f"^{{{tex(ink.sup)}}}"
    return tex(ink.base) + below + "'" * ink.primes + above


def _limits(ink: Limits) -> str:
    stacked = r" \\ ".join(map(tex, ink.below))
    below = stacked if len(ink.below) == 1 else rf"\substack{{{stacked}}}"
    above = "" if ink.above is None else f"^{{{tex(ink.above)}}}"
    return f"{tex(ink.operator)}_{{{below}}}{above}"


def _fraction(ink: Fraction) -> str:
    return rf"\frac{{{tex(ink.above)}}}{{{tex(ink.below)}}}"


def _branches(ink: Branches) -> str:
    inner = r" \\ ".join(f"{tex(value)} & {tex(beside)}" for value, beside in ink.rows)
    return rf"\begin{{cases}} {inner} \end{{cases}}"


# ---------------------------------------------------------------- brackets

LEFT = {"": "", "(": "(", "[": "[", "|": r"\lvert "}
RIGHT = {"": "", ")": ")", "]": "]", "|": r" \rvert"}
GROWING_LEFT = {"(": r"\left(", "[": r"\left\lbrack ", "|": r"\left\lvert "}
GROWING_RIGHT = {")": r"\right)", "]": r"\right\rbrack", "|": r" \right\rvert"}
LONE = {"(": "(", ")": ")", "{": r"\lbrace ", "}": r"\rbrace "}
LONE_LEFT, LONE_RIGHT = LONE | {"|": r"\lvert "}, LONE | {"|": r"\rvert "}


def _fenced(ink: Fenced) -> str:
    if ink.size:
        return GROWING_LEFT[ink.left] + tex(ink.body) + GROWING_RIGHT[ink.right]
    return LEFT[ink.left] + tex(ink.body) + RIGHT[ink.right]


def _fence(ink: Fence) -> str:
    return rf"\{ink.size}l{LONE_LEFT[ink.bracket]}" if ink.opens else rf"\{ink.size}r{LONE_RIGHT[ink.bracket]}"


# ---------------------------------------------------------------- exercises and marks


def _blank(ink: Blank) -> str:
    return rf"\boxed{{\scriptstyle {ink.number}{QUAD * ink.room}}}"


QUAD = r" \quad"
# What tells a mark apart where there is no colour; the preamble needs xcolor, and cancel.
SHAPES: dict[Role, str] = {"changed": r"\underline", "vanishing": r"\cancel"}


def _marked(ink: Marked) -> str:
    body = tex(ink.body)
    shaped = f"{SHAPES[ink.role]}{{{body}}}" if ink.role in SHAPES else body
    return rf"\textcolor[HTML]{{{COLOURS[ink.role]}}}{{{shaped}}}"


PRINTERS: dict[type, Callable[[Any], str]] = {
    Letter: _letter,
    Letters: _letters,
    Indices: _indices,
    Digits: lambda ink: ink.text,
    Word: _word,
    Prose: lambda ink: rf"\text{{{ink.text}}}",
    Sign: lambda ink: SIGN[ink.name],
    Operator: lambda ink: f"\\{ink.name}",
    Space: lambda ink: SPACE[ink.name],
    Accent: _accent,
    Bold: _bold,
    Row: _row,
    Scripts: _scripts,
    Limits: _limits,
    Fraction: _fraction,
    Root: lambda ink: rf"\sqrt{{{tex(ink.body)}}}",
    Fenced: _fenced,
    Fence: _fence,
    Branches: _branches,
    Blank: _blank,
    Marked: _marked,
}
