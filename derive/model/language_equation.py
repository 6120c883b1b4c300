"""Equations of the model language: left side, right side, and the range of each free index."""

from __future__ import annotations

import ast

from derive.errors import LanguageError
from derive.model.concrete import places
from derive.model.language_expression import condition, expression
from derive.model.language_index import Context, as_quantity, as_ranges
from derive.model.language_names import Names
from derive.model.model import Equation, Range
from derive.model.parse import Parsed, error
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Condition, Quantity
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
    found = Equation(left, right, ranges, parsed.line.first)
    for letter in (r.symbol for r in ranges):
        found = _brought(found, letter, parsed)
    return found


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


def _brought(found: Equation, letter: Symbol, parsed: Parsed) -> Equation:
    """The equation with `letter` standing alone in its place on the left side: `x[t+1] => x[t]`, `x[n-1-i] => x[i]`."""
    standing = [place for place in places(found.left) if letter in place.symbols]
    if len(standing) != 1:
        raise _misplaced(found.left, letter, len(standing), parsed)
    place = standing[0]
    turned = place.coefficient(letter) == -1
    rest = place + index(letter) if turned else place - index(letter)
    if not rest.symbols.isdisjoint(r.symbol for r in found.ranges):
        raise parsed.line.error(
            f"the left side is one element for each {letter}, as in x[{letter}] or x[{letter}+1], and {place} is not "
            "of this kind: write the equation with the index that it defines",
            0,
            _column(parsed),
        )
    if place == index(letter):
        return found
    value = {letter: rest - index(letter) if turned else index(letter) - rest}
    ranges = tuple(
        _moved(r, rest, turned)
        if r.symbol == letter
        else Range(r.symbol, r.lower.substitute(value), r.upper.substitute(value))
        for r in found.ranges
    )
    return Equation(substitute(found.left, value), substitute(found.right, value), ranges, found.line)


def _moved(found: Range, rest: Index, turned: bool) -> Range:
    """The range of `letter + rest`, or of `rest - letter`, where `found` is that of the letter."""
    if turned:
        return Range(found.symbol, rest - found.upper + 1, rest - found.lower + 1)
    return Range(found.symbol, found.lower + rest, found.upper + rest)


def _misplaced(left: Quantity, letter: Symbol, count: int, parsed: Parsed) -> LanguageError:
    if count == 0:
        whole = Quantity(left.family, left.label, (*left.indices, index(letter)))
        message = f"{letter} has a range but is not on the left side: sum over it on the right, or write {whole}"
    else:
        message = (
            f"{letter} stands in several places of {left}: give each its own letter, and write what the other elements "
            "are, as in x[i,j] = (E if i == j else 0) for i in range(n) for j in range(n)"
        )
    return parsed.line.error(message, 0, _column(parsed))


def _column(parsed: Parsed) -> int:
    code = parsed.line.code[0]
    return len(code) - len(code.lstrip())
