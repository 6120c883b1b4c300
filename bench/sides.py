"""What the benchmarks time, each in a process of its own: `python bench/sides.py NAME SIZE` prints seconds a call.

A call that takes long is timed once. A quick one is repeated, warm, and the median counts.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.documents.sheets import Batch

QUICK = 1.0  # seconds: what takes less is repeated
TOGETHER = 1.5  # seconds that the repetitions may take
MOST = 300


def ours(size: int) -> Callable[[int], object]:
    """One derivation at lesson detail, built and rendered to Markdown and LaTeX, for another weight at each call."""
    from derive import dense_derivation

    def derivation(turn: int) -> object:
        found = dense_derivation(f"{turn % 5},{turn % 6}", sizes=f"{size},{size}")
        return found.markdown(), found.latex()

    return derivation


def whole(name: str, _: int) -> Callable[[int], object]:
    """The whole gradient of a ready model as one document, in both formats."""
    from derive import differentiate_all, ready_model
    from derive.model.ready import READY

    model = ready_model(name)

    def document(_: int) -> object:
        found = differentiate_all(model, READY[name].loss)
        return found.markdown(), found.latex()

    return document


def network(layers: int) -> Callable[[int], object]:
    """The whole gradient of a dense network with this many layers of weights, each written out on its own."""
    from derive import differentiate_all
    from derive.model.dense import dense_model

    model = dense_model(",".join(["784", *["128"] * (layers - 1), "10"]))

    def document(_: int) -> object:
        found = differentiate_all(model, "C0")
        return found.markdown(), found.latex()

    return document


def ready(name: str, _: int) -> Callable[[int], object]:
    """One derivation of a ready model at lesson detail, in both formats."""
    from derive import differentiate, ready_model
    from derive.model.ready import READY

    model, entry = ready_model(name), READY[name]

    def derivation(_: int) -> object:
        found = differentiate(model, entry.loss, entry.target)
        return found.markdown(), found.latex()

    return derivation


def worksheets(size: int) -> Callable[[int], object]:
    """So many worksheets of the example plan with their keys, in both formats, after a thousand that are not timed."""
    from derive.documents.sheets import Maker

    maker = Maker(example(10**6))
    for number in range(1, 1001):
        maker.variant(number)
    return lambda turn: [maker.variant(1001 + turn * size + i) for i in range(size)]


def written(cores: int) -> Callable[[int], object]:
    """A thousand of them as files, on one core or several."""
    from derive.documents.sheets import write

    def files(_: int) -> object:
        with tempfile.TemporaryDirectory() as folder:
            return write(example(1000), Path(folder), cores)

    return files


def as_pdf(size: int) -> Callable[[int], object]:
    """So many worksheets of the example plan with their keys as PDF, by Typst, which stays warm."""
    from derive.documents.sheets import Maker

    maker = Maker(replace(example(10**6), formats=("pdf",)))
    for number in range(1, 101):
        maker.variant(number)
    return lambda turn: [maker.variant(101 + turn * size + i) for i in range(size)]


def by_pdflatex(size: int) -> Callable[[int], object]:
    """So many of the same, set by pdflatex."""
    from derive.documents.formats.pdf import by_latex
    from derive.documents.sheets import Maker
    from derive.documents.worksheet import Head, answer_key, worksheet

    maker = Maker(example(10**6))

    def pages(turn: int) -> object:
        drawn = [maker.drawing.sheet(2 + turn * size + i) for i in range(size)]
        head = Head(maker.batch.plan, "1")
        return [by_latex(told(sheet, head), maker.setting) for sheet in drawn for told in (worksheet, answer_key)]

    return pages


def page(_: int) -> Callable[[int], object]:
    """One page of HTML, of a derivation that is told anew each time."""
    from derive.api import dense_derivation
    from derive.documents.formats.base import Setting
    from derive.documents.lesson import lesson
    from derive.documents.render import files

    def html(turn: int) -> object:
        derivation = dense_derivation(f"1,{turn % 5}")
        return files(lesson(derivation, derivation.view()), ["html"], Setting(derivation.notation()))

    return html


def marked(size: int) -> Callable[[int], object]:
    """A table of so many answers marked, one in fifty of them hostile."""
    from classes import marked

    return marked(size)


def example(variants: int) -> Batch:
    from derive.documents.sheets import Batch
    from derive.exercises.plan import read_plan
    from derive.handouts import example_plan

    return Batch(read_plan(example_plan()), 7, variants)


def by_autograd(size: int) -> Callable[[int], object]:
    """What evaluating costs: HIPS autograd computes all gradients of a 784-128-10 network for one sample."""
    import autograd.numpy as np
    from autograd import grad

    rng = np.random.RandomState(0)
    weights = [rng.rand(size, 784), rng.rand(10, size)]
    x, y = rng.rand(784), rng.rand(10)

    def loss(given: list[object]) -> object:
        hidden = np.tanh(given[0] @ x)
        return np.sum((np.tanh(given[1] @ hidden) - y) ** 2)

    gradient = grad(loss)
    return lambda _: gradient(weights)


def concrete_sums(size: int) -> Callable[[int], object]:
    """What a user of SymPy writes first: every node and weight a symbol, every sum written out."""
    import sympy

    def by_hand(_: int) -> object:
        below = sympy.symbols(f"a0:{size}")
        wanted = sympy.symbols(f"y0:{size}")
        weights = [sympy.symbols(f"w{j}_0:{size}") for j in range(size)]
        sums = [sympy.Add(*(w * a for w, a in zip(row, below, strict=True))) for row in weights]
        loss = sympy.Add(*((1 / (1 + sympy.exp(-z)) - y) ** 2 for z, y in zip(sums, wanted, strict=True)))
        return sympy.latex(sympy.diff(loss, weights[1][2]))

    return by_hand


def knowing_the_path(_: int) -> Callable[[int], object]:
    """What a user of SymPy writes who knows that one path matters: three small derivatives, multiplied."""
    import sympy

    def by_hand(_: int) -> object:
        w, below, z, a, y = sympy.symbols("w a_below z a y")
        sigmoid = 1 / (1 + sympy.exp(-z))
        factors = (sympy.diff((a - y) ** 2, a), sympy.diff(sigmoid, z), sympy.diff(w * below, w))
        return [sympy.latex(factor) for factor in (*factors, sympy.Mul(*factors))]

    return by_hand


SIDES = {
    side.__name__: side
    for side in (
        ours,
        network,
        worksheets,
        written,
        as_pdf,
        by_pdflatex,
        page,
        marked,
        by_autograd,
        concrete_sums,
        knowing_the_path,
    )
}
NAMED = {side.__name__: side for side in (whole, ready)}  # these take a ready model, as in whole:lstm


def percentile(name: str, size: int) -> float:
    """The 95th percentile of the seconds that one of so many answers takes."""
    import classes

    return {"answer": classes.one_answer, "hostile": classes.hostile_answer}[name](size)


def chosen(name: str, size: int) -> Callable[[int], object]:
    side, _, model = name.partition(":")
    return NAMED[side](model, size) if model else SIDES[side](size)


def seconds(call: Callable[[int], object]) -> float:
    turns = count()
    first = timed(call, next(turns))
    if first > QUICK:
        return first
    times = [timed(call, next(turns))]
    while sum(times) < TOGETHER and len(times) < MOST:
        times.append(timed(call, next(turns)))
    return statistics.median(times)


def timed(call: Callable[[int], object], turn: int) -> float:
    start = time.perf_counter()
    call(turn)
    return time.perf_counter() - start


if __name__ == "__main__":
    name, size = sys.argv[1:]
    kind, _, which = name.partition(":")
    print(percentile(which, int(size)) if kind == "percentile" else seconds(chosen(name, int(size))))
