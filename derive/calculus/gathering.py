"""From a formula in indices to a matrix expression: one handler for each kind of node."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from derive.calculus.facts import contrary
from derive.calculus.framing import Frame
from derive.calculus.pieces import FOLDS, MOST_LETTERS, Factors, NoMatrices, Piece
from derive.writing.index import Symbol, index
from derive.writing.matrices import COLUMN, ROW, Array, HadamardPower, Identity, Indicator
from derive.writing.nodes import (
    ONE,
    Apply,
    Cases,
    Compare,
    Condition,
    Constant,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Gradient,
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Node,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.tidy import negative
from derive.writing.walk import substitute, walk


@singledispatch
def piece(node: Node, _frame: Frame) -> Piece:
    """A formula in indices as a matrix over the letters that run in it; NoMatrices where there is none."""
    raise TypeError(f"no matrix for {type(node).__name__}")


# ---------------------------------------------------------------- leaves


@piece.register
def piece_of_partial(node: Partial, _frame: Frame) -> Piece:
    raise NoMatrices("derivative", node)


@piece.register
def piece_of_number(node: Number | Constant, _frame: Frame) -> Piece:
    return Piece(node)


@piece.register
def piece_of_index_value(node: IndexValue, frame: Frame) -> Piece:
    if frame.letters(node):
        raise NoMatrices("index as a number", node)
    return Piece(node)


@piece.register
def piece_of_element(node: Quantity | Gradient, frame: Frame) -> Piece:
    """a[j] => a, and w[j,k] => w or its transpose, told apart by the order of the letters."""
    quantity = node.by if isinstance(node, Gradient) else node
    places = [place for place, i in enumerate(quantity.indices) if frame.letters(IndexValue(i))]
    letters = tuple(_letter(node, quantity, place, frame) for place in places)
    if len(letters) > MOST_LETTERS:
        raise NoMatrices("many indices", node)
    if len(set(letters)) < len(letters):
        raise NoMatrices("repeated index", node)
    if not letters:
        return Piece(node)
    if list(range(places[0], len(quantity.indices))) != places:
        fixed = [(quantity.family, place) for place in range(places[0], len(quantity.indices)) if place not in places]
        raise NoMatrices(frame.chosen.get(fixed[0], "fixed index"), node)
    renaming = {letter: index(name) for letter, name in zip(letters, (ROW, COLUMN), strict=False)}
    axes = tuple(frame.bench.axes[s] for s in letters)
    return Piece(Array(substitute(node, renaming), axes, capital=frame.has_capital(quantity.family)), letters)


def _letter(node: Node, quantity: Quantity, place: int, frame: Frame) -> Symbol:
    """The letter that runs at one place, over the whole of its range."""
    letter = quantity.indices[place].symbol
    if letter is None:
        raise NoMatrices("shifted index", node)
    if not frame.whole(quantity, place, letter):
        raise NoMatrices("part of a range", node)
    return letter


@piece.register
def piece_of_delta(node: Delta, frame: Frame) -> Piece:
    left, right = node.left.symbol, node.right.symbol
    axes = frame.bench.axes
    if not frame.letters(node):
        return Piece(node)
    if left is None or right is None or left not in axes or axes[left] != axes.get(right):
        raise NoMatrices("delta", node)
    return Piece(Identity(axes[left].size), (left, right))


# ---------------------------------------------------------------- sums and products


@piece.register
def piece_of_negative(node: Negative, frame: Frame) -> Piece:
    inner = piece(node.body, frame)
    return Piece(negative(inner.body), inner.letters)


@piece.register
def piece_of_grouped(node: Grouped, frame: Frame) -> Piece:
    return piece(node.body, frame)


@piece.register
def piece_of_sum(node: Sum, frame: Frame) -> Piece:
    return frame.bench.added([piece(term, frame) for term in node.terms])


@piece.register
def piece_of_product(node: Product | Quotient, frame: Frame) -> Piece:
    return _of_terms([node], frame, None)


@piece.register
def piece_of_power(node: Power, frame: Frame) -> Piece:
    base, exponent = piece(node.base, frame), piece(node.exponent, frame)
    if exponent.letters:
        raise NoMatrices("exponent", node)
    raised = HadamardPower if base.letters else Power
    return Piece(raised(base.body, exponent.body), base.letters)


def _of_terms(terms: Sequence[Expr], frame: Frame, letter: Symbol | None) -> Piece:
    """The sum of the terms, over all values of a letter where one is given; each term is a product."""
    found: list[Piece] = []
    for term in terms:
        above, below = _factors(term)
        mixed = next((f for f in above if isinstance(f, Sum) and _mixed(f, frame)), None)
        if mixed is not None:
            rest = Quotient(Product(tuple(f for f in above if f is not mixed)), Product(tuple(below)))
            found.append(_of_terms([Product((rest, part)) for part in mixed.terms], frame, letter))
            continue
        factors = Factors(*(tuple(piece(f, frame) for f in side) for side in (above, below)))
        found.append(frame.bench.multiplied(factors) if letter is None else frame.bench.contracted(letter, factors))
    return frame.bench.added(found)


def _factors(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """What is multiplied, above and below the line."""
    match expr:
        case Grouped(body):
            return _factors(body)
        case Negative(body):
            above, below = _factors(body)
            return [Negative(ONE), *above], below
        case Product(factors):
            sides = list(map(_factors, factors))
            return [f for above, _ in sides for f in above], [f for _, below in sides for f in below]
        case Quotient(numerator, denominator):
            (above, under), (below, over) = _factors(numerator), _factors(denominator)
            return [*above, *over], [*under, *below]
    return [expr], []


def _mixed(expr: Sum, frame: Frame) -> bool:
    """Whether the terms run over different letters, numbers apart: then they are multiplied out."""
    return len({letters for term in expr.terms if (letters := frame.letters(term))}) > 1


# ---------------------------------------------------------------- over a range


@piece.register
def piece_of_fold(node: Fold, frame: Frame) -> Piece:
    if any(frame.letters(IndexValue(bound)) for bound in (node.lower, node.upper)):
        raise NoMatrices("condition on an index", node)
    if node.kind != "sum":
        if frame.letters(node) or any(frame.letters(n) for n in walk(node)):
            raise NoMatrices(FOLDS[node.kind], node)
        return Piece(node)
    if frame.chooses(node):
        return _chosen(node, frame)
    if node.where:
        raise NoMatrices("condition on an index", node)
    body = node.body.terms if isinstance(node.body, Sum) and _mixed(node.body, frame.within(node)) else (node.body,)
    return _of_terms(body, frame.within(node), node.symbol)


def _chosen(node: Fold, frame: Frame) -> Piece:
    """A sum of matrices, one for each value of the letter."""
    if any(map(frame.letters, node.where)):
        raise NoMatrices("condition on an index", node)
    inner = piece(node.body, frame)
    return Piece(Fold("sum", inner.body, node.symbol, node.lower, node.upper, node.where), inner.letters)


@piece.register
def piece_of_expanded_sum(node: ExpandedSum, frame: Frame) -> Piece:
    return piece(node.sigma, frame)


# ---------------------------------------------------------------- entry by entry


@piece.register
def piece_of_apply(node: Apply, frame: Frame) -> Piece:
    arguments = [piece(argument, frame) for argument in node.arguments]
    order = frame.bench.order(arguments)
    return Piece(Apply(node.function, tuple(frame.bench.spread(a, order) for a in arguments)), order)


@piece.register
def piece_of_cases(node: Cases, frame: Frame) -> Piece:
    """Cases of whole matrices; where the condition is on entries, what holds there times 1, the other times 0."""
    then, otherwise = piece(node.then, frame.given(node.condition)), piece(node.otherwise, frame)
    if frame.letters(node.condition):
        holds, fails = _indicator(node.condition, frame), _indicator(contrary(node.condition), frame)
        chosen = [frame.bench.multiplied(Factors(pair)) for pair in ((holds, then), (fails, otherwise))]
        return frame.bench.added(chosen)
    order = frame.bench.order([then, otherwise])
    return Piece(Cases(node.condition, *(frame.bench.spread(p, order) for p in (then, otherwise))), order)


def _indicator(condition: Condition, frame: Frame) -> Piece:
    match condition:
        case Compare(relation, left, right):
            if any(frame.letters(n) for n in walk(condition) if isinstance(n, IndexValue)):
                raise NoMatrices("condition on an index", condition)
            sides = piece(left, frame), piece(right, frame)
            order = frame.bench.order(sides)
            return Piece(Indicator(relation, *(frame.bench.spread(side, order) for side in sides)), order)
        case Logic("and", parts):
            return frame.bench.multiplied(Factors(tuple(_indicator(part, frame) for part in parts)))
    raise NoMatrices("condition on entries", condition)
