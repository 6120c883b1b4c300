"""A request as quantities of a model. What is asked wrongly is found here, before the engine is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.documents.files import read_text
from derive.errors import OptionError
from derive.model.dense import dense, dense_model
from derive.model.language import read_model, read_quantity
from derive.model.model import Model
from derive.model.ready import ready, ready_model
from derive.options import LESSON, Request
from derive.writing.nodes import Quantity

NETWORK = ("sizes", "activation", "loss")  # the options that make a dense network


@dataclass(frozen=True)
class Asked:
    """What to differentiate by what in which model; by every parameter, where `by` is None.

    `dense` says that it is a weight of a dense network, of which more can be told.
    """

    request: Request
    model: Model
    of: Quantity
    by: Quantity | None
    dense: bool = False


def asked(request: Request) -> Asked:
    """The request, read in its model."""
    chosen: dict[str, Any] = {name: text for name in NETWORK if (text := getattr(request, name)) is not None}
    if request.model == LESSON:
        return _of_network(request, chosen)
    if chosen:
        raise OptionError(
            f"--{next(iter(chosen))} goes with a weight of a dense network; the model {request.model} has its own"
        )
    model, loss = _model(request)
    return Asked(request, model, read_quantity(loss, model), _target(request, model))


def _of_network(request: Request, chosen: Mapping[str, Any]) -> Asked:
    """By a weight, or by any other quantity, of a dense network with the chosen sizes, activation and loss."""
    if request.weight is not None:
        layer: dict[str, Any] = {} if request.layer is None else {"layer": request.layer}
        network = dense(request.weight, **layer, **chosen)
        return Asked(request, network.model, network.loss, network.target, dense=True)
    model = dense_model(**chosen)
    target = _target(request, model)
    return Asked(request, model, read_quantity("C0", model), target, dense=target is not None and target.family == "w")


def _target(request: Request, model: Model) -> Quantity | None:
    return None if request.target is None else read_quantity(request.target, model)


def _names_a_file(model: str) -> bool:
    """Whether this is a path, or standard input: no ready model has a dot or a slash in its name."""
    return model == "-" or "." in model or "/" in model or os.sep in model


def _model(request: Request) -> tuple[Model, str]:
    """A ready model with its loss, or a file's: the loss is what its first equation defines."""
    if not _names_a_file(request.model):
        return ready_model(request.model), ready(request.model).loss
    model = read_model(read_text(request.model))
    return model, str(model.equations[0].left)
