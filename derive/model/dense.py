"""A feed-forward dense network, written in the model language from options as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.errors import OptionError
from derive.model.choices import (
    LABEL,
    NAMED,
    UNKNOWN,
    read_activations,
    read_layer,
    read_loss,
    read_sizes,
    read_weight,
)
from derive.model.language import read_expression, read_model
from derive.model.losses import Loss, written
from derive.model.model import Model, Stated
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Quantity


@dataclass(frozen=True)
class Dense:
    """A dense network, its loss, and the weight that the loss is to be differentiated by."""

    model: Model
    loss: Quantity
    target: Quantity


@dataclass(frozen=True)
class Layer:
    """One layer: its label, its size as written and, where it is known, as a number."""

    label: Index
    size: int | str

    @property
    def written(self) -> str:
        return str(self.label).replace(" ", "")

    @property
    def width(self) -> str:
        return self.size if isinstance(self.size, str) else f"n({self.written})"


def dense(
    weight: str,
    layer: str = "L",
    sizes: str = "6,4",
    activation: str = UNKNOWN,
    loss: str = "squared error",
    *,
    biases: bool = False,
) -> Dense:
    """The network that `dense_model` makes of the options, with the target w(layer)[weight]."""
    row, column = read_weight(weight)
    label = read_layer(layer)
    layers = named_layers(label, read_sizes(sizes))
    _check_inside(row, column, layers, label)
    target = Quantity("w", label, (index(row), index(column)))
    return Dense(_model(layers, activation, loss, biases), Quantity("C0"), target)


def dense_model(
    sizes: str = "6,4",
    layer: str = "L",
    activation: str = UNKNOWN,
    loss: str = "squared error",
    *,
    biases: bool = False,
) -> Model:
    """The equations of a network, from the loss down to the first layer with weights.

    `sizes` go from the input to the output; two of them are the last two layers. `activation` is g (unknown, one for
    each layer), a name, a formula in z, or one of these for each layer; `loss` is a name, or the formula of one output
    node in a and y. `layer` says whether layers are counted back from L or numbered.
    """
    return _model(named_layers(read_layer(layer), read_sizes(sizes)), activation, loss, biases)


def named_layers(label: Index, sizes: Sequence[int | str]) -> tuple[Layer, ...]:
    """The layers from the input up, labelled so that `label` is one of those with weights.

    Counted from L the last one is L. Numbered, two sizes are the layer and the one below it, and more are the whole
    network from its input layer 0.
    """
    count = len(sizes)
    numbered = label if count == 2 else index(count - 1)
    last = index(LABEL) if label.value is None else numbered
    layers = tuple(Layer(last - (count - 1 - i), size) for i, size in enumerate(sizes))
    if label.value == 0:
        raise OptionError("layer 0 is the input layer, which has no weights: the first layer with weights is 1")
    if label not in (layer.label for layer in layers[1:]):
        raise _no_such_layer(label, layers[1:])
    return layers


def _no_such_layer(label: Index, layers: Sequence[Layer]) -> OptionError:
    names = [layer.written for layer in layers]
    if label.value is None:
        names.reverse()
    if len(names) > 6:
        names[3:-1] = ["…"]
    many = f"one of {', '.join(names)}" if len(names) > 1 else names[0]
    return OptionError(
        f"unknown layer {str(label).replace(' ', '')}: with {len(layers) + 1} sizes it must be {many}, and more layers "
        "need more sizes, from the input to the output, such as 5,6,4"
    )


def _check_inside(row: int, column: int, layers: Sequence[Layer], label: Index) -> None:
    at = next(i for i, layer in enumerate(layers) if layer.label == label)
    above, below = layers[at], layers[at - 1]
    for name, value, size in (("row", row, above.size), ("column", column, below.size)):
        if isinstance(size, int) and value >= size:
            raise OptionError(
                f"w({above.written}) is {above.size} x {below.size}, so its {name} index is from 0 to {size - 1}, "
                f"not {value}"
            )


def _model(layers: Sequence[Layer], activation: str, loss: str, biases: bool) -> Model:
    chosen = read_loss(loss)
    rules = read_activations(activation, len(layers) - 1, chosen)
    source = _source(layers, chosen, rules, biases)
    _check_letters(layers, _source([replace(layer, size=1) for layer in layers], chosen, rules, biases))
    sizes = {f"n({layer.written})": layer.size for layer in layers if isinstance(layer.size, int)}
    return replace(read_model(source, name="dense", sizes=sizes), stated=_stated(layers[-1], chosen))


def _stated(layer: Layer, loss: Loss) -> tuple[Stated, ...]:
    """The derivative of the loss by one output activation, as its entry in the catalogue states it."""
    if not loss.derivative:
        return ()
    text = written(loss.derivative, {**_output(layer), "C": "C0"})
    node = Symbol("j")
    form = read_expression(text, letters=[node.name, layer.width])
    return (Stated(Quantity("C0"), Quantity("a", layer.label, (index(node),)), form, frozenset({node})),)


def _source(layers: Sequence[Layer], loss: Loss, rules: Sequence[str], biases: bool) -> str:
    lines = [f"C0 = {written(loss.formula, _output(layers[-1]))}"]
    for below, layer, rule in reversed(list(zip(layers, layers[1:], rules, strict=False))):
        lines += _equations(below, layer, rule, biases)
    if loss.assumption:
        lines.append(written(loss.assumption, _output(layers[-1])))
    return "\n".join(lines) + "\n"


def _output(layer: Layer) -> Mapping[str, str]:
    return {"a": f"a({layer.written})[j]", "y": "y[j]", "n": layer.width}


def _equations(below: Layer, layer: Layer, rule: str, biases: bool) -> tuple[str, str]:
    at = layer.written
    names = {"z": f"z({at})[j]", "z_i": f"z({at})[i]", "n": layer.width, "label": at}
    bias = f" + b({at})[j]" if biases else ""
    weighted = f"sum(w({at})[j,k] * a({below.written})[k] for k in range({below.width}))"
    return (
        f"a({at})[j] = {written(rule, names)} for j in range({layer.width})",
        f"z({at})[j] = {weighted}{bias} for j in range({layer.width})",
    )


def _check_letters(layers: Sequence[Layer], numbered: str) -> None:
    """Refuse a size whose letter names something else in the text of the network with numbers as sizes."""
    taken = set(re.findall(r"[A-Za-z_]\w*", numbered)) - {"n"}
    for layer in layers:
        if layer.size in taken:
            other = NAMED.get(str(layer.size), "a parameter")
            raise OptionError(
                f"the size {layer.size} would have the same name as {other} {layer.size}: take another letter, "
                "such as m"
            )
