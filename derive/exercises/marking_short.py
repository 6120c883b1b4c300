"""Short answers: letters, orders, the names of rules, numbers, shapes and indices, in the ways in which people write
them. Each marker reads one answer and says what it is worth.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from fractions import Fraction

from derive.errors import LanguageError
from derive.exercises.answers import Choice, IndexText, Numeral, Order, RuleName, Selection, Shape
from derive.exercises.verdict import NOTHING, Verdict, right, unreadable, wrong
from derive.model.language import read_index
from derive.pages.blocks import Message
from derive.writing.index import Index, Symbol, index

DIGITS = 40
EXPONENT = 60

_WORDS = re.compile(r"\\(?:text|textrm|textbf|textit|mathrm|mathbf|mathit|mbox|operatorname)\s*\{([^{}]*)\}")
_MARKUP = re.compile(r"\$|\\[()\[\]{},;:! ]|\\(?:left|right|displaystyle|quad|qquad)(?![A-Za-z])|~")
_MACROS = {r"\times": "x", r"\cdot": "*", r"\ast": "*", r"\to": " ", r"\rightarrow": " ", r"\approx": "="}
_MACRO = re.compile("(?:" + "|".join(map(re.escape, _MACROS)) + r")(?![A-Za-z])")


def bare(text: str) -> str:
    """The answer without what only sets it: $, \\text, \\left, thin spaces, and characters with a simpler twin."""
    plain = _WORDS.sub(r"\1", unicodedata.normalize("NFKC", text.strip()))
    plain = _MARKUP.sub(" ", plain.replace("−", "-").replace("×", "x").replace("·", "*").replace("→", " "))
    return " ".join(_MACRO.sub(lambda found: _MACROS[found[0]], plain).split())


def letter(position: int) -> str:
    """A for the first."""
    return chr(ord("A") + position)


# ---------------------------------------------------------------- letters

_ONE = re.compile(r"[(\[{]?\s*([A-Za-z])\s*[)\]}.:]?")
_NONE = {"none", "keine", "keiner", "keines", "ninguna", "ninguno", "aucune", "aucun", "无", "没有"}
_NO_LETTERS = _NONE | {"-", "--", "0", "∅", r"\emptyset", r"\varnothing", "{}", "()"}
_INTRUDER = re.compile(r"\s*(?:[;/|]|\bnot\b|\bwithout\b)\s*", re.IGNORECASE)


def choice(expected: Choice, text: str) -> Verdict:
    """`B`, `b)`, `(b)`"""
    found, last = _ONE.fullmatch(bare(text)), letter(len(expected.options) - 1)
    if found is None or found[1].upper() > last:
        return unreadable(Message("marking.choice.unreadable", {"last": last}))
    given = ord(found[1].upper()) - ord("A")
    if given == expected.right:
        return right(letter(given))
    message, mistake = Message("marking.choice.wrong", {"given": letter(given)}), expected.options[given].mistake
    return wrong(message, letter(given), mistake=mistake)


def letters(text: str, last: str) -> list[int] | None:
    """The positions that letters up to `last` stand for, `C A B`, `c, a, b`, `CAB`; None where they are none."""
    found = re.sub(r"[\s,.()\[\]{}<>&+\-]+|\band\b", "", text).upper()
    if not found or not all("A" <= c <= last for c in found) or len(set(found)) < len(found):
        return None
    return [ord(c) - ord("A") for c in found]


def order(expected: Order, text: str) -> Verdict:
    """`C A B D`, `C, A, B, D`, `CABD`; a line that belongs nowhere is left out, or named after a semicolon."""
    everything = {*expected.order} | ({expected.intruder} - {None})
    last = letter(max(place for place in everything if place is not None))
    parts = _INTRUDER.split(bare(text))
    read = [letters(part, last) for part in parts]
    if not 1 <= len(read) <= 2 or any(part is None for part in read):
        return unreadable(Message("marking.order.unreadable", {"last": last}))
    given, apart = read[0] or [], (read[1] or [] if len(read) == 2 else [])
    said = " ".join(map(letter, given)) + (f"; {letter(apart[0])}" if apart else "")
    if tuple(given) == expected.order and apart in ([], [expected.intruder]):
        return right(said)
    return _disorder(expected, given, said)


def _disorder(expected: Order, given: list[int], said: str) -> Verdict:
    """One mark for each line that stands after one that it should stand after; the intruder costs one."""
    places = [expected.order.index(place) for place in given if place in expected.order]
    steps = max(len(expected.order) - 1, 1)
    intruded = expected.intruder in given and expected.intruder is not None
    earned = max(_in_order(places) - 1 - intruded, 0)
    key = "intruder" if intruded else "missing" if len(places) < len(expected.order) else "wrong"
    first = next((i for i, (a, b) in enumerate(zip(given, expected.order, strict=False)) if a != b), len(given))
    values = {"first": first + 1, "intruder": letter(expected.intruder or 0)}
    return wrong(Message(f"marking.order.{key}", values), said, credit=Fraction(earned, steps + intruded))


def _in_order(places: list[int]) -> int:
    """The length of the longest part that rises."""
    tails: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(tails)


def selection(expected: Selection, text: str) -> Verdict:
    """`A, C`, `none`"""
    said = bare(text).lower()
    given = [] if said in _NO_LETTERS else letters(said, letter(expected.count - 1))
    if given is None:
        return unreadable(Message("marking.selection.unreadable", {"last": letter(expected.count - 1)}))
    shown = ", ".join(map(letter, sorted(given))) or "none"
    missing, extra = sorted({*expected.right} - {*given}), sorted({*given} - {*expected.right})
    if not missing and not extra:
        return right(shown)
    values = {"missing": tuple(map(letter, missing)), "extra": tuple(map(letter, extra))}
    earned = max(len(expected.right) - len(missing) - len(extra), 0)
    credit = Fraction(earned, len(expected.right)) if expected.right else NOTHING
    return wrong(Message("marking.selection.wrong", values), shown, credit=credit)


# ---------------------------------------------------------------- the names of rules

_ARTICLES = re.compile(
    r"\b(?:the|a|an|rule|law|by|of|der|die|das|el|la|los|las|le|les|l|regla|règle|regle|de|del|du|des|d)\b|[^\w]+",
    re.UNICODE,
)


def normal(name: str) -> str:
    """A rule's name without what people leave out or add: case, articles, the word rule."""
    return "".join(_ARTICLES.sub(" ", unicodedata.normalize("NFKC", name).casefold()).split())


def rule_name(expected: RuleName, text: str, names: Mapping[str, frozenset[str]]) -> Verdict:
    """Its key, or its name in any language; `names` has the rules that each name, as `normal` makes it, stands for."""
    said = normal(bare(text))
    if said == normal(expected.rule) or expected.rule in names.get(said, ()):
        return right(bare(text))
    if said not in names:
        return unreadable(Message("marking.rule.unreadable"))
    return wrong(Message("marking.rule.wrong", {"given": min(names[said])}), bare(text))


# ---------------------------------------------------------------- numbers

_FRACTION = re.compile(r"\\[dt]?frac\s*(?:\{\s*(-?\s*[\d.]+)\s*\}\s*\{\s*([\d.]+)\s*\}|(\d)\s*(\d))")
_SCIENTIFIC = re.compile(r"\s*(?:\*|x)\s*10\s*\^\s*(?:\{\s*([+-]?\s*\d+)\s*\}|([+-]?\d+))")
_NUMBER = re.compile(
    r"(?:[^=]{0,60}=\s*)?\(?\s*([+-]?)\s*(\d*(?:[.]\d*)?)(?:e([+-]?\d+))?(?:\s*/\s*(\d*(?:[.]\d*)?))?\s*\)?\s*(%?)\s*",
    re.IGNORECASE,
)


def number(text: str) -> Fraction | None:
    """`-3/4`, `-0.75`, `-0,75`, `-7.5e-1`, `-\\frac{3}{4}`, each also after `x =`; None where it is something else."""
    said = re.sub(r"(?<=\d),(?=\d)", ".", bare(text).replace("{,}", ","))
    said = re.sub(r"\\?%", "%", _FRACTION.sub(_spelled, said))
    said = _SCIENTIFIC.sub(lambda found: f"e{(found[1] or found[2]).replace(' ', '')}", said)
    found = _NUMBER.fullmatch(said)
    if found is None:
        return None
    sign, above, exponent, below, percent = found.groups()
    if not _counts(above) or (below is not None and not _counts(below)):
        return None
    if abs(int(exponent or 0)) > EXPONENT or (below is not None and not Fraction(below)):
        return None
    value = Fraction(above) * Fraction(10) ** int(exponent or 0) / Fraction(below or 1)
    return value * (-1 if sign == "-" else 1) / (100 if percent else 1)


def _spelled(found: re.Match[str]) -> str:
    above, below = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    return f"{above.replace(' ', '')}/{below}"


def _counts(digits: str) -> bool:
    """Whether this is a number, and not too long to be read."""
    return re.fullmatch(r"\d+\.?\d*|\.\d+", digits) is not None and len(digits) <= DIGITS


def numeral(expected: Numeral, text: str) -> Verdict:
    """A fraction or a decimal, in any notation that `number` reads."""
    given = number(text)
    if given is None:
        return unreadable(Message("marking.number.unreadable"))
    shown = str(given)
    if abs(given - expected.value) <= expected.tolerance:
        return right(shown)
    if given == -expected.value:
        return wrong(Message("marking.number.sign"), shown)
    if expected.value and abs(given / expected.value - 1) < Fraction(1, 100):
        return wrong(Message("marking.number.rounded", {"decimals": _decimals(expected)}), shown)
    return wrong(Message("marking.number.wrong"), shown)


def _decimals(expected: Numeral) -> int | None:
    """The decimals that the tolerance asks for; None where the number itself is asked."""
    if not expected.tolerance:
        return None
    return next((n for n in range(EXPONENT) if Fraction(1, 2 * 10**n) <= expected.tolerance), 0)


# ---------------------------------------------------------------- indices and shapes

_LABELLED = re.compile(r"([A-Za-z]\w*)\s*(?:_\s*(?:\{([^{}]*)\}|(\w))|\^\s*\{?\s*\(([^()]*)\)\s*\}?)")
_IMPLICIT = re.compile(r"(?<=\d)\s*(?=[A-Za-z(])")
_AXES = re.compile(r"\s+by\s+|\s*[,;]\s*|(?<=[\w)\]}\s])x(?=[\w(\[{\s])|\*", re.IGNORECASE)


def read_bare_index(text: str) -> Index | None:
    """`L-1`, `n(L)-1`, `n_L`, `n^{(L)}`, `2n`; None where it is something else."""
    said = _LABELLED.sub(lambda found: f"{found[1]}({next(g for g in found.groups()[1:] if g is not None)})", text)
    said = _IMPLICIT.sub("*", said.replace("{", "(").replace("}", ")"))
    try:
        return read_index(said)
    except LanguageError:
        return None


def same_index(given: Index, expected: Index, sizes: Mapping[Symbol, int]) -> bool:
    """Whether both are one number: as written, with one letter for the sizes of all layers, or by what is known."""
    if given == expected or given == without_labels(expected):
        return True
    known: dict[Symbol, Index] = {symbol: index(value) for symbol, value in sizes.items()}
    value = expected.substitute(known).value
    return value is not None and value == given.substitute(known).value


def without_labels(found: Index) -> Index:
    """n(L) - 1 => n - 1"""
    return found.substitute({s: index(Symbol(s.name)) for s in found.symbols if s.label is not None})


def index_text(expected: IndexText, text: str, sizes: Mapping[Symbol, int]) -> Verdict:
    """An index, a label or one end of a range."""
    given = read_bare_index(bare(text))
    if given is None:
        return unreadable(Message("marking.index.unreadable"))
    if same_index(given, expected.index, sizes):
        return right(str(given))
    return wrong(Message("marking.index.wrong", {"given": given, "off": _off(given, expected.index)}), str(given))


def _off(given: Index, expected: Index) -> int | None:
    """By how much it is too large, where that is a number."""
    return (without_labels(given) - without_labels(expected)).value


def shape(expected: Shape, text: str, sizes: Mapping[Symbol, int]) -> Verdict:
    """`4x6`, `4 \\times 6`, `(4, 6)`, `n by m`"""
    said = _stripped(bare(text))
    given = [read_bare_index(part.strip()) for part in _AXES.split(said)]
    known = {symbol.name for size in expected.sizes for symbol in size.symbols}
    axes = [axis for axis in given if axis is not None and all(s.name in known or _is_size(s) for s in axis.symbols)]
    if len(axes) < len(given):
        return unreadable(Message("marking.shape.unreadable"))
    shown = " x ".join(map(str, axes))
    if _same_axes(axes, expected.sizes, sizes):
        return right(shown)
    if _same_axes(axes[::-1], expected.sizes, sizes):
        return wrong(Message("marking.shape.transposed"), shown)
    key = "wrong" if len(axes) == len(expected.sizes) else "axes"
    return wrong(Message(f"marking.shape.{key}", {"count": len(expected.sizes)}), shown)


def _is_size(symbol: Symbol) -> bool:
    """Whether somebody may mean a size by it: a word is none, and x stands between sizes."""
    return len(symbol.name) == 1 and symbol.name != "x"


def _same_axes(given: list[Index], expected: tuple[Index, ...], sizes: Mapping[Symbol, int]) -> bool:
    return len(given) == len(expected) and all(
        same_index(one, other, sizes) for one, other in zip(given, expected, strict=True)
    )


def _stripped(text: str) -> str:
    """The text without one pair of brackets around all of it."""
    return text[1:-1] if re.fullmatch(r"[(\[][^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*[)\]]", text) else text
