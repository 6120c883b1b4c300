"""Files out and files in: every document of a request is written, or none is; a model is read whole, or refused."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from derive.errors import OptionError, TooLarge, shortened

LARGEST = 1_000_000  # bytes of a model: thousands of equations

REASONS = {
    errno.EACCES: "permission is denied",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EEXIST: "it, or a part of its path, is a file",
    errno.EFBIG: "a document is larger than a file may be here",
    errno.EISDIR: "a folder has the name of a document",
    errno.ELOOP: "its path leads round in a circle of links",
    errno.ENAMETOOLONG: "a name in its path is too long",
    errno.ENOENT: "a part of its path does not exist",
    errno.ENOSPC: "the disk is full",
    errno.ENOTDIR: "it, or a part of its path, is a file",
    errno.EPERM: "permission is denied",
    errno.EROFS: "the disk is read-only",
}
READING = {**REASONS, errno.EISDIR: "it is a folder", errno.ENOENT: "there is no such file"}


def write_all(folder: Path, contents: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write each file under its name, text in UTF-8, and give the paths; an OptionError says why that cannot be.

    All or nothing: after an error, or an interruption, the folder is as it was.
    """
    with written_whole(folder) as workshop:
        for name, content in contents.items():
            workshop.write(name, content)
    return workshop.paths


class Workshop:
    """A hidden folder in which documents are made."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.names: dict[str, None] = {}

    def write(self, name: str, content: str | bytes) -> None:
        """One whole file, text in UTF-8."""
        with self.stream(name) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)

    @contextmanager
    def stream(self, name: str) -> Iterator[BinaryIO]:
        """One file, piece by piece."""
        self.names[name] = None
        with (self._place / name).open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())  # some disks say only here that they are full

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files are in the end."""
        return tuple(self._place.parent / name for name in self.names)


@contextmanager
def written_whole(folder: Path) -> Iterator[Workshop]:
    """A place to make documents in; at the end of the block they are all in the folder, or none of them is.

    Every document is first written and saved to the disk in a hidden folder and then renamed, so that nobody meets half
    of one, and however many there are, they need no memory.
    """
    with _refusing(folder), ExitStack() as undo:
        _make_folder(folder, undo)
        place = folder / f".derive-{os.getpid()}"
        undo.callback(_remove, place)
        place.mkdir(exist_ok=True)
        workshop = Workshop(place)
        yield workshop
        for name in workshop.names:
            _exchange(place / name, folder / name, undo)
        undo.pop_all()
    _remove(place)


def check_folder(folder: Path) -> None:
    """An OptionError where documents could not be written: found out early, and without writing anything."""
    with _refusing(folder):
        existing = next(path for path in (folder, *folder.parents) if _exists(path))
        _require_folder(existing)
        if not os.access(existing, os.W_OK | os.X_OK):
            raise OSError(errno.EACCES, "")


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OptionError(
            f"cannot write into the folder {_shown(folder)}: {_reason(error)}; nothing was written, "
            "so free it or name another one with --out"
        ) from error


def _shown(path: Path | str) -> str:
    return shortened(str(path), 200)


def _reason(error: OSError, reasons: Mapping[int, str] = REASONS) -> str:
    return reasons.get(error.errno or 0, error.strerror or type(error).__name__)


def _exists(path: Path) -> bool:
    """As `Path.exists`, but a link to nowhere exists too, and a path that cannot be is an error."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _require_folder(path: Path) -> None:
    if not stat.S_ISDIR(path.stat().st_mode):
        raise OSError(errno.ENOTDIR, "")


def _make_folder(folder: Path, undo: ExitStack) -> None:
    """As `mkdir -p`, where undoing removes exactly the folders that were made."""
    missing = [path for path in (folder, *folder.parents) if not _exists(path)]
    for path in reversed(missing):
        path.mkdir()
        undo.callback(_remove, path)
    _require_folder(folder)


def _exchange(new: Path, place: Path, undo: ExitStack) -> None:
    """Rename `new` to `place`; what stood there waits beside `new` until all are in place."""
    old = new.with_name(f"{new.name}.old")
    undo.callback(_put_back, old, place, _exists(place))
    if place.is_dir():
        raise OSError(errno.EISDIR, "")
    if _exists(place):
        place.replace(old)
    new.replace(place)


def _put_back(old: Path, place: Path, had: bool) -> None:
    with suppress(OSError):
        if not had:
            place.unlink(missing_ok=True)
        elif _exists(old):
            old.replace(place)


def _remove(folder: Path) -> None:
    """Remove the folder and the files in it; what somebody else put there meanwhile may keep it, which is no error."""
    with suppress(OSError):
        if folder.name.startswith(".derive-"):
            for path in folder.iterdir():
                path.unlink()
        folder.rmdir()


def read_text(name: str | Path, what: str = "model", largest: int = LARGEST) -> str:
    """The text of a file, or of standard input where the name is `-`; an OptionError says why there is none."""
    with opened(name, what) as stream:
        return _decoded(stream.read(largest + 1), name, what, largest)


@contextmanager
def opened(name: str | Path, what: str) -> Iterator[io.BufferedReader]:
    """The bytes of a file, or of standard input; what goes wrong while they are read is an OptionError too."""
    try:
        with open(0, "rb", closefd=False) if str(name) == "-" else Path(name).open("rb") as stream:
            yield stream
    except OSError as error:
        raise OptionError(f"cannot read the {what} {_shown(name)}: {_reason(error, READING)}") from error


def check_readable(name: str, what: str) -> None:
    """An OptionError where a file cannot be read: found out early."""
    with opened(name, what):
        pass


def _decoded(data: bytes, name: str | Path, what: str, largest: int) -> str:
    if len(data) > largest:
        raise TooLarge(f"the {what} {_shown(name)} is larger than {largest:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OptionError(
            f"the {what} {_shown(name)} is not text in UTF-8: its byte {error.start + 1} begins no character"
        ) from error
