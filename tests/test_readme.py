"""The README says what is so: its examples are run again, and its table of options is that of the command."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import readme
from readme import README, ROOT

from derive.cli import COMMANDS
from derive.options import ORDINARY

TEXT = README.read_text(encoding="utf-8")
EXCERPT = re.compile(r"<!-- from (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)
ROWS = re.findall(r"^\| (?:`(\w+)(?:=.*?)?`)? *\| `(--[\w-]+|').*?` \|", TEXT, re.MULTILINE)


def test_the_two_commands_stand_at_the_top() -> None:
    assert TEXT.startswith("# derive\n\n    make derivation W=1,2\n    make test\n\n")


def test_every_output_is_what_is_printed_now(tmp_path: Path) -> None:
    """`make golden` renews the outputs."""
    assert readme.rerun(TEXT, tmp_path) == TEXT


def test_an_old_output_is_replaced_and_files_are_at_hand(tmp_path: Path) -> None:
    command = "derive gradient --model x.txt x --out output"
    shown = f"Save `x.txt`, a model:\n\n```\nC = x**2\n```\n\n```console\n$ {command}\n{{}}```\n"
    renewed = readme.rerun(shown.format("old\n"), tmp_path)
    assert renewed.startswith(shown.partition("{")[0] + "∂C/∂x = 2 x\n")
    written = ", ".join(f"output/derivation-x-x.{kind}" for kind in ORDINARY)
    assert renewed.endswith(f"Written: {written}\n```\n")


def test_every_line_of_python_gives_what_it_says() -> None:
    blocks = re.findall(r"^```pycon\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", str(README), 0)
    assert len(test.examples) > 5
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


@pytest.mark.parametrize(("path", "excerpt"), EXCERPT.findall(TEXT))
def test_an_excerpt_stands_in_its_document(path: str, excerpt: str) -> None:
    assert excerpt.strip() in (ROOT / path).read_text(encoding="utf-8")


def test_the_table_lists_every_option() -> None:
    """Each row names an option of make, of the command, or of both."""
    own = {argument.name for argument in COMMANDS["gradient"].arguments if argument.name.startswith("--")}
    assert {option for _, option in ROWS if option != "'"} == own
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    passed_on = re.findall(r"^(?:ASKED|SHOWN) := (.*)$", makefile, re.MULTILINE)
    assert {name for name, _ in ROWS if name} == set(" ".join(passed_on).split())


def test_every_file_and_command_that_is_named_exists() -> None:
    paths = re.findall(r"\]\(([^)#:]+)\)|`((?:derive|templates|tests)/[\w/.]+)`", TEXT)
    named = [first or second for first, second in paths]
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert len(named) > 8
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [goal for goal in re.findall(r"`make (\w+)`", TEXT) if f"\n{goal}:" not in makefile] == []
    assert [name for name in re.findall(r"`derive (\w+)", TEXT) if name not in COMMANDS] == []
