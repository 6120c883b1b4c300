"""What the command prints in a terminal: catalogues, the result in one line, and how each step was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.calculus.verify import Check, Status, Verification
from derive.notation.notations import Notation
from derive.notation.plain import plain

WIDEST = 60
HOW = {
    Status.PROVED: "proved by SymPy",
    Status.EXACT: "exact at {points} points, {sizes}",
    Status.NUMERIC: "50 digits at {points} points, {sizes}",
    Status.UNCHECKED: "NOT CHECKED",
    Status.WRONG: "WRONG",
}


SURE = (Status.EXACT, Status.NUMERIC)


def listing(rows: Mapping[str, str]) -> str:
    """Names in a column, each with its text."""
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rows.items())


def table(verification: Verification, notation: Notation) -> str:
    """A row for every step: its rule, what it gave, how it was checked; then what SymPy and the oracle say."""
    rows = [("rule", "gives", "checked")]
    rows += [_row(check, notation) for check in verification.steps]
    rows += [_row(check, notation) for check in verification.sympy]
    rows.append(_row(verification.result, notation))
    return f"{_columns(rows)}\n\n{summary([verification])}"


def _row(check: Check, notation: Notation) -> tuple[str, str, str]:
    shown = plain(check.step.after, notation)
    return check.step.rule, shown if len(shown) <= WIDEST else f"{shown[: WIDEST - 1]}…", how(check)


def how(check: Check) -> str:
    """How a step was checked, in words."""
    sizes = "1 choice of sizes" if check.sizes == 1 else f"{check.sizes} choices of sizes"
    return HOW[check.status].format(points=check.points, sizes=sizes)


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _left(count: int) -> str:
    """What SymPy cannot tell, such as a derivative at a kink, is checked at points all the same."""
    return f" (it cannot tell for {count}, which the points decide)" if count else ""


def summary(verifications: Sequence[Verification]) -> str:
    """How many steps were verified, and how, in sentences."""
    steps = [check for verification in verifications for check in verification.steps]
    own = [check for verification in verifications for check in verification.sympy]
    held = sum(check.status in SURE for check in steps)
    way = "in exact fractions" if any(check.status is Status.EXACT for check in steps) else "with 50 digits"
    proved = sum(check.status is Status.PROVED for check in own)
    sentences = [
        f"Verified: {held} of {len(steps)} steps, each evaluated on both sides {way} at random points.",
        f"SymPy's own derivative proves {proved} of {len(own)} factors{_left(len(own) - proved)}.",
    ]
    if all(verification.result.status in SURE for verification in verifications):
        whose = "The result agrees" if len(verifications) == 1 else f"All {len(verifications)} results agree"
        sentences.append(f"{whose} with the model evaluated forward in dual numbers.")
    unchecked = (step for verification in verifications for step in verification.unchecked)
    sentences += [f"NOT CHECKED: the step by the rule {step.rule}." for step in unchecked]
    return " ".join(sentences)
