"""VIEWS: a result once more, as matrices, in numbers, as code, and in pictures. A new view is one entry."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from derive.calculus.arranging import arranged
from derive.calculus.derivation import Derivation, differentiate
from derive.calculus.domains import fixed_symbols
from derive.calculus.expanding import known as value
from derive.calculus.families import lettered
from derive.calculus.matching import arguments
from derive.calculus.matrix import Layout, MatrixForm, matrix_form_of
from derive.calculus.matrix_check import matrix_checked
from derive.errors import DeriveError
from derive.model.drawn import open_symbols
from derive.model.functions import known
from derive.model.given import applied
from derive.model.model import Model
from derive.notation import matrix as printed_matrices  # noqa: F401 - teaches the printers what matrices look like
from derive.notation.notations import Notation
from derive.pages.blocks import Block, Equations, Message, Picture, Program, Together, head, say
from derive.pictures.graph import graph
from derive.pictures.network import network
from derive.pictures.plot import plot
from derive.views.code import code
from derive.views.numbers import numbers
from derive.views.point import Point
from derive.views.sheet import Row
from derive.writing.index import Index, index
from derive.writing.matrices import Array
from derive.writing.nodes import Apply, Expr, Fold, Function, Quantity
from derive.writing.numbers import EXTREMES
from derive.writing.walk import walk

SEED = 7
STAND_IN = "tanh"  # for a function of which nothing is known
LARGEST = 6  # a layer with more nodes is worked out with fewer: numbers are to be read


def matrix(derivation: Derivation, notation: Notation) -> Iterator[Block]:
    """The result for all elements at once, or why there is no such form."""
    layout = Layout.NUMERATOR if notation.numerator else Layout.GRADIENT
    found = matrix_form_of(_for_all_elements(derivation), layout)
    form = arranged(found, lambda array: _is_exchanged(array, notation)) if isinstance(found, MatrixForm) else found
    yield head("view.matrix.heading")
    if isinstance(form, MatrixForm) and not matrix_checked(form):
        yield say("view.matrix.none", reason="unverified")
    elif isinstance(form, MatrixForm):
        yield say("view.matrix.text", by=derivation.by, rows=notation.rows, numerator=notation.numerator)
        yield Equations(form.left, (form.right,))
        yield say("view.matrix.shapes", shapes=tuple(_shapes(form, derivation.model)))
    else:
        yield say("view.matrix.none", reason=form.reason)


def _is_exchanged(array: Array, notation: Notation) -> bool:
    """Whether the notation writes an array with its rows and columns exchanged."""
    if len(array.axes) == 1:
        return notation.rows
    return notation.from_to and array.quantity.family in notation.weights


def _shapes(form: MatrixForm, model: Model) -> Iterator[tuple[Expr, Index, Index]]:
    """Each array with its rows and columns, as numbers where the sizes have values."""
    for array, sizes in form.shapes.items():
        rows, columns = (index(found) if (found := value(size, model.sizes)) is not None else size for size in sizes)
        yield array, rows, columns


def _for_all_elements(derivation: Derivation) -> Derivation:
    """The same derivative by any element of the family: at letters in the place of numbers."""
    by = derivation.by
    if all(i.value is None for i in by.indices):
        return derivation
    like = next((q for q in lettered(derivation.model, by.family) if q.label in (None, by.label)), None)
    return derivation if like is None else differentiate(derivation.model, derivation.of, like)


def in_numbers(derivation: Derivation, _: Notation) -> Iterator[Block]:
    """The result worked out with short numbers: formula = numbers put in = value."""
    yield head("view.numbers.heading")
    try:
        view = numbers(derivation, _point(derivation))
    except DeriveError as error:
        yield say("view.numbers.none", reason=str(error))
        return
    for name in _unknown(derivation.model):
        yield say("view.numbers.function", name=Apply(Function(name), (Quantity("z"),)), stand_in=STAND_IN)
    yield say("view.numbers.given", values=tuple((row.left, row.value) for row in view.given))
    yield say("view.numbers.forward")
    yield from _rows(view.forward)
    yield say("view.numbers.backward")
    yield from _rows((*view.upstream, *view.factors))
    yield say("view.numbers.result")
    yield from _rows((view.chain, view.result))


def _rows(rows: Iterable[Row]) -> Iterator[Block]:
    for row in rows:
        steps = (row.formula, row.substituted, row.value)
        yield Equations(row.left, tuple(dict.fromkeys(step for step in steps if step is not None)))


def _point(derivation: Derivation) -> Point:
    """Short numbers for all that the model leaves open, small sizes, tanh for unknown functions."""
    model = derivation.model
    letters = {s for i in arguments(derivation.by) for s in i.symbols} - fixed_symbols(model)
    least = max((i.value for i in derivation.by.indices if i.value is not None), default=0) + 1
    named = open_symbols(model)
    counted = {s for bound in _bounds(model) for monomial, _ in bound.terms for s in monomial} & named
    sizes = {str(s): max(2, least) for s in counted if s.label is None or s.label.symbols <= named}
    sizes |= {str(s): min(n, max(LARGEST, least)) for s, n in model.sizes.items()}
    functions = dict.fromkeys(_unknown(model), STAND_IN)
    return Point(sizes=sizes | {s.name: 1 for s in letters}, functions=functions, rng=random.Random(SEED))


def _unknown(model: Model) -> tuple[str, ...]:
    """The functions of which nothing is known."""
    return tuple(dict.fromkeys(f.name for f in applied(model) if known(f.name) is None and f.name not in EXTREMES))


def _bounds(model: Model) -> Iterator[Index]:
    """The ends of all ranges: the symbols in them count something, and are no mere names of layers."""
    for equation in model.equations:
        yield from (r.upper for r in equation.ranges)
        yield from (n.upper for n in walk(equation.right) if isinstance(n, Fold))


def as_code(derivation: Derivation, _: Notation) -> Iterator[Block]:
    """A NumPy function that computes this gradient."""
    yield head("view.code.heading")
    yield say("view.code.text", by=derivation.by)
    yield Program(code(derivation.model, derivation.of, [derivation.by.family]))


def pictured_network(derivation: Derivation, _: Notation) -> Iterator[Block]:
    """The network around the target, the way of a small change through it told apart."""
    yield head("view.network.heading")
    drawing = network(derivation)
    if drawing is None:
        yield say("view.network.none", by=derivation.by)
        return
    text = say("view.network.text", by=derivation.by, of=derivation.of)
    yield Together((text, Picture("network", drawing, Message("view.network.alt"))))


def pictured_graph(derivation: Derivation, _: Notation) -> Iterator[Block]:
    """The computational graph, all ways from the target to the loss told apart."""
    yield head("view.graph.heading")
    drawing = graph(derivation)
    if drawing is None:
        yield say("view.graph.none")
        return
    text = say("view.graph.text", by=derivation.by, of=derivation.of)
    yield Together((text, Picture("graph", drawing, Message("view.graph.alt"))))


def plotted(derivation: Derivation, _: Notation) -> Iterator[Block]:
    """The curve of every function of one argument that is applied in the model, beside its derivative."""
    yield head("view.plot.heading")
    drawings = {f.name: drawing for f in applied(derivation.model) if (drawing := plot(f.name)) is not None}
    if not drawings:
        yield say("view.plot.none")
    for name, drawing in drawings.items():
        text = say("view.plot.text", curve=Apply(Function(name), (Quantity("z"),)))
        picture = Picture(f"plot-{name.replace('_', '-')}", drawing, Message("view.plot.alt", {"name": name}))
        yield Together((text, picture))


VIEWS: dict[str, Callable[[Derivation, Notation], Iterator[Block]]] = {
    "matrix": matrix,
    "numbers": in_numbers,
    "code": as_code,
    "network": pictured_network,
    "graph": pictured_graph,
    "plot": plotted,
}
