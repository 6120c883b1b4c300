"""A teacher's own wording: messages in the place of a language's own, checked before anything is derived.

A message may say words, the values and formulas of the message that it replaces, and conditions and loops over those.
Nothing else that Jinja knows is let in, so that a text from outside runs nothing, reads nothing and stays short.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from string import Formatter
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from derive.documents.files import read_text
from derive.errors import OptionError, shortened
from derive.exercises.plan_text import Entry, parsed, text

SPEECH = "speech"  # the table whose messages are format strings
MOST_FILES = 40
LONGEST = 4_000  # characters of a message
DEEPEST = 2  # loops inside each other

Messages = Mapping[str, Any]


def with_own(messages: Messages, folder: Path) -> tuple[Messages, frozenset[str]]:
    """The messages with those of the folder in their places, and their keys; an OptionError says what is wrong."""
    changed: dict[str, Any] = deepcopy(dict(messages))
    keys: dict[str, Path] = {}
    for path in _files(folder):
        try:
            for key, said in _said(parsed(read_text(path, "wording")), messages):
                if key in keys:
                    raise OptionError(f"{key}: it is worded in {keys[key].name} already")
                keys[key] = path
                _put(changed, key.split("."), said)
        except OptionError as error:
            raise OptionError(f"cannot use the wording in {path}: {error}") from error
    return changed, frozenset(keys)


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not found:
        why = "has no file that ends in .toml" if folder.is_dir() else "is no folder"
        raise OptionError(f"cannot use the wording in {folder}: it {why}; each file holds messages to replace")
    if len(found) > MOST_FILES:
        raise OptionError(f"cannot use the wording in {folder}: it may have at most {MOST_FILES} files")
    return found


def _put(messages: dict[str, Any], path: list[str], said: str) -> None:
    for part in path[:-1]:
        messages = messages[part]
    messages[path[-1]] = said


# ---------------------------------------------------------------- one file


def leaves(table: Messages, prefix: str = "") -> Iterator[str]:
    """The keys of all messages of a table."""
    for name, value in table.items():
        yield from leaves(value, f"{prefix}{name}.") if isinstance(value, Mapping) else [f"{prefix}{name}"]


def _said(entry: Entry, messages: Messages) -> Iterator[tuple[str, str]]:
    """Each message of a file, after its check."""
    for name in entry.value:
        inner = entry.inner(name)
        key = ".".join(map(str, inner.path))
        original = _original(messages, inner.path)
        if original is None:
            nearest = difflib.get_close_matches(key, list(leaves(messages)), n=1, cutoff=0.4)
            hint = f"did you mean {nearest[0]}?" if nearest else "templates/en has all messages with their keys"
            raise inner.error(f"there is no such message: {hint}")
        if isinstance(original, str):
            yield key, _checked(inner, original)
        elif isinstance(inner.value, Mapping):
            yield from _said(inner, messages)
        else:
            raise inner.error(f"it must be a table of messages, such as {next(leaves(original, f'{key}.'))}")


def _original(messages: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        if not isinstance(messages, Mapping) or part not in messages:
            return None
        messages = messages[part]
    return messages


def _checked(entry: Entry, original: str) -> str:
    said = text(entry, LONGEST)
    complaint = _of_speech(said, original) if entry.path[0] == SPEECH else _of_template(said, original)
    if complaint:
        raise entry.error(complaint)
    return said


def _of_speech(said: str, original: str) -> str:
    """What is wrong with words for the ear, whose parts stand in single braces."""
    known = {name for _, name, _, _ in Formatter().parse(original) if name is not None}
    try:
        fields = [field for field in Formatter().parse(said) if field[1] is not None]
    except ValueError:
        return "a brace is not closed: a part is written {body}"
    for _, name, form, conversion in fields:
        if name not in known or form or conversion:
            return _strange(f"{{{name}}}", [f"{{{part}}}" for part in sorted(known)])
    return ""


def _strange(name: str, known: list[str]) -> str:
    return f"it has no {name} to say; it may say {', '.join(known) if known else 'words alone'}"


# ---------------------------------------------------------------- templates

_ENVIRONMENT = SandboxedEnvironment()
_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Concat,
    nodes.Tuple,
    nodes.List,
    nodes.Dict,
    nodes.Pair,
    nodes.Neg,
    nodes.Slice,
    nodes.Keyword,
)
_FILTERS = frozenset(
    {"abs", "capitalize", "first", "format", "join", "last", "length", "list", "lower", "map", "mistake", "reason"}
    | {"replace", "rule", "select", "string", "unique", "upper"}
)
_TESTS = frozenset(["divisibleby", "even", "odd", "none", "string", "true", "false"])
_LOOP = frozenset({"first", "last", "index", "index0", "length", "revindex"})
_PERCENT = re.compile(r"(?:[^%]|%%|%[dgs])*")
_BRACES = re.compile(r"(?:[^{}]|\{:?,?\})*")
MATH = "math"


def _of_template(said: str, original: str) -> str:
    """What is wrong with a template beside the one that it replaces; "" where nothing is."""
    try:
        tree = _ENVIRONMENT.parse(said)
    except TemplateSyntaxError as error:
        return f"this is not a template, in its line {error.lineno}: {error.message}"
    old = _ENVIRONMENT.parse(original)
    return next(filter(None, (_forbidden(tree, old), _unknown(tree, old), _unset(tree, old))), "")


def _forbidden(tree: nodes.Template, old: nodes.Template) -> str:
    attributes = _LOOP | {node.attr for node in old.find_all(nodes.Getattr)}
    for node in _walk(tree):
        if not (isinstance(node, _PLAIN) or _may(node, attributes)):
            return f"a message may not use {_shown(node)}: say words, values, formulas, conditions and loops"
    if _depth(tree) > DEEPEST:
        return f"loops may stand at most {DEEPEST} deep inside each other"
    return ""


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _depth(node: nodes.Node) -> int:
    below = max(map(_depth, node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _may(node: nodes.Node, attributes: frozenset[str]) -> bool:
    match node:
        case nodes.For():
            return not node.recursive
        case nodes.Getattr():
            return node.attr in attributes or node.attr == "format"
        case nodes.Getitem():
            return not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str))
        case nodes.Test():
            return node.name in _TESTS
        case nodes.Filter():
            return node.name in _FILTERS and _short(node)
        case nodes.Call():
            return _is_math(node) or _is_format(node)
    return False


def _short(node: nodes.Filter) -> bool:
    """Whether a filter gives no more text than it is given, and looks at no attribute."""
    if any(isinstance(k.value, nodes.Const) and isinstance(k.value.value, str) for k in node.kwargs):
        return False
    match node.name, node.node, node.args:
        case "format", nodes.Const(value=str(form)), _:
            return _PERCENT.fullmatch(form) is not None
        case "format", _, _:
            return False
        case "replace", _, [nodes.Const(value=str(before)), nodes.Const(value=str(after))]:
            return len(after) <= len(before)
        case "replace", _, _:
            return False
        case "map", _, [nodes.Const(value=name)]:
            return name in ("rule", "mistake", "reason")
        case "map", _, args:
            return not args
    return True


def _is_math(node: nodes.Call) -> bool:
    named = isinstance(node.node, nodes.Name) and node.node.name == MATH
    return named and len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)


def _is_format(node: nodes.Call) -> bool:
    match node.node:
        case nodes.Getattr(node=nodes.Const(value=str(form)), attr="format"):
            return _BRACES.fullmatch(form) is not None and not (node.dyn_args or node.dyn_kwargs)
    return False


def _shown(node: nodes.Node) -> str:
    match node:
        case nodes.Filter() | nodes.Test():
            return f"{node.name} here"
        case nodes.Getattr():
            return f".{node.attr}"
        case nodes.Call(node=nodes.Name(name=name)):
            return f"{name}(…)"
    return f"this ({type(node).__name__.lower()})"


def _unknown(tree: nodes.Template, old: nodes.Template) -> str:
    known = free(old)
    strange = sorted(free(tree) - known - {MATH})
    return _strange(strange[0], sorted(known - {MATH})) if strange else ""


def free(tree: nodes.Template) -> frozenset[str]:
    """The values that a template is given, and `math` where it sets a formula."""
    bound = {name.name for loop in tree.find_all(nodes.For) for name in _targets(loop)} | {"loop"}
    return frozenset(name.name for name in tree.find_all(nodes.Name) if name.ctx == "load") - bound


def _targets(loop: nodes.For) -> Iterator[nodes.Name]:
    target: nodes.Node = loop.target
    yield from [target] if isinstance(target, nodes.Name) else target.find_all(nodes.Name)


def formulas(tree: nodes.Template) -> frozenset[str]:
    """The values that a template sets as formulas."""
    called = (call.args[0] for call in tree.find_all(nodes.Call) if _is_math(call))
    return frozenset(name.name for name in called if isinstance(name, nodes.Name)) & free(tree)


def _unset(tree: nodes.Template, old: nodes.Template) -> str:
    """A formula that is not set as one, or the other way round."""
    set_before = formulas(old)
    for name in sorted(formulas(tree) - set_before):
        return f"{name} is no formula: write {{{{ {name} }}}}"
    outputs = (child for output in tree.find_all(nodes.Output) for child in output.nodes)
    bare = {child.name for child in outputs if isinstance(child, nodes.Name)}
    for name in sorted(bare & set_before):
        return f"{name} is a formula: write {{{{ math({name}) }}}}"
    return ""


def refused(key: str, error: Exception) -> OptionError:
    """The error for a message that passed its check and still cannot be said."""
    return OptionError(f"your wording of {key} cannot be said here: {shortened(str(error), 200)}")
