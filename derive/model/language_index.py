"""Indices, labels, sizes and ranges of the model language."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from typing import cast

from derive.errors import LanguageError
from derive.model.language_names import Names
from derive.model.model import Range
from derive.model.names import CONSTANTS, FOLDS, RESERVED
from derive.model.parse import chain, error, is_whole, shape, written
from derive.model.scan import MAX_DIGITS, Line
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Quantity

MAX_INDICES = 8
MAX_TERMS = 50
MAX_DEGREE = 4

_INDEX = "is made of whole numbers, letters and sizes with +, - and *"


@dataclass(frozen=True)
class Context:
    """Where a node stands: its line, what the names of the text are, and the letters that ranges around it bind."""

    line: Line
    names: Names
    bound: frozenset[str] = frozenset()

    def within(self, letters: Iterable[str]) -> Context:
        return Context(self.line, self.names, self.bound | frozenset(letters))

    def is_letter(self, name: str) -> bool:
        return name in self.bound or name in self.names.letters

    def error(self, node: ast.expr | ast.comprehension, message: str) -> LanguageError:
        return error(self.line, node, message)


# ---------------------------------------------------------------- indices


@singledispatch
def as_index(node: ast.expr, context: Context) -> Index:
    """The whole number that an index, a label or a limit of a range is."""
    raise context.error(node, f"an index {_INDEX}, such as i+u or 2*i-1")


@as_index.register
def index_of_constant(node: ast.Constant, context: Context) -> Index:
    if isinstance(node.value, int) and is_whole(node):
        return index(node.value)
    raise context.error(node, f"an index is a whole number, not {written(context.line, node)}")


@as_index.register
def index_of_name(node: ast.Name, context: Context) -> Index:
    return index(Symbol(letter(node, context)))


def letter(node: ast.Name, context: Context) -> str:
    """The name as that of a letter or a size."""
    if node.id in CONSTANTS:
        raise context.error(node, f"an index is a whole number, not {node.id}")
    if node.id in RESERVED:
        raise context.error(node, f"{node.id} is a function, so it cannot name an index or a size")
    return node.id


@as_index.register
def index_of_call(node: ast.Call, context: Context) -> Index:
    """n(L): the size of layer L"""
    match node:
        case ast.Call(func=ast.Name(id="len")):
            raise context.error(node, "a size has a letter: write `range(n)` rather than `range(len(x))`")
        case ast.Call(func=ast.Name() as name, args=[label], keywords=[]):
            return index(Symbol(letter(name, context), as_index(label, context)))
    raise context.error(node, "a size has one label, as in n(L)")


@as_index.register
def index_of_subscript(node: ast.Subscript, context: Context) -> Index:
    raise context.error(node, "an element of a quantity is no index; the size of a layer is written n(L)")


@as_index.register
def index_of_unary(node: ast.UnaryOp, context: Context) -> Index:
    sign, body = 1, cast(ast.expr, node)
    while isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.USub | ast.UAdd):  # a long row of signs is no tree
        sign = -sign if isinstance(body.op, ast.USub) else sign
        body = body.operand
    if isinstance(body, ast.UnaryOp):
        raise context.error(node, f"an index {_INDEX}")
    return as_index(body, context) * sign


@as_index.register
def index_of_operation(node: ast.BinOp, context: Context) -> Index:
    flat = (ast.Mult,) if isinstance(node.op, ast.Mult) else (ast.Add, ast.Sub)
    first, rest = chain(node, flat)
    if not rest:
        raise context.error(node, f"an index {_INDEX}; give anything else a letter of its own")
    total = as_index(first, context)
    for operator, part in rest:
        total = _bounded(_OPERATIONS[type(operator)](total, as_index(part, context)), node, context)
    return total


_OPERATIONS = {ast.Add: Index.__add__, ast.Sub: Index.__sub__, ast.Mult: Index.__mul__}


def _bounded(found: Index, node: ast.expr, context: Context) -> Index:
    if len(found.terms) > MAX_TERMS or any(len(monomial) > MAX_DEGREE for monomial, _ in found.terms):
        raise context.error(node, f"an index may have at most {MAX_TERMS} terms of at most {MAX_DEGREE} letters each")
    if any(abs(coefficient) >= 10**MAX_DIGITS for _, coefficient in found.terms):
        raise context.error(node, f"a number may have at most {MAX_DIGITS} digits")
    return found


def is_index(node: ast.expr, context: Context) -> bool:
    """Whether an expression is made of letters, sizes and whole numbers alone, so that it is one index."""
    rest = [node]
    while rest:
        match rest.pop():
            case ast.Name(id=name) if context.is_letter(name):
                pass
            case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in context.names.sizes:
                pass
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                rest.append(operand)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
                rest += [left, right]
            case part if not is_whole(part):
                return False
    return True


# ---------------------------------------------------------------- quantities


def as_quantity(node: ast.expr, context: Context) -> Quantity | None:
    """The node as name(label)[indices]; None where it is something else."""
    found = shape(node)
    if found is None:
        return None
    if found.name in RESERVED:
        raise context.error(node, _reserved(found.name))
    if found.name in CONSTANTS and found.label is None and not found.indices:
        raise context.error(node, f"{found.name} is a constant: give the quantity another name")
    if len(found.indices) > MAX_INDICES:
        raise context.error(node, f"a quantity may have at most {MAX_INDICES} indices")
    label = None if found.label is None else as_index(found.label, context)
    return Quantity(found.name, label, tuple(_affine(i, context) for i in found.indices))


def _reserved(name: str) -> str:
    if name in FOLDS or name == "range":
        return f"{name} is a word of the language, so it cannot name a quantity: write {name}_"
    return (
        f"{name} is a function, so it cannot name a quantity: apply it to an element, as in {name}(z[j]), or write "
        f"{name}_"
    )


def _affine(node: ast.expr, context: Context) -> Index:
    found = as_index(node, context)
    for monomial, _ in found.terms:
        if sum(symbol.name in context.bound and symbol.label is None for symbol in monomial) > 1:
            raise context.error(node, f"an index may not multiply letters that run over ranges, as {found} does")
    return found


# ---------------------------------------------------------------- ranges


def as_ranges(parts: Iterable[ast.comprehension], context: Context) -> tuple[tuple[Range, ...], Context]:
    """The ranges in order, and the context of what they bind their letters in."""
    ranges: list[Range] = []
    for part in parts:
        found = as_range(part, context)
        if found.symbol in (r.symbol for r in ranges):
            raise context.error(part, f"{found.symbol} runs over two ranges: give one of them another letter")
        ranges.append(found)
        context = context.within([found.symbol.name])
    return tuple(ranges), context


def as_range(part: ast.comprehension, context: Context) -> Range:
    """for k in range(a, b)"""
    match part.target:
        case ast.Name() as name:
            symbol = Symbol(letter(name, context))
        case _:
            raise context.error(part, "one letter runs over one range: write `for i in range(n) for j in range(m)`")
    match part.iter:
        case ast.Call(func=ast.Name(id="range"), args=[upper], keywords=[]):
            return Range(symbol, index(0), as_index(upper, context))
        case ast.Call(func=ast.Name(id="range"), args=[lower, upper], keywords=[]):
            return Range(symbol, as_index(lower, context), as_index(upper, context))
        case ast.Call(func=ast.Name(id="range"), args=[_, _, _], keywords=[]):
            raise context.error(part.iter, "a range has no step: write it into the index, as in x[2*i]")
    raise context.error(part.iter, f"{symbol} runs over a range: write `for {symbol} in range(n)`")
