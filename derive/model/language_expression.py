"""Expressions and conditions of the model language: from Python's trees to written ones, which hold what is written."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction
from functools import singledispatch
from typing import Literal, cast

from derive.model.language_index import Context, as_index, as_quantity, as_ranges, is_index
from derive.model.names import CONSTANTS, FOLDS, OF_SEVERAL, RESERVED, function_name
from derive.model.parse import chain, starts_bare, written
from derive.writing.index import Symbol, index
from derive.writing.nodes import (
    Apply,
    Cases,
    Compare,
    Condition,
    Constant,
    Expr,
    Fold,
    Function,
    IndexValue,
    Logic,
    Negative,
    Not,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
)

_NO_NUMBER = "a condition is no number: write `1 if i == j else 0`"
_NO_CONDITION = "a condition compares two expressions, as in `i < n`"

OTHERS: dict[type[ast.expr], str] = {
    ast.Compare: _NO_NUMBER,
    ast.BoolOp: _NO_NUMBER,
    ast.GeneratorExp: "a range stands inside sum(…), prod(…), max(…) or min(…), or at the end of the line",
    ast.ListComp: "a range stands inside sum(…), prod(…), max(…) or min(…), or at the end of the line",
    ast.Tuple: "one expression is expected, and commas make several",
    ast.List: "lists are not in the model language: an element is written x[i], with its range",
    ast.Starred: "a product is written a*b, with a factor on both sides",
}


@singledispatch
def expression(node: ast.expr, context: Context) -> Expr:
    """The expression as a tree."""
    raise context.error(node, OTHERS.get(type(node), "this is not in the model language"))


# ---------------------------------------------------------------- leaves


@expression.register
def of_constant(node: ast.Constant, context: Context) -> Expr:
    if isinstance(node.value, bool):
        raise context.error(node, _NO_NUMBER)
    digits = written(context.line, node)
    return Number(Fraction(digits), decimal=not digits.replace("_", "").isdigit())


@expression.register
def of_name(node: ast.Name, context: Context) -> Expr:
    if context.is_letter(node.id):
        return IndexValue(index(Symbol(node.id)))
    if node.id in CONSTANTS:
        return Constant(node.id)
    if node.id in FOLDS or node.id == "range":
        raise context.error(node, _not_a_fold(node.id))
    if node.id in RESERVED or node.id in context.names.functions:
        raise context.error(node, f"{node.id} is a function: apply it, as in {node.id}(z)")
    return _quantity(node, context)


@expression.register
def of_subscript(node: ast.Subscript, context: Context) -> Expr:
    return _quantity(node, context)


def _quantity(node: ast.expr, context: Context) -> Expr:
    found = as_quantity(node, context)
    if found is None:
        raise context.error(node, "indices stand behind a name, or behind its label, as in w(L)[j,k]")
    return found


# ---------------------------------------------------------------- arithmetic


@expression.register
def of_unary(node: ast.UnaryOp, context: Context) -> Expr:
    if isinstance(node.op, ast.USub):
        return Negative(expression(node.operand, context))
    if isinstance(node.op, ast.UAdd):
        return expression(node.operand, context)
    raise context.error(node, _NO_NUMBER)


@expression.register
def of_operation(node: ast.BinOp, context: Context) -> Expr:
    read = _OPERATIONS.get(type(node.op))
    if read is None:
        raise context.error(node, "this operator is not in the model language: it has + - * / and **")
    return read(node, context)


def _sum(node: ast.BinOp, context: Context) -> Expr:
    """a + b - c => Sum(a, b, -c)"""
    first, rest = chain(node, (ast.Add, ast.Sub))
    terms = [expression(first, context)]
    for operator, part in rest:
        term = expression(part, context)
        terms.append(Negative(term) if isinstance(operator, ast.Sub) else term)
    return Sum(tuple(terms))


def _product(node: ast.BinOp, context: Context) -> Expr:
    """a*b/c => Quotient(Product(a, b), c); -a*b => Negative(Product(a, b)), as mathematics reads it"""
    first, rest = chain(node, (ast.Mult, ast.Div))
    if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub) and starts_bare(node, first):
        return Negative(_chained(first.operand, rest, context))
    return _chained(first, rest, context)


def _chained(first: ast.expr, rest: Sequence[tuple[ast.operator, ast.expr]], context: Context) -> Expr:
    factors = [expression(first, context)]
    for operator, part in rest:
        if isinstance(operator, ast.Mult):
            factors.append(expression(part, context))
        else:
            factors = [Quotient(_times(factors), expression(part, context))]
    return _times(factors)


def _times(factors: Sequence[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _power(node: ast.BinOp, context: Context) -> Expr:
    return Power(expression(node.left, context), expression(node.right, context))


_OPERATIONS = {ast.Add: _sum, ast.Sub: _sum, ast.Mult: _product, ast.Div: _product, ast.Pow: _power}


# ---------------------------------------------------------------- functions, sums


@expression.register
def of_call(node: ast.Call, context: Context) -> Expr:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() | ast.ListComp() as body]) if name in FOLDS:
            return _fold(cast(Literal["sum", "prod", "max", "min"], name), body, context)
        case ast.Call(func=ast.Name(id=name)) if name in RESERVED:
            return _known(node, name, context)
        case ast.Call(func=ast.Name(id=name), args=[_]) if name not in context.names.functions:
            return _labelled(node, name, context)
        case ast.Call(func=ast.Name(id=name), args=[_, *_]):
            return Apply(Function(_function(node, name)), _arguments(node, context))
        case ast.Call(func=ast.Call(func=ast.Name(id=name), args=[label]), args=[_, *_]) if name not in RESERVED:
            return Apply(Function(name, as_index(label, context)), _arguments(node, context))
        case ast.Call(func=ast.Call(func=ast.Name(id=name))) if name in RESERVED:
            raise context.error(node, f"{name} is a known function, so it has no label: write {name}(z)")
        case ast.Call(args=[]):
            raise context.error(node, "nothing stands between the brackets: write an argument, or leave them out")
    raise context.error(node, "only a name can be applied, as in g(z) or g(L)(z); a product is written with *")


def _function(node: ast.Call, name: str) -> str:
    return function_name(name) if len(node.args) == 1 else name


def _arguments(node: ast.Call, context: Context) -> tuple[Expr, ...]:
    return tuple(expression(argument, context) for argument in node.args)


def _known(node: ast.Call, name: str, context: Context) -> Expr:
    if name in OF_SEVERAL and len(node.args) > 1:
        return Apply(Function(name), _arguments(node, context))
    if name in FOLDS or name == "range":
        raise context.error(node, _not_a_fold(name))
    if len(node.args) != 1:
        raise context.error(node, f"{name} has one argument, and here it has {len(node.args)}")
    return Apply(Function(name), _arguments(node, context))


def _not_a_fold(name: str) -> str:
    if name == "range":
        return "a range stands behind `for k in`"
    several = ", or several arguments with commas" if name in OF_SEVERAL else ""
    return f"{name} needs a letter with its range, as in {name}(x[k] for k in range(n)){several}"


def _labelled(node: ast.Call, name: str, context: Context) -> Expr:
    """n(L), a size as a number, or b(L), a quantity with a label"""
    if name in context.names.sizes:
        return IndexValue(as_index(node, context))
    return _quantity(node, context)


def _fold(kind: Literal["sum", "prod", "max", "min"], node: ast.GeneratorExp | ast.ListComp, context: Context) -> Expr:
    """sum(E for j in range(n) for k in range(m) if j != k), the first range outermost"""
    ranges, inner = as_ranges(node.generators, context)
    body = expression(node.elt, inner)
    for found, part in reversed(list(zip(ranges, node.generators, strict=True))):
        where = tuple(condition(c, _until(part, node, context)) for c in part.ifs)
        body = Fold(kind, body, found.symbol, found.lower, found.upper, where)
    return body


def _until(part: ast.comprehension, node: ast.GeneratorExp | ast.ListComp, context: Context) -> Context:
    """The context of a filter: the letters of the ranges before it."""
    before = node.generators[: node.generators.index(part) + 1]
    return context.within(target.id for p in before if isinstance(target := p.target, ast.Name))


@expression.register
def of_cases(node: ast.IfExp, context: Context) -> Expr:
    return Cases(condition(node.test, context), expression(node.body, context), expression(node.orelse, context))


# ---------------------------------------------------------------- conditions


@singledispatch
def condition(node: ast.expr, context: Context) -> Condition:
    """The condition as a tree."""
    raise context.error(node, _NO_CONDITION)


@condition.register
def of_truth(node: ast.Constant, context: Context) -> Condition:
    if not isinstance(node.value, bool):
        raise context.error(node, _NO_CONDITION)
    return Logic("and" if node.value else "or", ())


@condition.register
def of_not(node: ast.UnaryOp, context: Context) -> Condition:
    if not isinstance(node.op, ast.Not):
        raise context.error(node, _NO_CONDITION)
    return Not(condition(node.operand, context))


@condition.register
def of_logic(node: ast.BoolOp, context: Context) -> Condition:
    return Logic("and" if isinstance(node.op, ast.And) else "or", tuple(condition(v, context) for v in node.values))


_RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@condition.register
def of_compare(node: ast.Compare, context: Context) -> Condition:
    """a <= i < b => a <= i and i < b"""
    sides = [node.left, *node.comparators]
    pairs = tuple(
        _compare(operator, left, right, context)
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False)
    )
    return pairs[0] if len(pairs) == 1 else Logic("and", pairs)


def _compare(operator: ast.cmpop, left: ast.expr, right: ast.expr, context: Context) -> Condition:
    relation = _RELATIONS.get(type(operator))
    if relation is None:
        raise context.error(right, "a condition compares with == != < <= > or >=; `in` stands behind `for` only")
    sides = (left, right)
    if all(is_index(side, context) for side in sides) and not all(_is_number(side) for side in sides):
        return Compare(relation, *(IndexValue(as_index(side, context)) for side in sides))
    return Compare(relation, expression(left, context), expression(right, context))


def _is_number(node: ast.expr) -> bool:
    return not any(isinstance(part, ast.Name) for part in ast.walk(node))
