"""The command line without the engine: a stand-in for the api records what it is asked."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

import derive
from derive import asking, cli, handouts, options
from derive.cli import COMMANDS, main
from derive.documents.batch import run as marking
from derive.documents.batch.run import Job
from derive.documents.screen import Screen
from derive.errors import OptionError
from derive.options import Request, request, stem

ROOT = Path(__file__).parents[1]


@dataclass
class Outcome:
    result_text: str
    documents: dict[str, bytes]
    verified: str
    shown: str = ""


@dataclass
class Api:
    """What the command line calls; it remembers the requests."""

    asked: list[Request] = field(default_factory=list)

    def gradient(self, asked: Request, _: object = None, screen: Screen | None = None) -> Outcome:
        self.asked.append(asked)
        documents = {f"{stem(asked)}.{form}": form.encode() for form in asked.written}
        shown = "" if screen is None else f"on {screen.width} columns, {'coloured' if screen.colour else 'plain'}"
        return Outcome("dC0/dw = 2", documents, "3 steps: all proved", shown)

    def verification(self, asked: Request) -> str:
        self.asked.append(asked)
        return "a table"

    def list_models(self) -> str:
        return "lesson"

    def model_text(self, name: str) -> str:
        return f"the text of {name}"

    def list_activations(self) -> str:
        return "tanh"

    def list_losses(self) -> str:
        return "huber"

    def list_notations(self) -> str:
        return "nielsen"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Api:
    stand_in = Api()
    monkeypatch.setattr(derive, "api", stand_in, raising=False)
    monkeypatch.setattr(asking, "asked", lambda asked: asked)
    monkeypatch.setattr(handouts, "worksheets", lambda request: f"sheets of {request.plan}")
    monkeypatch.setattr(handouts, "keys", lambda request: f"keys of {request.plan}")
    monkeypatch.setattr(marking, "mark_answers", lambda job: f"marks by {job}")
    monkeypatch.chdir(tmp_path)
    return stand_in


def test_gradient_writes_the_documents_and_says_so(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradient", "--weight", "1,2", "--out", "output"]) == 0
    written = ", ".join(f"output/derivation-w-1-2.{kind}" for kind in options.ORDINARY)
    assert capsys.readouterr() == (f"dC0/dw = 2\n\n3 steps: all proved\n\nWritten: {written}\n", "")
    found = {path.name: path.read_text() for path in Path("output").iterdir()}
    assert found == {f"derivation-w-1-2.{kind}": kind for kind in options.ORDINARY}
    assert api.asked == [Request(weight="1,2", out=Path("output"))]


def test_without_a_folder_gradient_shows_the_derivation(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradient", "--weight", "1,2"]) == 0
    assert capsys.readouterr() == ("on 80 columns, plain\n\n3 steps: all proved\n", "")
    assert api.asked == [Request(weight="1,2")]
    assert not Path("output").exists()


REQUESTS = [
    ("-w 1,2", Request(weight="1,2")),
    ("-w1,2 --layer L-1", Request(weight="1,2", layer="L-1")),
    ("--all --model lstm --upstream delta", Request(every=True, model="lstm", upstream="delta")),
    ("--weight=-1,2 --sizes=", Request(weight="-1,2", sizes="")),
    ("-w 1,2 --sizes n,m --activation tanh --loss huber", Request(None, "1,2", None, "n,m", "tanh", "huber")),
    ("w(L-1)[2,2]", Request(target="w(L-1)[2,2]")),
    ("--formats tex,md,tex --detail full x", Request(target="x", formats=("tex", "md"), detail="full")),
    ("--letters apart --out a/b --model - -- -x", Request("-x", letters="apart", out=Path("a/b"), model="-")),
]


@pytest.mark.parametrize(("line", "expected"), REQUESTS)
def test_options_reach_the_request(api: Api, line: str, expected: Request) -> None:
    assert main(["gradient", *line.split(" ")]) == 0
    assert api.asked == [expected]


FILES = ("output/worksheet-key.json", "answers.csv")  # that examples name


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.usefixtures("api")
def test_every_example_in_the_help_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    example = COMMANDS[name].example
    for file in FILES:
        (Path() / file).parent.mkdir(exist_ok=True)
        (Path() / file).touch()
    assert f"example:\n  {example}\n" in capsys.readouterr().out
    assert main(shlex.split(example)[1:]) == 0


JOBS = [
    ("k a", Job("k", "a", Path("output"))),
    ("k --restart --to tex a --out=b", Job("k", "a", Path("b"), ("tex",), chosen=True, restart=True)),
    ("--out b k -", Job("k", "-", Path("b"))),
    ("--formats md,tex --language en -- - a", Job("-", "a", Path("output"), chosen=True, language="en")),
]


@pytest.mark.parametrize(("line", "job"), JOBS)
@pytest.mark.usefixtures("api")
def test_options_reach_the_marking(line: str, job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    Path("k").touch()
    Path("a").touch()
    assert main(["mark", *line.split()]) == 0
    assert capsys.readouterr().out == f"marks by {job}\n"


PRINTED = [
    ("models", "lesson\n"),
    ("models lesson", "the text of lesson\n"),
    ("activations", "tanh\n"),
    ("losses", "huber\n"),
    ("verify -w 1,2", "a table\n"),
    ("worksheet plan.toml", "sheets of plan.toml\n"),
    ("key week-6/worksheet-key.json", "keys of week-6/worksheet-key.json\n"),
    ("--version", f"derive {derive.__version__}\n"),
    ("", cli.overview() + "\n"),
    ("-h", cli.overview() + "\n"),
]


@pytest.mark.parametrize(("line", "text"), PRINTED)
@pytest.mark.usefixtures("api")
def test_what_is_printed(line: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 0
    assert capsys.readouterr() == (text, "")


def test_the_overview_lists_every_command() -> None:
    assert [
        name for name, command in COMMANDS.items() if f"  {name:<13}{command.summary}\n" not in cli.overview()
    ] == []


OPTIONS = (
    "--weight, --all, --layer, --sizes, --activation, --loss, --model, --upstream, --notation, --letters, "
    "--detail, --views, --formats, --marks, --pdf-engine, --language, --templates, --out, --help"
)
TAKEN = "it, or a part of its path, is a file; nothing was written, so free it or name another one with --out"
KNOWN_FORMATS = "it must be one of md, pandoc, tex, fragment, html, pdf, slides, reveal, ipynb, docx, json."
MARK = "write derive mark KEY.json ANSWERS.csv"
MARKING = "--restart, --formats, --language, --templates, --out, --help"
REFUSED = [
    ("gradint", f"unknown command 'gradint': it must be one of {', '.join(COMMANDS)}. Did you mean gradient?"),
    (
        "gradient",
        'nothing to differentiate by: give a weight, such as --weight 1,2, a target, such as "w(L)[1,2]", or --all',
    ),
    ("gradient x -w 1,2", "a target and --weight were both given: give one of them"),
    ("gradient x --layer 2", "--layer goes with --weight: a target names its layer itself, such as w(L-1)[2,2]"),
    ("gradient --weight", "option --weight needs a value: write it as --weight=1,2"),
    ("gradient -w", "option --weight needs a value: write it as --weight=1,2"),
    ("gradient --weight -1,2", "option --weight needs a value: write it as --weight=1,2"),
    ("gradient --help=x", "option --help takes no value"),
    ("gradient -w 1,2 --siz=3", f"unknown option '--siz': it must be one of {OPTIONS}. Did you mean --sizes?"),
    ("gradient -w 1,2 -q", f"unknown option '-q': it must be one of {OPTIONS}."),
    ("gradient x y", "unexpected argument 'y': derive gradient takes only one TARGET"),
    ("losses x", "unexpected argument 'x': derive losses takes no argument"),
    ("gradient x --detail ful", "unknown detail 'ful': it must be one of brief, lesson, full. Did you mean full?"),
    ("gradient x --detail=", "unknown detail '': it must be one of brief, lesson, full."),
    (
        "gradient x --formats md,odt",
        f"unknown format 'odt': {KNOWN_FORMATS}",
    ),
    ("gradient x --formats md,", f"unknown format '': {KNOWN_FORMATS}"),
    ("gradient x --letters a", "unknown choice of letters 'a': it must be one of shared, apart."),
    ("gradient x --out=", "the output folder '' has no usable name: it must be a path, such as output"),
    ("gradient x --model=", "the model has no name: it must be a ready one (derive models lists them), a file, or -"),
    ("mark", f"there is nothing to mark without a key: {MARK}"),
    ("mark taken", f"there is nothing to mark without answers: {MARK}"),
    ("mark - -", "the key and the answers cannot both come from standard input: give one of them as a file"),
    ("mark nowhere taken", "cannot read the key 'nowhere': there is no such file"),
    ("mark taken nowhere", "cannot read the answers 'nowhere': there is no such file"),
    ("mark taken --restart taken x", "unexpected argument 'x': derive mark takes only KEY.json and ANSWERS.csv"),
    ("mark a b --form=md", f"unknown option '--form': it must be one of {MARKING}. Did you mean --formats?"),
    ("gradient x --out taken/x", f"cannot write into the folder 'taken/x': {TAKEN}"),
]


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_a_mistake_is_one_sentence_and_writes_nothing(
    api: Api, line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken").touch()
    assert main(line.split(" ")) == 2
    assert capsys.readouterr() == ("", f"derive: {message}\n")
    assert api.asked == []
    assert [path.name for path in Path().iterdir()] == ["taken"]


def raising(error: BaseException) -> Callable[..., Outcome]:
    def run(*_: object) -> Outcome:
        raise error

    return run


def test_a_mistake_that_the_engine_finds(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(api, "gradient", raising(OptionError("no")))
    assert main(["gradient", "x"]) == 2
    assert capsys.readouterr() == ("", "derive: no\n")
    assert list(Path().iterdir()) == []


def test_an_interruption(api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(api, "gradient", raising(KeyboardInterrupt()))
    assert main(["gradient", "x"]) == 130
    assert capsys.readouterr() == ("", "derive: interrupted\n")


def test_a_bug_is_not_hidden(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "gradient", raising(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        main(["gradient", "x"])


def python(*arguments: str, stdout: int | IO[str] = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)


def test_a_reader_who_has_read_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "derive", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        complaint = running.stderr.read()
    assert (running.returncode, complaint) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a disk that is always full, is Linux's own")
def test_an_answer_that_cannot_be_printed() -> None:
    with Path("/dev/full").open("w") as full:
        done = python("-m", "derive", "--help", stdout=full)
    assert (done.returncode, done.stderr) == (2, "derive: cannot print the answer: no space left on device\n")


def test_a_terminal_without_the_letters_shows_question_marks(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(api, "list_losses", lambda: "∂C")
    assert main(["losses"]) == 0
    assert terminal.buffer.getvalue() == b"?C\n"


def test_a_closed_output_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["--version"]) == 0


LIGHT = [("--help",), ("gradient", "--help"), ("gradient", "--weight"), ("gradient", "x", "--detail", "y"), ("-x",)]
HEAVY = "sorted({'sympy', 'jinja2', 'numpy', 'pylatexenc', 'derive.api'} & sys.modules.keys())"


@pytest.mark.parametrize("arguments", LIGHT)
def test_help_and_refusals_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    program = f"import sys; from derive.cli import main; main(sys.argv[1:]); sys.stderr.write('\\n' + str({HEAVY}))"
    assert python("-c", program, *arguments).stderr.splitlines()[-1] == "[]"


def test_importing_the_package_imports_nothing_else() -> None:
    program = "import sys; before = set(sys.modules); import derive; print(sorted(set(sys.modules) - before))"
    assert python("-c", program).stdout == "['derive']\n"


def test_python_m_derive_is_the_command() -> None:
    done = python("-m", "derive", "gradient", "--weight")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "derive: option --weight needs a value: write it as --weight=1,2\n"


@pytest.mark.parametrize("name", derive.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(derive, name).__name__ == name


def test_the_package_lists_its_names() -> None:
    assert set(derive.__all__) <= set(dir(derive))
    with pytest.raises(AttributeError) as caught:
        derive.diferentiate  # noqa: B018 # asking is the test
    assert str(caught.value) == f"module 'derive' has no attribute 'diferentiate'; it has {', '.join(derive.__all__)}"


STEMS = [
    (Request(weight="1,2"), "derivation-w-1-2"),
    (Request(weight=" 12, 345"), "derivation-w-12-345"),
    (Request(weight="1,2", layer="L-1"), "derivation-w-L-1-1-2"),
    (Request(weight="1,2", layer="3"), "derivation-w-3-1-2"),
    (Request(target="w(L)[1,2]"), "derivation-w-1-2"),
    (Request(target="w(L-1)[2,2]"), "derivation-w-L-1-2-2"),
    (Request(target="gamma", model="batchnorm"), "derivation-batchnorm-gamma"),
    (Request(target="Q[i,k]", model="my/attention.txt"), "derivation-attention-Q-i-k"),
    (Request(target="Q", model="-"), "derivation-stdin-Q"),
    (Request(target="x[j+1]"), "derivation-x-j-1-aa744448"),
    (Request(target="α"), "derivation-a8c66b25"),
    (Request(target="../../etc/passwd"), "derivation-etc-passwd-df406b03"),
]


@pytest.mark.parametrize(("asked", "name"), STEMS)
def test_the_name_of_the_documents(asked: Request, name: str) -> None:
    assert stem(asked) == name


def test_the_name_of_the_documents_is_bounded_and_still_tells_requests_apart() -> None:
    names = {stem(Request(target="x" * 1000 + last)) for last in "ab"}
    assert sorted(map(len, names)) == [options.STEM_LIMIT] * 2


def test_a_request_has_a_reader_for_each_of_its_fields() -> None:
    assert {*options.READERS, "every"} == set(Request.__dataclass_fields__)
    arguments = {a.name.removeprefix("--").replace("-", "_") for a in COMMANDS["gradient"].arguments}
    assert arguments == {*options.READERS, "all"}


def test_what_can_be_asked_for_is_what_there_is() -> None:
    """The names stand in the options too, because a refusal must not wait for the templates and the engine."""
    from derive.api import DETAILS, LETTERS  # here, so that the stand-in above comes first
    from derive.documents.render import FORMATS

    assert (tuple(DETAILS), tuple(LETTERS), tuple(FORMATS)) == (options.DETAILS, options.LETTERS, options.FORMATS)


def test_a_folder_name_that_no_system_takes() -> None:
    with pytest.raises(OptionError) as caught:
        request({"target": "x", "out": "a\0b"})
    assert str(caught.value) == r"the output folder 'a\x00b' has no usable name: it must be a path, such as output"
