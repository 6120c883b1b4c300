"""From an identifier to a mathematician's symbol: `w` is w, `C0` is C with subscript 0, `sigma_x`, `yhat`, `E_total`.

Every name in a tree is a Python identifier, so nothing here ever passes TeX text through: a name is taken apart, and
each part is spelled anew from ASCII letters, digits and the macros of the tables below.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# What people write in a program, and the letter that they mean; most of the names are TeX's own.
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "\u03a5", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
}  # fmt: skip
SHORT = {"lam": "lambda", "lmbda": "lambda", "eps": "epsilon"}
MACROS = {
    **{letter: name for name, letter in GREEK.items()},
    "ς": "sigma",  # the form that sigma takes at the end of a word
}
_TWINS = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u03bf"
LATIN_TWINS = dict(zip(_TWINS, "ABEZHIKMNOPTXo", strict=True))  # Greek letters that look like Latin ones

# The accents that a name can ask for: macro over one letter, macro over a word, combining character.
ACCENTS = {
    "hat": ("hat", "widehat", "\u0302"),
    "bar": ("bar", "overline", "\u0304"),
    "tilde": ("tilde", "widetilde", "\u0303"),
    "dot": ("dot", "dot", "\u0307"),
}
# The accents that a letter of an alphabet carries.
MARKS = {
    "\u0300": "grave",
    "\u0301": "acute",
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0306": "breve",
    "\u0307": "dot",
    "\u0308": "ddot",
    "\u030c": "check",
}
WORDS_OF_TWO = {"in", "id", "up"}  # subscripts of two letters that are a word, not two letters such as xh
NAMELESS = "underscore"
LONGEST = 32  # a longer word is cut in its middle: no line could be broken inside it


@dataclass(frozen=True)
class Name:
    """A base letter or word, an accent over it, and subscripts: `h1_prev` is h with 1 and prev."""

    base: str
    accent: str = ""
    subscripts: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def parsed(identifier: str) -> Name:
    """The identifier taken apart at underscores, at trailing digits, and before an accent (`xhat`, `x_hat`)."""
    plain = unicodedata.normalize("NFKC", identifier)
    head, *rest = [part for part in plain.split("_") if part] or [NAMELESS]
    if head[0].isdigit():
        head, rest = NAMELESS, [head, *rest]
    base, digits = _without_digits(head)
    if rest and rest[0] in ACCENTS:
        accent = rest.pop(0)
    else:
        base, accent = _without_accent(base)
    return Name(SHORT.get(base, base), accent, tuple(SHORT.get(s, s) for s in (digits, *rest) if s))


def _without_digits(head: str) -> tuple[str, str]:
    base = head.rstrip("0123456789")
    return base, head[len(base) :]


def _without_accent(base: str) -> tuple[str, str]:
    for accent in ACCENTS:
        letter = base.removesuffix(accent)
        if letter != base and is_letter(SHORT.get(letter, letter)):
            return letter, accent
    return base, ""


def is_letter(text: str) -> bool:
    """Whether the text prints as one letter: a Latin one, perhaps with its mark, or a Greek one."""
    return text in GREEK or len(spelled(text)) == 1


@lru_cache(maxsize=4096)
def spelled(text: str) -> tuple[str, ...]:
    """The text as symbols: ASCII letters and digits, macros (`\\alpha`), and letters with marks (`\\acute{e}`).

    Letters of other scripts are spelled by their names in Unicode, and by their numbers where they have no such name.
    """
    return tuple(symbol for character in text for symbol in _symbols(character))


def _symbols(character: str) -> tuple[str, ...]:
    if character.isascii():
        return (character,)
    if character in MACROS:
        return (f"\\{MACROS[character]}",)
    if character in LATIN_TWINS:
        return (LATIN_TWINS[character],)
    letter, *marks = list(unicodedata.normalize("NFD", character))
    if marks and all(mark in MARKS for mark in marks) and len(inner := _symbols(letter)) == 1:
        return (_marked(inner[0], marks),)
    return tuple(_transliterated(character))


def _marked(symbol: str, marks: list[str]) -> str:
    dotless = {"i": r"\imath", "j": r"\jmath"}.get(symbol, symbol)
    for mark in marks:
        dotless = f"\\{MARKS[mark]}{{{dotless}}}"
    return dotless


def _transliterated(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    name = unicodedata.name(character, "")
    found = re.fullmatch(r".*(?:LETTER|SYLLABLE|DIGRAPH) ([A-Z ]+?)(?: WITH .*)?", name)
    if found is None:
        return f"U{ord(character):04X}"
    sound = found[1].replace(" ", "").lower()
    return sound.capitalize() if character.isupper() else sound


def shortened(symbols: tuple[str, ...], dots: str) -> tuple[str, ...]:
    """The symbols, those in the middle replaced by dots where there are more than `LONGEST`."""
    if len(symbols) <= LONGEST:
        return symbols
    return (*symbols[: LONGEST // 2], dots, *symbols[-LONGEST // 4 :])


def is_word(text: str) -> bool:
    """Whether a subscript is a word (`prev`), set upright, and not letters side by side (`xh`, `h1`, `12`)."""
    letters = _without_digits(text)[0]
    return text not in GREEK and (len(letters) > 2 or letters in WORDS_OF_TWO)


def unicode_text(text: str, accent: str = "") -> str:
    """A part of a name for the terminal: Greek letters, accents, everything else as it is."""
    shown = GREEK.get(text, text)
    return unicodedata.normalize("NFC", shown + ACCENTS[accent][2]) if accent else shown
