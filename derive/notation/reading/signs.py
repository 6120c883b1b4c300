"""The whitelist: every macro and every character that an answer may contain, and the sign that it means."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from derive.notation.names import ACCENTS, GREEK

# Spaces, sizes and styles, which change nothing.
NOTHING = frozenset(
    {",", ";", ":", "!", ">", "/", " ", "\n", "quad", "qquad", "thinspace", "medspace", "thickspace", "enspace", "left",
     "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "Bigl", "biggl", "Biggl", "bigr", "Bigr", "biggr",
     "Biggr", "bigm", "Bigm", "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits", "nolimits",
     "mathstrut", "strut"}
)  # fmt: skip

# Macros whose argument keeps its letters: only its style changes.
STYLES = frozenset(
    {"boldsymbol", "bm", "mathbf", "mathit", "mathsf", "mathcal", "mathnormal", "vec", "boxed", "mathbb", "mathrel",
     "mathbin", "mathord", "pmb", "underline"}
)  # fmt: skip
# Macros whose argument is a word.
WORDS = frozenset({"mathrm", "operatorname", "text", "textrm", "textnormal", "textit", "texttt", "mathtt", "mbox"})
OPERATORS = frozenset(
    {"exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arg", "det", "sup", "inf"}
)
OVER = {macro: name for name, macros in ACCENTS.items() for macro in macros[:2] if macro != "dot"}

_MEANING_OF_MACROS = {
    "*": "cdot times ast bullet",
    "/": "div",
    "odot": "odot circ",
    "oslash": "oslash",
    "<=": "le leq leqslant",
    ">=": "ge geq geqslant",
    "!=": "ne neq",
    "<": "lt",
    ">": "gt",
    "=": "approx equiv coloneqq triangleq doteq",
    "'": "prime",
    "partial": "partial",
    "nabla": "nabla",
    "sum": "sum",
    "prod": "prod",
    "frac": "frac tfrac dfrac cfrac",
    "sqrt": "sqrt",
    "substack": "substack",
    "(": "lparen",
    ")": "rparen",
    "[": "lbrack",
    "]": "rbrack",
    "lvert": "lvert",
    "rvert": "rvert",
    "|": "vert mid",
    "norm": "| lVert rVert Vert",
    "lbrace": "lbrace {",
    "rbrace": "rbrace }",
    "dots": "cdots ldots dots dotsb dotsc dotsm",
    "top": "top intercal",
    "and": "land wedge",
    "or": "lor vee",
    "not": "lnot neg",
    "in": "in",
    ":": "colon",
    "\\\\": "\\ newline implies Rightarrow Longrightarrow iff Leftrightarrow therefore",
    "to": "to",
    "infty": "infty",
}
MACROS = {macro: sign for sign, macros in _MEANING_OF_MACROS.items() for macro in macros.split()}

_MEANING_OF_CHARACTERS = {
    "": "~",
    "-": "−\N{EN DASH}\N{HYPHEN}",
    "*": "·⋅×\N{ASTERISK OPERATOR}∙•",
    "/": "÷\N{FRACTION SLASH}\N{DIVISION SLASH}",
    "odot": "⊙∘",
    "oslash": "⊘",
    "<=": "≤⩽",
    ">=": "≥⩾",
    "!=": "≠",
    "=": "≈≡",
    "partial": "∂",
    "nabla": "∇",
    "sum": "\N{N-ARY SUMMATION}",
    "prod": "∏",
    "sqrt": "√",
    "'": "\N{PRIME}\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}`\N{ACUTE ACCENT}",
    "top": "⊤⊺",
    "and": "∧",
    "or": "∨",
    "not": "¬",
    "in": "∈",
    "dots": "…⋯",
    "infty": "∞",
    "\\\\": "⇒⟹⇔∴",
    "norm": "‖∥",
    "to": "→",
}
CHARACTERS = {c: sign for sign, characters in _MEANING_OF_CHARACTERS.items() for c in characters} | {
    c: c for c in "+-*/^_()[]{}|,=<>!'&;:."
}
LETTERS: dict[str, str] = {**{letter: name for name, letter in GREEK.items()}, "ς": "sigma", "µ": "mu", "∆": "Delta"}
HALVES = {"½": ("1", "2"), "¼": ("1", "4"), "¾": ("3", "4"), "⅓": ("1", "3"), "⅔": ("2", "3"), "⅛": ("1", "8")}

# Styles of letters in Unicode and the scripts of plain text.
RAISED, LOWERED, STYLED = "<super>", "<sub>", "<font>"


@lru_cache(maxsize=1024)
def plainly(character: str) -> tuple[str, str]:
    """How a character of Unicode stands (raised, lowered, styled, or "") and what it is."""
    how, _, code = unicodedata.decomposition(character).partition(" ")
    if how not in {RAISED, LOWERED, STYLED} or " " in code:
        return "", character
    plain = unicodedata.normalize("NFKC", character)
    return how, plain


def is_hidden(character: str) -> bool:
    """Whether a character cannot be seen: zero-width, bidirectional and control characters."""
    return unicodedata.category(character) in {"Cf", "Cc", "Cs", "Co", "Cn"} and character not in "\n\t\r"


def described(character: str) -> str:
    """U+200B ZERO WIDTH SPACE"""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" {name}" if name else "")
