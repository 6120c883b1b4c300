"""Dense networks from options: their texts, their numbers, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from derive.errors import OptionError
from derive.model.activations import ACTIVATIONS
from derive.model.choices import MOST_LAYERS, read_layer, read_sizes, read_weight
from derive.model.dense import dense, dense_model
from derive.model.forward import given_scene
from derive.model.functions import formula_of
from derive.model.language import read_model, read_quantity
from derive.model.losses import LOSSES
from derive.model.names import FUNCTION_NAMES
from derive.model.ready import ready_model
from derive.writing.evaluate import evaluate

TEXTS: list[tuple[Mapping[str, str], str]] = [
    (
        {"loss": "mse", "activation": "ReLU"},
        """
C0 = 1/n(L)*sum((a(L)[j] - y[j])**2 for j in range(n(L)))
a(L)[j] = relu(z(L)[j]) for j in range(n(L))
z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))
""",
    ),
    (
        {"layer": "3", "sizes": "n,m"},
        """
C0 = sum((a(3)[j] - y[j])**2 for j in range(m))
a(3)[j] = g(3)(z(3)[j]) for j in range(m)
z(3)[j] = sum(w(3)[j,k] * a(2)[k] for k in range(n)) for j in range(m)
""",
    ),
    (
        {"layer": "L-1", "sizes": "5,n,4", "activation": "relu, tanh", "loss": "half squared error"},
        """
C0 = 1/2*sum((a(L)[j] - y[j])**2 for j in range(n(L)))
a(L)[j] = tanh(z(L)[j]) for j in range(n(L))
z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n)) for j in range(n(L))
a(L-1)[j] = relu(z(L-1)[j]) for j in range(n)
z(L-1)[j] = sum(w(L-1)[j,k] * a(L-2)[k] for k in range(n(L-2))) for j in range(n)
""",
    ),
    (
        {"layer": "1", "sizes": "5,6,4", "activation": "sigmoid", "loss": "cross-entropy with softmax"},
        """
C0 = -sum(y[j]*log(a(2)[j]) for j in range(n(2)))
a(2)[j] = exp(z(2)[j])/sum(exp(z(2)[i]) for i in range(n(2))) for j in range(n(2))
z(2)[j] = sum(w(2)[j,k] * a(1)[k] for k in range(n(1))) for j in range(n(2))
a(1)[j] = sigmoid(z(1)[j]) for j in range(n(1))
z(1)[j] = sum(w(1)[j,k] * a(0)[k] for k in range(n(0))) for j in range(n(1))
sum(y[j] for j in range(n(2))) == 1
""",
    ),
    (
        {"activation": "max(0, z) + beta*z", "loss": "(a - y)**4"},
        """
C0 = sum((a(L)[j] - y[j])**4 for j in range(n(L)))
a(L)[j] = max(0, z(L)[j]) + beta*z(L)[j] for j in range(n(L))
z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))
""",
    ),
]


@pytest.mark.parametrize(("options", "text"), TEXTS)
def test_the_network_is_a_text_of_the_model_language(options: Mapping[str, str], text: str) -> None:
    model = dense("1,2", **options).model  # type: ignore[arg-type]  # no option among them is the flag
    assert model.source == text.lstrip()
    assert read_model(model.source).equations == model.equations


def test_the_default_is_the_lesson() -> None:
    network = dense("1,2")
    lesson = ready_model("lesson")
    assert [(e.left, e.right, e.ranges) for e in network.model.equations] == [
        (e.left, e.right, e.ranges) for e in lesson.equations
    ]
    assert network.model.sizes == lesson.sizes
    assert (str(network.loss), str(network.target)) == ("C0", "w(L)[1,2]")


def test_biases_are_added_on_request() -> None:
    assert dense("1,2", biases=True).model.source.splitlines()[-1] == (
        "z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) + b(L)[j] for j in range(n(L))"
    )


def test_the_sum_of_the_targets_is_an_assumption_where_the_loss_needs_it() -> None:
    assert [str(c) for c in dense_model(loss="softmax", sizes="n,m").assumptions] == [
        "sum(y[j] for j in range(m)) == 1"
    ]
    assert dense_model().assumptions == ()


SIZES: list[tuple[str, str, dict[str, int]]] = [
    ("6,4", "L", {"n(L-1)": 6, "n(L)": 4}),
    ("6,4", "2", {"n(1)": 6, "n(2)": 4}),
    ("n,4", "L", {"n(L)": 4}),
    ("n,n", "L", {}),
    (" 5 , 6 , 4 ", "L-1", {"n(L-2)": 5, "n(L-1)": 6, "n(L)": 4}),
    ("5,6,4", "1", {"n(0)": 5, "n(1)": 6, "n(2)": 4}),
    ("1000000000,999999999999999999", "L", {"n(L-1)": 10**9, "n(L)": 10**18 - 1}),
]


@pytest.mark.parametrize(("sizes", "layer", "known_sizes"), SIZES)
def test_sizes_that_are_numbers_are_known(sizes: str, layer: str, known_sizes: dict[str, int]) -> None:
    found = dense("0,0", layer, sizes).model.sizes
    assert {str(symbol).replace(" ", ""): value for symbol, value in found.items()} == known_sizes


def test_a_network_may_be_as_deep_as_a_model_may_be_long() -> None:
    network = dense("0,0", f"L-{MOST_LAYERS - 2}", ",".join(["2"] * MOST_LAYERS))
    assert len(network.model.equations) == 2 * MOST_LAYERS - 1
    assert str(network.target) == f"w(L-{MOST_LAYERS - 2})[0,0]"


# ---------------------------------------------------------------- numbers

RNG = np.random.default_rng(7)
WEIGHTS = RNG.normal(size=(3, 2))
INPUTS = RNG.normal(size=2)
PRE = WEIGHTS @ INPUTS
PARAMETERS = {"delta": 0.9, "epsilon": 0.3, "tau": 0.2}


def computed(activation: str, loss: str, targets: list[float], **values: float) -> float:
    model = dense_model("2,3", activation=activation, loss=loss)
    given = {"w(L)": WEIGHTS, "a(L-1)": INPUTS, "y": targets, **values}
    return float(evaluate(read_quantity("C0"), given_scene(model, given, catalogue=formula_of)))


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("identity", PRE),
        ("tanh", np.tanh(PRE)),
        ("sigmoid", 1 / (1 + np.exp(-PRE))),
        ("relu", np.maximum(PRE, 0)),
        ("softplus", np.logaddexp(0, PRE)),
        ("gelu", [z * (1 + math.erf(z / math.sqrt(2))) / 2 for z in PRE]),
        ("softmax", np.exp(PRE) / np.exp(PRE).sum()),
        ("z**3", PRE**3),
    ],
)
def test_activations_reach_the_numbers(activation: str, expected: list[float]) -> None:
    targets = [0.1, 0.4, 0.8]
    assert computed(activation, "squared error", targets) == pytest.approx(
        sum((a - y) ** 2 for a, y in zip(expected, targets, strict=True)), rel=1e-12
    )


A = 1 / (1 + np.exp(-PRE))
Y = np.array([0.2, 0.5, 0.3])
P = np.exp(PRE) / np.exp(PRE).sum()


@pytest.mark.parametrize(
    ("activation", "loss", "expected"),
    [
        ("sigmoid", "squared error", ((A - Y) ** 2).sum()),
        ("sigmoid", "half squared error", ((A - Y) ** 2).sum() / 2),
        ("sigmoid", "mse", ((A - Y) ** 2).mean()),
        ("sigmoid", "rmse", math.sqrt(((A - Y) ** 2).mean())),
        ("sigmoid", "mae", np.abs(A - Y).mean()),
        ("sigmoid", "bce", -(Y * np.log(A) + (1 - Y) * np.log(1 - A)).sum()),
        ("identity", "bce with logits", -(Y * np.log(A) + (1 - Y) * np.log(1 - A)).sum()),
        ("g", "softmax cross-entropy", -(Y * np.log(P)).sum()),
        ("sigmoid", "kl divergence", (Y * np.log(Y / A)).sum()),
    ],
)
def test_losses_reach_the_numbers(activation: str, loss: str, expected: float) -> None:
    assert computed(activation, loss, list(Y)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_makes_a_network_that_evaluates(name: str) -> None:
    loss = LOSSES[name]
    activation = "g" if loss.output else "sigmoid"
    given = {parameter: PARAMETERS[parameter] for parameter in loss.parameters}
    assert math.isfinite(computed(activation, name, [1.0, 1.0, 1.0], **given))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_makes_a_network_that_evaluates(name: str) -> None:
    assert math.isfinite(computed(name, "squared error", [1.0, 0.0, 0.0]))


# ---------------------------------------------------------------- what is refused

W = "must be two whole numbers from 0 of at most 18 digits, the node that it leads to and the node that it comes from"
BAD_WEIGHTS = ["", "1", ",", "a,b", "1,2,3", "-1,2", "1,-2", "1.0,2", "\uff11,2", "²,1", "1;ls,2", "1,2\n", "1 2,3"]


@pytest.mark.parametrize("text", BAD_WEIGHTS)
def test_a_weight_is_two_whole_numbers(text: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_weight(text)
    assert str(caught.value) == f"the weight {text!r} {W}, such as 1,2"


def test_a_weight_has_at_most_18_digits_each() -> None:
    assert read_weight("999999999999999999, 007") == (10**18 - 1, 7)
    with pytest.raises(OptionError) as caught:
        read_weight("1" + "0" * 400 + ",2")
    assert str(caught.value) == f"the weight '10000000000000000000…00000000,2' {W}, such as 1,2"


S = "must be whole numbers from 1 of at most 18 digits, or letters, joined by commas, such as 6,4 or n,m"
BAD_SIZES = [
    "",
    "0,4",
    "-1,4",
    "1.5,4",
    "6,",
    "6,,4",
    "\uff16,4",
    "é,4",
    "n(L),4",
    "$(ls),4",
    "\\input{x},4",
    "9" * 19 + ",4",
]


@pytest.mark.parametrize("text", BAD_SIZES)
def test_sizes_are_whole_numbers_or_letters(text: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_sizes(text)
    assert str(caught.value) == f"the sizes {text!r} {S}"


LAYER = (
    "must be the last layer L, or one counted back from it, such as L-1, or a number of at most 18 digits, such as 3"
)


@pytest.mark.parametrize("text", ["", "M", "l", "L+1", "L-", "L-x", "-1", "1.5", "\uff13", "L-\uff11", "9" * 19])
def test_a_layer_is_a_label_or_a_number(text: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_layer(text)
    assert str(caught.value) == f"the layer {text!r} {LAYER}"


@pytest.mark.parametrize(("text", "label"), [("L", "L"), (" L - 1 ", "L - 1"), ("L-0", "L"), ("3", "3"), ("0", "0")])
def test_layers_are_read(text: str, label: str) -> None:
    assert str(read_layer(text)) == label


MORE = "and more layers need more sizes, from the input to the output, such as 5,6,4"
INPUT = "layer 0 is the input layer, which has no weights: the first layer with weights is 1"
PRESCRIBED = "the loss cross_entropy_with_softmax prescribes softmax as the activation of the last layer"
ACTIVATION = f"it must be one of g, softmax, {', '.join(ACTIVATIONS)}."
CLASH = "would have the same name as"
REFUSED: list[tuple[dict[str, str], str]] = [
    ({"weight": "4,0"}, "w(L) is 4 x 6, so its row index is from 0 to 3, not 4"),
    ({"weight": "0,6"}, "w(L) is 4 x 6, so its column index is from 0 to 5, not 6"),
    ({"weight": "0,6", "sizes": "6,n"}, "w(L) is n x 6, so its column index is from 0 to 5, not 6"),
    ({"weight": "6,0", "sizes": "5,6,4", "layer": "L-1"}, "w(L-1) is 6 x 5, so its row index is from 0 to 5, not 6"),
    ({"sizes": "6"}, "the sizes '6' must be at least two, from the input to the output, such as 6,4"),
    ({"sizes": "2," * MOST_LAYERS + "2"}, f"the sizes are {MOST_LAYERS + 1}, and may be at most {MOST_LAYERS}"),
    ({"sizes": "w,4"}, f"the size w {CLASH} the weights w: take another letter, such as m"),
    ({"sizes": "6,j"}, f"the size j {CLASH} an index j: take another letter, such as m"),
    ({"sizes": "g,4"}, f"the size g {CLASH} the activation function g: take another letter, such as m"),
    ({"sizes": "L,4"}, f"the size L {CLASH} the last layer L: take another letter, such as m"),
    (
        {"sizes": "delta,4", "loss": "huber"},
        f"the size delta {CLASH} a parameter delta: take another letter, such as m",
    ),
    ({"sizes": "lambda,4"}, "the size 'lambda' is a word of the model language: take another letter, such as m"),
    ({"sizes": "sum,4"}, "the size 'sum' is a word of the model language: take another letter, such as m"),
    ({"layer": "0"}, INPUT),
    ({"layer": "0", "sizes": "5,6,4"}, INPUT),
    ({"layer": "L-1"}, f"unknown layer L-1: with 2 sizes it must be L, {MORE}"),
    ({"layer": "L-2", "sizes": "5,6,4"}, f"unknown layer L-2: with 3 sizes it must be one of L, L-1, {MORE}"),
    ({"layer": "3", "sizes": "5,6,4"}, f"unknown layer 3: with 3 sizes it must be one of 1, 2, {MORE}"),
    (
        {"layer": "9", "sizes": "1,1,1,1,1,1,1,1,1"},
        f"unknown layer 9: with 9 sizes it must be one of 1, 2, 3, …, 8, {MORE}",
    ),
    ({"activation": "sigmod"}, f"unknown activation 'sigmod': {ACTIVATION} Did you mean sigmoid?"),
    ({"activation": "relu,foo", "sizes": "5,6,4"}, f"unknown activation 'foo': {ACTIVATION}"),
    ({"activation": ""}, f"unknown activation '': {ACTIVATION}"),
    (
        {"activation": "relu,tanh"},
        "the activations 'relu,tanh' are 2: give one for all layers with weights, or one for each of them, here 1",
    ),
    (
        {"activation": "foo(z)"},
        f"unknown function 'foo': it must be one of {', '.join(sorted(FUNCTION_NAMES))}.",
    ),
    (
        {"activation": "z*a"},
        (
            "the activation 'z*a' uses a, which names the activations in a dense network: its variables are z, and "
            "parameters have other names"
        ),
    ),
    (
        {"activation": "z[0]"},
        "the activation 'z[0]' is the formula of one node: write z in it without a layer or an index",
    ),
    (
        {"loss": "(a - y[0])**2"},
        "the loss '(a - y[0])**2' is the formula of one node: write a and y in it without a layer or an index",
    ),
    (
        {"loss": "a; rm"},
        "the loss 'a; rm' is not a formula: ';' is not in the model language: write one equation a line",
    ),
    ({"loss": "hubber"}, f"unknown loss 'hubber': it must be one of {', '.join(LOSSES)}. Did you mean huber?"),
    (
        {"loss": "softmax", "activation": "relu"},
        f"{PRESCRIBED}, so 'relu' may only be the activation of the layers below it",
    ),
    (
        {"loss": "softmax", "activation": "relu,tanh", "sizes": "5,6,4"},
        f"{PRESCRIBED}, so 'relu,tanh' may only be the activation of the layers below it",
    ),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        dense(**{"weight": "0,0", **options})  # type: ignore[arg-type]  # no option among them is the flag
    assert str(caught.value) == message


@pytest.mark.parametrize("options", [{"sizes": "g,4", "activation": "relu"}, {"sizes": "L,4", "layer": "2"}])
def test_a_letter_is_free_where_the_network_does_not_use_it(options: dict[str, str]) -> None:
    assert dense("0,0", **options).model.equations  # type: ignore[arg-type]  # no option among them is the flag
