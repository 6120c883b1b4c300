"""What trees mean to SymPy.

A quantity is an `Indexed` of its family (its label is the first index) or a `Symbol`, real; a letter is an integer
symbol; a size n(L) is a positive integer function of its label. Nothing is ever parsed: a family called E or pi is a
plain symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch

import sympy

from derive.writing import nodes as written
from derive.writing.index import Index, Symbol
from derive.writing.walk import free_symbols, fresh, indices, quantities, walk

Functions = Mapping[str, Callable[..., sympy.Expr]]

_CONCRETE = 64
_ELEMENTARY: Functions = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "tanh": sympy.tanh,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "erf": sympy.erf,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "max": sympy.Max,
    "min": sympy.Min,
}
_CONSTANTS = {"pi": sympy.pi}
_RELATIONS = {
    "==": sympy.Eq,
    "!=": sympy.Ne,
    "<": sympy.Lt,
    "<=": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
}


def meaning(node: written.Node, functions: Functions | None = None) -> sympy.Basic:
    """The tree as a SymPy object.

    `functions` says what named functions are, such as {"sigmoid": lambda z: 1/(1 + exp(-z))}; one that neither it nor
    SymPy knows is an undefined function, g(L) under the name "g(L)".
    """
    taken = {s.name for s in free_symbols(node)} | {q.family for q in quantities(node)}
    return meant(node, _Scope(functions or {}, frozenset(taken)))


@dataclass(frozen=True)
class _Scope:
    """The functions that are known, the names that bound letters must avoid, and the letters bound around a node."""

    functions: Functions
    taken: frozenset[str]
    bound: Mapping[Symbol, sympy.Symbol] = field(default_factory=dict)

    def binding(self, symbol: Symbol) -> tuple[sympy.Symbol, _Scope]:
        """A letter for a bound index that captures nothing, with the scope inside."""
        name = fresh(symbol, self.taken).name
        letter = sympy.Symbol(name, integer=True)
        return letter, replace(self, taken=self.taken | {name}, bound={**self.bound, symbol: letter})

    def symbol(self, symbol: Symbol) -> sympy.Expr:
        if symbol in self.bound:
            return self.bound[symbol]
        if symbol.label is None:
            return sympy.Symbol(symbol.name, integer=True)
        return sympy.Function(symbol.name, integer=True, positive=True)(self.index(symbol.label))

    def index(self, index: Index) -> sympy.Expr:
        products = (sympy.Mul(c, *map(self.symbol, monomial)) for monomial, c in index.terms)
        return sympy.Add(*products)

    def arguments(self, quantity: written.Quantity) -> list[sympy.Expr]:
        """Label and indices in one row."""
        label = [] if quantity.label is None else [quantity.label]
        return [self.index(i) for i in (*label, *quantity.indices)]


@singledispatch
def meant(node: written.Node, _scope: _Scope) -> sympy.Basic:
    """What a node means inside a scope."""
    raise TypeError(f"meaning has no rule for {type(node).__name__}")


@meant.register(written.Number)
def _number(node: written.Number, _: _Scope) -> sympy.Basic:
    return sympy.Rational(node.value.numerator, node.value.denominator)


@meant.register(written.Constant)
def _constant(node: written.Constant, _: _Scope) -> sympy.Basic:
    return _CONSTANTS[node.name]


@meant.register(written.Quantity)
def _quantity(node: written.Quantity, scope: _Scope) -> sympy.Basic:
    return _element(node.family, scope.arguments(node))


def _element(name: str, arguments: Sequence[sympy.Expr]) -> sympy.Expr:
    symbol = sympy.Symbol(name, real=True)
    return sympy.IndexedBase(symbol)[tuple(arguments)] if arguments else symbol


@meant.register(written.IndexValue)
def _index_value(node: written.IndexValue, scope: _Scope) -> sympy.Basic:
    return scope.index(node.index)


@meant.register(written.Delta)
def _delta(node: written.Delta, scope: _Scope) -> sympy.Basic:
    return sympy.KroneckerDelta(scope.index(node.left), scope.index(node.right))


@meant.register(written.Negative)
def _negative(node: written.Negative, scope: _Scope) -> sympy.Basic:
    return -meant(node.body, scope)


@meant.register(written.Sum)
def _sum(node: written.Sum, scope: _Scope) -> sympy.Basic:
    return sympy.Add(*(meant(term, scope) for term in node.terms))


@meant.register(written.Product)
def _product(node: written.Product, scope: _Scope) -> sympy.Basic:
    return sympy.Mul(*(meant(factor, scope) for factor in node.factors))


@meant.register(written.Power)
def _power(node: written.Power, scope: _Scope) -> sympy.Basic:
    return sympy.Pow(meant(node.base, scope), meant(node.exponent, scope))


@meant.register(written.Quotient)
def _quotient(node: written.Quotient, scope: _Scope) -> sympy.Basic:
    return meant(node.numerator, scope) / meant(node.denominator, scope)


@meant.register(written.Grouped)
def _grouped(node: written.Grouped, scope: _Scope) -> sympy.Basic:
    return meant(node.body, scope)


@meant.register(written.ExpandedSum)
def _expanded_sum(node: written.ExpandedSum, scope: _Scope) -> sympy.Basic:
    return meant(node.sigma, scope)


# ---------------------------------------------------------------- functions and derivatives


@meant.register(written.Apply)
def _apply(node: written.Apply, scope: _Scope) -> sympy.Basic:
    arguments = [meant(argument, scope) for argument in node.arguments]
    orders = node.function.orders or (0,) * len(arguments)
    label = node.function.label
    if label is not None and not label.symbols.isdisjoint(scope.bound):
        # g(l) inside a sum over l: a name would hide that it depends on l
        arguments, orders = [scope.index(label), *arguments], (0, *orders)
        return _differentiated(_undefined(node.function.name), orders, arguments)
    return _differentiated(_function(node.function, scope.functions), orders, arguments)


def _function(function: written.Function, functions: Functions) -> Callable[..., sympy.Expr]:
    name = _name(function)
    for known in (functions, _ELEMENTARY):
        if name in known:
            return known[name]
    return functions.get(function.name, _undefined(name))


def _name(function: written.Function) -> str:
    return function.name if function.label is None else f"{function.name}({function.label})"


def _undefined(name: str) -> Callable[..., sympy.Expr]:
    undefined: Callable[..., sympy.Expr] = sympy.Function(name, real=True)
    return undefined


def _differentiated(
    function: Callable[..., sympy.Expr], orders: Sequence[int], arguments: Sequence[sympy.Expr]
) -> sympy.Basic:
    """The function differentiated by its arguments, as SymPy's own chain rule would write it."""
    if not any(orders):
        return function(*arguments)
    value = function(*arguments)
    if isinstance(value, sympy.core.function.AppliedUndef) and sum(orders) == 1:
        return value.fdiff(orders.index(1) + 1)
    if len(arguments) == 1 and isinstance(arguments[0], sympy.Symbol | sympy.Indexed):
        return value.diff((arguments[0], orders[0]))
    places = [sympy.Dummy(f"x{i}", real=True) for i in range(len(arguments))]
    derivative = function(*places).diff(*((p, order) for p, order in zip(places, orders, strict=True) if order))
    return derivative.subs(dict(zip(places, arguments, strict=True)))


@meant.register(written.Partial)
def _partial(node: written.Partial, scope: _Scope) -> sympy.Basic:
    """SymPy's own derivative.

    Bound letters have been renamed apart from those of `by`, without which SymPy 1.14 would take the bound index k for
    the k of `by` (its issue 21891).
    """
    if isinstance(node.of, written.Quantity):
        return _derivative_of_quantities(node.of, node.by, scope)
    return sifted(meant(node.of, scope).diff(meant(node.by, scope)))


@meant.register(written.Gradient)
def _gradient(node: written.Gradient, scope: _Scope) -> sympy.Basic:
    return _derivative_of_quantities(node.of, node.by, scope)


def _derivative_of_quantities(of: written.Quantity, by: written.Quantity, scope: _Scope) -> sympy.Basic:
    """A symbol of its own, as SymPy knows no dependencies; indexed by all labels and indices, for a sum over them."""
    return _element(f"d({of.family})/d({by.family})", scope.arguments(of) + scope.arguments(by))


# ---------------------------------------------------------------- ranges and conditions

_FOLDS: Mapping[str, Callable[..., sympy.Expr]] = {"sum": sympy.Sum, "prod": sympy.Product}
_EXTREMES: Mapping[str, Callable[..., sympy.Expr]] = {"max": sympy.Max, "min": sympy.Min}
_NEUTRAL = {"sum": sympy.Integer(0), "prod": sympy.Integer(1), "max": -sympy.oo, "min": sympy.oo}


@meant.register(written.Fold)
def _fold(node: written.Fold, scope: _Scope) -> sympy.Basic:
    letter, inner = scope.binding(node.symbol)
    lower, last = scope.index(node.lower), scope.index(node.upper) - 1
    body = meant(node.body, inner)
    if node.where:
        conditions = sympy.And(*(meant(condition, inner) for condition in node.where))
        body = sympy.Piecewise((body, conditions), (_NEUTRAL[node.kind], True))
    if node.kind in _FOLDS:
        return _FOLDS[node.kind](body, (letter, lower, last))
    if lower.is_Integer and last.is_Integer and last - lower < _CONCRETE:
        return _EXTREMES[node.kind](*(body.subs(letter, i) for i in range(int(lower), int(last) + 1)))
    return _undefined(node.kind)(sympy.Lambda(letter, body), lower, last)


@meant.register(written.Cases)
def _cases(node: written.Cases, scope: _Scope) -> sympy.Basic:
    return sympy.Piecewise(
        (meant(node.then, scope), meant(node.condition, scope)), (meant(node.otherwise, scope), True)
    )


@meant.register(written.Compare)
def _compare(node: written.Compare, scope: _Scope) -> sympy.Basic:
    return _RELATIONS[node.relation](meant(node.left, scope), meant(node.right, scope))


@meant.register(written.Logic)
def _logic(node: written.Logic, scope: _Scope) -> sympy.Basic:
    joined = sympy.And if node.connective == "and" else sympy.Or
    return joined(*(meant(part, scope) for part in node.parts))


@meant.register(written.Not)
def _not(node: written.Not, scope: _Scope) -> sympy.Basic:
    return sympy.Not(meant(node.part, scope))


# ---------------------------------------------------------------- Kronecker deltas


def sifted(expression: sympy.Expr, conditions: list[sympy.Basic] | None = None) -> sympy.Expr:
    """Sum(KroneckerDelta(c, k)*f(k), (k, a, b)) -> f(c)  where a <= c <= b

    The condition is kept as a Piecewise with 0 elsewhere, unless it is decided; with a list of `conditions` it is added
    to that instead.
    """
    if not expression.has(sympy.Sum):
        return expression
    if isinstance(expression, sympy.Sum):
        result = sifted(expression.function, conditions)
        for letter, lower, last in expression.limits:
            result = _sifted_sum(result, letter, lower, last, conditions)
        return result
    inside = [sifted(argument, conditions) for argument in expression.args]
    return expression if inside == list(expression.args) else expression.func(*inside)


def _sifted_sum(
    body: sympy.Expr, k: sympy.Symbol, lower: sympy.Expr, last: sympy.Expr, conditions: list[sympy.Basic] | None
) -> sympy.Expr:
    if body == 0 or not body.has(sympy.KroneckerDelta):
        return sympy.Sum(body, (k, lower, last)) if body != 0 else body
    done: list[sympy.Expr] = []
    left: list[sympy.Expr] = []
    for term in _multiplied_out(body, k):
        factors = sympy.Mul.make_args(term)
        delta = next((f for f in factors if _place(f, k) is not None), None)
        if delta is not None:
            place = _place(delta, k)
            rest = sympy.Mul(*(f for f in factors if f is not delta)).subs(k, place)
            done.append(_under(rest, sympy.And(lower <= place, place <= last), conditions))
        elif any(isinstance(f, sympy.KroneckerDelta) for f in factors):
            inside = sympy.Mul(*(f for f in factors if f.has(k)))
            outside = sympy.Mul(*(f for f in factors if not f.has(k)))
            done.append(outside * sympy.Sum(inside, (k, lower, last)))
        else:
            left.append(term)
    kept = [sympy.Sum(sympy.Add(*left), (k, lower, last))] if left else []
    return sympy.Add(*done, *kept)


def _under(value: sympy.Expr, condition: sympy.Basic, conditions: list[sympy.Basic] | None) -> sympy.Expr:
    if conditions is None or condition == sympy.false:
        return sympy.Piecewise((value, condition), (0, True))
    if condition != sympy.true:
        conditions.append(condition)
    return value


def _place(factor: sympy.Expr, k: sympy.Symbol) -> sympy.Expr | None:
    """The value of k at which a delta is 1, where it is one and whole."""
    if not isinstance(factor, sympy.KroneckerDelta):
        return None
    difference = sympy.expand(factor.args[0] - factor.args[1])
    c = difference.coeff(k)
    rest = difference - c * k
    return -rest / c if c in (1, -1) and not rest.has(k) else None


def _multiplied_out(body: sympy.Expr, k: sympy.Symbol) -> Iterator[sympy.Expr]:
    """The terms of a body, with those sums multiplied out, and those cases opened, that hide a delta of k."""
    for term in sympy.Add.make_args(body):
        factors = sympy.Mul.make_args(term)
        opened = next((f for f in factors if _opened(f, k) != [f]), None)
        if opened is None:
            yield term
            continue
        rest = sympy.Mul(*(f for f in factors if f is not opened))
        for part in _opened(opened, k):
            yield from _multiplied_out(rest * part, k)


def _opened(factor: sympy.Expr, k: sympy.Symbol) -> list[sympy.Expr]:
    """(delta*a + b) as [delta*a, b], and (delta*a if c else 0) as [delta*(a if c else 0)]."""
    deltas = [d for d in factor.atoms(sympy.KroneckerDelta) if d.has(k)]
    if isinstance(factor, sympy.Add) and deltas:
        return list(factor.args)
    if isinstance(factor, sympy.Piecewise) and deltas:
        branches = [(sympy.Mul.make_args(value), condition) for value, condition in factor.args]
        shared = [d for d in deltas if all(d in factors or factors == (0,) for factors, _ in branches)]
        if shared:
            cases = [(sympy.Mul(*(f for f in factors if f != shared[0])), c) for factors, c in branches]
            return [shared[0] * sympy.Piecewise(*cases)]
    return [factor]


# ---------------------------------------------------------------- symbols


def symbols_of(node: written.Node) -> dict[str, sympy.Basic]:
    """Each quantity, letter, size, function and named derivative of a tree, as written, with its SymPy object."""
    found: dict[str, sympy.Basic] = {}
    scope = _Scope({}, frozenset())
    for part in walk(node):
        if isinstance(part, written.Quantity | written.Gradient) or (
            isinstance(part, written.Partial) and isinstance(part.of, written.Quantity)
        ):
            found.setdefault(str(part), meant(part, scope))
        if isinstance(part, written.Apply) and _name(part.function) not in _ELEMENTARY:
            found.setdefault(_name(part.function), _undefined(_name(part.function)))
        for symbol in _symbols(part):
            found.setdefault(str(symbol), scope.symbol(symbol))
    return found


def _symbols(node: written.Node) -> Iterator[Symbol]:
    """The letters and sizes in a node itself, in canonical order."""
    for index in indices(node):
        yield from sorted(index.symbols, key=lambda s: s.order)
