"""The house rules, read off the source: floors import downwards only, and few modules know the heavy libraries."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "derive").rglob("*.py"))

# From the ground up. calculus and notation stand side by side: they share a height and do not know each other.
HEIGHTS = {
    "errors": 0,
    "writing": 1,
    "model": 2,
    "calculus": 3,
    "notation": 3,
    "views": 4,
    "pictures": 4,
    "pages": 5,
    "exercises": 6,
    "documents": 7,
    "options": 8,
    "asking": 9,
    "marking_api": 9,
    "handouts": 9,
    "api": 10,
    "cli": 11,
    "__main__": 12,
}
ALSO_FORBIDDEN = {("notation", "model")}  # how mathematics looks does not depend on where it comes from
ONLY_IMPORTERS = {
    "jinja2": r"derive/documents/(wording|own_wording|formats/base)\.py",
    "sympy": r"derive/writing/meaning\.py|derive/calculus/.*",
    "subprocess": r"derive/documents/formats/pdf\.py",
}
NEVER_CALLED = {"eval", "exec", "sympify", "parse_expr", "__import__"}
BUILT_IN = {"compile", "builtins.compile"}  # as methods they do other things
LONGEST = 400

Rule = Callable[[str, str], Iterator[str]]


def floor(module: str) -> str:
    """`derive.writing.nodes` stands on the floor `writing`; the package itself offers the api."""
    names = module.split(".")
    return names[1] if len(names) > 1 and names[1] in HEIGHTS else "api"


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every import, also inside functions and under TYPE_CHECKING, with the full name of what it names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def type_checking_only(tree: ast.AST) -> set[ast.AST]:
    blocks = (n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test).endswith("TYPE_CHECKING"))
    return {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}


def upward_imports(path: str, source: str) -> Iterator[str]:
    here = floor(module_of(path))
    for node, name in imported(ast.parse(source)):
        if name.startswith("."):
            yield f"{path}:{node.lineno} imports {name} relatively: write derive.… in full"
        elif name.split(".")[0] == "derive" and not allowed(here, floor(name)):
            yield f"{path}:{node.lineno} imports {name}: {here} does not stand on {floor(name)}"


def allowed(here: str, there: str) -> bool:
    if here == there:
        return True
    return ((here, there) not in ALSO_FORBIDDEN and HEIGHTS[there] < HEIGHTS[here]) or {here, there} == {
        "api",
        "options",
    }


def heavy_imports(path: str, source: str) -> Iterator[str]:
    tree = ast.parse(source)
    for_types = type_checking_only(tree)
    for node, name in imported(tree):
        importers = ONLY_IMPORTERS.get(name.split(".")[0])
        if importers is not None and node not in for_types and re.fullmatch(importers, path) is None:
            yield f"{path}:{node.lineno} imports {name}, which only {importers} may"


def unexplained_late_imports(path: str, source: str) -> Iterator[str]:
    """An import inside a function hides a dependency, so a comment on its line says what it is good for."""
    tree = ast.parse(source)
    lines = source.splitlines()
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    inside = {inner for function in functions for inner in ast.walk(function)}
    for node in {node: None for node, _ in imported(tree) if node in inside}:
        if re.search(r"  # .{10,}", lines[(node.end_lineno or node.lineno) - 1]) is None:
            yield f"{path}:{node.lineno} imports inside a function without a comment that says why"


def dangerous_calls(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.split(".")[-1] in NEVER_CALLED or name in BUILT_IN:
                yield f"{path}:{node.lineno} calls {name}: no text from outside is ever run"


def too_long(path: str, source: str) -> Iterator[str]:
    lines = source.count("\n")
    if lines > LONGEST:
        yield f"{path} has {lines} lines: split it"


RULES: dict[str, Rule] = {
    rule.__name__: rule for rule in (upward_imports, heavy_imports, unexplained_late_imports, dangerous_calls, too_long)
}


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("rule", RULES)
def test_every_file_keeps_the_rules(path: str, rule: str) -> None:
    assert list(RULES[rule](path, (ROOT / path).read_text(encoding="utf-8"))) == []


def test_the_files_are_found_and_every_one_has_its_floor() -> None:
    assert {"derive/errors.py", "derive/cli.py", "derive/writing/nodes.py"} <= set(FILES)
    strangers = {Path(path).parts[1].removesuffix(".py") for path in FILES} - {*HEIGHTS, "__init__"}
    assert strangers == set(), "give each a height in HEIGHTS"


PLANTED = [
    (
        "upward_imports",
        "derive/writing/x.py",
        "from derive.model.model import Model",
        "writing does not stand on model",
    ),
    (
        "upward_imports",
        "derive/errors.py",
        "def f():\n    import derive.writing.nodes",
        "errors does not stand on writing",
    ),
    ("upward_imports", "derive/calculus/x.py", "import derive.notation.latex", "calculus does not stand on notation"),
    ("upward_imports", "derive/notation/x.py", "from derive import calculus", "notation does not stand on calculus"),
    ("upward_imports", "derive/notation/x.py", "from derive.model import model", "notation does not stand on model"),
    (
        "upward_imports",
        "derive/documents/x.py",
        "from derive.options import FORMATS",
        "documents does not stand on options",
    ),
    ("upward_imports", "derive/model/x.py", "from derive import differentiate", "model does not stand on api"),
    ("upward_imports", "derive/model/x.py", "import derive", "model does not stand on api"),
    ("upward_imports", "derive/api.py", "from derive.cli import main", "api does not stand on cli"),
    ("upward_imports", "derive/model/x.py", "from .model import Model", "imports .model.Model relatively"),
    ("upward_imports", "derive/model/x.py", "if TYPE_CHECKING:\n    import derive.cli", "model does not stand on cli"),
    (
        "heavy_imports",
        "derive/documents/build.py",
        "from jinja2 import Environment",
        "which only derive/documents/(wording",
    ),
    (
        "heavy_imports",
        "derive/model/x.py",
        "def f():\n    import sympy",
        "imports sympy, which only derive/writing/meaning",
    ),
    ("heavy_imports", "derive/writing/nodes.py", "import sympy.core", "imports sympy.core, which only"),
    (
        "heavy_imports",
        "derive/cli.py",
        "import subprocess",
        "imports subprocess, which only derive/documents/formats/pdf",
    ),
    ("unexplained_late_imports", "derive/x.py", "def f():\n    import math", "derive/x.py:2 imports inside a function"),
    ("dangerous_calls", "derive/x.py", "eval('1')", "derive/x.py:1 calls eval"),
    ("dangerous_calls", "derive/x.py", "sympy.sympify(text)", "calls sympy.sympify"),
    ("dangerous_calls", "derive/x.py", "parse_expr(text)", "calls parse_expr"),
    ("dangerous_calls", "derive/x.py", "builtins.exec(text)", "calls builtins.exec"),
    ("dangerous_calls", "derive/x.py", "compile(text, '', 'exec')", "calls compile"),
    ("too_long", "derive/x.py", "x = 1\n" * 401, "derive/x.py has 401 lines"),
]


@pytest.mark.parametrize(("rule", "path", "source", "message"), PLANTED)
def test_a_planted_violation_is_caught(rule: str, path: str, source: str, message: str) -> None:
    (found,) = RULES[rule](path, source)
    assert message in found


KEPT = [
    ("upward_imports", "derive/cli.py", "from derive import __version__, options\nfrom derive.api import Request"),
    ("upward_imports", "derive/api.py", "from derive.options import Request"),
    ("upward_imports", "derive/notation/x.py", "from derive.writing.nodes import Node\nimport derive.errors"),
    ("upward_imports", "derive/__init__.py", "from derive.api import read_model"),
    ("heavy_imports", "derive/writing/nodes.py", "if TYPE_CHECKING:\n    import sympy"),
    ("heavy_imports", "derive/calculus/local.py", "import sympy"),
    ("heavy_imports", "derive/documents/wording.py", "import jinja2"),
    ("unexplained_late_imports", "derive/x.py", "def f():\n    import math  # only those who ask pay for it"),
    ("dangerous_calls", "derive/x.py", "re.compile('x'); compiler.compile(x); ast.parse('x'); evaluate(x)"),
    ("too_long", "derive/x.py", "x = 1\n" * 400),
]


@pytest.mark.parametrize(("rule", "path", "source"), KEPT)
def test_what_is_allowed_passes(rule: str, path: str, source: str) -> None:
    assert list(RULES[rule](path, source)) == []
