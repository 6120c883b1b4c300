"""Worksheets as files: numbered, different, with keys and a manifest; on any number of cores, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derive.cli import main
from derive.documents import sheets
from derive.documents.sheets import Batch, write
from derive.exercises.plan import Plan, read_plan
from derive.exercises.stored import read_key

TEXT = """
title = "Week 6: $ & _ % # {} ~ ^ \\\\ * [x]"
course = "Learning <machines>"
date = "1 & 2"
[[topics]]
model = "lesson"
sizes = "3,2"
activation = ["g", "sigmoid"]
targets = ["w(L)[*,*]", "w(L)[j,k]", "a(L-1)[*]"]
[[topics]]
model = "softmax"
targets = ["z[j]"]
[[questions]]
kind = "derive"
marks = 5
[[questions]]
kind = "fill in"
[[questions]]
kind = "justify"
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(TEXT)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def thirty(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("thirty")
    write(Batch(plan, 7, 30), folder, cores=1)
    return contents(folder)


def test_thirty_variants_are_thirty_sheets_and_keys_and_one_manifest(thirty: dict[str, bytes]) -> None:
    numbers = [f"{i:02}" for i in range(1, 31)]
    names = [f"worksheet-{n}{key}.{form}" for n in numbers for key in ("", "-key") for form in ("md", "tex")]
    assert set(thirty) == {*names, "worksheet-key.json"}
    for form in ("md", "tex"):
        bodies = {thirty[f"worksheet-{n}.{form}"].replace(f"sheet {int(n)}".encode(), b"") for n in numbers}
        assert len(bodies) == 30


def test_the_manifest_says_what_was_asked_and_can_be_marked_with(thirty: dict[str, bytes], plan: Plan) -> None:
    text = thirty["worksheet-key.json"].decode()
    data = json.loads(text)
    assert (data["version"], data["seed"], data["title"], data["plan"]) == (1, 7, plan.title, TEXT)
    assert [sheet["variant"] for sheet in data["sheets"]] == list(range(1, 31))
    for sheet in data["sheets"]:
        assert [question["kind"] for question in sheet["questions"]] == ["derive", "fill in", "justify"]
        assert all(
            set(question["measure"]) == {"factors", "paths", "letters", "size"} for question in sheet["questions"]
        )
        assert sum(part["marks"] for part in sheet["questions"][0]["parts"]) == 5
    assert len(read_key(text).sheets) == 30


@pytest.mark.parametrize("cores", [2, 3])
def test_the_bytes_do_not_depend_on_the_number_of_cores(
    cores: int, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thirty: dict[str, bytes]
) -> None:
    monkeypatch.setattr(sheets, "ALONE", 2)
    monkeypatch.setattr(sheets, "CHUNK", 4)
    write(Batch(plan, 7, 30), tmp_path, cores=cores)
    assert contents(tmp_path) == thirty


def test_sheets_like_earlier_ones_are_drawn_anew_on_several_cores_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = read_plan(
        'title = "a"\n[[topics]]\nmodel = "lesson"\ntargets = "w(L)[*,*]"\n[[questions]]\nkind = "derive"\n'
    )
    write(Batch(narrow, 1, 12, ("md",)), tmp_path / "one", cores=1)
    monkeypatch.setattr(sheets, "ALONE", 2)
    monkeypatch.setattr(sheets, "CHUNK", 3)
    write(Batch(narrow, 1, 12, ("md",)), tmp_path / "two", cores=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len({text.split(b"## Question 1")[-1] for text in contents(tmp_path / "one").values()}) == 2 * 12 + 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a plan that names a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week").mkdir()
    (tmp_path / "week" / "plan.toml").write_text(TEXT + '[[topics]]\nmodel = "mine.txt"\ntargets = "x[i]"\n')
    (tmp_path / "week" / "mine.txt").write_text("C = sum(x[i]**2 for i in range(n))\n")
    return tmp_path


def test_the_key_alone_is_byte_for_byte_the_one_that_came_with_the_sheet(folder: Path) -> None:
    assert main(["worksheet", "week/plan.toml", "--seed", "3", "--variants", "3", "--out", "both"]) == 0
    (folder / "week" / "plan.toml").rename(folder / "week" / "moved.toml")
    assert main(["key", "both/worksheet-key.json", "--out", "manifest"]) == 0
    assert main(["key", "week/moved.toml", "--seed", "3", "--variants", "3", "--out", "plan"]) == 0
    keys = {name: text for name, text in contents(folder / "both").items() if "-key." in name and "json" not in name}
    assert len(keys) == 6
    assert contents(folder / "manifest") == contents(folder / "plan") == keys


def test_nothing_is_written_where_anything_goes_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = sheets.Maker.variant

    def interrupted(maker: sheets.Maker, number: int) -> sheets.Variant:
        if number == 3:
            raise KeyboardInterrupt
        return drawn(maker, number)

    monkeypatch.setattr(sheets.Maker, "variant", interrupted)
    assert main(["worksheet", "week/plan.toml", "--variants", "4", "--out", "out"]) == 130
    assert not (folder / "out").exists()
    assert capsys.readouterr() == ("", "derive: interrupted\n")


REFUSED = [
    ("worksheet --seed x", "the seed must be a whole number from 1 to 1,000,000,000,000, not 'x'"),
    ("worksheet --variants 0", "the number of variants must be a whole number from 1 to 10,000, not '0'"),
    ("worksheet --variants 100000", "the number of variants must be a whole number from 1 to 10,000, not '100000'"),
    ("worksheet none.toml", "cannot read the plan 'none.toml': there is no such file"),
    ("key none.json", "cannot read the manifest 'none.json': there is no such file"),
    (
        "key none.json --seed 2",
        "the manifest says the seed and the number of variants: give neither --seed nor --variants",
    ),
]


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_what_cannot_be_made_is_refused(
    line: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 2
    assert capsys.readouterr() == ("", f"derive: {message}\n")
    assert {path.name for path in folder.iterdir()} == {"week"}


def test_the_example_plan_makes_what_is_made_without_a_plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worksheet", "--example-plan"]) == 0
    (folder / "example.toml").write_text(capsys.readouterr().out)
    assert main(["worksheet", "--out", "default", "--formats", "md"]) == 0
    assert main(["worksheet", "example.toml", "--out", "example", "--formats", "md"]) == 0
    assert contents(folder / "default") == contents(folder / "example")
    names = "worksheet.md, default/worksheet-key.md, default/worksheet-key.json"
    assert f"Written: default/{names}\n" in capsys.readouterr().out
