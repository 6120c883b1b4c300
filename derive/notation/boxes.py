"""A piece of LaTeX with what its neighbours must know: its width, how tightly it binds, and what stands at its edges.

Widths are in em of the surrounding text, from the metrics of Computer Modern (measured with pdflatex); they are
meant to err on the wide side, because a line that is broken too early is better than one that leaves the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import ascii_letters
from typing import Literal, NamedTuple

Edge = Literal["", "digit", "fraction", "word"]

# How tightly an expression binds, loosest first. A place that needs more than its expression has gets brackets.
CASES, SUM, SIGNED, EXTREME, PRODUCT, FOLD, FACTOR, POWER, ATOM, NOTHING = range(10)
# The same for conditions, which stand only among themselves and beside the words of cases.
OR, AND, RELATION = range(3)


class Box(NamedTuple):
    """`height` is 0 where plain brackets are high enough, 1 with superscripts, 2 for fractions and large operators."""

    tex: str
    width: float
    level: int = ATOM
    height: int = 0
    first: Edge = ""
    last: Edge = ""


def _metrics(thousandths: str) -> dict[str, float]:
    return {letter: int(width) / 1000 for letter, width in zip(ascii_letters, thousandths.split(), strict=True)}


_ITALIC = _metrics("""
    529 429 433 520 466 597 513 576 345 469 552 318 878 600 485 503 482 479 469 361 572 521 743 572 526 509
    750 809 786 856 796 782 786 912 518 651 921 681 1079 912 791 781 791 767 671 723 792 806 1083 907 803 754
""")
_UPRIGHT = _metrics("""
    500 556 444 556 444 383 514 556 278 306 528 278 833 556 500 556 528 392 394 389 556 542 736 528 542 444
    750 708 722 764 681 653 785 750 361 514 778 625 917 750 778 681 778 736 556 722 750 764 1042 750 775 611
""")
_OPERATORS = {
    r"\sum": 1.45, r"\prod": 1.28, r"\max": 1.87, r"\min": 1.67, r"\exp": 1.53, r"\log": 1.3, r"\sin": 1.23,
    r"\cos": 1.34, r"\tan": 1.45, r"\tanh": 2.0, r"\sinh": 1.79, r"\cosh": 1.9,
}  # fmt: skip
OPERATORS = frozenset(_OPERATORS)
DOTS = r"\ldots "  # in the middle of a long word
_UPRIGHT[DOTS] = 1.4
_WIDEST_LETTER = 0.9  # Greek letters and letters with marks

SCRIPT = 0.8  # how wide a script is, beside the same in the text's size: smaller fonts are wider for their size
THIN = 0.17
PARTIAL = 0.59
BRACKETS = (0.4, 0.6, 0.88)  # one bracket around a box of each height
BINARY = 1.23  # a plus or a minus with its spaces
RELATION_SIGN = 1.34


def letters_width(symbols: Iterable[str], upright: bool = False) -> float:
    """The width of symbols side by side."""
    table = _UPRIGHT if upright else _ITALIC
    return sum(0.5 if s.isdigit() else table.get(s, _WIDEST_LETTER) for s in symbols)


def text_width(text: str) -> float:
    """The width of words in the text's own font."""
    return letters_width(text, upright=True)


def operator(tex: str) -> Box:
    """A named or large operator, with the thin spaces that TeX puts around it."""
    return Box(tex, _OPERATORS[tex] + THIN, height=2 if tex in {r"\sum", r"\prod"} else 0)


def bracketed(box: Box) -> Box:
    if not box.height:
        return Box(f"({box.tex})", box.width + 0.8)
    return Box(rf"\left({box.tex}\right)", box.width + 2 * (BRACKETS[box.height] + THIN), ATOM, box.height)


def applied(head: Box, arguments: Box) -> Box:
    """g(z), without the thin space that TeX puts before brackets that grow."""
    inside = bracketed(arguments)
    kern = r"\!" if inside.height else ""
    height = max(head.height, inside.height)
    return Box(head.tex + kern + inside.tex, head.width + inside.width, FACTOR, height, head.first)


def needing(box: Box, level: int) -> Box:
    """The box, in brackets where it binds less tightly than the place it stands in."""
    return box if box.level >= level else bracketed(box)


def scripted(base: Box, sub: Box | None, sup: Box | None, primes: int = 0, level: int = ATOM) -> Box:
    """base_{sub}'^{sup}"""
    if sub is None and sup is None and not primes:
        return base._replace(level=level)
    tex = base.tex
    if sub is not None:
        tex += f"_{{{sub.tex}}}"
    tex += "'" * primes
    if sup is not None:
        tex += f"^{{{sup.tex}}}"
    above = (sup.width * SCRIPT if sup else 0) + 0.3 * primes
    width = base.width + max(sub.width * SCRIPT if sub else 0, above) + 0.06
    return Box(tex, width, level, max(base.height, int(sup is not None)), base.first, base.last)


def fraction(above: Box, below: Box) -> Box:
    edge: Edge = "fraction" if above.first == "digit" else ""
    return Box(
        rf"\frac{{{above.tex}}}{{{below.tex}}}", max(above.width, below.width) + 0.25, FACTOR, 2, first=edge, last=edge
    )


def joined(boxes: Sequence[Box], separator: str, space: float, level: int = ATOM) -> Box:
    """Boxes side by side with the same separator."""
    if len(boxes) == 1:
        return boxes[0]
    return Box(
        separator.join(b.tex for b in boxes),
        sum(b.width for b in boxes) + space * (len(boxes) - 1),
        level,
        max((b.height for b in boxes), default=0),
        boxes[0].first if boxes else "",
        boxes[-1].last if boxes else "",
    )


# What stands between two factors, by the edges that meet there: two numbers never touch, nor do two words.
def between(left: Edge, right: Edge) -> tuple[str, float]:
    if right == "digit" or (right == "fraction" and left in {"digit", "fraction"}):
        return r" \cdot ", 0.73
    if "word" in (left, right):
        return r"\, ", THIN
    return " ", 0.0


def product(factors: Sequence[Box]) -> Box:
    """Factors side by side, with a dot or a thin space where their edges ask for one."""
    tex, width, last = factors[0].tex, factors[0].width, factors[0].last
    for factor in factors[1:]:
        separator, space = between(last, factor.first)
        tex += separator + factor.tex
        width += space + factor.width
        last = factor.last
    return Box(tex, width, PRODUCT, max(f.height for f in factors), factors[0].first, last)
