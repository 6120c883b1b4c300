"""A piece of ink with what its neighbours must know: its width, how tightly it binds, and what stands at its edges.

Widths are in em of the surrounding text, from the metrics of Computer Modern (measured with pdflatex); they are
meant to err on the wide side, because a line that is broken too early is better than one that leaves the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import ascii_letters
from typing import Literal, NamedTuple

from derive.notation.ink import (
    BACK,
    BESIDE,
    EMPTY,
    THIN,
    Digits,
    Fenced,
    Fraction,
    Ink,
    Operator,
    Row,
    Scripts,
    Sign,
)

Edge = Literal["", "digit", "fraction", "word"]

# How tightly an expression binds, loosest first. A place that needs more than its expression has gets brackets.
CASES, SUM, SIGNED, EXTREME, PRODUCT, FOLD, FACTOR, POWER, ATOM, NOTHING = range(10)
# The same for conditions, which stand only among themselves and beside the words of cases.
OR, AND, RELATION = range(3)


class Box(NamedTuple):
    """`height` is 0 where plain brackets are high enough, 1 with superscripts, 2 for fractions and large operators."""

    ink: Ink
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
    "sum": 1.45, "prod": 1.28, "max": 1.87, "min": 1.67, "exp": 1.53, "log": 1.3, "sin": 1.23, "cos": 1.34,
    "tan": 1.45, "tanh": 2.0, "sinh": 1.79, "cosh": 1.9,
}  # fmt: skip
OPERATORS = frozenset(_OPERATORS)
DOTS = "\N{HORIZONTAL ELLIPSIS}"  # in the middle of a long word
_UPRIGHT[DOTS] = 1.4
_WIDEST_LETTER = 0.9  # Greek letters and letters with marks

SCRIPT = 0.8  # how wide a script is, beside the same in the text's size: smaller fonts are wider for their size
THIN_SPACE = 0.17
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


PARTIAL_SIGN = Box(Sign("partial"), 0.59)


def number(digits: str) -> Box:
    return Box(Digits(digits), 0.5 * len(digits), ATOM, 0, "digit", "digit")


def operator(name: str) -> Box:
    """A named or large operator, with the thin spaces that TeX puts around it."""
    return Box(Operator(name), _OPERATORS[name] + THIN_SPACE, height=2 if name in {"sum", "prod"} else 0)


def bracketed(box: Box) -> Box:
    if not box.height:
        return Box(Fenced("(", box.ink, ")"), box.width + 0.8)
    return Box(Fenced("(", box.ink, ")", "grow"), box.width + 2 * (BRACKETS[box.height] + THIN_SPACE), ATOM, box.height)


def applied(head: Box, arguments: Box) -> Box:
    """g(z), without the thin space that TeX puts before brackets that grow."""
    inside = bracketed(arguments)
    parts = (head.ink, BACK, inside.ink) if inside.height else (head.ink, inside.ink)
    return Box(Row(parts), head.width + inside.width, FACTOR, max(head.height, inside.height), head.first)


def needing(box: Box, level: int) -> Box:
    """The box, in brackets where it binds less tightly than the place it stands in."""
    return box if box.level >= level else bracketed(box)


def scripted(base: Box, sub: Box | None, sup: Box | None, primes: int = 0, level: int = ATOM) -> Box:
    """base_{sub}'^{sup}"""
    if sub is None and sup is None and not primes:
        return base._replace(level=level)
    ink = Scripts(base.ink, sub and sub.ink, sup and sup.ink, primes)
    above = (sup.width * SCRIPT if sup else 0) + 0.3 * primes
    width = base.width + max(sub.width * SCRIPT if sub else 0, above) + 0.06
    return Box(ink, width, level, max(base.height, int(sup is not None)), base.first, base.last)


def fraction(above: Box, below: Box) -> Box:
    edge: Edge = "fraction" if above.first == "digit" else ""
    return Box(Fraction(above.ink, below.ink), max(above.width, below.width) + 0.25, FACTOR, 2, first=edge, last=edge)


def joined(boxes: Sequence[Box], separator: Ink | None, space: float, level: int = ATOM) -> Box:
    """Boxes side by side with the same separator."""
    if len(boxes) == 1:
        return boxes[0]
    return Box(
        beside([b.ink for b in boxes], separator),
        sum(b.width for b in boxes) + space * (len(boxes) - 1),
        level,
        max((b.height for b in boxes), default=0),
        boxes[0].first if boxes else "",
        boxes[-1].last if boxes else "",
    )


def beside(inks: Sequence[Ink], separator: Ink | None = None) -> Row:
    """Ink side by side with the same separator."""
    if separator is None:
        return Row(tuple(inks))
    return Row(tuple(part for ink in inks for part in (separator, ink))[1:])


CDOT = Sign("cdot")


# What stands between two factors, by the edges that meet there: two numbers never touch, nor do two words.
def between(left: Edge, right: Edge) -> tuple[Ink, float]:
    if right == "digit" or (right == "fraction" and left in {"digit", "fraction"}):
        return CDOT, 0.73
    if "word" in (left, right):
        return THIN, THIN_SPACE
    return BESIDE, 0.0


def product(factors: Sequence[Box]) -> Box:
    """Factors side by side, with a dot or a thin space where their edges ask for one."""
    parts, width, last = [factors[0].ink], factors[0].width, factors[0].last
    for factor in factors[1:]:
        separator, space = between(last, factor.first)
        parts += (separator, factor.ink)
        width += space + factor.width
        last = factor.last
    return Box(Row(tuple(parts)), width, PRODUCT, max(f.height for f in factors), factors[0].first, last)


NO_BOX = Box(EMPTY, 0.0)
