"""The model language: text in, models, quantities, expressions and indices out. Nothing in a text is ever run."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Mapping

from derive.errors import LanguageError, OptionError, TargetError, shortened, unknown
from derive.model.check import check, form
from derive.model.language_equation import assumption, equation
from derive.model.language_expression import condition, expression
from derive.model.language_index import Context, as_index, as_quantity
from derive.model.language_names import Names, names_of
from derive.model.mentions import model_mentions, symbols_of
from derive.model.model import Model
from derive.model.parse import Parsed, error, parse, parse_line
from derive.model.scan import one_line
from derive.writing.index import Index, Symbol
from derive.writing.nodes import Apply, Condition, Expr, Quantity
from derive.writing.walk import quantities, walk

MAX_EQUATIONS = 1_000


def read_model(text: str, *, name: str = "", sizes: Mapping[str, int] | None = None) -> Model:
    """The model that a text describes; `sizes` gives numbers to sizes and labels, as in {"n(L)": 4, "m": 100}."""
    known = {read_symbol(key): _size(key, value) for key, value in (sizes or {}).items()}
    lines = parse(text)
    equations = [parsed for parsed in lines if parsed.left is not None]
    if not equations:
        raise LanguageError("the text has no equation: write one a line, such as `C = (w*x - y)**2`")
    if len(equations) > MAX_EQUATIONS:
        raise equations[MAX_EQUATIONS].line.error(f"a model may have at most {MAX_EQUATIONS} equations", 0, 0)
    names = names_of(lines, *_names_of_sizes(known))
    model = Model(
        tuple(equation(parsed, names) for parsed in equations),
        known,
        tuple(assumption(parsed, names) for parsed in lines if parsed.left is None),
        name,
        text,
    )
    _check_sizes(model)
    check(model)
    return model


def _names_of_sizes(symbols: Iterable[Symbol]) -> tuple[list[str], list[str]]:
    """The names of letters, and those of sizes with a label."""
    names: tuple[list[str], list[str]] = ([], [])
    for symbol in symbols:
        names[symbol.label is not None].append(symbol.name)
    return names


def _size(key: str, value: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise OptionError(f"the size {key} must be a whole number, not {shortened(str(value))}") from None
    if number < 0 or isinstance(value, bool):
        raise OptionError(f"the size {key} must be a whole number from 0, not {value}")
    return number


def _check_sizes(model: Model) -> None:
    """Every size that has a number is one of the model's, perhaps at another label."""
    used = {symbol for mention in model_mentions(model) for symbol in mention.index.symbols - mention.bound}
    names = {(symbol.name, symbol.label is not None) for symbol in used}
    for symbol in model.sizes:
        if (symbol.name, symbol.label is not None) not in names:
            raise unknown("size", str(symbol), sorted(str(s) for s in used))


def read_quantity(text: str, model: Model | None = None) -> Quantity:
    """`w(L-1)[1,k]`; with a model, one of its quantities, written as the model writes it."""
    line = one_line(text, "a quantity")
    tree = parse_line(line).right
    found = as_quantity(tree, Context(line, Names()))
    if found is None:
        raise error(line, tree, "a quantity is a name with its label and indices, such as C, gamma[i] or w(L)[1,k]")
    return found if model is None else _known(found, model)


def _known(quantity: Quantity, model: Model) -> Quantity:
    name = quantity.family
    if name not in model.families:
        raise TargetError(_no_family(name, model))
    of_model = next(q for e in model.equations for q in (e.left, *quantities(e.right)) if q.family == name)
    if form(quantity) != form(of_model):
        raise TargetError(
            f"{quantity} has {form(quantity)}, and the model has {of_model}, with {form(of_model)}: "
            f"write {_completed(quantity, of_model)}"
        )
    return quantity


def _completed(quantity: Quantity, of_model: Quantity) -> Quantity:
    """The quantity with the label and the indices that it lacks taken from the model."""
    label = None if of_model.label is None else quantity.label or of_model.label
    count = len(of_model.indices)
    return Quantity(quantity.family, label, (*quantity.indices, *of_model.indices[len(quantity.indices) :])[:count])


def _no_family(name: str, model: Model) -> str:
    if name in {symbol.name for symbol in symbols_of(model_mentions(model))}:
        return f"{name} is a size, a label or an index of the model: there is no derivative by it"
    if name in {n.function.name for e in model.equations for n in walk(e.right) if isinstance(n, Apply)}:
        return f"{name} is a function of the model: there is no derivative by it, only by a quantity"
    return str(unknown("quantity", name, model.families))


def read_expression(text: str, *, letters: Collection[str] = ()) -> Expr:
    """One expression; `letters` are indices and sizes, such as i or n(L), besides those that the text shows."""
    parsed, context = _alone(text, "an expression", letters)
    return expression(parsed.right, context)


def read_condition(text: str, *, letters: Collection[str] = ()) -> Condition:
    """One condition, such as `0 < a and a < 1`."""
    parsed, context = _alone(text, "a condition", letters)
    return condition(parsed.right, context)


def _alone(text: str, what: str, letters: Collection[str]) -> tuple[Parsed, Context]:
    line = one_line(text, what)
    parsed = parse_line(line)
    for part in parsed.ranges:
        raise error(line, part, f"{what} has no range of its own: only an equation has, at the end of its line")
    return parsed, Context(line, names_of([parsed], *_names_of_sizes(map(read_symbol, letters))))


def read_index(text: str) -> Index:
    """`L-1`, `n(L)-1`, `12`"""
    line = one_line(text, "an index")
    return as_index(parse_line(line).right, Context(line, Names()))


def read_symbol(text: str) -> Symbol:
    """`n(L)`, `m`"""
    found = read_index(text).symbol
    if found is None:
        raise LanguageError(f"a size is a letter, or a letter with a label such as n(L), not {shortened(text)}")
    return found
