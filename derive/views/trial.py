"""A trial of a generated function: small random inputs, and its gradient beside central differences, as code to run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.calculus.derivation import Derivation
from derive.calculus.samples import Sampler
from derive.model.drawn import Promise, promises
from derive.model.forward import ModelScene
from derive.views.code import NAME, Written, written
from derive.views.program import Program, given_parts, program, spans
from derive.views.wrapping import INDENT
from derive.writing.nodes import Function, Quantity
from derive.writing.walk import quantities

SEED = 7
LONG = 6  # an axis of which the model does not say how long it is
LABELS = 10  # more layers than a small network has
RANGE = "0.1, 0.9"  # where logarithms, quotients and roots have values
TANH = ("np.tanh({z})", "1 - np.tanh({z})**2")  # and its derivative

DIFFERENCES = f'''\
def differences(array, step=1e-6):
    """The derivatives of the loss by the entries of one input, by central differences."""
    found = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        value = array[place]
        array[place] = value + step
        above = {NAME}(**given)[0]
        array[place] = value - step
        below = {NAME}(**given)[0]
        array[place] = value
        found[place] = (above - below) / (2 * step)
    return found
'''
AGREE = "np.testing.assert_allclose({found}, {wanted}, rtol=1e-5, atol=1e-7)"


@dataclass(frozen=True)
class Trial:
    """Code in three parts: `loss_and_gradient`, what it is given, and the comparison, which fails where it is wrong."""

    function: str
    inputs: str
    comparison: str


def trial(derivations: Iterable[Derivation]) -> Trial:
    """A trial of the derivatives by the families that derivations of one loss in one model are about.

    What the model computes is tried through the derivatives by what is given, which need it.
    """
    first, *more = derivations
    families = dict.fromkeys(d.by.family for d in (first, *more))
    if not all(any(given_parts(first.model, family)) for family in families):
        families |= dict.fromkeys(part.family for part in program(first.model, first.of).wanted)
    found = program(first.model, first.of, families)
    code = written(found)
    writer = _Writer(found, code, _scene(first))
    return Trial(code.text, "\n".join(writer.inputs()), "\n".join(writer.comparison()))


def _scene(derivation: Derivation) -> ModelScene:
    """Small sizes that suit the model, and the elements that it names; all others are alike to an array."""
    by, model = derivation.by, derivation.model
    sampler = Sampler(replace(derivation, by=Quantity(by.family, by.label)), random.Random(SEED))
    named = [i.value or 0 for e in model.equations for n in (e.left, *quantities(e.right)) for i in n.indices]
    least = {s: max(named, default=0) + 1 for s in sampler.free if s not in sampler.labels}
    return sampler.scene({s: max(n, least.get(s, n)) for s, n in sampler.sizes(others=True).items()})


class _Writer:
    """Writes what goes around one function."""

    def __init__(self, found: Program, code: Written, scene: ModelScene) -> None:
        self.program, self.code, self.scene = found, code, scene

    # ------------------------------------------------------------ what is given

    def inputs(self) -> Iterator[str]:
        """Arrays, functions and sizes by the names of the parameters; what the model assumes of them is made true."""
        yield f"rng = np.random.default_rng({SEED})"
        yield "given = {"
        for given in self.code.inputs.arrays_given():
            yield from self._entry(given.name, given.quantity)
        for name, function in self.code.inputs.unknown().items():
            yield f'{INDENT}"{name}": {self._function(function)},'
        for size in self.code.sizes:
            yield f'{INDENT}"{size.name}": {self.scene.symbol(size)},'
        yield "}"
        for promise in promises(self.program.model):
            yield from self._kept(promise)

    def _entry(self, name: str, quantity: Quantity) -> Iterator[str]:
        if not self.code.inputs.is_stack(quantity) or quantity.label is None or quantity.label.symbol is None:
            yield f'{INDENT}"{name}": {self._drawn(quantity)},'
            return
        lower, upper = spans(self.program.model, quantity)[0]
        yield f'{INDENT}"{name}": {{'
        for layer in range(self.scene.index(lower), self.scene.index(upper)):
            self.scene.letters[quantity.label.symbol] = layer
            yield f"{INDENT}{INDENT}{layer}: {self._drawn(quantity)},"
        yield f"{INDENT}}},"

    def _drawn(self, quantity: Quantity) -> str:
        shape = self.code.arrays.shape(quantity)
        lengths = [LONG] * len(quantity.indices) if shape is None else list(map(self.scene.index, shape))
        return f"rng.uniform({RANGE}, size={lengths[0] if len(lengths) == 1 else tuple(lengths)})"

    def _function(self, function: Function) -> str:
        several = self.code.inputs.applied[function] > 1
        formula = TANH[sum(function.orders)].format(z="sum(z)" if several else "z")
        text = f"lambda {'*z' if several else 'z'}: {formula}"
        return f"dict.fromkeys(range({LABELS}), {text})" if function.name in self.code.arrays.names.stacked else text

    def _kept(self, promise: Promise) -> Iterator[str]:
        """What is to add up to a total, divided by what it adds up to and multiplied by that."""
        given = {one.quantity.family: one.name for one in self.code.inputs.arrays_given()}
        if promise.quantity.family not in given:
            return
        lower, upper = map(self.scene.index, (promise.lower, promise.upper))
        part = f'given["{given[promise.quantity.family]}"][{":, " * promise.place}{lower}:{upper}]'
        times = "" if promise.total == 1 else f" / {float(promise.total):g}"
        yield f"{part} /= np.sum({part}, axis={promise.place}, keepdims=True){times}"

    # ------------------------------------------------------------ the comparison

    def comparison(self) -> Iterator[str]:
        """The derivatives by all that is given, beside differences; a loss without a value proves nothing."""
        yield from (*DIFFERENCES.splitlines(), "", "")
        yield f"loss, gradient = {NAME}(**given)"
        yield "assert np.isfinite(loss)"
        for by in self.program.wanted:
            if by in self.program.given:
                yield from self._compared(by, self.code.inputs.name(by))

    def _compared(self, by: Quantity, name: str) -> Iterator[str]:
        key = self.code.inputs.key(by)
        if self.code.inputs.is_stack(by):
            yield f'for layer, array in given["{name}"].items():'
            yield INDENT + AGREE.format(found=f'gradient["{key}"][layer]', wanted="differences(array)")
            return
        special = any(i.value is not None for i in by.indices)
        part = f"[{', '.join(':' if i.value is None else str(i) for i in by.indices)}]" if special else ""
        yield AGREE.format(found=f'gradient["{key}"]', wanted=f'differences(given["{name}"]){part}')
