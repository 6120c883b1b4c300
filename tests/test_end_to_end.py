"""The whole way, from what people type or write in Python to what they hold in their hands."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
import sympy
from conftest import missing
from golden import FOLDER, GOLDEN

import derive
from derive.cli import main
from derive.options import ORDINARY, TEXTS

ROOT = Path(__file__).parents[1]
RESULT = "∂C₀/∂w₁₂⁽ᴸ⁾ = 2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) a₂⁽ᴸ⁻¹⁾"
VERIFIED = (
    "Verified: 19 of 19 steps, each evaluated on both sides in exact fractions at random points. "
    "SymPy's own derivative proves 3 of 3 factors. "
    "The result agrees with the model evaluated forward in dual numbers."
)


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "derive", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in an empty folder of its own."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def written(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(errors="replace") for path in paths}


# ---------------------------------------------------------------- the command


def test_the_main_job(elsewhere: Path) -> None:
    done = python("gradient", "--weight", "1,2", "--out", "output", cwd=elsewhere)
    paths = [f"output/derivation-w-1-2.{kind}" for kind in ORDINARY]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{RESULT}\n\n{VERIFIED}\n\nWritten: {', '.join(paths)}\n"
    found = written(elsewhere)
    assert set(found) == set(paths)
    for kind in TEXTS:
        assert found[f"output/derivation-w-1-2.{kind}"] == (FOLDER / f"lesson.{kind}").read_text()


def test_without_a_folder_the_terminal_shows_the_steps(elsewhere: Path) -> None:
    done = python("gradient", "--weight", "1,2", cwd=elsewhere)
    assert (done.returncode, done.stderr, written(elsewhere)) == (0, "", {})
    assert done.stdout.startswith("How C₀ responds to w₁₂⁽ᴸ⁾\n\nThe question\n")
    assert done.stdout.endswith(f"\n\n{VERIFIED}\n")
    assert max(map(len, done.stdout.removesuffix(f"{VERIFIED}\n").splitlines())) <= 80


@pytest.fixture
def make(elsewhere: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the Makefile here, as after it has set up, with the Python that runs the tests."""
    if shutil.which("make") is None:
        missing("make is not installed")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, elsewhere)
    python = elsewhere / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (elsewhere / ".venv" / ".ready").touch()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        return subprocess.run(["make", *arguments], env=environment, capture_output=True, text=True, check=False)

    return run


Make = Callable[..., subprocess.CompletedProcess[str]]


def test_the_main_job_through_make(make: Make, elsewhere: Path) -> None:
    done = make("derivation", "W=1,2")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == RESULT
    lesson = {path.name: path.read_text(errors="replace") for path in (elsewhere / "output").iterdir()}
    assert set(lesson) == {f"derivation-w-1-2.{kind}" for kind in ORDINARY}
    for kind in TEXTS:
        assert lesson[f"derivation-w-1-2.{kind}"] == (FOLDER / f"lesson.{kind}").read_text()


THROUGH_MAKE = [
    ("W=9,2", "w(L) is 4 x 6, so its row index is from 0 to 3, not 9"),
    ("W=1,2 LOSS=$(shell touch pwned)", "unknown loss '$(shell touch pwned)': it must be one of "),
    ("W=1,2 SIZES=6,0", "the sizes '6,0' must be whole numbers from 1 of at most 18 digits, or letters, joined by"),
]


@pytest.mark.parametrize(("options", "sentence"), THROUGH_MAKE)
def test_bad_input_through_make(make: Make, elsewhere: Path, options: str, sentence: str) -> None:
    first, _, rest = options.partition(" ")
    done = make("derivation", first, *([rest] if rest else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"derive: {sentence}")
    assert {path.name for path in elsewhere.iterdir()} == {"Makefile", "pyproject.toml", ".venv"}


def test_all_options_together(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = "-w 1,2 --layer L-1 --sizes 5,6,4 --activation sigmoid --loss half_squared_error --letters apart"
    assert main(["gradient", *line.split(), "--detail", "lesson", "--formats", "tex", "--out", "deep/er"]) == 0
    assert capsys.readouterr().out.endswith("Written: deep/er/derivation-w-L-1-1-2.tex\n")
    assert written(elsewhere) == {"deep/er/derivation-w-L-1-1-2.tex": (FOLDER / "hidden.tex").read_text()}


MODEL = "loss = sum((v*h[j] - y[j])**2 for j in range(m))\nh[j] = tanh(u*x[j]) for j in range(m)\n"


def test_a_model_from_a_file_and_from_standard_input(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (elsewhere / "mine.txt").write_text(MODEL)
    assert main(["gradient", "--model", "mine.txt", "u", "--formats", "md"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "∂loss/∂u = 2 v Σ_{j=0}^{m−1} (v hⱼ − yⱼ) (1 − hⱼ²) xⱼ"
    command = [sys.executable, "-m", "derive", "gradient", "--model", "-", "u", "--out", "out", "--formats", "md"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    subprocess.run(command, env=environment, input=MODEL, text=True, check=True, capture_output=True)
    assert (elsewhere / "out" / "derivation-stdin-u.md").read_text() == written(elsewhere)[
        "output/derivation-mine-u.md"
    ]


TARGETS = [
    ("a(L)[1]", "∂C₀/∂a₁⁽ᴸ⁾ = 2 (a₁⁽ᴸ⁾ − y₁)"),
    ("w(L)[1,k]", "∂C₀/∂w₁ₖ⁽ᴸ⁾ = 2 (a₁⁽ᴸ⁾ − y₁) g′⁽ᴸ⁾(z₁⁽ᴸ⁾) aₖ⁽ᴸ⁻¹⁾"),
    ("y[j]", "∂C₀/∂yⱼ = 2 (yⱼ − aⱼ⁽ᴸ⁾)"),
    (
        "w(L-1)[2,2] --sizes 5,6,4 --activation identity",
        "∂C₀/∂w₂₂⁽ᴸ⁻¹⁾ = 2 (Σ_{j=0}^{n−1} (aⱼ⁽ᴸ⁾ − yⱼ) wⱼ₂⁽ᴸ⁾) a₂⁽ᴸ⁻²⁾",
    ),
]


@pytest.mark.parametrize(("line", "result"), TARGETS)
def test_a_target_of_the_network(line: str, result: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradient", *line.split(), "--out", "output"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == result


def test_verify_shows_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "-w", "1,2"]) == 0
    table, _, total = capsys.readouterr().out.partition("\n\n")
    assert total == f"{VERIFIED}\n"
    rows = table.splitlines()
    assert rows[0].split() == ["rule", "gives", "checked"]
    assert len(rows) == 2 + 19 + 3 + 1
    ways = [re.sub(r"\d+ points", "some points", row.rpartition("  ")[2]) for row in rows[2:]]
    assert set(ways[:19]) == {"exact at some points, 1 choice of sizes", "exact at some points, 2 choices of sizes"}
    assert ways[19:] == ["proved by SymPy"] * 3 + ["exact at some points, 2 choices of sizes"]


# ---------------------------------------------------------------- bad input

WEIGHT = (
    "the weight {} must be two whole numbers from 0 of at most 18 digits, the node that it leads to and the node that "
    "it comes from, such as 1,2"
)
SIZE = (
    "the sizes {} must be whole numbers from 1 of at most 18 digits, or letters, joined by commas, such as 6,4 or n,m"
)
TWO = "the sizes {} must be at least two, from the input to the output, such as 6,4"
NAME = "the size {} would have the same name as {} {}: take another letter, such as m"
FOLDER_ = (
    "cannot write into the folder {}: it, or a part of its path, is a file; nothing was written, so free it or name "
    "another one with --out"
)
LAYER = (
    "the layer {} must be the last layer L, or one counted back from it, such as L-1, or a number of at most 18 "
    "digits, such as 3"
)
NO_LAYER = (
    "unknown layer L-1: with 2 sizes it must be L, and more layers need more sizes, from the input to the output, "
    "such as 5,6,4"
)
W = ("--weight=1,2",)
KNOWN_FORMATS = "it must be one of md, pandoc, tex, fragment, html, pdf, slides, reveal, ipynb, docx, json."
REFUSED = [
    (("--weight=4,2",), "w(L) is 4 x 6, so its row index is from 0 to 3, not 4"),
    (("--weight=1,6",), "w(L) is 4 x 6, so its column index is from 0 to 5, not 6"),
    (("--weight=1,2", "--sizes=2,4"), "w(L) is 4 x 2, so its column index is from 0 to 1, not 2"),
    (("--weight=",), WEIGHT.format("''")),
    (("--weight=1",), WEIGHT.format("'1'")),
    (("--weight=a,b",), WEIGHT.format("'a,b'")),
    (("--weight=1,2,3",), WEIGHT.format("'1,2,3'")),
    (("--weight=-1,2",), WEIGHT.format("'-1,2'")),
    (("--weight=1.0,2",), WEIGHT.format("'1.0,2'")),
    (("--weight=\u0661,\u0662",), WEIGHT.format("'\u0661,\u0662'")),
    ((f"--weight=1{'0' * 400},2",), WEIGHT.format("'10000000000000000000…00000000,2'")),
    ((*W, "--sizes=0,4"), SIZE.format("'0,4'")),
    ((*W, "--sizes=-1,4"), SIZE.format("'-1,4'")),
    ((*W, "--sizes=1.5,4"), SIZE.format("'1.5,4'")),
    ((*W, "--sizes="), SIZE.format("''")),
    ((*W, "--sizes=6,"), SIZE.format("'6,'")),
    ((*W, f"--sizes=1{'0' * 400},4"), SIZE.format("'10000000000000000000…00000000,4'")),
    ((*W, "--sizes=6"), TWO.format("'6'")),
    ((*W, "--sizes=j,4"), NAME.format("j", "an index", "j")),
    ((*W, "--sizes=C0,4"), NAME.format("C0", "the loss", "C0")),
    ((*W, "--sizes=w,m"), NAME.format("w", "the weights", "w")),
    ((*W, "--layer=M"), LAYER.format("'M'")),
    ((*W, "--layer=L+1"), LAYER.format("'L+1'")),
    ((*W, "--layer=0"), "layer 0 is the input layer, which has no weights: the first layer with weights is 1"),
    (
        (*W, "--layer=L-1"),
        NO_LAYER,
    ),
    ((*W, "--detail=fll"), "unknown detail 'fll': it must be one of brief, lesson, full. Did you mean full?"),
    (
        (*W, "--formats=odt"),
        f"unknown format 'odt': {KNOWN_FORMATS}",
    ),
    ((*W, "--formats="), f"unknown format '': {KNOWN_FORMATS}"),
    ((*W, "--out=taken"), FOLDER_.format("'taken'")),
    ((*W, "--out=taken/deeper"), FOLDER_.format("'taken/deeper'")),
    ((*W, "w(L)[1,2]"), "a target and --weight were both given: give one of them"),
    (("w(L)[9,2]",), "w(L)[9,2] does not exist: its index 9 must lie between 0 and 3"),
    (("q[1]",), "unknown quantity 'q': it must be one of C0, a, y, z, w."),
    (("--model=nosuch.txt", "x"), "cannot read the model 'nosuch.txt': there is no such file"),
    (
        ("--model=lstm", "--sizes=3,4", "c[t,j]"),
        "--sizes goes with a weight of a dense network; the model lstm has its own",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_bad_input_is_refused_in_one_sentence(
    arguments: tuple[str, ...], sentence: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "taken").write_text("a file\n")
    assert main(["gradient", *arguments]) == 2
    assert capsys.readouterr() == ("", f"derive: {sentence}\n")
    assert written(elsewhere) == {"taken": "a file\n"}


UNKNOWN = [
    ("--activation=sigmoud", "unknown activation 'sigmoud': it must be one of g, softmax, identity, ", "sigmoid"),
    ("--loss=hubr", "unknown loss 'hubr': it must be one of squared_error, half_squared_error, ", "huber"),
    ("--model=lstn", "unknown ready model 'lstn': it must be one of lesson, dense, mazur, ", "lstm"),
]


@pytest.mark.parametrize(("option", "beginning", "nearest"), UNKNOWN)
def test_an_unknown_name_lists_the_known_ones_and_suggests_the_nearest(
    option: str, beginning: str, nearest: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gradient", "--weight=1,2", option]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith(f"derive: {beginning}")
    assert error.endswith(f". Did you mean {nearest}?\n")
    assert written(elsewhere) == {}


HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned",
    "__import__('os').system('touch pwned')",
    "exec(\"open('pwned','w')\")",
    r"\write18{touch pwned}",
    r"\input{/etc/passwd}",
    r"}\end{document}\immediate\write18{touch pwned}",
    "{{ 7*7 }}",
    "<% include '/etc/passwd' %>",
    "../../pwned",
    "%s%n",
    "\ue0000\ue001",
    "x\0y",
]
OPTIONS = ["--weight=", "--layer=", "--sizes=", "--activation=", "--loss=", "--model=", "--detail=", "--formats=", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_in_an_option_is_run_or_reaches_a_document(
    text: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in OPTIONS:
        more = [] if option in ("--weight=", "") else W
        assert main(["gradient", *more, f"{option}{text}"]) == 2, option
        out, error = capsys.readouterr()
        assert (out, error[:8]) == ("", "derive: ")
    assert written(elsewhere) == {}


HOSTILE_MODEL = """# \\input{/etc/passwd} {{ 7*7 }} $(touch pwned) }\\end{document}
C = sum((__import__[i] - end_document)**2 for i in range(input))
__import__[i] = os_system*x[i] for i in range(input)
"""


def test_names_and_comments_of_a_model_do_no_harm(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (elsewhere / "hostile.txt").write_text(HOSTILE_MODEL)
    assert main(["gradient", "--model", "hostile.txt", "os_system", "--out", "output"]) == 0
    assert capsys.readouterr().err == ""
    files = written(elsewhere)
    assert set(files) == {f"output/derivation-hostile-os-system.{kind}" for kind in ORDINARY} | {"hostile.txt"}
    tex = files["output/derivation-hostile-os-system.tex"]
    assert r"\input" not in tex
    assert "passwd" not in tex
    assert tex.count(r"\end{document}") == 1


# ---------------------------------------------------------------- Python

TEXT = """
# the lesson
C0      = sum((a(L)[j] - y[j])**2 for j in range(n(L)))
a(L)[j] = g(L)(z(L)[j]) for j in range(n(L))
z(L)[j] = sum(w(L)[j,k] * a(L-1)[k] for k in range(n(L-1))) for j in range(n(L))
"""


@pytest.fixture(scope="module")
def lesson() -> derive.Derivation:
    return derive.differentiate(derive.read_model(TEXT), "C0", "w(L)[1,2]")


def test_a_concrete_element(lesson: derive.Derivation) -> None:
    assert str(lesson.result) == "2*(a(L)[1] - y[1])*g(L)'(z(L)[1])*a(L-1)[2]"
    assert list(map(str, lesson.conditions)) == ["1 < n(L)", "2 < n(L-1)"]
    assert lesson.steps[0].rule == "definition"
    assert lesson.verify().wrong == ()


def test_any_element() -> None:
    found = derive.differentiate(derive.ready_model("lesson"), "C0", "w(L)[j,k]")
    assert str(found.result) == "2*(a(L)[j] - y[j])*g(L)'(z(L)[j])*a(L-1)[k]"
    assert found.conditions == ()


VALUES = {
    "w(L)": numpy.arange(24).reshape(4, 6) / 10 - 1,
    "a(L-1)": [0.3, -0.2, 0.5, 0.1, 0.9, -0.7],
    "y": (1, 0, 0.5, 0.25),
}


@pytest.mark.parametrize("sizes", [{"n(L)": 4, "n(L-1)": 6}, {"n(L)": 4, "n(L-1)": 6, "L": 3}])
def test_the_value_of_the_result(lesson: derive.Derivation, sizes: dict[str, int]) -> None:
    values = VALUES if "L" not in sizes else {"w(3)": VALUES["w(L)"], "a(2)": VALUES["a(L-1)"], "y": VALUES["y"]}
    functions = {"g(L)": "tanh"} if "L" not in sizes else {"g(3)": "tanh"}
    z = float(numpy.asarray(VALUES["w(L)"])[1] @ numpy.asarray(VALUES["a(L-1)"]))
    by_hand = 2 * (math.tanh(z) - 0) * (1 - math.tanh(z) ** 2) * 0.5
    assert lesson.evaluate(values, sizes=sizes, functions=functions) == pytest.approx(by_hand, rel=1e-12)


def test_functions_can_be_a_pair_of_callables_and_letters_numbers() -> None:
    found = derive.differentiate(derive.ready_model("lesson"), "C0", "w(L)[j,k]")
    sizes = {"n(L)": 4, "n(L-1)": 6, "j": 1, "k": 2}
    pair = (math.tanh, lambda z: 1 - math.tanh(z) ** 2)
    by_name = found.evaluate(VALUES, sizes=sizes, functions={"g(L)": "tanh"})
    assert found.evaluate(VALUES, sizes=sizes, functions={"g(L)": pair}) == pytest.approx(by_name, rel=1e-12)


def test_a_notebook_shows_it(lesson: derive.Derivation) -> None:
    shown = r"2 \left(a_{1}^{(L)} - y_{1}\right) g'^{(L)}\!\left(z_{1}^{(L)}\right) a_{2}^{(L-1)}"
    assert lesson._repr_latex_() == rf"$\frac{{\partial C_{{0}}}}{{\partial w_{{12}}^{{(L)}}}} = {shown}$"
    assert lesson._repr_markdown_() == lesson.markdown()
    assert lesson._repr_markdown_().startswith("# How $C_{0}$ responds to $w_{12}^{(L)}$\n")


def test_the_result_goes_on_in_sympy(lesson: derive.Derivation) -> None:
    result, symbols = lesson.result.sympy(), lesson.result.symbols()
    assert isinstance(result, sympy.Expr)
    assert set(symbols) == {"a(L)[1]", "y[1]", "g(L)", "z(L)[1]", "a(L-1)[2]", "L"}
    assert sympy.diff(result, symbols["y[1]"]).free_symbols <= result.free_symbols
    assert sympy.simplify(result.subs(symbols["a(L)[1]"], symbols["y[1]"])) == 0


@pytest.mark.parametrize("name", GOLDEN)
def test_both_sides_of_every_step_go_on_in_sympy(name: str) -> None:
    asked = GOLDEN[name]
    given = {key: getattr(asked, key) for key in ("weight", "layer", "sizes", "activation", "loss")}
    found = derive.dense_derivation(**{key: value for key, value in given.items() if value is not None})
    for step in found.steps:
        for side in (step.before, step.after):
            assert isinstance(side.sympy(), sympy.Basic)
            assert all(isinstance(symbol, sympy.Basic) or callable(symbol) for symbol in side.symbols().values())


def test_a_local_derivative_is_sympys_own() -> None:
    """SymPy's derivative of what a definition means is what the last step says."""
    found = derive.dense_derivation(activation="tanh")
    local = next(lemma for lemma in found.lemmas if lemma.by.family == "z")
    by = local.by.sympy()
    tanh = local.definition.sympy({"tanh": sympy.tanh})
    named = local.result.sympy().subs(local.element.sympy(), tanh)
    assert sympy.simplify(sympy.diff(tanh, by) - named) == 0


WRONG = [
    (
        "C0",
        "w(L)[4]",
        "w(L)[4] has a label and 1 index, and the model has w(L)[j,k], with a label and 2 indices: write w(L)[4,k]",
    ),
    ("y[0]", "w(L)[1,2]", "y[0] cannot be differentiated: no equation of the model defines y"),
    ("C0", "v", "unknown quantity 'v': it must be one of C0, a, y, z, w."),
]


@pytest.mark.parametrize(("of", "by", "message"), WRONG)
def test_a_wrong_call_says_what_is_wrong(of: str, by: str, message: str) -> None:
    with pytest.raises(derive.DeriveError) as caught:
        derive.differentiate(derive.ready_model("lesson"), of, by)
    assert str(caught.value) == message
