"""Equations of the model language: left side, right side, and the range of each free index."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from derive.errors import LanguageError
from derive.model.language_expression import condition, expression
from derive.model.language_index import Context, as_quantity, as_ranges
from derive.model.language_names import Names
from derive.model.model import Equation, Range
from derive.model.parse import Parsed, error
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Condition, Expr, Quantity
from derive.writing.walk import substitute

_NEITHER = (
    "this line is neither an equation, `name = expression`, nor a condition, such as `x > 0`. Where it should go on "
    "from the line before, put the right side in brackets"
)


def equation(parsed: Parsed, names: Names) -> Equation:
    """`h[t+1] = E for t in range(T)`, with its left side brought to `h[t]` and t in range(1, T+1)."""
    context = Context(parsed.line, names)
    for part in parsed.ranges:
        for test in part.ifs:
            raise context.error(
                test, "the range of a left side has no filter: write `E if CONDITION else 0`, or two equations"
            )
    ranges, inner = as_ranges(parsed.ranges, context)
    left = _left(parsed, inner)
    right = expression(parsed.right, inner)
    written = Written(left, right, ranges)
    for found in ranges:
        written = _brought(written, found.symbol, parsed)
    return Equation(written.left, written.right, written.ranges, parsed.line.first)


def assumption(parsed: Parsed, names: Names) -> Condition:
    """A condition that the inputs are promised to satisfy, for every value of its letters."""
    negated = isinstance(parsed.right, ast.UnaryOp) and isinstance(parsed.right.op, ast.Not)
    if not negated and not isinstance(parsed.right, ast.Compare | ast.BoolOp):
        raise error(parsed.line, parsed.right, _NEITHER)
    _, inner = as_ranges(parsed.ranges, Context(parsed.line, names))
    return condition(parsed.right, inner)


def _left(parsed: Parsed, context: Context) -> Quantity:
    if parsed.left is None:
        raise error(parsed.line, parsed.right, _NEITHER)
    found = as_quantity(parsed.left, context)
    if found is None:
        raise context.error(parsed.left, "the left side is one quantity, such as C, x[i] or w(L)[j,k]")
    return found


@dataclass(frozen=True)
class Written:
    """The parts of an equation as they stand in the text."""

    left: Quantity
    right: Expr
    ranges: tuple[Range, ...]

    @property
    def places(self) -> tuple[Index, ...]:
        """The label, if there is one, and the indices of the left side."""
        return (*(() if self.left.label is None else (self.left.label,)), *self.left.indices)


def _brought(written: Written, letter: Symbol, parsed: Parsed) -> Written:
    """The equation with `letter` standing alone in its place on the left side: `x[t+1] => x[t]`, `x[n-1-i] => x[i]`."""
    places = [place for place in written.places if letter in place.symbols]
    if len(places) != 1:
        raise _misplaced(written, letter, len(places), parsed)
    place = places[0]
    rest = place - index(letter) if place.coefficient(letter) == 1 else place + index(letter)
    others = {found.symbol for found in written.ranges}
    if not rest.symbols.isdisjoint(others):
        raise parsed.line.error(
            f"the left side is one element for each {letter}, as in x[{letter}] or x[{letter}+1], and {place} is not "
            "of this kind: write the equation with the index that it defines",
            0,
            _column(parsed),
        )
    if place == index(letter):
        return written
    turned = place.coefficient(letter) == -1
    value = rest - index(letter) if turned else index(letter) - rest
    return _substituted(written, letter, value, turned)


def _substituted(written: Written, letter: Symbol, value: Index, turned: bool) -> Written:
    """The equation with `value` in the place of `letter`, and the range that `letter` then runs over."""
    left = substitute(written.left, {letter: value})
    right = substitute(written.right, {letter: value})
    ranges = tuple(
        _moved(r, letter, value, turned)
        if r.symbol == letter
        else Range(r.symbol, r.lower.substitute({letter: value}), r.upper.substitute({letter: value}))
        for r in written.ranges
    )
    return Written(left, right, ranges)


def _moved(found: Range, letter: Symbol, value: Index, turned: bool) -> Range:
    """lower <= value < upper, solved for `letter`."""
    if turned:  # value = rest - letter
        rest = value + index(letter)
        return Range(letter, rest - found.upper + 1, rest - found.lower + 1)
    rest = index(letter) - value
    return Range(letter, found.lower + rest, found.upper + rest)


def _misplaced(written: Written, letter: Symbol, count: int, parsed: Parsed) -> LanguageError:
    left, column = written.left, _column(parsed)
    if count == 0:
        whole = Quantity(left.family, left.label, (*left.indices, index(letter)))
        message = f"{letter} has a range but is not on the left side: sum over it on the right, or write {whole}"
    else:
        message = (
            f"{letter} stands in several places of {left}: give each its own letter, and write what the other elements "
            "are, as in x[i,j] = (E if i == j else 0) for i in range(n) for j in range(n)"
        )
    return parsed.line.error(message, 0, column)


def _column(parsed: Parsed) -> int:
    code = parsed.line.code[0]
    return len(code) - len(code.lstrip())
