"""RULES: how a derivative is written one step further. Each rule is one row; the engine names none of them.

A rule rewrites `Partial(of, by)`, the derivative of a written expression by one quantity, everything else held fixed.
It returns the next line, or None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.expanding import expanded, place
from derive.calculus.facts import Facts, contrary, undecided, within
from derive.calculus.matching import arguments, occurrences, same_element
from derive.model.functions import derivative_of, known
from derive.model.model import Range
from derive.writing.index import index
from derive.writing.nodes import (
    ONE,
    TWO,
    ZERO,
    Apply,
    Cases,
    Compare,
    Condition,
    Delta,
    ExpandedSum,
    Expr,
    Fold,
    Function,
    Grouped,
    IndexValue,
    Logic,
    Negative,
    Number,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)
from derive.writing.tidy import negative, number, over, plus, power, times
from derive.writing.walk import bound_names, fresh, names_in, replaced, substitute

Rewrite = Callable[[Partial, Facts], Expr | None]


@dataclass(frozen=True)
class Rule:
    """A named licence for a step; `statement` is its formula, `condition` what it needs."""

    name: str
    statement: str
    rewrite: Rewrite
    condition: str = ""


# ---------------------------------------------------------------- what depends on what


def depends(expr: Expr, by: Quantity, facts: Facts) -> bool:
    """Whether the expression may contain the quantity, matching its indices."""
    for occurrence, binders in occurrences(expr, by.family):
        inner = facts.within(Range(f.symbol, f.lower, f.upper) for f in binders)
        if same_element(occurrence, by, inner) is not False:
            return True
    return False


def partial(of: Expr, by: Quantity, facts: Facts) -> Expr:
    """The derivative to be taken; that of a single quantity is 1, 0, or a product of deltas at once."""
    match of:
        case Quantity():
            return _of_element(of, by, facts)
        case Number() | IndexValue():
            return ZERO
    return Partial(of, by)


def _of_element(of: Quantity, by: Quantity, facts: Facts) -> Expr:
    if of.family != by.family:
        return ZERO
    pairs = list(zip(arguments(of), arguments(by), strict=True))
    known = [facts.equal(a, b) for a, b in pairs]
    if False in known:
        return ZERO
    return times(*(Delta(a, b) for (a, b), same in zip(pairs, known, strict=True) if same is None))


# ---------------------------------------------------------------- the rules


def constant(node: Partial, facts: Facts) -> Expr | None:
    """d(c)/dx => 0 where c does not contain x"""
    return None if depends(node.of, node.by, facts) else ZERO


def itself(node: Partial, facts: Facts) -> Expr | None:
    """d(x)/dx => 1, and d(x_i)/d(x_j) => delta_ij"""
    return _of_element(node.of, node.by, facts) if isinstance(node.of, Quantity) else None


def expand(node: Partial, facts: Facts) -> Expr | None:
    """d(sum(f(k)))/dx => d(f(0) + f(1) + … )/dx where only one term contains x"""
    if not isinstance(node.of, Fold):
        return None
    fold, matters = node.of, place(node.of, node.by)
    if matters is None or undecided(within(matters, Range(fold.symbol, fold.lower, fold.upper)), facts) != ():
        return None
    written = expanded(fold, matters, facts)
    return None if written is None else Partial(written, node.by)


def term_by_term(node: Partial, facts: Facts) -> Expr | None:
    """d(f(0) + f(1) + …)/dx => d(f(0))/dx + d(f(1))/dx + …"""
    if not isinstance(node.of, ExpandedSum):
        return None
    sigma = node.of.sigma
    body = partial(sigma.body, node.by, _inside(sigma, facts))
    inner = Fold(sigma.kind, body, sigma.symbol, sigma.lower, sigma.upper)
    matters = place(sigma, node.by)
    at = [i for i in node.of.shown if i is not None]
    terms = (_term(t, i == matters, node.by, facts) for i, t in zip(at, node.of.terms, strict=True))
    return ExpandedSum(inner, node.of.shown, tuple(terms))


def _term(term: Expr, matters: bool, by: Quantity, facts: Facts) -> Expr:
    """One term's derivative; a single quantity that is not the one in question gives 0 at once."""
    return ZERO if isinstance(term, Quantity) and not matters else partial(term, by, facts)


def sum_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(u + v)/dx => du/dx + dv/dx"""
    match node.of:
        case Sum(terms):
            return plus(*(_signed(t, node.by, facts) for t in terms))
        case Negative(body):
            return negative(partial(body, node.by, facts))
    return None


def _signed(term: Expr, by: Quantity, facts: Facts) -> Expr:
    if isinstance(term, Negative):
        return negative(partial(term.body, by, facts))
    return partial(term, by, facts)


def constant_factor(node: Partial, facts: Facts) -> Expr | None:
    """d(c*u)/dx => c * du/dx where c does not contain x"""
    match node.of:
        case Product(factors):
            moving = [depends(f, node.by, facts) for f in factors]
            if sum(moving) == 1:
                fixed = [f for f, m in zip(factors, moving, strict=True) if not m]
                return times(*fixed, partial(factors[moving.index(True)], node.by, facts))
        case Quotient(top, bottom) if not depends(bottom, node.by, facts):
            return over(partial(top, node.by, facts), bottom)
    return None


def product_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(u*v)/dx => du/dx * v + u * dv/dx"""
    if not isinstance(node.of, Product):
        return None
    factors = node.of.factors
    return plus(
        *(
            times(*factors[:i], partial(f, node.by, facts), *factors[i + 1 :])
            for i, f in enumerate(factors)
            if depends(f, node.by, facts)
        )
    )


def quotient_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(u/v)/dx => (du/dx - u/v * dv/dx) / v"""
    if not isinstance(node.of, Quotient):
        return None
    top, bottom = node.of.numerator, node.of.denominator
    below = partial(bottom, node.by, facts)
    if isinstance(top, Number):
        return negative(times(over(top, Power(bottom, TWO)), below))
    if not depends(top, node.by, facts):
        return negative(over(times(node.of, below), bottom))
    return over(plus(partial(top, node.by, facts), negative(times(node.of, below))), bottom)


def power_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(u**n)/dx => n * u**(n-1) * du/dx where n does not contain x"""
    if not isinstance(node.of, Power) or depends(node.of.exponent, node.by, facts):
        return None
    base, exponent = node.of.base, node.of.exponent
    return times(exponent, power(base, _one_less(exponent)), partial(base, node.by, facts))


def _one_less(exponent: Expr) -> Expr:
    match exponent:
        case Number(value, decimal):
            return number(value - 1, decimal)
        case Negative(Number(value, decimal)):
            return number(-value - 1, decimal)
        case IndexValue(i):
            return IndexValue(i - 1)
        case Quotient(Number(top), Number(bottom)) if bottom:
            less = top / bottom - 1
            shown = Quotient(Number(Fraction(abs(less.numerator))), Number(Fraction(less.denominator)))
            return negative(shown) if less < 0 else shown
    return plus(exponent, negative(ONE))


def exponential_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(u**v)/dx => u**v * (log(u) * dv/dx + v/u * du/dx)"""
    if not isinstance(node.of, Power):
        return None
    base, exponent = node.of.base, node.of.exponent
    by_exponent = times(Apply(Function("log"), (base,)), partial(exponent, node.by, facts))
    if not depends(base, node.by, facts):
        return times(node.of, by_exponent)
    by_base = times(over(exponent, base), partial(base, node.by, facts))
    return times(node.of, plus(by_exponent, by_base))


def chain_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(f(u))/dx => f'(u) * du/dx, summed over the arguments"""
    if not isinstance(node.of, Apply) or node.of.function.name in ("max", "min"):
        return None
    parts = [
        times(slope(node.of, position), partial(argument, node.by, facts))
        for position, argument in enumerate(node.of.arguments)
        if depends(argument, node.by, facts)
    ]
    return plus(*parts)


def slope(applied: Apply, position: int) -> Expr:
    """f'(u): as the catalogue states it, where it knows f."""
    function, arguments_ = applied.function, applied.arguments
    if known(function.name) is not None and not function.orders:
        return replaced(derivative_of(function.name), {Quantity("z"): arguments_[0], Quantity("a"): applied})
    orders = list(function.orders or (0,) * len(arguments_))
    orders[position] += 1
    return Apply(Function(function.name, function.label, tuple(orders)), arguments_)


def under_sum(node: Partial, facts: Facts) -> Expr | None:
    """d(sum(f(k)))/dx => sum(d(f(k))/dx)"""
    match node.of:
        case Fold("sum") as fold:
            body = partial(fold.body, node.by, _inside(fold, facts))
            return Fold("sum", body, fold.symbol, fold.lower, fold.upper, fold.where)
    return None


def _inside(fold: Fold, facts: Facts) -> Facts:
    """What is known where the letter of a sum, product or extremum runs."""
    return facts.within([Range(fold.symbol, fold.lower, fold.upper)]).given(fold.where)


def under_product(node: Partial, facts: Facts) -> Expr | None:
    """d(prod(f(k)))/dx => sum(d(f(k))/dx * prod(f(m), m != k))"""
    match node.of:
        case Fold("prod") as fold:
            whole = _apart(fold, names_in(node.by) | facts.names)
            different = Compare("!=", IndexValue(index(whole.symbol)), IndexValue(index(fold.symbol)))
            where = (*whole.where, different)
            rest = Fold("prod", whole.body, whole.symbol, whole.lower, whole.upper, where)
            body = times(partial(fold.body, node.by, _inside(fold, facts)), rest)
            return Fold("sum", body, fold.symbol, fold.lower, fold.upper, fold.where)
    return None


def under_extremum(node: Partial, facts: Facts) -> Expr | None:
    """d(max(f(k)))/dx => sum(d(f(k))/dx where f(k) is the maximum)"""
    match node.of:
        case Fold("max" | "min") as fold:
            whole = _apart(fold, names_in(node.by) | facts.names)
            chosen = Compare("==", fold.body, whole)
            body = Cases(chosen, partial(fold.body, node.by, _inside(fold, facts)), ZERO)
            return Fold("sum", body, fold.symbol, fold.lower, fold.upper, fold.where)
    return None


def _apart(fold: Fold, taken: frozenset[str]) -> Fold:
    """The same fold with another bound letter, for use beside its own body."""
    other = fresh(fold.symbol, names_in(fold) | bound_names(fold) | taken | {fold.symbol.name})
    change = {fold.symbol: index(other)}
    where = tuple(substitute(c, change) for c in fold.where)
    return Fold(fold.kind, substitute(fold.body, change), other, fold.lower, fold.upper, where)


def extremum_rule(node: Partial, facts: Facts) -> Expr | None:
    """d(max(u, v))/dx => dv/dx where v > u, otherwise du/dx"""
    if not isinstance(node.of, Apply) or node.of.function.name not in ("max", "min"):
        return None
    relation = ">" if node.of.function.name == "max" else "<"
    fixed_first = sorted(node.of.arguments, key=lambda a: depends(a, node.by, facts))
    return _chosen(fixed_first, relation, node.by, facts)


def _chosen(candidates: list[Expr], relation: str, by: Quantity, facts: Facts) -> Expr:
    """The derivative of the greatest candidate; at a tie that of the earlier one, a constant before others."""
    last, rest = candidates[-1], candidates[:-1]
    if not rest:
        return partial(last, by, facts)
    wins = tuple(Compare(relation, last, other) for other in rest)  # type: ignore[arg-type]
    condition: Condition = wins[0] if len(wins) == 1 else Logic("and", wins)
    return Cases(condition, partial(last, by, facts), _chosen(rest, relation, by, facts))


def by_cases(node: Partial, facts: Facts) -> Expr | None:
    """d(u if c else v)/dx => du/dx if c else dv/dx"""
    match node.of:
        case Cases(condition, then, otherwise):
            inside, outside = facts.given([condition]), facts.given([contrary(condition)])
            return Cases(condition, partial(then, node.by, inside), partial(otherwise, node.by, outside))
        case Grouped(body):
            return partial(body, node.by, facts)
    return None


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("constant", "d(c)/dx = 0", constant, "c does not contain x"),
        Rule("itself", "dx/dx = 1", itself),
        Rule("expand", "sum(f(k)) = f(0) + f(1) + ...", expand, "only one term contains x"),
        Rule("term by term", "d(f(0) + f(1) + ...)/dx = d(f(0))/dx + d(f(1))/dx + ...", term_by_term),
        Rule("sum rule", "d(u + v)/dx = du/dx + dv/dx", sum_rule),
        Rule("constant factor", "d(c*u)/dx = c * du/dx", constant_factor, "c does not contain x"),
        Rule("product rule", "d(u*v)/dx = du/dx * v + u * dv/dx", product_rule),
        Rule("quotient rule", "d(u/v)/dx = (du/dx - u/v * dv/dx) / v", quotient_rule, "v is not 0"),
        Rule("power rule", "d(u**n)/dx = n * u**(n-1) * du/dx", power_rule, "n does not contain x"),
        Rule("exponential rule", "d(u**v)/dx = u**v * (log(u) * dv/dx + v/u * du/dx)", exponential_rule, "u > 0"),
        Rule("chain rule", "d(f(u))/dx = f'(u) * du/dx", chain_rule),
        Rule("under the sum", "d(sum(f(k)))/dx = sum(d(f(k))/dx)", under_sum),
        Rule("under the product", "d(prod(f(k)))/dx = sum(d(f(k))/dx * prod(f(m)))", under_product),
        Rule("at the extremum", "d(max(f(k)))/dx = d(f(k))/dx at the k that is chosen", under_extremum),
        Rule("larger argument", "d(max(u, v))/dx = dv/dx where v > u", extremum_rule),
        Rule("by cases", "d(u if c else v)/dx = du/dx if c else dv/dx", by_cases),
    )
}
