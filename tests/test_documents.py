"""The documents that people get, for a matrix of requests: they compile, they render, they say only what is there."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pylatexenc.latexwalker import LatexWalker
from texcheck import complaints, katex_errors, problems

import derive
from derive.api import Gradients
from derive.calculus.local import FINISHERS
from derive.calculus.rules import RULES
from derive.calculus.simplifying import SIMPLIFIERS
from derive.calculus.steps import Detail
from derive.documents.lesson import View, lesson
from derive.documents.render import render
from derive.documents.views import VIEWS
from derive.documents.whole import whole_gradient
from derive.documents.wording import TEMPLATES
from derive.model.activations import ACTIVATIONS
from derive.model.losses import LOSSES
from derive.model.ready import READY
from derive.notation.notations import NOTATIONS
from derive.options import DETAILS, LETTERS
from derive.pages.blocks import (
    Block,
    Document,
    Equations,
    Heading,
    Listing,
    Message,
    Paragraph,
    Picture,
    Table,
    Together,
)
from derive.views.code import code

ROOT = Path(__file__).parents[1]

# ---------------------------------------------------------------- the matrix

SIZES = {
    "lesson": {},
    "smallest": {"weight": "0,1", "sizes": "2,1"},
    "wide": {"weight": "12,345", "sizes": "1000,1000"},
    "huge": {"weight": "12,999999999", "sizes": "1000000000,1000000000"},
    "symbolic": {"sizes": "n,m"},
    "half symbolic": {"sizes": "n,4"},
    "hidden": {"sizes": "5,6,4", "layer": "L-1"},
    "deep": {"sizes": "3,6,5,4", "layer": "L-2"},
    "numbered": {"sizes": "3,5,4", "layer": "1"},
    "third": {"layer": "3"},
}

# What only some models make a document say.
SMALL = {
    "no path": ("C = x**2\nd = y**3\n", "y"),
    "itself": ("C = x**2\n", "C"),
    "whole numbers": ("C = -3*u\nu = 5*x + 1\n", "x"),
    "an assumption": ("C = x*sum(p[i] for i in range(n))\nsum(p[i] for i in range(n)) == 2\n", "x"),
    "a size": ("C = sum(x[i]**2 for i in range(n))\n", "x[7]"),
    "mixed": ("C = sum(x[i]**2 for i in range(n))\n", "x[i+1]"),
    "a kink": ("C = sum(abs(u[i]) for i in range(n))\nu[i] = max(x[i], 2*x[i] - 1, 3) for i in range(n)\n", "x[i]"),
    "the largest": ("C = max(x[i]**2 for i in range(n))\n", "x[k]"),
    "the smallest": ("C = sum(min(x[i]**2, c) for i in range(n))\n", "x[k]"),
    "a product": ("C = prod(x[i] for i in range(n))\n", "x[k]"),
    "a power": ("C = u**v*v**2\nu = 2*x + 1\nv = x**2 + 1\n", "x"),
    "cases": ("C = x**2 if x > 0 else -x**3/(1 + x)\n", "x"),
}


WITH_DELTAS = ("lesson", "dense", "mazur", "logistic_regression", "conv2d", "residual", "rnn", "lstm", "autoencoder")


def dense(**options: str) -> derive.Derivation:
    return derive.dense_derivation(**{"weight": "1,2", **options})


def small(name: str) -> derive.Derivation:
    text, target = SMALL[name]
    return derive.differentiate(derive.read_model(text), "C", target)


def ready(name: str, upstream: str = "partial") -> derive.Derivation:
    return derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target, upstream=upstream)


@cache
def derivations() -> dict[str, derive.Derivation]:
    """Every derivation of the matrix by a name that says what it is."""
    return {
        **{f"sizes {name}": dense(**options) for name, options in SIZES.items()},
        **{f"activation {name}": dense(activation=name) for name in ACTIVATIONS},
        **{f"loss {name}": dense(loss=name) for name in LOSSES},
        **{f"hidden {name}": dense(loss=name, sizes="5,6,4", layer="L-1", activation="tanh") for name in LOSSES},
        **{f"model {name}": ready(name) for name in READY},
        **{f"unrolled {name}": ready(name, "unrolled") for name in READY},
        **{f"delta {name}": ready(name, "delta") for name in WITH_DELTAS},
        **{f"small {name}": small(name) for name in SMALL},
    }


REASONS = "view.matrix.reasons."
WITH_VIEWS = ("lesson", "dense", "conv1d", "lstm", "attention", "batchnorm")


def viewed(name: str, form: str) -> str:
    """A ready model's derivation in all views but code, which is neither prose nor a formula."""
    found = derivations()[f"model {name}"]
    return render(lesson(found, replace(found.view(), views=("matrix", "numbers"))), form, found.notation())


@pytest.mark.parametrize(
    ("form", "fence"), [("md", "```python\n{}\n```"), ("tex", "\\begin{{verbatim}}\n{}\n\\end{{verbatim}}")]
)
def test_code_stands_on_the_page_as_it_is(form: str, fence: str) -> None:
    found = derivations()["model attention"]
    text = code(found.model, found.of, ["Q"]).rstrip()
    assert fence.format(text) in render(lesson(found, View(views=("code",))), form)


@cache
def gradients() -> dict[str, Gradients]:
    """The whole gradient of some ready models, each as one document."""
    written = {"dense": "delta", "mazur": "partial", "batchnorm": "partial", "lstm": "partial", "attention": "unrolled"}
    return {
        f"whole {name}": derive.differentiate_all(derive.ready_model(name), READY[name].loss, upstream=upstream)
        for name, upstream in written.items()
    }


def shown(name: str) -> list[tuple[str, str]]:
    """The details and letters in which a derivation is looked at: all of them, but for the catalogues' long lists."""
    if name.startswith(("activation", "loss", "hidden", "unrolled", "delta")):
        return [("lesson", "shared"), ("full", "apart")]
    return [(detail, letters) for detail in DETAILS for letters in LETTERS]


@cache
def documents() -> dict[str, tuple[str, str]]:
    """{name: (Markdown, LaTeX)} of the whole matrix."""
    return {
        f"{name}, {detail}, {letters}": (found.markdown(detail, letters), found.latex(detail, letters))
        for name, found in derivations().items()
        for detail, letters in shown(name)
    } | {
        **{name: (found.markdown(), found.latex()) for name, found in gradients().items()},
        **{f"views of {name}": (viewed(name, "md"), viewed(name, "tex")) for name in WITH_VIEWS},
    }


# ---------------------------------------------------------------- LaTeX


def typeset(pdflatex: str, folder: Path, sources: Sequence[str]) -> list[str]:
    """What pdflatex complains about in the documents, all in one run, each with the number of its document."""
    preambles = {source.partition(r"\begin{document}")[0] for source in sources}
    assert len(preambles) == 1
    bodies = (source.partition(r"\begin{document}")[2].replace(r"\end{document}", "") for source in sources)
    pages = "\n\\clearpage\n".join(f"\\typeout{{[block {i}]}}\n{body}" for i, body in enumerate(bodies))
    text = f"{preambles.pop()}\\begin{{document}}\n{pages}\n\\end{{document}}\n"
    (folder / "sheet.tex").write_text(text, encoding="utf-8")
    command = [pdflatex, "-no-shell-escape", "-interaction=nonstopmode", "-file-line-error", "sheet.tex"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "max_print_line": "1000"}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=600, check=False)
    return complaints((folder / "sheet.log").read_text(encoding="utf-8", errors="replace"))


def test_every_document_compiles_and_no_box_is_overfull(pdflatex: str, tmp_path: Path) -> None:
    names = list(documents())
    found = typeset(pdflatex, tmp_path, [tex for _, tex in documents().values()])
    assert [re.sub(r"block (\d+)", lambda number: names[int(number[1])], line) for line in found] == []


PLANTED = [
    ("block 1: ", r"= 2", r"= \unheardof 2"),
    ("block 1: Overfull", r"= 2", r"= \hspace{20cm} 2"),
    ("block 1: Overfull", "How does", "How" + "o" * 200),
    ("block 1: ", r"\left(", r"\left"),
]


@pytest.mark.parametrize(("complaint", "old", "new"), PLANTED)
def test_what_does_not_compile_or_fit_is_noticed(
    pdflatex: str, tmp_path: Path, complaint: str, old: str, new: str
) -> None:
    good = derivations()["sizes lesson"].latex("brief")
    found = typeset(pdflatex, tmp_path, [good, good.replace(old, new, 1)])
    assert [line for line in found if line.startswith(complaint)] != []
    assert [line for line in found if not line.startswith("block 1: ")] == []


def test_every_document_is_read_back_whole() -> None:
    for name in derivations():
        _, tex = documents()[f"{name}, lesson, shared"]
        nodes, _, _ = LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
        assert "".join(node.latex_verbatim() for node in nodes) == tex, name


# ---------------------------------------------------------------- Markdown

INLINE = re.compile(r"(?<![\\$])\$(?!\$)(.+?)(?<!\\)\$(?!\$)")
DISPLAY = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.DOTALL | re.MULTILINE)


def formulas(markdown: str) -> list[str]:
    displayed = DISPLAY.findall(markdown)
    return displayed + INLINE.findall(DISPLAY.sub("", markdown))


@cache
def all_formulas() -> dict[str, str]:
    """{formula: name of a document that has it}"""
    return {formula: name for name, (markdown, _) in documents().items() for formula in formulas(markdown)}


def test_every_formula_is_sound() -> None:
    found = ((name, formula, problems(formula)) for formula, name in all_formulas().items())
    assert [(name, formula, wrong) for name, formula, wrong in found if wrong] == []


def test_every_formula_renders_through_katex_at_its_strictest(node: str, katex: Path) -> None:
    assert katex_errors(node, katex, list(all_formulas())) == []


# What GitHub's or Jupyter's Markdown would take for its own, and mathematics that is no style to print.
NOT_IN_A_FORMULA = {
    "a character that Markdown or HTML reads": r"[<>*`~|#\"]",
    "an escape that Markdown eats": r"\\[!-/:-@\[-`{-~]",
    r"\operatorname": r"\\operatorname",
    "a dollar": r"\$",
    "a factor -1": r"-1 (?:\\(?:sum|prod|left|frac|begin|sqrt|[bB]ig)|[a-zA-Z(])",
}
NOT_AT_THE_START_OF_A_LINE = r"[-+=>#:*~]|\d+[.)]|\s|$"


def stray(markdown: str) -> Iterator[str]:
    """What a renderer of Markdown would not take as it is meant."""
    for formula in formulas(markdown):
        for what, pattern in NOT_IN_A_FORMULA.items():
            if re.search(pattern, formula):
                yield f"{what}: {formula}"
    for display in DISPLAY.findall(markdown):
        for line in display.splitlines():
            if re.match(NOT_AT_THE_START_OF_A_LINE, line):
                yield f"a line begins with {line[:10]!r}"
    left = INLINE.sub("formula", DISPLAY.sub("", markdown))
    if "$" in left:
        yield "a stray $"
    prose = (line for line in left.splitlines() if re.match(r"[+>=]|\s", line))
    yield from (f"a line of prose begins with {line[:5]!r}" for line in prose)


def test_markdown_takes_every_formula_as_it_is_meant() -> None:
    found = ((name, list(stray(markdown))) for name, (markdown, _) in documents().items())
    assert [(name, wrong) for name, wrong in found if wrong] == []


STRAYS = [
    ("$$\na\n\nb\n$$", "a line begins with ''"),
    ("$$\na\n- b\n$$", "a line begins with '- b'"),
    ("$$\n+ b\n$$", "a line begins with '+ b'"),
    ("$$\n1. b\n$$", "a line begins with '1. b'"),
    ("$a < b$", "a character that Markdown or HTML reads: a < b"),
    (r"$a\, b$", r"an escape that Markdown eats: a\, b"),
    (r"$\operatorname{relu}$", r"\operatorname: \operatorname{relu}"),
    ("$a", "a stray $"),
    ("+ b", "a line of prose begins with '+ b'"),
    (r"$a = -1 \sum b$", r"a factor -1: a = -1 \sum b"),
    ("$n-1 a$", "a factor -1: n-1 a"),
]


@pytest.mark.parametrize(("markdown", "complaint"), STRAYS)
def test_what_markdown_would_misread_is_noticed(markdown: str, complaint: str) -> None:
    assert list(stray(markdown)) == [complaint]


TEX_DISPLAY = re.compile(r"\\begin\{(align\*)\}.*?\\end\{\1\}|\\\[.*?\\\]", re.DOTALL)
TEX_INLINE = re.compile(r"(?<!\\)\$.+?(?<!\\)\$")
TEX_COMMAND = re.compile(r"\\[a-zA-Z]+(\{(center|itemize|document)\})?")


def test_each_format_says_the_same() -> None:
    """The words of a document, without its formulas, are those of the other format."""
    for name, (markdown, tex) in documents().items():
        body = tex.partition(r"\begin{document}")[2]
        prose = TEX_COMMAND.sub(" ", TEX_INLINE.sub(" ", TEX_DISPLAY.sub("", body)))
        assert words(prose) == words(INLINE.sub(" ", DISPLAY.sub("", markdown))), name


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+", text)


# ---------------------------------------------------------------- messages


def leaves(tree: dict[str, object], path: str = "") -> Iterator[str]:
    for key, value in tree.items():
        name = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict):
            yield from leaves(value, name)
        else:
            yield name


def messages(document: Document) -> Iterator[Message]:
    yield document.title
    yield from messages_of(document.blocks)


def messages_of(blocks: Iterable[Block]) -> Iterator[Message]:
    for block in blocks:
        match block:
            case Together(inner):
                yield from messages_of(inner)
            case Picture(_, _, alt):
                yield alt
            case Heading(_, message):
                yield message
            case Paragraph(found) | Listing(found):
                yield from found
            case Table(header, rows):
                yield from header
                yield from (cell for row in rows for cell in row if isinstance(cell, Message))
            case Equations():
                pass


@cache
def said() -> frozenset[str]:
    """The key of every message in the matrix, and in a document with a step that could not be verified."""
    views = [View(Detail.LESSON, dense=True, letters_shared=shared) for shared in (True, False)]
    views += [View(detail, dense=True) for detail in (Detail.BRIEF, Detail.FULL)]
    views.append(View(unchecked=(derivations()["sizes lesson"].steps[0],)))
    told = (lesson(found, view) for found in derivations().values() for view in views if found.dense or view.unchecked)
    others = (lesson(found, View(Detail(i))) for found in derivations().values() for i in (1, 2, 3))
    whole = [whole_gradient(found, found[0].view()) for found in gradients().values()]
    whole += [lesson(derivations()[f"model {name}"], View(views=tuple(VIEWS))) for name in WITH_VIEWS]
    whole.append(lesson(deep(), View(views=("graph",))))
    booked = derivations()["sizes lesson"]
    whole += [lesson(booked, View(dense=True, notation=NOTATIONS[book])) for book in ("bishop", "deeplearning.ai")]
    return frozenset(message.key for document in (*told, *others, *whole) for message in messages(document))


def deep() -> derive.Derivation:
    """Through more families than a graph can show."""
    chain = "\n".join(f"h{i} = sin(h{i + 1})" for i in range(45))
    return derive.differentiate(derive.read_model(chain), "h0", "h45")


WRITTEN = frozenset(leaves(tomllib.loads((TEMPLATES / "en" / "messages.toml").read_text(encoding="utf-8"))))


def rule_names() -> frozenset[str]:
    """The name of every rule: those of the tables, and those that steps were seen to bear."""
    tables = (RULES, SIMPLIFIERS, [finisher.rule for finisher in FINISHERS])
    return frozenset(name for table in tables for name in table) | {
        step.rule for found in derivations().values() for step in found.steps
    }


def test_every_rule_has_a_name_and_a_sentence() -> None:
    wanted = {f"rule.{rule}.{part}" for rule in rule_names() for part in ("name", "sentence")}
    assert wanted - WRITTEN == frozenset()


def test_the_rules_that_steps_bear_in_the_source_are_seen_in_the_matrix() -> None:
    """A rule that only the source knows would have no sentence, and nobody would notice until somebody met it."""
    assert rules_in_source() - rule_names() == set()


def rules_in_source() -> set[str]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "derive" / "calculus").glob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) > 2)
    steps = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Step")
    rules = {step.args[2].value for step in steps if isinstance(step.args[2], ast.Constant)}
    return set(map(str, rules)) - {"result", "SymPy"}  # the judge's own two comparisons, which no page shows


def test_no_message_is_dead() -> None:
    rules = {key for key in WRITTEN if key.startswith(("rule.", REASONS))}
    assert WRITTEN - rules - said() == frozenset()
    known = {f"rule.{rule}.{part}" for rule in (*rule_names(), "slope") for part in ("name", "sentence")}
    assert {key for key in rules if not key.startswith(REASONS)} - known == set()


def test_every_reason_against_matrices_has_its_words() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "derive" / "calculus").glob("*.py")]
    reasons = {reason for source in sources for reason in re.findall(r'NoMatrices\("([^"]+)"', source)}
    assert len(reasons) > 5
    assert {f"{REASONS}{reason}" for reason in reasons} - WRITTEN == frozenset()


def test_no_message_is_missing() -> None:
    assert said() - WRITTEN == frozenset()


# ---------------------------------------------------------------- what is said


def text(name: str, detail: str = "lesson", letters: str = "shared") -> str:
    return derivations()[name].markdown(detail, letters)


SOFTMAX = "loss cross_entropy_with_softmax"
SAYS = [
    ("sizes lesson", "$n$ stands for the number of nodes in layer $L$ (here 4), for the number of nodes in layer"),
    ("sizes hidden", "for the number of nodes in layer $L-2$ (here 5), and, in the mean at the end, for the number of"),
    ("sizes symbolic", "For $w_{12}^{(L)}$ to exist, layer $L$ needs at least 2 nodes."),
    ("sizes symbolic", "For $w_{12}^{(L)}$ to exist, layer $L-1$ needs at least 3 nodes."),
    ("sizes symbolic", "the mean over its $N$ samples"),
    ("sizes symbolic", r"w_{1,n-1}^{(L)} a_{n-1}^{(L-1)}"),
    ("sizes wide", r"w_{12,0}^{(L)} a_{0}^{(L-1)} + w_{12,1}^{(L)} a_{1}^{(L-1)} + \cdots"),
    ("sizes wide", r"+ w_{12,345}^{(L)} a_{345}^{(L-1)} + \cdots + w_{12,999}^{(L)} a_{999}^{(L-1)}"),
    ("sizes third", r"layer $3$ from node $2$ of layer $2$"),
    ("sizes hidden", "We work backwards from $C_{0}$: first to $a_{1}^{(L-1)}$, and at last to $w_{12}^{(L-1)}$."),
    ("activation relu", r"At $z = 0$ the function $\mathrm{ReLU}(z)$ has no derivative; $0$ is taken there,"),
    ("activation hard_sigmoid", r"At $z = -3$ and at $z = 3$ the function"),
    ("activation sigmoid", r"\sigma(z) = \frac{1}{1 + \exp(-z)}"),
    ("activation sigmoid", r"\sigma'(z) = \sigma(z) (1 - \sigma(z))"),
    (SOFTMAX, r"One line above uses that $\sum_{j=0}^{n-1} y_{j} = 1$: the $y_{j}$ are shares of one whole."),
    (SOFTMAX, r"= \left(a_{1}^{(L)} - y_{1}\right) a_{2}^{(L-1)}"),
    ("model softmax", r"= p_{k} (\delta_{kj} - p_{j})"),
    ("model softmax", r"= p_{j} - y_{j}"),
    ("model dense", "This factor is only needed where $l = L$."),
    ("model lstm", "this is a recurrence"),
    ("model lstm", "so there are 5 kinds of path to"),
    ("small no path", "$C$ does not depend on $y$ at all."),
    ("small itself", "A quantity responds to itself one to one."),
    ("small a size", "For $x_{7}$ to exist, $n$ must be at least 8."),
]


@pytest.mark.parametrize(("name", "sentence"), SAYS)
def test_it_is_said(name: str, sentence: str) -> None:
    assert sentence in text(name)


NEVER = [
    ("sizes symbolic", r"\begin{cases}"),  # the letter of a size was once taken for an index
    ("sizes symbolic", "One letter does several jobs"),
    ("model lstm", "T+1)"),
    ("sizes lesson", "We work backwards"),
]


@pytest.mark.parametrize(("name", "sentence"), NEVER)
def test_it_is_not_said(name: str, sentence: str) -> None:
    assert sentence not in text(name)


def test_what_was_told_once_is_cited_after() -> None:
    """Batch norm needs the derivative of the loss by y three times; it is derived once."""
    headings = [line for line in text("model batchnorm").splitlines() if line.startswith("### How")]
    assert sum("responds to $y_" in line for line in headings) == 1
    assert "These factors are known from above" in text("model batchnorm")


def test_letters_are_kept_apart() -> None:
    apart = text("sizes lesson", letters="apart")
    assert r"\sum_{k=0}^{n_{L-1}-1}" in apart
    assert r"\sum_{j=0}^{n_{L}-1}" in apart
    assert r"\frac{1}{N} \sum_{i=0}^{N-1} C_{i}" in apart
    assert "One letter does several jobs" not in apart


def test_what_could_not_be_verified_is_said() -> None:
    step = derivations()["sizes lesson"].steps[0]
    page = render(lesson(derivations()["sizes lesson"], View(unchecked=(step,))), "md")
    assert "## Not verified\n\nThis line could not be verified (rule: the definition):" in page


def test_the_width_of_a_layer_costs_nothing() -> None:
    huge, lesson_ = text("sizes huge"), text("sizes lesson")
    assert len(huge) < 1.6 * len(lesson_)
    assert r"w_{12,999999999}^{(L)}" in huge


# ---------------------------------------------------------------- the same input, the same bytes

PROGRAM = """
import hashlib, derive
from derive import api, asking, options
from derive.model.ready import READY
for name in ("lesson", "lstm", "attention", "batchnorm", "softmax"):
    found = derive.differentiate(derive.ready_model(name), READY[name].loss, READY[name].target)
    print(name, hashlib.sha256((found.markdown("full") + found.latex("lesson")).encode()).hexdigest())
print(api.verification(asking.asked(options.Request(weight="1,2", sizes="n,m"))))
"""


def test_the_same_input_gives_the_same_bytes() -> None:
    outputs = set()
    for seed in ("0", "1", "20211"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PROGRAM]
        outputs.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(outputs) == 1
    here = derivations()["model lstm"]
    digest = hashlib.sha256((here.markdown("full") + here.latex("lesson")).encode()).hexdigest()
    assert f"lstm {digest}\n" in outputs.pop()
