"""Letters with their scripts for the terminal: raised and lowered where Unicode has every character for it."""

from __future__ import annotations

from derive.notation.names import is_word, parsed, unicode_text
from derive.notation.notations import FUNCTIONS, Notation
from derive.writing.index import BLANK, Index, Monomial, Symbol
from derive.writing.nodes import Function

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))


def raised(text: str) -> str | None:
    """The text as a superscript, where Unicode has one for each of its characters."""
    return "".join(SUPERSCRIPTS[c] for c in text) if all(c in SUPERSCRIPTS for c in text) else None


def lowered(text: str) -> str | None:
    """The text as a subscript, likewise."""
    return "".join(SUBSCRIPTS[c] for c in text) if all(c in SUBSCRIPTS for c in text) else None


def scripted(base: str, sub: str, label: str = "", primes: int = 0, word: bool = False) -> str:
    """base with a subscript, primes, and a label: raised and lowered where all of it can be; a word stays as it is."""
    low, high = lowered(sub), raised(label)
    if low is not None and high is not None and not word:
        return base + low + "′" * primes + high
    below = f"_{{{sub}}}" if len(sub) > 1 and not (word and sub.isalnum()) else f"_{sub}" if sub else ""
    return base + below + "′" * primes + (f"^{label}" if label else "")


def named(identifier: str, below: str = "", label: str = "", primes: int = 0) -> str:
    name = parsed(identifier)
    parts = [unicode_text(part) for part in name.subscripts] + ([below] if below else [])
    word = any(map(is_word, name.subscripts))
    return scripted(unicode_text(name.base, name.accent), ",".join(parts), label, primes, word)


def symbol_text(symbol: Symbol, notation: Notation) -> str:
    if symbol.name == BLANK and symbol.label is not None:
        return f"[{symbol.label.value}]"
    label = notation.subscript(symbol)
    return named(notation.letter(symbol), index_text(label, notation) if label is not None else "")


def index_text(index: Index, notation: Notation) -> str:
    """n−1, 2k+1"""
    text = ""
    for monomial, coefficient in index.signed_terms():
        sign = "−" if coefficient < 0 else "+" if text else ""
        text += sign + _term(monomial, abs(coefficient), notation)
    return text or "0"


def _term(monomial: Monomial, coefficient: int, notation: Notation) -> str:
    letters = [symbol_text(symbol, notation) for symbol in monomial]
    return " ".join([str(coefficient), *letters] if coefficient != 1 or not letters else letters)


def indices_text(indices: tuple[Index, ...], notation: Notation) -> str:
    return notation.separator(indices).join(index_text(i, notation) for i in indices)


def label_text(label: Index | None, notation: Notation) -> str:
    left, right = notation.label
    return "" if label is None else left + index_text(label, notation) + right


def function_text(function: Function, notation: Notation) -> str:
    """g′⁽ᴸ⁾, σ, tanh, ReLU; ∂₁ for a derivative by the first of several arguments."""
    label = label_text(function.label, notation)
    own = notation.function(function.name)
    name = FUNCTIONS.get(own, own)
    if len(function.orders) == 1:
        return named(name, "", label, function.orders[0])
    partials = (_partial(i, order) for i, order in enumerate(function.orders, 1) if order)
    return "".join(partials) + named(name, "", label)


def _partial(position: int, order: int) -> str:
    return scripted("∂", str(position)) + ("" if order == 1 else raised(str(order)) or "")
