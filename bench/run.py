"""`make bench`: how fast derive is beside something else, measured in turns in one run, as one table.

Each row is a benchmark: two commands that run in turns (A B A B …), each in a process of its own, whose peak of memory
is taken too. Seconds wander from machine to machine, ratios less; a ratio is the median over the turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
OUT = ROOT / "build" / "bench"


@dataclass(frozen=True)
class Side:
    """A command. Its time is that of the whole process, or what it prints where it times itself."""

    name: str
    command: tuple[str, ...]
    times_itself: bool = False


@dataclass(frozen=True)
class Row:
    """Side a beside side b, and an aim: a takes `at_most` so much of b's time, or is `at_least` so many times faster
    (0: no aim), or takes so many `ms` at most.
    """

    a: Side
    b: Side | None
    at_most: float | None = None
    at_least: float | None = None
    ms: float | None = None
    turns: int = 5


@dataclass(frozen=True)
class Sample:
    """Seconds and megabytes of one run; it is `cut` where the limit of time ended it."""

    seconds: float
    megabytes: float
    cut: bool = False


def within(name: str, side: str, size: int = 6) -> Side:
    return Side(name, (PYTHON, str(ROOT / "bench" / "sides.py"), side, str(size)), times_itself=True)


def command(name: str, *arguments: str) -> Side:
    return Side(name, arguments)


SYMPY = command("import sympy", PYTHON, "-c", "import sympy")
MAIN_JOB = command("make derivation W=1,2", "make", "derivation", "W=1,2", f"OUT={OUT}")
HELP = command("derive gradient --help", PYTHON, "-m", "derive", "gradient", "--help")
REFUSED = command("a refused option", PYTHON, "-m", "derive", "gradient", "-w", "1,99", "--out", str(OUT))
PDF_JOB = command("make derivation FORMATS=pdf", "make", "derivation", "W=1,2", "FORMATS=pdf", f"OUT={OUT}")
LATEX_JOB = command("by pdflatex", "make", "derivation", "W=1,2", "FORMATS=pdf", "PDF_ENGINE=latex", f"OUT={OUT}")
LESSON = within("width 6, warm", "ours")

TWO_LAYERS = within("784-128-10, whole gradient, warm", "network", 2)
READY = ("lstm", "gru", "attention", "multihead", "batchnorm", "rnn", "conv2d", "softmax")


def whole_job(name: str) -> Side:
    arguments = ("-m", "derive", "gradient", "--all", "--model", name, "--out", str(OUT))
    return command(f"the command, cold: {name}", PYTHON, *arguments)


def sheets(count: int) -> Side:
    arguments = ("-m", "derive", "worksheet", "--variants", str(count), "--out", str(OUT / "sheets"))
    return command(f"{count:,} worksheets with keys, cold", PYTHON, *arguments)


ROWS = (
    Row(MAIN_JOB, SYMPY, at_most=1.5, turns=9),
    Row(HELP, SYMPY, at_most=1 / 3, turns=9),
    Row(REFUSED, SYMPY, at_most=1 / 3, turns=9),
    Row(within("width 10^6, warm", "ours", 10**6), LESSON, at_most=1.1, turns=7),
    *(
        Row(
            within(f"width {n}, warm", "ours", n),
            within(f"SymPy, sums of {n}", "concrete_sums", n),
            at_least=1000 if n == 64 else 0,
            turns=3 if n == 64 else 1,
        )
        for n in (64, 256, 1024)
    ),
    Row(LESSON, within("SymPy, knowing the path", "knowing_the_path")),
    Row(LESSON, None, ms=5),
    *(Row(within(f"{name}, one derivation, warm", f"ready:{name}"), None, ms=10, turns=3) for name in READY),
    *(
        Row(within(f"{name}, whole gradient, warm", f"whole:{name}"), whole_job(name), turns=3)
        for name in ("lstm", "attention")
    ),
    Row(TWO_LAYERS, within("autograd, one evaluation", "by_autograd", 128), turns=3),
    *(
        Row(within(f"{n} layers, whole gradient", "network", n), TWO_LAYERS, at_most=1.5 * n / 2, turns=3)
        for n in (4, 8, 16, 32)
    ),
    Row(within("100 worksheets with keys, warm, one core", "worksheets", 100), None, ms=500, turns=3),
    Row(within("1,000 as files, two cores", "written", 2), within("on one core", "written", 1), turns=1),
    Row(sheets(10_000), sheets(1000), turns=1),
    Row(
        within("10 worksheets with keys as PDF, warm", "as_pdf", 10), within("by pdflatex", "by_pdflatex", 10), turns=1
    ),
    Row(within("100 worksheets with keys as PDF, warm, one core", "as_pdf", 100), None, ms=1250, turns=1),
    Row(within("one page of HTML, warm", "page"), None, ms=20),
    Row(PDF_JOB, LATEX_JOB, turns=3),
    Row(within("an answer of a class, 95th percentile", "percentile:answer", 2_000), None, ms=20, turns=1),
    Row(within("a hostile answer, 95th percentile", "percentile:hostile", 200), None, ms=500, turns=1),
    Row(within("10,000 answers, 200 hostile", "marked", 10_000), within("1,000, 20 hostile", "marked", 1_000), turns=1),
)


def sample(side: Side, limit: float) -> Sample:
    """Run it once. That it fails is an error here too, except that REFUSED is meant to be refused."""
    start = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as complaint,
        subprocess.Popen(side.command, stdout=subprocess.PIPE, stderr=complaint, cwd=ROOT, text=True) as process,
    ):
        timer = Timer(limit, process.kill)
        timer.start()
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)  # as `wait`, and it tells the peak of memory
        process.returncode = os.waitstatus_to_exitcode(status)
        cut = not timer.is_alive()
        timer.cancel()
        taken = time.perf_counter() - start
        if not cut and process.returncode != (2 if side is REFUSED else 0):
            complaint.seek(0)
            raise SystemExit(f"{side.name} failed:\n{complaint.read()}")
    seconds = float(printed) if side.times_itself and not cut else taken
    return Sample(seconds, usage.ru_maxrss / 1024, cut)


def measured(row: Row, limit: float) -> tuple[list[Sample], list[Sample]]:
    """The samples of both sides, taken in turns; after one that was cut there is no use in another."""
    a: list[Sample] = []
    b: list[Sample] = []
    for _ in range(row.turns):
        a.append(sample(row.a, limit))
        if row.b is not None:
            b.append(sample(row.b, limit))
            if b[-1].cut:
                break
    return a, b


HEADER: tuple[str, ...] = ("derive", "time", "memory", "beside", "time", "memory", "ratio", "aim", "")


def cells(row: Row, a: Sequence[Sample], b: Sequence[Sample]) -> tuple[str, ...]:
    other = (row.b.name, *shown(b)) if row.b is not None else ("", "", "")
    ratio, aim, met = verdict(row, a, b)
    return (row.a.name, *shown(a), *other, ratio, aim, {True: "met", False: "MISSED", None: ""}[met])


def shown(samples: Sequence[Sample]) -> tuple[str, str]:
    """The median time, and the highest peak of memory."""
    seconds = statistics.median(s.seconds for s in samples)
    text = f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.1f} s"
    mark = "> " if any(s.cut for s in samples) else ""
    return mark + text, f"{mark}{max(s.megabytes for s in samples):.0f} MB"


def verdict(row: Row, a: Sequence[Sample], b: Sequence[Sample]) -> tuple[str, str, bool | None]:
    """The ratio, the aim, and whether it was met, where there is one."""
    if row.ms is not None:
        return "", f"<= {row.ms:g} ms", statistics.median(s.seconds for s in a) * 1000 <= row.ms
    ratio = statistics.median(x.seconds / y.seconds for x, y in zip(a, b, strict=True))
    mark = "> " if any(s.cut for s in b) else ""
    if row.at_least is not None:
        faster = f"{mark}{1 / ratio:,.0f} times faster"
        return (faster, f">= {row.at_least:,.0f}", 1 / ratio >= row.at_least) if row.at_least else (faster, "", None)
    if row.at_most is not None:
        return f"{ratio:.2f}", f"<= {row.at_most:.2f}", ratio <= row.at_most
    return f"{ratio:.3g}", "", None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=float, default=120, help="seconds that one run may take (default: 120)")
    limit = parser.parse_args().limit
    table = [HEADER]
    for row in ROWS:
        print(f"{row.a.name} …", file=sys.stderr, flush=True)
        table.append(cells(row, *measured(row, limit)))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
