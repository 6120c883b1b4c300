"""Writing documents: all or nothing, whatever goes wrong; reading models: whole, or one sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from derive.documents import files
from derive.documents.files import check_folder, read_text, write_all
from derive.errors import OptionError, TooLarge, shortened

TEXTS = {"a.md": "eins\n", "a.tex": "zwei ∂\n"}
OLD = {"a.md": "old\n"}


def fill(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in folder.iterdir()}


def refusal(folder: Path, reason: str) -> str:
    return (
        f"cannot write into the folder {shortened(str(folder), 200)}: {reason}; nothing was written, "
        "so free it or name another one with --out"
    )


def test_all_are_written_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "er"
    assert write_all(folder, TEXTS) == (folder / "a.md", folder / "a.tex")
    assert contents(folder) == TEXTS


def test_what_was_there_is_replaced_and_the_rest_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path, {**OLD, "other": "x"})
    write_all(tmp_path, TEXTS)
    assert contents(tmp_path) == {**TEXTS, "other": "x"}


def test_a_link_to_a_folder_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_all(tmp_path / "link", TEXTS)
    assert contents(tmp_path / "real") == TEXTS


def test_documents_have_the_permissions_that_the_user_gives_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_all(tmp_path, TEXTS)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}


Breakage = Callable[[pytest.MonkeyPatch], None]


def failing_at(method: str, name: str, error: BaseException) -> Breakage:
    """Make one method of paths fail for paths of one name."""
    original = getattr(Path, method)

    def broken(self: Path, *arguments: object, **options: object) -> object:
        if self.name == name:
            raise error
        return original(self, *arguments, **options)

    return lambda monkeypatch: monkeypatch.setattr(Path, method, broken)


def failing_save(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)


FULL = OSError(errno.ENOSPC, "No space left on device")
BREAKAGES: dict[str, tuple[Breakage, str]] = {
    "the disk is full when it is saved": (failing_save, "the disk is full"),
    "the disk is full at the second": (failing_at("open", "a.tex", FULL), "the disk is full"),
    "the second cannot be renamed": (failing_at("replace", "a.tex", OSError(errno.EACCES, "")), "permission is denied"),
    "an error nobody foresaw": (
        failing_at("open", "a.md", OSError(errno.EIO, "Input/output error")),
        "Input/output error",
    ),
}


@pytest.mark.parametrize("existing", [True, False], ids=["into a folder in use", "into a new folder"])
@pytest.mark.parametrize("name", BREAKAGES)
def test_after_a_failure_everything_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, existing: bool
) -> None:
    breakage, reason = BREAKAGES[name]
    folder = tmp_path / "out"
    if existing:
        fill(folder, OLD)
    with monkeypatch.context() as broken:
        breakage(broken)
        with pytest.raises(OptionError) as caught:
            write_all(folder, TEXTS)
    assert str(caught.value) == refusal(folder, reason)
    assert folder.exists() == existing
    assert not existing or contents(folder) == OLD


@pytest.mark.parametrize("method", ["open", "replace"])
def test_an_interruption_leaves_no_half_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    fill(tmp_path, OLD)
    with monkeypatch.context() as broken:
        failing_at(method, "a.tex", KeyboardInterrupt())(broken)
        with pytest.raises(KeyboardInterrupt):
            write_all(tmp_path, TEXTS)
    assert contents(tmp_path) == OLD


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from derive.documents.files import write_all
from derive.errors import OptionError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_all(Path(sys.argv[1]), {"a.md": "new", "a.tex": "x" * 2000})
except OptionError as error:
    sys.stdout.write(str(error))
"""


def test_a_limit_of_the_system_leaves_no_half_file(tmp_path: Path) -> None:
    fill(tmp_path, OLD)
    command = [sys.executable, "-B", "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    assert done.stdout == refusal(tmp_path, "a document is larger than a file may be here")
    assert contents(tmp_path) == OLD


def a_file(place: Path) -> Path:
    place.write_text("mine", encoding="utf-8")
    return place


def below_a_file(place: Path) -> Path:
    return a_file(place) / "below"


def circle(place: Path) -> Path:
    place.symlink_to(place.name)
    return place


def to_nowhere(place: Path) -> Path:
    place.symlink_to("nowhere")
    return place


def long_name(place: Path) -> Path:
    return place.with_name("x" * 300)


def document_is_folder(place: Path) -> Path:
    (place / "a.tex").mkdir(parents=True)
    return place


BAD_FOLDERS = [
    (a_file, "it, or a part of its path, is a file"),
    (below_a_file, "it, or a part of its path, is a file"),
    (circle, "its path leads round in a circle of links"),
    (to_nowhere, "a part of its path does not exist"),
    (long_name, "a name in its path is too long"),
]


@pytest.mark.parametrize("function", [check_folder, lambda folder: write_all(folder, TEXTS)], ids=["check", "write"])
@pytest.mark.parametrize(("make", "reason"), BAD_FOLDERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_folder_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], reason: str, function: Callable[[Path], object]
) -> None:
    folder = make(tmp_path / "out")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OptionError) as caught:
        function(folder)
    assert str(caught.value) == refusal(folder, reason)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_in_the_place_of_a_document_stays(tmp_path: Path) -> None:
    folder = document_is_folder(tmp_path / "out")
    with pytest.raises(OptionError) as caught:
        write_all(folder, TEXTS)
    assert str(caught.value) == refusal(folder, "a folder has the name of a document")
    assert [path.name for path in folder.iterdir()] == ["a.tex"]


def test_a_folder_that_is_not_writable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere, so the tests cannot take it away
    with pytest.raises(OptionError) as caught:
        check_folder(tmp_path / "new")
    assert str(caught.value) == refusal(tmp_path / "new", "permission is denied")
    assert list(tmp_path.iterdir()) == []


def test_checking_writes_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_read_whole_without_its_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_bytes(b"\xef\xbb\xbfC = \xce\xb1\r\n")
    assert read_text(str(tmp_path / "m.txt")) == "C = α\r\n"


def test_a_hyphen_reads_standard_input() -> None:
    program = "import sys; from derive.documents.files import read_text; sys.stdout.write(read_text('-'))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, input="C = x\n", capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout == "C = x\n"


BAD_MODELS: list[tuple[str, bytes | None, type[Exception], str]] = [
    ("missing.txt", None, OptionError, "cannot read the model 'missing.txt': there is no such file"),
    (".", None, OptionError, "cannot read the model '.': it is a folder"),
    ("m.txt", b"C = \xff", OptionError, "the model 'm.txt' is not text in UTF-8: its byte 5 begins no character"),
    ("m.txt", b"#" * 1_000_001, TooLarge, "the model 'm.txt' is larger than 1,000,000 bytes"),
    (
        "n" * 300,
        None,
        OptionError,
        f"cannot read the model '{'n' * 100}…{'n' * 50}': a name in its path is too long",
    ),
]


@pytest.mark.parametrize(("name", "data", "kind", "message"), BAD_MODELS)
def test_a_model_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes | None, kind: type[Exception], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if data is not None:
        Path(name).write_bytes(data)
    with pytest.raises(kind) as caught:
        read_text(name)
    assert str(caught.value) == message


def test_the_reasons_end_without_a_stop_because_they_stand_in_a_sentence() -> None:
    assert [reason for reason in {*files.REASONS.values(), *files.READING.values()} if not reason[-1].isalpha()] == []
