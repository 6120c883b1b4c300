"""Printed arithmetic, read back: what a mathematician would take the symbols to mean, evaluated modulo a prime.

It shares nothing with the printers. Powers, roots, functions and maxima are arbitrary polynomials on both sides, the
reader's and the tree's: only who belongs to whom is judged. Where a reader could hesitate (`a/b c`), it refuses.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction

from derive.writing.index import Index
from derive.writing.nodes import (
    Apply,
    ExpandedSum,
    Expr,
    Fold,
    Grouped,
    IndexValue,
    Negative,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)

PRIME = 1_000_003
Env = Mapping[str, int]
Meaning = Callable[[Env], int]


def named(key: str) -> int:
    return zlib.crc32(key.encode()) % PRIME


def raised(base: int, exponent: int) -> int:
    return (base * base * 5 + exponent * 7 + base * exponent * 11 + 1) % PRIME


def applied(name: str, argument: int) -> int:
    return (named(name) * argument * argument + argument + 3) % PRIME


def over(base: int, divisor: int) -> int:
    return base * pow(divisor, PRIME - 2, PRIME) % PRIME


def gathered(kind: str, values: list[int]) -> int:
    total = {"sum": 0, "prod": 1}.get(kind, named(kind))
    for value in values:
        total = (total + value if kind == "sum" else total * value if kind == "prod" else total * 31 + value) % PRIME
    return total


def exact(value: Fraction) -> int:
    return over(value.numerator % PRIME, value.denominator % PRIME)


HALF = exact(Fraction(1, 2))  # a root is a power wherever it must be broken over lines


# ---------------------------------------------------------------- the tree


def value(node: Expr, env: Env) -> int:
    match node:
        case Negative():
            return -value(node.body, env) % PRIME
        case Grouped():
            return value(node.body, env)
        case Sum() | ExpandedSum():
            return sum(value(t, env) for t in node.terms) % PRIME
        case Product():
            return gathered("prod", [value(f, env) for f in node.factors])
        case Power():
            return raised(value(node.base, env), value(node.exponent, env))
        case Quotient():
            return over(value(node.numerator, env), value(node.denominator, env))
        case Apply():
            return called(node.function.name, value(node.arguments[0], env))
        case Fold():
            numbers = range(node.lower.value or 0, node.upper.value or 0)
            return gathered(node.kind, [value(node.body, {**env, node.symbol.name: i}) for i in numbers])
    return leaf(node, env)


def leaf(node: Expr, env: Env) -> int:
    match node:
        case Number():
            return exact(node.value)
        case Quantity():
            return named(f"{node.family}|{''.join(map(str, node.indices))}|{node.label or ''}")
        case IndexValue():
            return counted(node.index, env)
    raise TypeError(type(node).__name__)


def called(name: str, argument: int) -> int:
    return raised(argument, HALF) if name == "sqrt" else applied(name, argument)


def counted(index: Index, env: Env) -> int:
    return index.evaluate(lambda s: env.get(s.name, named(f"{s.name}||"))) % PRIME


# ---------------------------------------------------------------- the reader

SUPER = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᴸᵃᵇˣᵏ", "0123456789-+()Labxk", strict=True))
SUB = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SIGNS = {
    "−": "-",
    "·": r"\cdot",
    "Σ": r"\sum",
    "Π": r"\prod",
    "σ": r"\sigma",
    "√": r"\sqrt",
    "≤": r"\le",
    "max": r"\max",
}
TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]|\d+(?:\.\d+)?|\S")
FUNCTIONS = {"g": "g", r"\sigma": "sigmoid"}
SIZES = {r"\left", r"\right", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr", r"\quad"}
ENDS = {"+", "-", ")", "}", "", r"\rvert"}


def from_plain(text: str) -> str:
    """The terminal's signs as those of LaTeX."""
    text = re.sub(f"[{''.join(SUPER)}]+", lambda run: "^{" + "".join(map(SUPER.__getitem__, run[0])) + "}", text)
    text = re.sub(f"[{''.join(SUB)}]+", lambda run: "_{" + "".join(map(SUB.__getitem__, run[0])) + "}", text)
    for sign, tex in SIGNS.items():
        text = text.replace(sign, f"{tex} ")
    return text


class Reader:
    def __init__(self, tex: str) -> None:
        self.tokens: list[str] = [token for token in TOKEN.findall(tex.replace(r"\!", "")) if token not in SIZES]

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, *allowed: str) -> str:
        if allowed and self.next not in allowed:
            raise ValueError(f"{self.next!r} where one of {allowed} was expected")
        return self.tokens.pop(0)

    def has(self, token: str) -> bool:
        if self.next != token:
            return False
        self.take()
        return True

    def whole(self) -> Meaning:
        found = self.sum()
        if self.tokens:
            raise ValueError(f"left over: {self.tokens}")
        return found

    def sum(self) -> Meaning:
        sign = -1 if self.has("-") else 1
        terms = [(sign, self.term())]
        while self.next in {"+", "-"}:
            sign = 1 if self.take() == "+" else -1
            terms.append((sign, self.term()))
        return lambda env: sum(s * t(env) for s, t in terms) % PRIME

    def term(self) -> Meaning:
        factors = [self.factor()]
        while self.next not in ENDS:
            if self.has("/"):
                divisor = self.factor()
                if len(factors) > 1 or self.next not in ENDS:
                    raise ValueError("a quotient on the line beside other factors")
                return lambda env: over(factors[0](env), divisor(env))
            dotted = self.has(r"\cdot")
            if not dotted and self.next[0].isdigit():
                raise ValueError("a number after another factor")
            factors.append(self.factor())
        return lambda env: gathered("prod", [f(env) for f in factors])

    def factor(self) -> Meaning:
        base = self.atom()
        if not self.has("^"):
            return base
        exponent = self.inside(self.next) if self.next in {"{", "("} else self.atom()
        if self.next == "^":
            raise ValueError("a power of a power without brackets")
        return lambda env: raised(base(env), exponent(env))

    def inside(self, opening: str) -> Meaning:
        self.take(opening)
        found = self.sum()
        self.take({"(": ")", "{": "}"}[opening])
        return found

    def atom(self) -> Meaning:
        token = self.next
        if token == "(":
            return self.inside("(")
        self.take()
        if token[0].isdigit():
            number = exact(Fraction(token))
            return lambda env: number
        if token == r"\frac":
            above, below = self.inside("{"), self.inside("{")
            return lambda env: over(above(env), below(env))
        if token == r"\sqrt":
            inside = self.inside(self.next)
            return lambda env: raised(inside(env), HALF)
        if token in FUNCTIONS and self.next == "(":
            argument = self.inside("(")
            return lambda env: applied(FUNCTIONS[token], argument(env))
        if token in {r"\sum", r"\prod", r"\max"}:
            return self.fold(token[1:])
        if token.isalpha():
            return self.letter(token)
        raise ValueError(f"no meaning for {token!r}")

    def letter(self, family: str) -> Meaning:
        indices = label = ""
        if self.has("_"):
            indices = "".join(self.until("}")).strip("{}")
        match self.tokens[:6]:
            case ["^", "{", "(", layer, ")", "}"]:
                label = layer
                del self.tokens[:6]
        key = f"{family}|{indices}|{label}"
        return lambda env: env[family] if family in env and not indices else named(key)

    def until(self, last: str) -> list[str]:
        taken = [self.take()]
        while taken[-1] != last:
            taken.append(self.take())
        return taken

    def fold(self, kind: str) -> Meaning:
        self.take("_")
        limits = self.until("}")
        if kind == "max":
            low, letter, high = limits[1], limits[3], "".join(limits[5:-1])
        else:
            self.take("^")
            letter, low, high = limits[1], limits[3], "".join(self.until("}")[1:-1])
        body = self.term()
        numbers = range(int(low), int(high) + 1)
        return lambda env: gathered(kind, [body({**env, letter: i}) for i in numbers])


def read(tex: str) -> int:
    return Reader(tex).whole()({})
