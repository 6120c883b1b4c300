r"""Formulas by precedence: sums of products of factors; side by side is a product, and \frac is one factor."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.notation.reading import conditions, derivatives, dots, folds
from derive.notation.reading.cursor import Cursor, Span
from derive.notation.reading.naming import named
from derive.notation.reading.powers import raised
from derive.notation.reading.scripts import script
from derive.writing.matrices import Hadamard, HadamardQuotient
from derive.writing.nodes import (
    Apply,
    Condition,
    Expr,
    Function,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
)

_STOPS = frozenset({"if", "otherwise", "else", "and", "or", "when", "for", "where", "not", "sonst", "falls"})


class Grammar(Cursor):
    """Reads what the tokens write, as it is written."""

    bars = 0  # how many |…| are open

    # ------------------------------------------------------------ sums

    def expression(self) -> Expr:
        with self.nested():
            terms: list[Expr | None] = [self._first_term()]
            while self.sees("+", "-"):
                terms.append(self._term(self.take().text))
        if None in terms:
            return dots.sum_of(self, terms)
        written = [t for t in terms if t is not None]
        return written[0] if len(written) == 1 else Sum(tuple(written))

    def _first_term(self) -> Expr | None:
        if self.accept("dots"):
            return None
        return self._term(self.take().text) if self.sees("-", "+") else self.product()

    def _term(self, sign: str) -> Expr | None:
        if self.accept("dots"):
            return None
        if self.sees("-", "+"):
            raise self.error("two signs stand side by side: put the second one in brackets with its number")
        body = self.product()
        return Negative(body) if sign == "-" else body

    # ------------------------------------------------------------ products

    def product(self) -> Expr:
        """a b, a * b, a / b, and the products entry by entry"""
        factors = [self._times()]
        while self.sees("odot", "oslash"):
            sign = self.take().text
            right = self._times()
            factors = [*factors, right] if sign == "odot" else [HadamardQuotient(_entrywise(factors), right)]
        return _entrywise(factors)

    def _times(self) -> Expr:
        start = self.position
        factors: list[Expr | None] = [self.factor()]
        slashes = 0
        while True:
            if self.accept("*"):
                factors.append(None if self.accept("dots") else self._signed())
            elif self.sees("/"):
                slashes += 1
                if slashes > 20:
                    raise self.error("too many / stand in a row: write fractions")
                factors = [self._over(factors, start)]
            elif self.sees("dots"):
                self.take()
                factors.append(None)
            elif self.starts():
                factors.append(self._beside())
            else:
                break
        if None in factors:
            return dots.product_of(self, factors)
        return _product([f for f in factors if f is not None])

    def _signed(self) -> Expr:
        """What follows an explicit sign of multiplication or division: also -x."""
        if self.accept("-"):
            return Negative(self.factor())
        return self.factor()

    def _beside(self) -> Expr:
        """The next factor, which stands right beside the one before."""
        before, here = self.tokens[self.position - 1], self.token
        if before.kind == "number" and here.kind == "number":
            raise self.error(r"two numbers stand side by side: write \cdot between them, or one number")
        if before.kind == "letter" and here.kind == "number" and not here.spaced:
            name, digits = before.text, here.text
            raise self.error(f"{name}{digits} can be {name}_{{{digits}}} or {name} times {digits}: write one of them")
        return self.factor()

    def _over(self, factors: list[Expr | None], start: int) -> Expr:
        """a b / c, where what follows c may not stand right beside it"""
        slash = self.take()
        begins = self.position
        denominator = self._signed()
        if self.starts() and not self._is_clear(factors, denominator):
            above, below = self._source(start, begins - 1), self._source(begins, self.position)
            behind = self.tokens[self.position]
            raise self.error(
                f"what stands behind {above}/{below} can belong above or below the line: "
                f"write ({above}/{below})… or {above}/({below}…)",
                behind if behind.kind != "end" else slash,
            )
        if None in factors:
            return Quotient(dots.product_of(self, factors), denominator)
        return Quotient(_product([f for f in factors if f is not None]), denominator)

    def _is_clear(self, factors: list[Expr | None], denominator: Expr) -> bool:
        """1/2 (a - y): a number by a number, and then something that is no letter."""
        numbers = len(factors) == 1 and isinstance(factors[0], Number) and isinstance(denominator, Number)
        return numbers and self.token.kind == "sign"

    def _source(self, start: int, end: int) -> str:
        text = self.text[self.tokens[start].at : self.tokens[end - 1].until]
        return text if len(text) <= 30 else text[:30] + "…"

    # ------------------------------------------------------------ factors

    def starts(self) -> bool:
        """Whether a factor begins here."""
        token = self.token
        if token.kind == "sign":
            return token.text in _ATOMS and not (token.text == "|" and self.bars)
        return token.kind in {"number", "letter"} or (token.kind == "word" and token.text not in _STOPS)

    def factor(self) -> Expr:
        """An atom with the powers and transposes above it."""
        with self.nested():
            found = self._atom()
            while self.sees("^"):
                self.take()
                found = raised(self, found, [script(self)])
        if self.sees("'"):
            raise self.error("a prime stands behind a function's name, as in g'(z)")
        if self.sees("_"):
            raise self.error("a subscript stands behind a name")
        if self.sees("!"):
            raise self.error("factorials are not read here")
        return found

    def _atom(self) -> Expr:
        token = self.token
        if token.kind == "number":
            return self._number()
        if token.kind in {"letter", "word"} and token.text not in _STOPS:
            if token.text == "d" and "d" not in self.conventions.names and derivatives.is_quotient_of_d(self):
                return derivatives.quotient_of_d(self)
            return named(self)
        read = _ATOMS.get(token.text) if token.kind == "sign" else None
        if read is None and token.text in _NOT_HERE:
            raise self.error(_NOT_HERE[token.text])
        if read is None:
            raise self.unexpected("a number, a letter or a bracket is expected here")
        return read(self)

    def _number(self) -> Expr:
        token = self.take()
        if self.sees(",") and self.ahead().kind == "number" and self._is_outermost:
            raise self.error("a decimal is written with a point, as in 0.5")
        return Number(Fraction(token.text), decimal="." in token.text)

    @property
    def _is_outermost(self) -> bool:
        """Whether no bracket is open in which a comma may separate arguments."""
        return self.end >= len(self.tokens) - 1 or self.tokens[self.end].text not in {")", "]", "rbrace"}

    def condition(self) -> Condition:
        return conditions.disjunction(self)


def _entrywise(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Hadamard(tuple(factors))


def _product(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


# ---------------------------------------------------------------- atoms that begin with a sign


def _round(c: Grammar) -> Expr:
    """(a + b), and (g')(z) or {g'}(z), where brackets stand around a name alone"""
    opening = c.position
    close = c.close(opening)
    c.position = opening + 1
    with c.within(Span(opening + 1, close)):
        bars, c.bars = c.bars, 0
        found = c.expression()
        c.bars = bars
    c.position = close + 1
    return found


def _square(c: Grammar) -> Expr:
    """[z > 0] is 1 or 0; other square brackets are brackets."""
    if conditions.is_bracket_of_condition(c):
        opening = c.position
        close = c.close(opening)
        with c.within(Span(opening + 1, close)):
            found = conditions.decided(c.condition())
        c.position = close + 1
        return found
    return _round(c)


def _bars(c: Grammar) -> Expr:
    opening = c.take()
    c.bars += 1
    found = c.expression()
    c.bars -= 1
    if not c.accept("|"):
        raise c.error("this | is never closed", opening)
    return Apply(Function("abs"), (found,))


def _vertical(c: Grammar) -> Expr:
    opening = c.take()
    found = c.expression()
    if not c.accept("rvert"):
        raise c.error("this | is never closed", opening)
    return Apply(Function("abs"), (found,))


def _root(c: Grammar) -> Expr:
    sign = c.take()
    if c.sees("["):
        raise c.error("only square roots are read: write the other ones as powers", sign)
    if c.sees("("):
        return Apply(Function("sqrt"), (_round(c),))
    with c.within(c.group()):
        return Apply(Function("sqrt"), (c.expression(),))


_ATOMS: dict[str, Callable[[Grammar], Expr]] = {
    "(": _round,
    "[": _square,
    "lbrace": _round,
    "{": _round,
    "|": _bars,
    "lvert": _vertical,
    "frac": derivatives.fraction,
    "sqrt": _root,
    "sum": folds.fold,
    "prod": folds.fold,
    "partial": derivatives.partial,
    "nabla": derivatives.nabla,
    "begin": conditions.cases,
}
_NOT_HERE = {
    "norm": "norms are not read here: write the sum of the squares",
    "infty": "no number is infinite here",
    "to": "an arrow is no part of a formula",
    "in": "ranges are written k=0 below the sum and n-1 above it",
}
