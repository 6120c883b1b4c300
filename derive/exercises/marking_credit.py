"""What working earns: the part of the claims of a derivation that it makes, or makes given its first wrong line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction

from derive.exercises.canonical import canonical
from derive.exercises.marking_judges import Judges
from derive.exercises.marking_reading import key
from derive.exercises.scheme import Claim
from derive.exercises.verdict import LineVerdict, Standing
from derive.writing.nodes import ONE, Expr, Gradient, Grouped, Negative, Partial, Product
from derive.writing.walk import walk

COUNTS = (Standing.RIGHT, Standing.FOLLOWS)


def earned(claims: Sequence[Claim], lines: Sequence[LineVerdict], judges: Judges, *, is_right: bool) -> Fraction:
    """The part of the claims that lines of working make; never all of it, as one line is wrong."""
    made = [_is_made(claim, lines, judges) for claim in claims]
    made[-1] = made[-1] or is_right
    results = {key(claim.equation.left) for claim, is_made in zip(claims, made, strict=True) if is_made}
    count = sum(
        is_made or (_is_chain(c) and key(c.equation.left) in results) for c, is_made in zip(claims, made, strict=True)
    )
    return Fraction(min(count, len(claims) - 1), len(claims))


def _is_chain(claim: Claim) -> bool:
    """Whether this is the chain rule, which whoever reaches the result has used."""
    return claim.rule == "chain rule over paths"


def _is_made(claim: Claim, lines: Sequence[LineVerdict], judges: Judges) -> bool:
    left, right = claim.equation.left, claim.equation.members[0]
    for line in lines:
        written = line.read.members[0]
        if line.standing in COUNTS and key(line.head) == key(left) and _is_further(claim, written):
            return True
        if line.standing is Standing.RIGHT and _is_further(claim, written) and judges.same(written, right):
            return True
        if isinstance(left, Partial) and right != ONE and _has_factors(written, right):
            return True
    return False


def _is_further(claim: Claim, written: Expr) -> bool:
    """Whether a side is what the claim comes to: a product of derivatives for the chain rule, none for a result."""
    derivatives = sum(isinstance(n, Partial | Gradient) for n in walk(written))
    if _is_chain(claim):
        return derivatives > 1
    return derivatives <= sum(isinstance(n, Partial | Gradient) for n in walk(claim.equation.members[0]))


def _has_factors(written: Expr, right: Expr) -> bool:
    """Whether all factors of one expression are factors of another."""
    return Counter(_factors(right)) <= Counter(_factors(written))


def _factors(expr: Expr) -> list[Hashable]:
    match expr:
        case Product(factors):
            return [key for factor in factors for key in _factors(factor)]
        case Grouped(body) | Negative(body):
            return _factors(body)
    return [canonical(expr)]
