"""Written mathematics for the ear: the partial derivative of C nought with respect to w one two in layer L.

It is made from the tree, so a layer is never read as a power. The words of a language are format strings; what binds
less tightly than its place allows is said between words that stand for brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, singledispatch
from typing import NamedTuple

from derive.notation.boxes import AND, ATOM, EXTREME, FACTOR, FOLD, OR, POWER, PRODUCT, RELATION, SIGNED, SUM
from derive.notation.expressions import exponent_of, term_level, terms
from derive.notation.latex import branches
from derive.notation.matrix import written
from derive.notation.names import GREEK, is_word, parsed
from derive.notation.notations import FUNCTIONS, LESSON, Notation
from derive.notation.numerals import decimal
from derive.notation.symbols import index_level
from derive.notation.telling import told, told_chain
from derive.writing import matrices
from derive.writing.index import Index, Symbol
from derive.writing.nodes import (
    Apply,
    Blank,
    Cases,
    Compare,
    Condition,
    Constant,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Gradient,
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)

DIGITS = "0123456789"


@dataclass(frozen=True, eq=False)
class Speech:
    """How a language says each kind of node: format strings by name, as in templates/en/speech.toml."""

    words: Mapping[str, str]
    notation: Notation = LESSON

    def say(self, key: str, **parts: str) -> str:
        """The words under a key, with the spoken parts in their places."""
        return self.words[key].format(**parts)


class Said(NamedTuple):
    """Words, and how tightly what they say binds."""

    text: str
    level: int = ATOM


@lru_cache(maxsize=4096)
def spoken(node: Node | Index, speech: Speech) -> str:
    """An expression, a condition or an index as words."""
    return _index(node, speech) if isinstance(node, Index) else _sentence(told(node, speech.notation), speech)


def _sentence(node: Node, speech: Speech) -> str:
    return said(node, speech).text.removesuffix(",")


def spoken_chain(chain: tuple[Expr, ...], speech: Speech, relation: str = "==") -> str:
    """chain[0] = chain[1] = … as words, or with another relation."""
    left, members = told_chain(chain[0], chain[1:], speech.notation)
    text = _sentence(left, speech)
    for member in members:
        text = speech.say(relation, left=text, right=_sentence(member, speech))
    return text


@singledispatch
def said(node: Node, _speech: Speech) -> Said:
    raise TypeError(f"no words for {type(node).__name__}")


def _needing(body: Node, level: int, speech: Speech) -> str:
    found = said(body, speech)
    return found.text if found.level >= level else speech.say("group", body=found.text.removesuffix(","))


# ---------------------------------------------------------------- names and indices


def _name(identifier: str, speech: Speech) -> str:
    """w, C nought, x hat, W of f."""
    name = parsed(identifier)
    base = name.base if name.base in GREEK else FUNCTIONS.get(name.base, name.base)
    whole = speech.say(name.accent, body=base) if name.accent else base
    return " ".join([whole, *(_subscript(text, speech) for text in name.subscripts)])


def _subscript(text: str, speech: Speech) -> str:
    return text if is_word(text) or text in GREEK else " ".join(_digit(c, speech) for c in text)


def _digit(character: str, speech: Speech) -> str:
    return speech.words[character] if character in DIGITS else character


def _whole(number: int, speech: Speech) -> str:
    return speech.words[str(number)] if 0 <= number <= 9 else str(number)


def _symbol(symbol: Symbol, speech: Speech) -> str:
    name = _name(speech.notation.letter(symbol), speech)
    if symbol.label is None:
        return name
    return speech.say("size", body=name, label=_index(symbol.label, speech))


def _index(place: Index, speech: Speech) -> str:
    text = ""
    for monomial, coefficient in place.signed_terms():
        factors = [_symbol(symbol, speech) for symbol in monomial]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, _whole(abs(coefficient), speech))
        term = " ".join(factors)
        if text:
            text = speech.say("minus" if coefficient < 0 else "plus", left=text, right=term)
        else:
            text = speech.say("negative", body=term) if coefficient < 0 else term
    return text or speech.words["0"]


# ---------------------------------------------------------------- leaves


@said.register
def _quantity(node: Quantity, speech: Speech) -> Said:
    notation = speech.notation
    name = _name(notation.family(node.family), speech)
    text = " ".join([name, *(_index(i, speech) for i in node.indices)])
    if node.label is not None:
        text = speech.say("layer", body=text, label=_index(node.label, speech))
    return Said(text)


@said.register
def _number(node: Number, speech: Speech) -> Said:
    numeral = decimal(node.value) if node.decimal or node.value.denominator == 1 else None
    if numeral is None:
        above, below = (_whole(n, speech) for n in (node.value.numerator, node.value.denominator))
        return Said(speech.say("over", above=above, below=below), PRODUCT)
    if numeral.exponent:
        return Said(speech.say("scaled", digits=numeral.digits, exponent=str(numeral.exponent)), PRODUCT)
    return Said(_whole(int(node.value), speech) if node.value.denominator == 1 else numeral.digits)


@said.register
def _constant(node: Constant, _speech: Speech) -> Said:
    return Said(node.name)


@said.register
def _index_value(node: IndexValue, speech: Speech) -> Said:
    return Said(_index(node.index, speech), index_level(node.index))


@said.register
def _delta(node: Delta, speech: Speech) -> Said:
    return Said(speech.say("kronecker", left=_index(node.left, speech), right=_index(node.right, speech)))


@said.register
def _blank(node: Blank, speech: Speech) -> Said:
    return Said(speech.say("blank", number=str(node.number)))


# ---------------------------------------------------------------- arithmetic


@said.register
def _negative(node: Negative, speech: Speech) -> Said:
    return Said(speech.say("negative", body=_needing(node.body, PRODUCT, speech)), SIGNED)


@said.register
def _added(node: Sum | ExpandedSum, speech: Speech) -> Said:
    if isinstance(node, ExpandedSum) and node.sigma.kind != "sum":
        return _listed(node, speech)
    text = ""
    written_terms = terms(node)
    for i, (sign, body) in enumerate(written_terms):
        last = i == len(written_terms) - 1
        term = speech.words["dots"] if body is None else _needing(body, term_level(sign, body, last), speech)
        if text:
            text = speech.say("minus" if sign == "-" else "plus", left=text, right=term)
        else:
            text = speech.say("negative", body=term) if sign == "-" else term
    return Said(text, SUM)


def _listed(node: ExpandedSum, speech: Speech) -> Said:
    rest = iter(node.terms)
    parts = [speech.words["dots"] if shown is None else _sentence(next(rest), speech) for shown in node.shown]
    return Said(speech.say(f"{node.sigma.kind} of", parts=", ".join(parts)), FACTOR)


@said.register
def _product(node: Product, speech: Speech) -> Said:
    levels = [FACTOR] * (len(node.factors) - 1) + [FOLD]
    parts = [_needing(factor, level, speech) for factor, level in zip(node.factors, levels, strict=True)]
    text = parts[0]
    for part in parts[1:]:
        text = speech.say("times", left=text, right=part)
    return Said(text, PRODUCT)


@said.register
def _power(node: Power, speech: Speech) -> Said:
    exponent = exponent_of(node)
    key = POWERS.get(exponent.value, "power") if isinstance(exponent, Number) else "power"
    base = _needing(node.base, ATOM, speech)
    return Said(speech.say(key, base=base, exponent=_sentence(exponent, speech)), POWER)


POWERS = {Fraction(2): "squared", Fraction(3): "cubed"}


@said.register
def _quotient(node: Quotient, speech: Speech) -> Said:
    above, below = (_needing(part, FACTOR, speech) for part in (node.numerator, node.denominator))
    return Said(speech.say("over", above=above, below=below), PRODUCT)


@said.register
def _grouped(node: Grouped, speech: Speech) -> Said:
    return Said(_sentence(node.body, speech), said(node.body, speech).level)


# ---------------------------------------------------------------- functions and derivatives


@said.register
def _apply(node: Apply, speech: Speech) -> Said:
    several = len(node.arguments) > 1
    parts = ", ".join(_needing(argument, SUM if several else SIGNED, speech) for argument in node.arguments)
    if node.function.name in ("sqrt", "abs") and not any(node.function.orders):
        return Said(speech.say(node.function.name, parts=parts), FACTOR)
    return Said(speech.say("applied", function=_function(node.function, speech), parts=parts), FACTOR)


def _function(function: Function, speech: Speech) -> str:
    text = _name(speech.notation.function(function.name), speech)
    if len(function.orders) == 1:
        for _ in range(function.orders[0]):
            text = speech.say("prime", function=text)
    else:
        for place, order in enumerate(function.orders, 1):
            for _ in range(order):
                text = speech.say("by argument", function=text, number=_whole(place, speech))
    return text if function.label is None else speech.say("layer", body=text, label=_index(function.label, speech))


@said.register
def _derivative(node: Partial | Gradient, speech: Speech) -> Said:
    delta = speech.notation.delta(node.by) if isinstance(node, Gradient) else None
    if delta is not None:
        return said(delta, speech)
    of = node.of.body if isinstance(node.of, Grouped) else node.of
    level = FACTOR if isinstance(of, Quantity) else FOLD
    return Said(speech.say("partial", of=_needing(of, SIGNED, speech), by=_sentence(node.by, speech)), level)


# ---------------------------------------------------------------- over a range, cases and conditions


@said.register
def _fold(node: Fold, speech: Speech) -> Said:
    head = speech.say(
        node.kind,
        letter=_symbol(node.symbol, speech),
        lower=_index(node.lower, speech),
        upper=_index(node.upper - 1, speech),
    )
    for condition in node.where:
        head = speech.say("where", head=head, condition=_sentence(condition, speech))
    text = speech.say("over range", head=head, body=_needing(node.body, PRODUCT, speech))
    return Said(text, EXTREME if node.kind in ("max", "min") else FOLD)


@said.register
def _cases(node: Cases, speech: Speech) -> Said:
    rows = [_case(value, condition, speech) for value, condition in branches(node)]
    return Said(speech.say("group", body=", ".join(rows)))


def _case(value: Expr, condition: Condition | None, speech: Speech) -> str:
    if condition is None:
        return speech.say("otherwise", value=_sentence(value, speech))
    return speech.say("case", value=_sentence(value, speech), condition=_sentence(condition, speech))


@said.register
def _compare(node: Compare | matrices.Indicator, speech: Speech) -> Said:
    text = speech.say(node.relation, left=_sentence(node.left, speech), right=_sentence(node.right, speech))
    return Said(speech.say("indicator", condition=text)) if isinstance(node, Expr) else Said(text, RELATION)


@said.register
def _logic(node: Logic, speech: Speech) -> Said:
    if not node.parts:
        return Said(speech.words["always" if node.connective == "and" else "never"])
    text, level = _sentence(node.parts[0], speech), AND if node.connective == "and" else OR
    for part in node.parts[1:]:
        text = speech.say(node.connective, left=text, right=_sentence(part, speech))
    return Said(text, level)


@said.register
def _not(node: Not, speech: Speech) -> Said:
    return Said(speech.say("not", condition=_sentence(node.part, speech)), RELATION)


# ---------------------------------------------------------------- matrices


@said.register
def _array(node: matrices.Array, speech: Speech) -> Said:
    return said(written(node, speech.notation), replace(speech, notation=speech.notation.renamed))


@said.register
def _named(node: matrices.Ones | matrices.Zeros | matrices.Identity, speech: Speech) -> Said:
    return Said(speech.words[type(node).__name__])


@said.register
def _transpose(node: matrices.Transpose, speech: Speech) -> Said:
    return Said(speech.say("transpose", body=_needing(node.body, ATOM, speech)), POWER)


@said.register
def _hadamard(node: matrices.Hadamard, speech: Speech) -> Said:
    text = _needing(node.factors[0], FACTOR, speech)
    for factor in node.factors[1:]:
        text = speech.say("hadamard", left=text, right=_needing(factor, FACTOR, speech))
    return Said(text, PRODUCT)


@said.register
def _hadamard_quotient(node: matrices.HadamardQuotient, speech: Speech) -> Said:
    above, below = (_needing(part, FACTOR, speech) for part in (node.numerator, node.denominator))
    return Said(speech.say("hadamard over", above=above, below=below), PRODUCT)


@said.register
def _hadamard_power(node: matrices.HadamardPower, speech: Speech) -> Said:
    base, exponent = _needing(node.base, ATOM, speech), _sentence(node.exponent, speech)
    return Said(speech.say("hadamard power", base=base, exponent=exponent), POWER)


@said.register
def _diagonal(node: matrices.Diagonal, speech: Speech) -> Said:
    return Said(speech.say("diagonal", body=_sentence(node.body, speech)), FACTOR)
