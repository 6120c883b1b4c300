"""How fast, and how rightly, answers are marked: derive beside math-verify and SymPy's own reader of LaTeX.

`python bench/marking.py` prints a table over the corpus of the tests, each grader in a process of its own. An answer is
accepted or not; what should be accepted is what the corpus calls equal. A second table has hostile answers.
"""

from __future__ import annotations

import importlib.util
import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 10  # seconds that one answer may take
AT_MOST_MS, AT_LEAST_RIGHT, AT_LEAST_FASTER, HOSTILE_SECONDS = 2.0, 0.99, 50.0, 0.5

HOSTILE = (
    "{" * 100_000,
    "x" * 1_000_000,
    "9^{9^{9^{9^{9}}}}",
    r"\def\x{\x\x}\x",
    r"\sum_{k=0}^{999999999}a_k",
    "(" * 39 + "a_1" + ")^{99}" * 39,
    r"\frac{1}{" * 39 + "a_1" + "}" * 39,
    "+".join(f"a_{{{i}}}" for i in range(900)),
    "(a_1-y_1)^{299}",
    "a\u200b_1",
)


@dataclass(frozen=True)
class Result:
    """What became of all answers: processor seconds for each, those marked rightly, wrong ones that were accepted."""

    seconds: tuple[float, ...]
    right: int
    accepted: int
    hostile: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def slowest(self) -> float:
        """The 95th percentile, in milliseconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] * 1000


Grader = Callable[[str, str, str | None], bool]


# ---------------------------------------------------------------- the graders


def by_derive() -> Grader:
    """derive.mark, with the model where the corpus names one."""
    import derive

    return lambda answer, reference, model: derive.mark(answer, reference, model).outcome == "equal"


def by_math_verify() -> Grader:
    """math-verify, which knows no models."""
    from math_verify import parse, verify

    return lambda answer, reference, _: bool(verify(parse(f"${reference}$"), parse(f"${answer}$")))


def by_sympy() -> Grader:
    """SymPy's reader of LaTeX by antlr, and the difference compared with nought."""
    from sympy.parsing.latex import parse_latex

    return lambda answer, reference, _: bool((parse_latex(answer) - parse_latex(reference)).equals(0))


GRADERS: dict[str, tuple[Callable[[], Grader], tuple[str, ...]]] = {
    "derive": (by_derive, ()),
    "math-verify": (by_math_verify, ("math_verify", "antlr4")),
    "sympy.parsing.latex": (by_sympy, ("antlr4",)),
}


# ---------------------------------------------------------------- one grader, in its own process


class _TooLong(BaseException):
    """The time for one answer is over; no grader catches it."""


def _stop(*_: object) -> None:
    raise _TooLong


def graded(grader: Grader, answer: str, reference: str, model: str | None) -> tuple[bool, float]:
    """Whether the answer is accepted, and the seconds of a processor it took; what fails, or takes too long, is not."""
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LIMIT)
    start = time.process_time()
    try:
        accepted = grader(answer, reference, model)
    except (Exception, _TooLong):  # noqa: BLE001  # a grader that fails has not accepted
        accepted = False
    taken = time.process_time() - start
    signal.alarm(0)
    return accepted, taken


def run(name: str) -> Result:
    """All answers of the corpus, each once; what is needed for a question is prepared with its first answer."""
    sys.path.insert(0, str(ROOT / "tests"))
    from answers_corpus import PAIRS

    grader = GRADERS[name][0]()
    marks = [graded(grader, pair.answer, pair.reference, pair.model) for pair in PAIRS]
    expected = [pair.outcome == "equal" for pair in PAIRS]
    return Result(
        seconds=tuple(taken for _, taken in marks),
        right=sum(accepted == wanted for (accepted, _), wanted in zip(marks, expected, strict=True)),
        accepted=sum(accepted and not wanted for (accepted, _), wanted in zip(marks, expected, strict=True)),
        hostile=tuple(graded(grader, answer, "2(a_1-y_1)", None)[1] for answer in HOSTILE) if name == "derive" else (),
    )


# ---------------------------------------------------------------- the table


def of_process(name: str) -> Result | None:
    """The result of a grader; None, said aloud, where it is not installed."""
    missing = [module for module in GRADERS[name][1] if importlib.util.find_spec(module) is None]
    if missing:
        print(f"{name} is left out, as {', '.join(missing)} is missing: pip install 'derive[bench]'", file=sys.stderr)
        return None
    print(f"marking by {name} …", file=sys.stderr, flush=True)
    command = (sys.executable, __file__, name)
    found = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if found.returncode:
        raise SystemExit(f"{name} failed:\n{found.stderr}")
    values = json.loads(found.stdout.splitlines()[-1])
    return Result(tuple(values["seconds"]), values["right"], values["accepted"], tuple(values["hostile"]))


HEADER = ("marking", "answers", "median", "95 %", "right", "wrong accepted", "slower than derive")


def row(name: str, result: Result, own: Result) -> tuple[str, ...]:
    """One line of the table."""
    count = len(result.seconds)
    slower = "" if result is own else f"{result.median / own.median:,.0f} times"
    times = (f"{result.median:.3g} ms", f"{result.slowest:.3g} ms")
    return (name, str(count), *times, f"{result.right / count:.1%}", str(result.accepted), slower)


def aims(own: Result, others: Sequence[Result]) -> list[tuple[str, bool]]:
    """What was aimed at, and whether it was met."""
    nearest = min((other.median / own.median for other in others), default=None)
    found = [
        (f"median at most {AT_MOST_MS:g} ms", own.median <= AT_MOST_MS),
        (f"{AT_LEAST_RIGHT:.0%} right", own.right >= AT_LEAST_RIGHT * len(own.seconds)),
        ("no wrong answer accepted", own.accepted == 0),
        (f"hostile answers within {HOSTILE_SECONDS:g} s", max(own.hostile) <= HOSTILE_SECONDS),
    ]
    return found if nearest is None else [*found, (f"{AT_LEAST_FASTER:g} times faster", nearest >= AT_LEAST_FASTER)]


def main() -> None:
    results = {name: result for name in GRADERS if (result := of_process(name)) is not None}
    own = results["derive"]
    table = [HEADER, *(row(name, result, own) for name, result in results.items())]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    for aim, met in aims(own, [result for result in results.values() if result is not own]):
        print(f"{aim}: {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asdict(run(sys.argv[1]))))
    else:
        main()
