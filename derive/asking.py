"""A request as quantities of a model. What is asked wrongly is found here, before the engine is imported."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from derive.documents.files import read_text
from derive.errors import OptionError
from derive.model.choices import read_layer
from derive.model.dense import dense, dense_model
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import ready, ready_model
from derive.notation.notations import LESSON as LESSON_NOTATION
from derive.notation.notations import NOTATIONS, Notation
from derive.notation.notations import notation as named_notation
from derive.notation.own import read_notation
from derive.notation.telling import untold
from derive.options import LESSON, Request
from derive.pages.notating import adapted
from derive.writing.nodes import Quantity

NETWORK = ("sizes", "activation", "loss")  # the options that make a dense network
UPSTREAM = "partial"


@dataclass(frozen=True)
class Asked:
    """What to differentiate by what in which model; by every parameter, where `by` is None.

    `dense` says that it is a weight of a dense network, of which more can be told; `notation` is how it is written, and
    `upstream` how what flows in is.
    """

    request: Request
    model: Model
    of: Quantity
    by: Quantity | None
    dense: bool = False
    notation: Notation = LESSON_NOTATION

    @property
    def upstream(self) -> str:
        """As it was asked for, or as the notation has it."""
        return self.request.upstream or ("delta" if self.notation.delta_name else UPSTREAM)


def asked(request: Request) -> Asked:
    """The request, read in its model and in its notation."""
    notation = _notation(request)
    chosen: dict[str, Any] = {name: text for name in NETWORK if (text := getattr(request, name)) is not None}
    if request.model == LESSON:
        return _of_network(request, chosen, notation)
    if chosen:
        raise OptionError(
            f"--{next(iter(chosen))} goes with a weight of a dense network; the model {request.model} has its own"
        )
    model, loss = _model(request)
    return Asked(request, model, read_quantity(loss, model), _target(request, model, notation), notation=notation)


def _of_network(request: Request, chosen: dict[str, Any], notation: Notation) -> Asked:
    """By a weight, or by any other quantity, of a dense network with the chosen sizes, activation and loss."""
    if notation.loss is not None:
        chosen.setdefault("loss", notation.loss)
    biases = notation.bias == "shown"
    if request.weight is not None:
        weight, layer = _own_weight(request.weight, request.layer, notation)
        network = dense(weight, layer, **chosen, biases=biases)
        return Asked(request, network.model, network.loss, network.target, dense=True, notation=notation)
    model = dense_model(**chosen, biases=biases)
    target = _target(request, model, notation)
    is_weight = target is not None and target.family == "w"
    return Asked(request, model, read_quantity("C0", model), target, dense=is_weight, notation=notation)


def _own_weight(weight: str, layer: str | None, notation: Notation) -> tuple[str, str]:
    """The weight and its layer as the engine counts them, from what was typed in the notation."""
    places = re.fullmatch(r" *([0-9]{1,9}) *, *([0-9]{1,9}) *", weight)
    if places is not None and not notation.is_ordinary:
        numbers = [int(text) - notation.base for text in places.groups()]
        _check_counted(numbers, weight, notation)
        weight = ",".join(map(str, reversed(numbers) if notation.from_to else numbers))
    if layer is not None and re.fullmatch(r" *[0-9]{1,9} *", layer):
        layer = str(int(layer) - notation.layer_base + notation.from_layer)
    elif layer is not None and notation.from_layer:
        layer = str(read_layer(layer) + 1).replace(" ", "")
    return weight, layer or "L"


def _check_counted(numbers: list[int], weight: str, notation: Notation) -> None:
    if min(numbers) < 0:
        raise OptionError(f"the weight {weight} does not exist: this notation counts nodes from {notation.base}")


def _notation(request: Request) -> Notation:
    """The notation of this name, or that of a file."""
    if _names_a_file(request.notation) and request.notation not in NOTATIONS:
        return read_notation(read_text(request.notation, "notation"), request.notation)
    return named_notation(request.notation)


def _target(request: Request, model: Model, notation: Notation) -> Quantity | None:
    """The target, in the names of the model, and counted as the notation counts."""
    if request.target is None:
        return None
    return untold(read_quantity(request.target, model), adapted(notation, [model]))


def _names_a_file(model: str) -> bool:
    """Whether this is a path, or standard input: no ready model has a dot or a slash in its name."""
    return model == "-" or "." in model or "/" in model or os.sep in model


def _model(request: Request) -> tuple[Model, str]:
    """A ready model with its loss, or a file's: the loss is what its first equation defines."""
    if not _names_a_file(request.model):
        return ready_model(request.model), ready(request.model).loss
    model = read_model(read_text(request.model))
    return model, str(model.equations[0].left)
