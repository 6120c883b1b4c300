"""Names: which quantity, size, function or delta a letter with its scripts is, as the conventions have it."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import NamedTuple

from derive.errors import shortened
from derive.notation.reading import arrays, functions
from derive.notation.reading.conventions import Entry, Family
from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.indices import counted, indices_in, letter, natural
from derive.notation.reading.powers import raised
from derive.notation.reading.scripts import Scripts, own_subscripts, scripts, told_apart
from derive.notation.reading.tokens import Token
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import ONE, Apply, Constant, Delta, Expr, Function, Gradient, IndexValue, Negative, Quantity

_OPEN = Family(labelled=True, indices=4, exact=False)  # of a letter that is not listed


class Named(NamedTuple):
    """A name as it stands in the text, with what it means and the subscript that is left for indices."""

    token: Token
    entry: Entry
    below: Span | None
    scripts: Scripts


def named(c: Cursor) -> Expr:
    """The expression that begins with the name at the cursor."""
    token = c.token
    entries = c.conventions.names.get(token.text, ())
    bound = Symbol(token.text) in c.bound or (c.comparing and not entries and token.kind == "letter")
    if bound and (not entries or not _has_scripts(c)):
        c.take()
        return raised(c, IndexValue(index(Symbol(token.text))), scripts(c).above)
    if any(e.kind == "size" for e in entries) and not any(e.kind == "family" for e in entries):
        return _number(c)
    c.take()
    if token.kind == "word" and not entries:
        return functions.word(c, token)
    found = _meant(c, token, entries, scripts(c))
    return _KINDS[found.entry.kind](c, found)


def _has_scripts(c: Cursor) -> bool:
    return c.ahead().kind == "sign" and c.ahead().text in {"_", "^"}


def _meant(c: Cursor, token: Token, entries: tuple[Entry, ...], found: Scripts) -> Named:
    for entry in entries:
        own, below = own_subscripts(c, entry, found.below)
        if own:
            return Named(token, entry, below, found)
    if entries:
        raise c.error(_other_subscripts(token, entries), token)
    return Named(token, _unlisted(c, token), found.below, found)


def _other_subscripts(token: Token, entries: tuple[Entry, ...]) -> str:
    known = " or ".join(f"{token.text}_{{{','.join(e.subscripts)}}}" for e in entries)
    return f"{token.text} alone has no meaning here: write {known}"


def _unlisted(c: Cursor, token: Token) -> Entry:
    """What a letter is that no convention lists."""
    known = c.conventions.function(token.text) if len(token.text) > 1 else None
    if known is not None:
        return Entry("known", known)
    if token.text == "delta":
        return Entry("delta", "")
    if token.text == "e":
        return Entry("constant", "e")
    if c.conventions.open:
        return Entry("family", identifier(token))
    raise c.error(_unknown(c, token), token)


def identifier(token: Token) -> str:
    """xhat for \\hat{x}"""
    accent, _, base = token.text.rpartition(" ")
    return base + accent


def _unknown(c: Cursor, token: Token) -> str:
    conventions = c.conventions
    other = token.text.swapcase()
    if other in conventions.names and len(token.text) == 1:
        return f"{token.text} is not {other}: only {other} is known here"
    near = difflib.get_close_matches(token.text, conventions.names, n=1, cutoff=0.7) if len(token.text) > 1 else []
    hint = f": did you mean {near[0]}?" if near else f": the names here are {conventions.shown}"
    return f"{shortened(token.text)} is not known here{hint}"


# ---------------------------------------------------------------- quantities


def _family(c: Cursor, found: Named) -> Expr:
    """w_{12}^{(L)}"""
    name = found.entry.name
    form = c.conventions.families.get(name, _OPEN)
    if found.scripts.primes:
        raise c.error(f"{name} is a quantity, and only a function has a derivative with a prime", found.token)
    if form.exact is False and _applied_to_something(c, name):
        raise c.error(_both(found.token), found.token)
    above = told_apart(c, found.scripts.above, form.labelled, found.token.text)
    label = above.label if above.label is not None else _only_label(form)
    if form.needs_label(label):
        raise c.error(_label_missing(found, form), found.token)
    own = _indices(c, found, form, name, label)
    if form.is_whole(len(own)) and label is None and form.free_label:
        return raised(c, arrays.column(c, name), above.powers)
    if form.is_whole(len(own)):
        return raised(c, arrays.whole(c, name, label, found.token, fixed=own), above.powers)
    return raised(c, Quantity(name, label, own), above.powers)


def _applied_to_something(c: Cursor, name: str) -> bool:
    """Whether an unlisted letter stands before a bracket that could be its argument: f(z)."""
    return name not in c.conventions.families and name in _LIKE_FUNCTIONS and c.sees("(")


_LIKE_FUNCTIONS = frozenset({"f", "h", "phi", "varphi", "psi", "F", "G", "H"})


def _both(token: Token) -> str:
    name = token.text
    return (
        f"{name}(…) can be {name} times what stands in the brackets, or a function {name} of it: write "
        rf"{name} \cdot (…) for the product, and g for an unknown function"
    )


def _only_label(form: Family) -> Index | None:
    return form.labels[0] if form.labelled and len(form.labels) == 1 else None


def _label_missing(found: Named, form: Family) -> str:
    name = found.token.text
    examples = " or ".join(f"{name}^{{({str(label).replace(' ', '')})}}" for label in form.labels[:2])
    return f"the layer of {name} is missing: write {examples or f'{name}^{{(L)}}'}"


def _indices(c: Cursor, found: Named, form: Family, name: str, label: Index | None) -> tuple[Index, ...]:
    """The indices that are written; a whole array may leave out the last ones."""
    if found.below is None:
        if form.exact and form.indices and not form.is_whole(0):
            raise c.error(f"{counted(form.indices)} due behind {found.token.text}", found.token)
        return ()
    if form.indices == 0:
        raise c.error(f"{found.token.text} has no index here", c.tokens[found.below.start])
    least, most = _counts(c, found.below, form)
    own = indices_in(c, found.below, least, most)
    return tuple(_sized(c, at, name, label, place) for place, at in enumerate(own))


def _counts(c: Cursor, below: Span, form: Family) -> tuple[int, int | None]:
    """How many indices there may be: all of them, or those that choose a whole array."""
    if not form.exact:
        return 1, None if form is _OPEN else form.indices
    whole = form.choosing > 0 and form.is_whole(form.choosing) and natural(c, below) <= form.choosing
    return (form.choosing, form.choosing) if whole else (form.indices, form.indices)


def _sized(c: Cursor, at: Index, name: str, label: Index | None, place: int) -> Index:
    """w_{m,n-1}, where one letter stands for the sizes of all layers: that of the layer over which the index runs."""
    bare = [s for s in at.symbols if s.label is None and c.conventions.sizes.get(s.name)]
    extent = c.conventions.extent(name, label, place) if bare else None
    sizes = extent[1].symbols if extent is not None else frozenset()
    return at.substitute({b: index(s) for b in bare for s in sizes if s.name == b.name and s.label is not None})


# ---------------------------------------------------------------- deltas


def _delta(c: Cursor, found: Named) -> Expr:
    """The derivative of the loss by a pre-activation, or Kronecker's delta."""
    target = c.conventions.deltas.get(found.entry.name)
    form = c.conventions.families.get(target or "", _OPEN)
    above = told_apart(c, found.scripts.above, form.labelled or target is None, "\\delta")
    pair = found.below is not None and above.label is None and natural(c, found.below) == 2
    if pair and target is not None and form.indices == 2 and form.exact:
        raise c.error(
            f"\\delta with two indices can be Kronecker's, or the derivative by {target}: write the derivative as "
            r"\frac{\partial …}{\partial …}, or the condition as [i = j]",
            found.token,
        )
    if pair and found.below is not None:
        return raised(c, Delta(*indices_in(c, found.below, 2, 2)), above.powers)
    if target is None or not c.conventions.losses:
        raise c.error(
            "\\delta stands for nothing here: Kronecker's delta has two indices, as in \\delta_{ij}", found.token
        )
    label = above.label if above.label is not None else _only_label(form)
    loss = Quantity(c.conventions.losses[0])
    if form.needs_label(label):
        raise c.error(_label_missing(found, form), found.token)
    own = _indices(c, found, form, target, label)
    if form.is_whole(len(own)):
        return raised(c, arrays.whole(c, target, label, found.token, loss, own), above.powers)
    whole: Expr = Gradient(loss, Quantity(target, label, own))
    return raised(c, Negative(whole) if c.conventions.notation.delta_sign < 0 else whole, above.powers)


# ---------------------------------------------------------------- numbers, functions, arrays


def _number(c: Cursor) -> Expr:
    """n_{L-1}, m, L: a size, a label or an index used as a number."""
    token = c.take()
    symbol = letter(c, token)
    above = scripts(c)
    if symbol.label is None and c.conventions.sizes.get(symbol.name) and not c.conventions.open:
        raise c.error(f"{token.text} is the size of a layer: write {token.text}_{{L}} for that of layer L", token)
    if above.primes or above.below is not None:
        raise c.error(f"{token.text} is a number, and has no prime or index", token)
    return raised(c, IndexValue(index(symbol)), above.above)


def _constant(c: Cursor, found: Named) -> Expr:
    """pi, and e^x, which is exp(x)"""
    if found.below is not None or found.scripts.primes:
        raise c.error(f"{found.token.text} is a number, and has no prime or index", found.token)
    if found.entry.name != "e":
        return raised(c, Constant(found.entry.name), found.scripts.above)
    exponent: Expr = ONE
    if found.scripts.above:
        with c.within(found.scripts.above[0]):
            exponent = c.expression()
    return raised(c, Apply(Function("exp"), (exponent,)), found.scripts.above[1:])


def _function(c: Cursor, found: Named) -> Expr:
    return functions.unknown(c, found.token, found.entry.name, found.scripts, found.below)


def _known(c: Cursor, found: Named) -> Expr:
    return functions.known(c, found.token, found.entry.name, found.scripts)


def _array(c: Cursor, found: Named) -> Expr:
    """W^{(L)}: the matrix of all w_{jk}^{(L)}"""
    form = c.conventions.families[found.entry.name]
    name = found.entry.name
    above = told_apart(c, found.scripts.above, form.labelled, found.token.text)
    label = above.label if above.label is not None else _only_label(form)
    own = _indices(c, found, form, name, label)
    if not form.is_whole(len(own)):
        raise c.error(f"{found.token.text} is the whole matrix: its elements are written {name}", found.token)
    return raised(c, arrays.whole(c, name, label, found.token, fixed=own), above.powers)


_KINDS: dict[str, Callable[[Cursor, Named], Expr]] = {
    "family": _family,
    "delta": _delta,
    "constant": _constant,
    "function": _function,
    "known": _known,
    "array": _array,
}
