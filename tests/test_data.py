"""A derivation as JSON: every ready model's comes back as it was, and what is no derivation is refused."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

import derive
from derive.calculus.data import from_data, schema, to_data
from derive.calculus.families import parameters
from derive.errors import OptionError
from derive.model.language import read_quantity
from derive.model.ready import READY, ready


def derivation(name: str) -> derive.Derivation:
    model = derive.ready_model(name)
    by = parameters(model, read_quantity(ready(name).loss, model))[-1]
    return derive.differentiate(model, ready(name).loss, str(by))


@pytest.mark.parametrize("name", READY)
def test_a_derivation_comes_back_as_it_was(name: str) -> None:
    told = derivation(name)
    back = from_data(json.loads(json.dumps(to_data(told))))
    for field in ("model", "of", "by", "target", "stages"):
        assert getattr(back, field) == getattr(told, field)


def test_equal_derivations_are_the_same_bytes() -> None:
    assert json.dumps(to_data(derivation("lstm"))) == json.dumps(to_data(derivation("lstm")))


def test_it_says_in_the_model_language_what_it_is() -> None:
    told = to_data(derive.differentiate(derive.read_model("E = (w*x - y)**2"), "E", "w"))
    assert told["readable"] == {
        "model": ["E = (w*x - y)**2"],
        "of": "E",
        "by": "w",
        "result": "2*(w*x - y)*x",
        "conditions": [],
        "steps": told["readable"]["steps"],
    }
    assert told["readable"]["steps"][0] == {
        "before": "d(E)/d(w)",
        "after": "d((w*x - y)**2)/d(w)",
        "rule": "definition",
        "conditions": [],
    }


def changed(**values: Any) -> dict[str, Any]:
    return {**to_data(derivation("lesson")), **values}


REFUSED = [
    ([], "this is no derivation: its \"format\" must be 'derive derivation'"),
    (changed(version=2), "this derivation has the version 2; only 1 can be read"),
    (changed(objects={}), 'the "objects" of a derivation must be a list of at most 200,000'),
    (changed(objects=[{"class": "Popen"}]), 'objects[0] must have a "class" that is one of Number, Constant'),
    (changed(objects=[{"class": "Symbol"}]), "objects[0] is a Symbol, so it must have label, name, and no more"),
    (
        changed(objects=[{"class": "Number", "value": {"fraction": "1/0"}, "decimal": False}]),
        "objects[0].value has the fraction '1/0', which is no number",
    ),
    (
        changed(objects=[{"class": "Symbol", "name": "x", "label": {"#": 0}}]),
        "objects[0].label has \"{'#': 0}\", which is no value of a derivation",
    ),
    (changed(derivation=None), '"derivation" must name an object of the class Derivation, not NoneType'),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_is_no_derivation_is_refused(data: object, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        from_data(data)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("name", ["lesson", "lstm", "softmax", "conv1d", "embedding"])
def test_what_is_written_fits_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(schema()).validate(to_data(derivation(name)))


def test_the_schema_refuses_what_cannot_be_read() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert not any(validator.is_valid(data) for data, _ in REFUSED[:5])


def test_a_derivation_is_read_from_its_text() -> None:
    told = derivation("lesson")
    back = derive.read_derivation(json.dumps(to_data(told)))
    assert (back.result, back.markdown()) == (told.result, told.markdown())


def test_a_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        derive.read_derivation("w = 1")
    assert str(caught.value).startswith("this is no derivation, as it is not JSON: ")
