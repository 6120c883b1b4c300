"""What `derive worksheet` and `derive key` make, from a plan or from a manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from derive.documents.files import check_folder, read_text
from derive.documents.sheets import Batch, write
from derive.documents.wording import wording
from derive.errors import OptionError
from derive.exercises import plan as plans
from derive.exercises.plan import Plan
from derive.exercises.stored import LARGEST, Key, StoredFile, read_key
from derive.options import TEXTS, SheetRequest
from derive.pages.languages import settable

EXAMPLE = Path(plans.__file__).with_name("example_plan.toml")


def example_plan() -> str:
    """A plan with comments, to start one's own from; it is what is made where none is given."""
    return EXAMPLE.read_text(encoding="utf-8")


def worksheets(request: SheetRequest) -> str:
    """Make worksheets with their keys; what was written, in words."""
    check_folder(request.out)
    return _made(_of_plan(request, sheets=True), request.out)


def keys(request: SheetRequest) -> str:
    """Make keys alone, byte for byte those that came with the sheets."""
    check_folder(request.out)
    if request.plan is None or not request.plan.endswith(".json"):
        return _made(_of_plan(request, sheets=False), request.out)
    if request.seed is not None or request.variants is not None:
        raise OptionError("the manifest says the seed and the number of variants: give neither --seed nor --variants")
    return _made(_of_manifest(request.plan, request), request.out)


def _of_plan(request: SheetRequest, *, sheets: bool) -> Batch:
    name = request.plan
    text = example_plan() if name is None else read_text(name, "plan")
    files: dict[str, str] = {}

    def read(file: str) -> str:
        folder = Path() if name in (None, "-") else Path(str(name)).parent
        files[file] = read_text(folder / file)
        return files[file]

    plan = plans.read_plan(text, "the example" if name is None else f"the plan {name}", read)
    stored = tuple(StoredFile(*pair) for pair in files.items())
    return _batch(plan, request, Batch(plan, request.seed or 1, request.variants or 1, files=stored, sheets=sheets))


def _batch(plan: Plan, request: SheetRequest, batch: Batch) -> Batch:
    """The batch, in the words and the formats that were asked for."""
    language = request.language or plan.language
    words = wording(language, request.templates)
    formats = request.formats or settable(TEXTS, language)
    return replace(batch, plan=replace(plan, language=language), formats=formats, words=words)


def _of_manifest(name: str, request: SheetRequest) -> Batch:
    key = read_key(read_text(name, "manifest", LARGEST), name)
    if not key.plan:
        raise OptionError(f"the manifest {name} does not hold its plan: give the plan and the seed instead")
    plan = plans.read_plan(key.plan, f"the plan in {name}", lambda file: _stored(key, file))
    batch = Batch(plan, key.seed, len(key.sheets), files=key.files, sheets=False)
    return _batch(replace(plan, language=key.language), request, batch)


def _stored(key: Key, name: str) -> str:
    found = next((file.text for file in key.files if file.name == name), None)
    if found is None:
        raise OptionError(f"the manifest does not hold the file {name!r}: give the plan and the seed instead")
    return found


def _made(batch: Batch, folder: Path) -> str:
    paths = write(batch, folder)
    return f"Written: {_listed(paths)}"


SHORT = 6  # files that are listed one by one


def _listed(paths: Sequence[Path]) -> str:
    if len(paths) <= SHORT:
        return ", ".join(map(str, paths))
    return f"{len(paths):,} files in {paths[0].parent}, from {paths[0].name} to {paths[-1].name}"
