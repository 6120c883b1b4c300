"""What can be wrong with a model whose text could be read, found before anything is derived from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derive.errors import ModelError, Place
from derive.model.circles import circle
from derive.model.concrete import Example, examples, quantity_of
from derive.model.mentions import Mention, equation_mentions, model_mentions, own_letters
from derive.model.model import Equation, Model
from derive.model.names import RESERVED
from derive.writing.index import Symbol
from derive.writing.nodes import Apply, Quantity
from derive.writing.walk import quantities, walk


def check(model: Model) -> None:
    """Raises ModelError for the first thing that is wrong with the model."""
    for found in CHECKS:
        found(model)


def wrong(model: Model, equation: Equation, message: str, word: str = "") -> ModelError:
    """The error that shows the equation's line, and points at a word of it."""
    if equation.line is None or not model.source:
        return ModelError(f"{message}\nin {equation}")
    rows = re.split(r"\r\n|\r|\n", model.source.removeprefix("\ufeff"))
    starts = [e.line for e in model.equations if e.line is not None and e.line > equation.line]
    for number in range(equation.line, min(starts, default=len(rows) + 1)) if word else ():
        row = rows[number - 1].replace("\t", " ")
        if match := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", row.partition("#")[0]):
            return ModelError(f"{message}\n{Place(number, match.start() + 1, row)}")
    return ModelError(f"{message}\nline {equation.line}:\n    {rows[equation.line - 1].strip()}")


def at(equation: Equation) -> str:
    return f"in {equation}" if equation.line is None else f"in line {equation.line}"


# ---------------------------------------------------------------- one name is one thing


def one_form_each(model: Model) -> None:
    """A family has one number of indices, with a label or without."""
    first: dict[str, tuple[Quantity, Equation]] = {}
    for equation in model.equations:
        for quantity in (equation.left, *quantities(equation.right)):
            known, where = first.setdefault(quantity.family, (quantity, equation))
            if form(quantity) != form(known):
                raise wrong(
                    model,
                    equation,
                    f"{quantity} has {form(quantity)}, and {known} {at(where)} has {form(known)}: one name is one "
                    "family, written in one way everywhere",
                    quantity.family,
                )


def form(quantity: Quantity) -> str:
    """no index, 1 index, a label and 2 indices"""
    count = len(quantity.indices)
    indices = "no index" if count == 0 else "1 index" if count == 1 else f"{count} indices"
    return indices if quantity.label is None else f"a label and {indices}"


def functions_and_quantities(model: Model) -> None:
    """No name is that of a quantity and of an unknown function."""
    families = set(model.families)
    for equation in model.equations:
        for node in walk(equation.right):
            if isinstance(node, Apply) and node.function.name in families:
                name = node.function.name
                raise wrong(
                    model,
                    equation,
                    f"{name} is applied as a function here, and is a quantity elsewhere in the model: give one of them "
                    "another name",
                    name,
                )


def known_functions(model: Model) -> None:
    """No quantity has the name of a known function."""
    for equation in model.equations:
        if equation.left.family in RESERVED:
            name = equation.left.family
            raise wrong(model, equation, f"{name} is a function, so it cannot name a quantity: write {name}_", name)


def sizes_are_given(model: Model) -> None:
    """No equation defines what is used as a size or a label."""
    used = {
        (symbol.name, symbol.label is not None)
        for mention in model_mentions(model)
        for symbol in mention.index.symbols - mention.bound
    }
    for equation in model.equations:
        left = equation.left
        if not left.indices and (left.family, left.label is not None) in used:
            raise wrong(
                model,
                equation,
                f"{left} is used as a size, a label or an index, and no equation can define those: write what it is "
                "in the ranges and indices themselves, or give its number with the sizes",
                left.family,
            )


# ---------------------------------------------------------------- letters


def letters_are_bound(model: Model) -> None:
    """Every letter of an index has a range around it, unless it is seen elsewhere to be a size or a label."""
    declared = _declared(model)
    looping = {symbol for mention in model_mentions(model) for symbol in mention.bound}
    for equation in model.equations:
        left = frozenset(symbol for place in equation.left.indices for symbol in own_letters(place))
        for mention in equation_mentions(equation):
            for symbol in _unbound(mention, declared, looping):
                where = _ON_THE_LEFT if symbol in left else _ON_THE_RIGHT
                raise wrong(model, equation, where.format(symbol=symbol), symbol.name)


_ON_THE_LEFT = (
    "the index {symbol} has no range: add `for {symbol} in range(…)` at the end of the line. If it is one fixed index, "
    "say so in a line of its own, such as `{symbol} >= 0`"
)
_ON_THE_RIGHT = (
    "the index {symbol} is not bound: sum over it, as in sum(… for {symbol} in range(…)), or let it stand on the left "
    "side and add `for {symbol} in range(…)` at the end of the line. If it is one fixed index, say so in a line of its "
    "own, such as `{symbol} >= 0`"
)


def _declared(model: Model) -> frozenset[Symbol]:
    """The letters that are sizes, labels or fixed indices: those of limits, labels, comparisons and given sizes."""
    seen = (pair for mention in model_mentions(model) for pair in mention.free())
    return frozenset(symbol for role, symbol in seen if role in ("limit", "label", "compared")) | frozenset(model.sizes)


def _unbound(mention: Mention, declared: frozenset[Symbol], looping: set[Symbol]) -> Iterator[Symbol]:
    """Letters that nobody would take for a size.

    A letter that runs over a range elsewhere, or a small letter that is an index by itself, was forgotten; `x[s*i+u-p]`
    with s and p in no range has a stride and a margin, and `p[target]` a fixed index.
    """
    if mention.role != "index":
        return
    for role, symbol in mention.free():
        alone = (mention.index - symbol).value is not None
        if role == "index" and symbol not in declared and (symbol in looping or (alone and _one_small_letter(symbol))):
            yield symbol


def _one_small_letter(symbol: Symbol) -> bool:
    return re.fullmatch(r"[a-z][0-9]*", symbol.name) is not None


# ---------------------------------------------------------------- elements


def one_equation_each(model: Model) -> None:
    """No element is defined by two equations."""
    several = {family for family, equations in model.definitions.items() if len(equations) > 1}
    if not several:
        return
    example, *others = examples(model, several)
    found = _overlaps(example)
    sure = [_overlaps(other) for other in others] if found else []
    for pair, element in found.items():
        if all(pair in pairs for pairs in sure):
            first, second = (model.equations[i] for i in pair)
            raise wrong(
                model,
                second,
                f"{element} is defined here and {at(first)}: an element has one equation, so change the range of "
                "one of them",
                second.left.family,
            )


def _overlaps(example: Example) -> dict[tuple[int, int], Quantity]:
    """Pairs of equations, by their numbers, that define the same element, with the first such element."""
    numbers = {id(equation): i for i, equation in enumerate(example.model.equations)}
    found: dict[tuple[int, int], Quantity] = {}
    for definition in (d for definitions in example.definitions.values() for d in definitions):
        for values in example.cases(definition):
            element = example.element(definition.equation.left, values)
            for other, _ in example.defining(element):
                first, second = numbers[id(definition.equation)], numbers[id(other.equation)]
                if first != second:
                    found.setdefault((min(first, second), max(first, second)), quantity_of(element, definition))
    return found


def no_circles(model: Model) -> None:
    """No element needs itself."""
    found = circle(model)
    if found is not None:
        equation, path = found
        raise wrong(
            model,
            equation,
            f"{path[0]} needs itself: {' -> '.join(map(str, path))}. Of such a circle nothing can be computed: one of "
            "these equations must need something else, or an earlier element, such as h[t-1]",
        )


CHECKS: tuple[Callable[[Model], None], ...] = (
    known_functions,
    one_form_each,
    functions_and_quantities,
    sizes_are_given,
    letters_are_bound,
    one_equation_each,
    no_circles,
)
