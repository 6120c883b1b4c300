"""Definitions of the catalogue functions, and of their derivatives, that NumPy lacks."""

from __future__ import annotations

from collections.abc import Iterable

from derive.model.functions import derivative_of, formula_of, known
from derive.model.model import Equation, Model
from derive.views.arrays import Arrays
from derive.views.frame import Frame
from derive.views.numpy_code import NUMPY, derivative_name, term
from derive.views.program import Program
from derive.views.wrapping import INDENT
from derive.writing.nodes import Apply, Expr, Function, Quantity
from derive.writing.walk import quantities, walk

VALUE, A = Quantity("value"), Quantity("a")

# The elementary functions that NumPy lacks.
OWN_CODE = {"erf": "np.vectorize(math.erf)(z)"}


def helper_functions(applied: Iterable[Function]) -> list[str]:
    """The lines that define what is applied, each function after those that it needs."""
    found: dict[str, list[str]] = {}
    for function in applied:
        _add(function, found)
    return [line for lines in found.values() for line in lines]


def _add(function: Function, found: dict[str, list[str]]) -> None:
    name, orders = function.name, tuple(order for order in function.orders if order)
    if known(name) is None or (name in NUMPY and not orders) or derivative_name(name, orders) in found:
        return
    formula = derivative_of(name) if orders else formula_of(name)
    needs_value = formula is not None and A in quantities(formula) and bool(orders)
    inner = [n.function for n in walk(formula) if isinstance(n, Apply)] if formula is not None else []
    for needed in (*inner, *([Function(name)] if needs_value else [])):
        _add(needed, found)
    value = [f"{INDENT}a = {NUMPY.get(name, name)}(z)"] if needs_value else []
    body = OWN_CODE[name] if formula is None else _code(formula)
    found[derivative_name(name, orders)] = [
        f"def {derivative_name(name, orders)}(z):",
        *value,
        f"{INDENT}return {body}",
        "",
        "",
    ]


def _code(formula: Expr) -> str:
    """A formula in z and a; it is a model of one equation."""
    equation = Equation(VALUE, formula)
    alone = Program(Model((equation,)), VALUE, (equation,), (), {}, "d", (), ())
    return term(formula, Frame(Arrays(alone), {}, frozenset(), ())).text
