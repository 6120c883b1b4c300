"""A user's own numbers: values by family, sizes, and functions, as `evaluate` takes them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from derive.errors import OptionError, ValueMissing, shortened, unknown
from derive.model.inferring import Shapes, inferred
from derive.model.language import read_quantity, read_symbol
from derive.model.model import Model
from derive.model.running import Ground
from derive.writing.dual import Num, Orders
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Expr, Fold, Function, IndexValue, Quantity
from derive.writing.numbers import ARITHMETICS, PRIMITIVES
from derive.writing.scene import Element
from derive.writing.walk import walk

Key = tuple[str, int | None]
Given = Any  # a number, or nested lists or arrays of numbers
Catalogue = Callable[[str], Expr | None]
UserFunction = str | Callable[..., Any] | Sequence[Callable[..., Any]]  # a name, f, or f and its derivative

# What a label symbol without a value stands for. Labels that matter lie near it, and no layer's own number does.
_STAND_IN = 1_000_000
_NEAR = 1000

_Z = Quantity("z")


class UserGround(Ground):
    """The numbers of a user. What is missing is named as the user would write it."""

    def __init__(
        self,
        model: Model,
        values: Mapping[str, Given],
        sizes: Mapping[str, int],
        functions: Mapping[str, UserFunction],
        catalogue: Catalogue,
        arithmetic: str,
    ) -> None:
        self.model = model
        self.arithmetic = ARITHMETICS[arithmetic]
        self._catalogue = catalogue
        quantities = {read_quantity(text): given for text, given in values.items()}
        self._stand_ins = dict(stand_ins(model, quantities, {read_symbol(text) for text in sizes}))
        self._sizes: dict[Key, int] = {(s.name, None): n for s, n in self._stand_ins.items()}
        self._add_sizes(model.sizes)
        self._add_sizes({read_symbol(text): _whole(text, value) for text, value in sizes.items()})
        self._arrays = {self._key(q): _lists(given) for q, given in quantities.items()}
        self._functions = {self._function_key(text): given for text, given in functions.items()}
        self._infer()

    def _add_sizes(self, sizes: Mapping[Symbol, int]) -> None:
        """Labels first: n(L) is stored as n(3)."""
        for symbol in sorted(sizes, key=lambda s: s.order):
            label = None if symbol.label is None else self._index(symbol.label)
            self._sizes[symbol.name, label] = sizes[symbol]

    def _infer(self) -> None:
        shapes = {key: _shape(array) for key, array in self._arrays.items()}
        for key, value in inferred(self.model, Shapes(shapes, self._sizes, self.written)).items():
            self._sizes.setdefault(key, value)

    def _index(self, index: Index) -> int:
        return index.evaluate(lambda s: self.size(s.name, None if s.label is None else self._index(s.label)))

    # ------------------------------------------------------------ what the user wrote

    def _key(self, quantity: Quantity) -> Key:
        if quantity.family not in self.model.families:
            raise OptionError(f"values: {unknown('quantity', quantity.family, self.model.families)}")
        mention = next(q for q in mentions(self.model) if q.family == quantity.family)
        whole = Quantity(quantity.family, mention.label)
        if quantity.indices or (quantity.label is None) != (mention.label is None):
            raise OptionError(
                f"values[{str(quantity)!r}] is not how values are given: the model writes {mention}, so {whole}"
            )
        return quantity.family, None if quantity.label is None else self._index(quantity.label)

    def _function_key(self, text: str) -> Key:
        name = read_quantity(text)
        known = {f.name: None for f in applied(self.model) if not self._by_name(f.name)}
        if name.family not in known:
            raise OptionError(f"functions: {unknown('function', name.family, known)}" if known else _none_unknown(text))
        return name.family, None if name.label is None else self._index(name.label)

    def written(self, name: str, label: int | None) -> str:
        """A family, size or function with its label as the user writes it: w(L - 1) where L has no number."""
        if label is None:
            return name
        for symbol, value in self._stand_ins.items():
            if abs(label - value) <= _NEAR:
                return f"{name}({Index((((symbol,), 1),)) + (label - value)})"
        return f"{name}({label})"

    # ------------------------------------------------------------ what a scene asks

    def size(self, name: str, label: int | None) -> int:
        value = self._sizes.get((name, label))
        if value is None:
            raise ValueMissing(f"sizes[{self.written(name, label)!r}] is missing: give it as a whole number")
        return value

    def overriding(self, element: Element) -> Num | None:
        array = self._arrays.get((element.family, element.label))
        for place, i in enumerate(element.indices if array is not None else ()):
            if not isinstance(array, list):
                raise OptionError(f"{self._name(element)} has {place} dimensions, but the model has {element}")
            if not 0 <= i < len(array):
                self._check_outside(element, place, len(array))
                return None
            array = array[i]
        if isinstance(array, list):
            raise OptionError(f"{self._name(element)} has more dimensions than {element}, which is one number")
        return None if array is None else self._number(array, self._name(element))

    def _check_outside(self, element: Element, place: int, length: int) -> None:
        """What an array leaves out may still have an equation."""
        if element.family not in self.model.definitions:
            whole = f"{self.written(element.family, element.label)}[{','.join(map(str, element.indices))}]"
            raise ValueMissing(
                f"{self._name(element)} has {length} entries along its index {place + 1}, so {whole} is missing"
            )

    def given(self, element: Element) -> Num:
        how = "lists or an array, indexed from 0" if element.indices else "a number"
        raise ValueMissing(f"{self._name(element)} is missing: give it as {how}")

    def _name(self, element: Element) -> str:
        return f"values[{self.written(element.family, element.label)!r}]"

    def _number(self, value: object, name: str) -> Num:
        if not isinstance(value, str | bytes) and hasattr(value, "__float__"):
            return self.arithmetic.number(value)  # type: ignore[arg-type]
        raise OptionError(f"{name} holds {shortened(str(value))}, which is not a number")

    # ------------------------------------------------------------ functions

    def _by_name(self, name: str) -> Expr | None:
        return Apply(Function(name), (_Z,)) if name in PRIMITIVES else self._catalogue(name)

    def _function(self, name: str, label: int | None) -> UserFunction | None:
        """The user's function; one without a label serves all labels."""
        return self._functions.get((name, label), self._functions.get((name, None)))

    def formula(self, name: str, label: int | None) -> Expr | None:
        chosen = self._function(name, label)
        if not isinstance(chosen, str):
            return self._by_name(name) if chosen is None else None
        formula = self._by_name(chosen)
        if formula is None:
            raise OptionError(
                f"functions[{self.written(name, label)!r}] is {shortened(chosen)}, which no catalogue knows"
            )
        return formula

    def unknown(self, name: str, label: int | None, orders: Orders, arguments: list[Num]) -> Num:
        text = f"functions[{self.written(name, label)!r}]"
        chosen = self._function(name, label)
        if chosen is None or isinstance(chosen, str):
            raise ValueMissing(
                f"{text} is missing: give the name of a known function, such as 'tanh', or a pair of callables, "
                f"{name} and its derivative"
            )
        return self._number(_called(chosen, text, orders)(*arguments), text)


def _called(chosen: Callable[..., Any] | Sequence[Callable[..., Any]], text: str, orders: Orders) -> Callable[..., Any]:
    """The callable that gives the value, or the first derivative by one of the arguments."""
    value, *slopes = (chosen,) if callable(chosen) else chosen
    if not any(orders):
        return value
    if sum(orders) > 1:
        raise ValueMissing(
            f"{text} has no derivative of order {sum(orders)}: give the name of a known function instead"
        )
    if len(slopes) != len(orders):
        raise ValueMissing(f"{text} has no derivative: give a pair of callables, the function and its derivative")
    return slopes[orders.index(1)]


def stand_ins(model: Model, values: Mapping[Quantity, Given], sizes: set[Symbol]) -> Iterator[tuple[Symbol, int]]:
    """A number for each label symbol that has none, so that w(L) and a(L-1) can be told apart without knowing L."""
    known = {*sizes, *model.sizes}
    labels = [q.label for q in (*mentions(model), *values)]
    labels += [f.label for f in applied(model)] + [s.label for s in known]
    bound = {r.symbol for equation in model.equations for r in equation.ranges}
    numbers = {s for equation in model.equations for n in walk(equation.right) for s in _as_numbers(n)}
    names = {s for label in labels if label is not None for s in label.symbols} - bound - numbers - known
    for i, symbol in enumerate(sorted(names, key=lambda s: s.order)):
        yield symbol, _STAND_IN * (i + 1)


def _as_numbers(node: object) -> set[Symbol]:
    """The symbols whose numbers a node itself counts with."""
    match node:
        case Fold():
            return _outer(node.lower) | _outer(node.upper) | {node.symbol}
        case IndexValue(index):
            return _outer(index)
    return set()


def _outer(index: Index) -> set[Symbol]:
    """The symbols of an index, without those in the labels of its sizes."""
    return {symbol for monomial, _ in index.terms for symbol in monomial}


def mentions(model: Model) -> Iterator[Quantity]:
    """Every quantity of a model as it is written, those defined first."""
    for equation in model.equations:
        yield equation.left
    for equation in model.equations:
        yield from (n for n in walk(equation.right) if isinstance(n, Quantity))


def applied(model: Model) -> Iterator[Function]:
    """Every function that a model applies."""
    return (n.function for equation in model.equations for n in walk(equation.right) if isinstance(n, Apply))


def _none_unknown(text: str) -> str:
    return f"functions[{text!r}] has nothing to stand for: the model has no unknown function"


def _whole(text: str, value: object) -> int:
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise OptionError(f"sizes[{text!r}] is {shortened(str(value))}, but must be a whole number") from None


def _lists(given: Given) -> Given:
    """Arrays as nested lists."""
    if hasattr(given, "tolist"):
        return given.tolist()
    if isinstance(given, list | tuple):
        return [_lists(item) for item in given]
    return given


def _shape(array: Given) -> tuple[int, ...]:
    return (len(array), *_shape(array[0] if array else None)) if isinstance(array, list) else ()
