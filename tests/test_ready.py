"""The ready models: their texts, and their numbers against the same models written by hand in NumPy."""

from __future__ import annotations

from pathlib import Path

import pytest
from autograd import grad
from oracles import NETWORKS, Network

from derive.errors import OptionError
from derive.model.forward import given_scene, gradient_by_duals
from derive.model.functions import formula_of
from derive.model.language import read_quantity
from derive.model.ready import READY, ready, ready_model, ready_text, ready_title
from derive.writing.evaluate import evaluate
from derive.writing.walk import names_in

TEXTS = Path(__file__).parents[1] / "derive" / "model" / "ready"


def evaluated(name: str, network: Network, seed: int) -> float:
    scene = given_scene(ready_model(name), network.values(seed), network.sizes, network.functions, catalogue=formula_of)
    return float(evaluate(read_quantity(READY[name].loss), scene))


@pytest.mark.parametrize("name", READY)
def test_a_text_begins_with_its_title_and_its_source(name: str) -> None:
    title, *comments = [line for line in ready_text(name).splitlines() if line.startswith("#")]
    assert title == f"# {ready_title(name)}"
    assert any(year in comments[-1] for year in map(str, range(1980, 2030)))


@pytest.mark.parametrize("name", READY)
def test_a_model_defines_its_loss_once_and_first(name: str) -> None:
    model = ready_model(name)
    loss = read_quantity(READY[name].loss, model)
    assert model.equations[0].left == loss
    assert loss.family not in model.uses
    assert model.name == name
    assert model.source == ready_text(name)


@pytest.mark.parametrize("name", READY)
def test_the_loss_depends_on_the_target(name: str) -> None:
    model = ready_model(name)
    reached = {read_quantity(READY[name].loss).family}
    for _ in model.equations:
        reached |= {f for e in model.equations if e.left.family in reached for f in names_in(e.right)}
    target = read_quantity(READY[name].target, model)
    assert target.family in reached
    assert {len(e.left.indices) for e in model.definitions.get(target.family, ())} <= {len(target.indices)}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NETWORKS)
def test_a_model_evaluates_to_what_numpy_computes(name: str, seed: int) -> None:
    network = NETWORKS[name]
    expected = network.loss(network.values(seed))
    assert evaluated(name, network, seed) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_dual_numbers_find_the_gradient_that_autograd_finds(name: str) -> None:
    network = NETWORKS[name]
    values = network.values(seed=4)
    scene = given_scene(ready_model(name), values, network.sizes, network.functions, catalogue=formula_of)
    loss = read_quantity(READY[name].loss)
    expected = grad(network.loss)(values)
    for family, shape in network.shapes.items():
        last = ",".join(str(length - 1) for length in shape)
        element = read_quantity(f"{family}[{last}]" if shape else family)
        assert gradient_by_duals(scene, loss, element) == pytest.approx(expected[family].flat[-1], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_given_quantities_are_those_that_numpy_needs(name: str) -> None:
    model = ready_model(name)
    needed = {read_quantity(key).family for key in NETWORKS[name].shapes}
    assert set(model.given) == needed - set(model.definitions)  # the a(0) of a(l), too, comes from without


def test_the_files_are_those_of_the_catalogue() -> None:
    assert sorted(path.name for path in TEXTS.iterdir()) == sorted(f"{name}.txt" for name in READY)


def test_mazur_comes_with_the_numbers_of_its_source() -> None:
    scene = given_scene(ready_model("mazur"), READY["mazur"].values, catalogue=formula_of)
    printed = {
        "net(1)[0]": "0.3775",
        "out(1)[0]": "0.593269992",
        "out(1)[1]": "0.596884378",
        "net(2)[0]": "1.105905967",
        "out(2)[0]": "0.751365070",
        "out(2)[1]": "0.772928465",
        "E": "0.298371109",
    }
    computed = {text: float(evaluate(read_quantity(text), scene)) for text in printed}
    assert {text: f"{value:.{len(printed[text]) - 2}f}" for text, value in computed.items()} == printed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lesson", "lesson"),
        ("batch-norm", "batchnorm"),
        ("Batch Normalization", "batchnorm"),
        ("mean pooling", "mean_pooling"),
        ("LSTM", "lstm"),
        ("mlp", "dense"),
    ],
)
def test_ready_models_are_found_by_name_and_alias(typed: str, name: str) -> None:
    assert ready(typed) is READY[name]
    assert ready_model(typed) is ready_model(name)


@pytest.mark.parametrize("call", [ready, ready_model, ready_text, ready_title])
def test_an_unknown_model_is_an_error_that_lists_the_known_ones(call: object) -> None:
    assert callable(call)
    with pytest.raises(OptionError) as caught:
        call("lessen")
    assert str(caught.value) == (
        f"unknown ready model 'lessen': it must be one of {', '.join(READY)}. Did you mean lesson?"
    )
