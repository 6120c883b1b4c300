"""Reading what people type to choose a dense network: weight, layer, sizes, activations, loss."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from derive.errors import LanguageError, OptionError, shortened, unknown
from derive.model.activations import ACTIVATIONS
from derive.model.language import MAX_EQUATIONS, read_expression
from derive.model.lookup import found
from derive.model.losses import LOSSES, Loss
from derive.model.names import CONSTANTS, FUNCTION_NAMES, RESERVED
from derive.writing.index import Index, Symbol, index
from derive.writing.nodes import Apply, Expr
from derive.writing.walk import names_in, quantities, walk

# What every dense network calls its quantities, indices and sizes, and what its formulas below leave open.
NAMED = {
    "C0": "the loss",
    "w": "the weights",
    "b": "the biases",
    "a": "the activations",
    "z": "the pre-activations",
    "y": "the targets",
    "g": "the activation function",
    "n": "the size of a layer",
    "L": "the last layer",
    "i": "an index",
    "j": "an index",
    "k": "an index",
}

# Activations that are not a known function of z alone: z_i is the pre-activation of another node, n is the size.
UNKNOWN = "g"
SPECIAL = {UNKNOWN: "g(label)(z)", "softmax": "exp(z)/sum(exp(z_i) for i in range(n))"}
LABEL = Symbol("L")
MOST_LAYERS = (MAX_EQUATIONS - 1) // 2 + 1  # one equation for the loss, and two for each layer above the input
_NUMBER = re.compile(r"[0-9]{1,18}")  # \d would also take the digits of other scripts
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LABEL = re.compile(r"L(?: *- *([0-9]{1,18}))?")
_OPEN = {"z_i", "label"}  # what SPECIAL leaves open besides


def read_weight(text: str) -> tuple[int, int]:
    """Row and column of a weight: "1,2" is the weight to node 1 from node 2."""
    parts = _parts(text)
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise OptionError(
            f"the weight {shortened(text)} must be two whole numbers from 0 of at most 18 digits, the node that it "
            "leads to and the node that it comes from, such as 1,2"
        )
    return int(parts[0]), int(parts[1])


def read_layer(text: str) -> Index:
    """A layer's label: L, L-1, …, or a number."""
    label = text.strip(" ")
    if _NUMBER.fullmatch(label):
        return index(int(label))
    match = _LABEL.fullmatch(label)
    if match is None:
        raise OptionError(
            f"the layer {shortened(text)} must be the last layer L, or one counted back from it, such as L-1, or a "
            "number of at most 18 digits, such as 3"
        )
    return index(LABEL) - int(match[1] or 0)


def read_sizes(text: str) -> tuple[int | str, ...]:
    """The sizes of the layers, from the input to the output: numbers, or letters that stay symbols."""
    sizes = tuple(_size(part, text) for part in _parts(text))
    if len(sizes) < 2:
        raise OptionError(
            f"the sizes {shortened(text)} must be at least two, from the input to the output, such as 6,4"
        )
    if len(sizes) > MOST_LAYERS:
        raise OptionError(f"the sizes are {len(sizes)}, and may be at most {MOST_LAYERS}")
    return sizes


def _size(part: str, text: str) -> int | str:
    if _NUMBER.fullmatch(part) and int(part) > 0:
        return int(part)
    if _NAME.fullmatch(part):
        return _letter(part)
    raise OptionError(
        f"the sizes {shortened(text)} must be whole numbers from 1 of at most 18 digits, or letters, joined by commas, "
        "such as 6,4 or n,m"
    )


def _letter(name: str) -> str:
    if keyword.iskeyword(name) or name in RESERVED | CONSTANTS:
        raise OptionError(f"the size {shortened(name)} is a word of the model language: take another letter, such as m")
    return name


def _parts(text: str) -> list[str]:
    return [part.strip(" ") for part in text.split(",")]


def read_loss(text: str) -> Loss:
    """A loss by its name, or one's own: the sum of a formula in a and y over the output nodes."""
    if _mentions(text, "a"):
        return Loss(name=text, term=_formula("loss", text, {"a", "y"}), derivative="", source="")
    return found("loss", text, LOSSES)


def read_activations(text: str, count: int, loss: Loss) -> tuple[str, ...]:
    """The activations of the `count` layers with weights, from the first up, as texts in z.

    One for all of them, or a list; where the loss prescribes that of the last layer, the list may leave it out.
    """
    rules = [_rule(part) for part in _top_level_parts(text)]
    last = [SPECIAL[loss.output]] if loss.output else []
    if len(rules) == 1 and count > 1:
        rules = rules * (count - 1) + (last or rules)
    elif len(rules) == count - 1:
        rules += last
    if len(rules) != count:
        raise OptionError(
            f"the activations {shortened(text)} are {len(rules)}: give one for all layers with weights, or one for "
            f"each of them, here {count}"
        )
    if last and rules[-1] not in (SPECIAL[UNKNOWN], *last):
        raise OptionError(
            f"the loss {loss.name} prescribes {loss.output} as the activation of the last layer, so {shortened(text)} "
            "may only be the activation of the layers below it"
        )
    return (*rules[:-1], *(last or rules[-1:]))


def _rule(text: str) -> str:
    """An activation as a text in z: by its name, or one's own formula."""
    if _mentions(text, "z"):
        return _formula("activation", text, {"z"})
    if text.lower() in SPECIAL:
        return SPECIAL[text.lower()]
    return f"{found('activation', text, ACTIVATIONS, also=SPECIAL).name}(z)"


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text, re.ASCII) is not None


def _formula(kind: str, text: str, variables: set[str]) -> str:
    """One's own formula, as the language writes it, after a check that it only uses names that it may use."""
    try:
        formula = read_expression(text)
    except LanguageError as error:
        raise OptionError(f"the {kind} {shortened(text)} is not a formula: {error.message}") from None
    if not variables.isdisjoint(q.family for q in quantities(formula) if q.label is not None or q.indices):
        raise OptionError(
            f"the {kind} {shortened(text)} is the formula of one node: write {' and '.join(sorted(variables))} in it "
            "without a layer or an index"
        )
    for name in sorted(names_in(formula) - variables):
        if name in NAMED or name in _OPEN:
            raise OptionError(
                f"the {kind} {shortened(text)} uses {name}, which names {NAMED.get(name, 'something else')} in a dense "
                f"network: its variables are {' and '.join(sorted(variables))}, and parameters have other names"
            )
    for name in _applied(formula):
        if name not in FUNCTION_NAMES:
            raise unknown("function", name, sorted(FUNCTION_NAMES))
    return str(formula)


def _applied(formula: Expr) -> Iterator[str]:
    return (node.function.name for node in walk(formula) if isinstance(node, Apply))


def _top_level_parts(text: str) -> list[str]:
    """The parts between those commas that stand in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
