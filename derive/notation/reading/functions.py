"""Functions with their arguments: known ones by any spelling, unknown ones by their letter, and words such as diag."""

from __future__ import annotations

from collections.abc import Callable

from derive.errors import shortened
from derive.notation.reading import conditions, folds
from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.powers import raised
from derive.notation.reading.scripts import Scripts, scripts, told_apart
from derive.notation.reading.tokens import Token
from derive.writing.index import Index, index
from derive.writing.matrices import Array, Diagonal
from derive.writing.nodes import Apply, Expr, Fold, Function, Number, Product, Quantity, Quotient
from derive.writing.walk import fresh, names_in

OPENING = ("(", "[", "lbrace")


def known(c: Cursor, token: Token, name: str, found: Scripts) -> Expr:
    """sigma'(z), tanh^2(z), log p"""
    if found.below is not None:
        raise c.error(f"{token.text} with a subscript is no function that is read here", token)
    above = told_apart(c, found.above, True, token.text)
    if above.label is not None and above.label.value is not None:
        raise c.error(
            f"{token.text}^{{({above.label})}} can be the function of a layer or a derivative: write {token.text}(…), "
            f"or {token.text}'(…)",
            token,
        )
    arguments = _arguments(c, token, bare=True)
    return _finished(c, token, Function(name), arguments, found.primes, above.powers)


def unknown(c: Cursor, token: Token, name: str, found: Scripts, below: Span | None) -> Expr:
    """g'^{(L)}(z)"""
    if below is not None:
        raise c.error(f"the function {token.text} has no subscript here", c.tokens[below.start])
    labelled = c.conventions.functions[name]
    above = told_apart(c, found.above, labelled, token.text)
    arguments = _arguments(c, token, bare=False)
    label = above.label
    if label is None and labelled:
        label = _layer(c, token, name, arguments[0])
    return _finished(c, token, Function(name, label), arguments, found.primes, above.powers)


def _layer(c: Cursor, token: Token, name: str, argument: Expr) -> Index | None:
    """The layer that was left out: that of the argument, or the only one there is."""
    if isinstance(argument, Quantity) and argument.label is not None:
        return argument.label
    if isinstance(argument, Array) and argument.part.label is not None:
        return argument.part.label
    labels = c.conventions.function_labels.get(name, ())
    if len(labels) == 1:
        return labels[0]
    if c.conventions.open:
        return None
    raise c.error(f"the layer of {token.text} is missing: write {token.text}^{{(L)}}", token)


def _finished(
    c: Cursor, token: Token, function: Function, arguments: tuple[Expr, ...], primes: int, powers: list[Span]
) -> Expr:
    for span in powers:
        if c.tokens[span.start].text == "-":
            name = token.text
            raise c.error(f"{name}^{{-1}} can be the inverse of {name} or 1/{name}: write 1/{name}(…)", token)
    if primes and len(arguments) > 1:
        raise c.error(f"a prime on {token.text} does not say which of its arguments is meant", token)
    own = Function(function.name, function.label, (primes,) if primes else ())
    return raised(c, Apply(own, arguments), powers)


def _arguments(c: Cursor, token: Token, bare: bool) -> tuple[Expr, ...]:
    if c.sees(*OPENING):
        return bracketed(c)
    if not bare or not c.starts():
        raise c.error(f"{token.text} is a function: apply it, as in {token.text}(z)", token)
    return (_bare(c, token),)


def bracketed(c: Cursor) -> tuple[Expr, ...]:
    """(a, b): the arguments in the brackets that open here."""
    opening = c.position
    close = c.close(opening)
    c.take()
    found: list[Expr] = []
    with c.within(Span(opening + 1, close)):
        found.append(c.expression())
        while c.accept(",", ";"):
            found.append(c.expression())
    c.position = close + 1
    return tuple(found)


def _bare(c: Cursor, token: Token) -> Expr:
    """log p, sin 2x: numbers and one factor; what follows must not seem to belong to it."""
    factors = [c.factor()]
    while isinstance(factors[-1], Number) and c.starts():
        factors.append(c.factor())
    if c.starts() and not c.sees(*OPENING) and c.token.kind != "word":
        raise c.error(f"it is not clear where the argument of {token.text} ends: put it in brackets")
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


# ---------------------------------------------------------------- words


def word(c: Cursor, token: Token) -> Expr:
    """A word that is no name of the model: a function, or diag, max, 1, I."""
    special = _WORDS.get(token.text)
    if special is not None:
        return special(c, token)
    name = c.conventions.function(token.text)
    if name is None:
        raise c.error(f"{shortened(token.text)} is no function that is known here", token)
    return known(c, token, name, scripts(c))


def _extreme(c: Cursor, token: Token) -> Expr:
    """max(0, z), or max_k over a range"""
    if c.sees("_"):
        return folds.over_range(c, token)
    return known(c, token, token.text, scripts(c))


def _diagonal(c: Cursor, token: Token) -> Expr:
    if not c.sees(*OPENING):
        raise c.error("diag is applied to a column, as in diag(z)", token)
    arguments = bracketed(c)
    if len(arguments) != 1:
        raise c.error(f"diag has one argument, and here it has {len(arguments)}", token)
    return Diagonal(arguments[0])


def _softmax(c: Cursor, token: Token) -> Expr:
    """softmax(z)_j => exp(z_j) / sum(exp(z_i) for i in …)"""
    form = "an element of a softmax is written softmax(z)_j, with a whole column inside"
    if not c.sees(*OPENING):
        raise c.error(form, token)
    (column, *more), below = bracketed(c), scripts(c)
    if more or below.below is None or not isinstance(column, Array) or len(column.axes) != 1:
        raise c.error(form, token)
    (own,) = folds.indices_of(c, below.below)
    letter = fresh(folds.COUNTER, names_in(column) | {s.name for s in own.symbols} | {s.name for s in c.bound})
    axis = column.axes[0]

    def element(at: Index) -> Expr:
        part = column.part
        return Apply(Function("exp"), (Quantity(part.family, part.label, (at,)),))

    whole = Fold("sum", element(index(letter)), letter, axis.lower, axis.upper)
    return raised(c, Quotient(element(own), whole), below.above)


_WORDS: dict[str, Callable[[Cursor, Token], Expr]] = {
    "max": _extreme,
    "min": _extreme,
    "diag": _diagonal,
    "softmax": _softmax,
    "1": conditions.indicator,
    "I": conditions.identity,
}
