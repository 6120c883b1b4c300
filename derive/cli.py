"""The command `derive`: arguments in, one call, text out.

Every command is a row of COMMANDS; only the row that is asked for builds a parser and imports what it needs, so that
help and refusals come at once.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from derive import __version__, options
from derive.calculus.beside import sympy_beside
from derive.documents.files import check_folder, check_readable, write_all
from derive.documents.screen import screen_of
from derive.errors import DeriveError, OptionError, shortened, unknown
from derive.pages.languages import LANGUAGES

Given = Mapping[str, str | None]
GARBAGE = 100_000  # new objects between two collections: a short run that imports much would else be slower by a tenth


@dataclass(frozen=True)
class Argument:
    """An option of a command, or one of its positional arguments (which have no hyphens)."""

    name: str
    metavar: str
    help: str
    example: str = ""
    flag: bool = False
    short: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command: what it does in one line, its arguments, what it prints, and an example of its use."""

    summary: str
    run: Callable[[Given], str]
    example: str
    arguments: tuple[Argument, ...] = ()


WHAT = (
    Argument("target", "TARGET", 'the quantity to differentiate by, such as "w(L-1)[2,2]", instead of a weight'),
    Argument("--weight", "J,K", "the weight from node K of the layer below to node J", "1,2", short=("-w",)),
    Argument("--all", "", "by every parameter of the model, in one document", flag=True),
    Argument("--layer", "LAYER", "the weight's layer: a letter, with an offset, or a number (default: L)", "L-1"),
    Argument("--sizes", "SIZES", "the sizes of the layers: numbers, or letters that stay symbols", "6,4"),
    Argument("--activation", "NAME", "the activation (default: an unknown g); derive activations lists them", "tanh"),
    Argument("--loss", "NAME", "the loss; derive losses lists them", "huber"),
    Argument("--model", "NAME|FILE|-", "a ready model, a file, or - for standard input (default: lesson)", "lesson"),
    Argument("--upstream", "HOW", "what flows in: partial (default), delta, or unrolled to the end", "delta"),
    Argument("--notation", "NAME|FILE", "how it is written, and read: derive notations lists them", "nielsen"),
    Argument("--letters", "WHICH", "shared: n for several numbers, as in the lesson (default); apart", "apart"),
)
WORDS = (
    Argument("--language", "NAME", f"the language of the words: {', '.join(LANGUAGES)} (default: en)", "de"),
    Argument("--templates", "DIR", "a folder with a wording of one's own, for single messages", "wording"),
)
HOW = (
    Argument("--detail", "DETAIL", "how much is shown: brief, lesson (default) or full", "full"),
    Argument(
        "--views", "VIEWS", f"the result once more: {', '.join(options.VIEWS)}, or several of them", "matrix,code"
    ),
    Argument(
        "--formats",
        "FORMATS",
        f"what is written: {', '.join(options.FORMATS)}, or several (default: {','.join(options.ORDINARY)})",
        "md",
        short=("--to",),
    ),
    Argument(
        "--marks", "MARKS", "changes: what is new in a line, and what vanishes, is told apart; or none", "changes"
    ),
    Argument("--pdf-engine", "ENGINE", "what sets PDF: typst (default), or latex, your own pdflatex", "latex"),
    *WORDS,
    Argument("--out", "DIR", "the folder to write into; without it and --to, the terminal shows the steps", "output"),
)


def gradient(given: Given) -> str:
    request = options.request(given)
    screen = screen_of(sys.stdout) if request.is_shown else None
    if screen is None:
        check_folder(request.folder)
    with sympy_beside() as ask:
        from derive import asking  # the models; what is refused until here did not wait for the engine

        asked = asking.asked(request)
        from derive import api  # the engine

        outcome = api.gradient(asked, ask, screen)
    if screen is not None:
        return f"{outcome.shown}\n\n{outcome.verified}"
    paths = write_all(request.folder, outcome.documents)
    written = f"Written: {', '.join(map(str, paths))}"
    return "\n\n".join((outcome.result_text, outcome.verified, written))


def verify(given: Given) -> str:
    request = options.request(given)
    from derive import api, asking  # the engine, as above

    return api.verification(asking.asked(request))


def models(given: Given) -> str:
    from derive import api  # the engine, as above

    name = given["name"]
    return api.list_models() if name is None else api.model_text(name)


def activations(_: Given) -> str:
    from derive import api  # the engine, as above

    return api.list_activations()


def losses(_: Given) -> str:
    from derive import api  # the engine, as above

    return api.list_losses()


def worksheet(given: Given) -> str:
    asked = dict(given)
    example = asked.pop("example_plan", None)
    request = options.sheet_request(asked)
    from derive import handouts  # the exercises, which only those who ask for some wait for

    return handouts.example_plan() if example else handouts.worksheets(request)


def key(given: Given) -> str:
    request = options.sheet_request(given)
    from derive import handouts  # the exercises, as above

    return handouts.keys(request)


PLAN = Argument("plan", "PLAN.toml", "what is asked (default: a plan on backpropagation, which --example-plan prints)")
SHEETS = (
    Argument("--seed", "N", "what is drawn: the same seed gives the same sheets (default: 1)", "7"),
    Argument("--variants", "N", "so many different sheets (default: 1)", "30"),
    Argument(
        "--formats",
        "FORMATS",
        f"what is written: {', '.join(options.SHEET_FORMATS)}, or several (default: {','.join(options.TEXTS)})",
        "md",
        short=("--to",),
    ),
    replace(WORDS[0], help=f"the language of the words: {', '.join(LANGUAGES)} (default: what the plan or key says)"),
    WORDS[1],
    Argument("--out", "DIR", "the folder to write into, made where it is missing (default: output)", "output"),
)


def mark(given: Given) -> str:
    wanted = options.marking(given)
    check_folder(wanted["out"])
    for what in ("key", "answers"):
        check_readable(wanted[what], what)
    from derive.documents.batch import run  # the marker; what is refused until here did not wait for it

    return run.mark_answers(run.Job(**wanted))


MARKING = (
    Argument("key", "KEY.json", "what is expected: the manifest that derive worksheet wrote, or - for standard input"),
    Argument("answers", "ANSWERS.csv", "the answers: .csv, .tsv, .json or .jsonl, or - for standard input"),
    Argument("--restart", "", "forget what an interrupted marking has left, and begin anew", flag=True),
    *(argument for argument in SHEETS if argument.name in ("--formats", "--language", "--templates", "--out")),
)


def notations(_: Given) -> str:
    from derive import api  # the engine, as above

    return api.list_notations()


def schema(_: Given) -> str:
    import json  # only those who ask for the schema pay for it

    from derive.calculus.data import schema as written  # the engine, as above

    return json.dumps(written(), indent=1)


NAME = Argument("name", "NAME", "the ready model to print, as text to start one's own from")
COMMANDS: Mapping[str, Command] = {
    "gradient": Command(
        "derive a gradient, step by step, and write it as documents",
        gradient,
        "derive gradient --weight 1,2 --activation sigmoid --loss huber",
        WHAT + HOW,
    ),
    "verify": Command(
        "show every step of the same derivation, and how it was checked",
        verify,
        "derive verify --weight 1,2 --sizes n,m",
        WHAT,
    ),
    "worksheet": Command(
        "make worksheets and their answer keys",
        worksheet,
        "derive worksheet plan.toml --seed 7 --variants 30 --out week-6",
        (PLAN, *SHEETS, Argument("--example-plan", "", "print a plan to start one's own from", flag=True)),
    ),
    "key": Command(
        "make the answer keys alone",
        key,
        "derive key week-6/worksheet-key.json --formats md --out keys",
        (Argument("plan", "KEY.json|PLAN.toml", "the manifest that came with the sheets, or their plan"), *SHEETS),
    ),
    "mark": Command(
        "mark a class's answers, and report on its mistakes",
        mark,
        "derive mark output/worksheet-key.json answers.csv --out marked",
        MARKING,
    ),
    "models": Command("list the ready models, or print one", models, "derive models lesson", (NAME,)),
    "activations": Command("list the activations, with their derivatives", activations, "derive activations"),
    "losses": Command("list the losses", losses, "derive losses"),
    "schema": Command("print the JSON Schema of a derivation written as JSON", schema, "derive schema"),
    "notations": Command("list the notations", notations, "derive notations"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, 2 for a mistake in what was asked, and 130 after an interruption."""
    gc.set_threshold(GARBAGE)
    try:
        _say(sys.stdout, run(sys.argv[1:] if argv is None else argv))
    except DeriveError as error:
        _say(sys.stderr, f"derive: {error}")
        return 2
    except KeyboardInterrupt as interruption:
        _say(sys.stderr, f"derive: {str(interruption) or 'interrupted'}")
        return 130
    except BrokenPipeError:  # whoever read has read enough, as `head` does
        return 141
    return 0


def run(arguments: Sequence[str]) -> str:
    """What the command prints."""
    first, rest = (arguments[0], arguments[1:]) if arguments else ("--help", ())
    if first in {"-h", "--help"}:
        return overview()
    if first == "--version":
        return f"derive {__version__}"
    if first not in COMMANDS:
        raise unknown("command", first, COMMANDS)
    parser = _parser(first)
    given = _parsed(parser, first, rest)
    return parser.format_help() if given.pop("help") else COMMANDS[first].run(given)


def overview() -> str:
    rows = "\n".join(f"  {name:<13}{command.summary}" for name, command in COMMANDS.items())
    return (
        "usage: derive COMMAND [options]\n\n"
        "Derivations of gradients, step by step and verified, from models written as equations.\n\n"
        f"commands:\n{rows}\n\n"
        "options:\n  -h, --help   this help; derive COMMAND --help says more\n  --version    the version\n\n"
        f"example:\n  {COMMANDS['gradient'].example}"
    )


def _parser(name: str) -> argparse.ArgumentParser:
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"derive {name}",
        description=f"{command.summary[0].upper()}{command.summary[1:]}.",
        epilog=f"example:\n  {command.example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,  # a misspelt option is an error, never another option
        exit_on_error=False,
    )
    for argument in command.arguments:
        if argument.flag:
            parser.add_argument(argument.name, action="store_const", const=argument.name, help=argument.help)
        elif argument.name.startswith("--"):
            dest = argument.name.removeprefix("--").replace("-", "_")
            parser.add_argument(*argument.short, argument.name, dest=dest, metavar=argument.metavar, help=argument.help)
        else:
            parser.add_argument(argument.name, metavar=argument.metavar, help=argument.help, nargs="?")
    parser.add_argument("-h", "--help", action="store_true", help="show this help")
    return parser


def _parsed(parser: argparse.ArgumentParser, name: str, arguments: Sequence[str]) -> dict[str, str | None]:
    try:
        found, extra = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise _misused(name, error.argument_name or "") from error
    given = vars(found)
    lacking = [argument.name for argument in positional(name) if given[argument.name] is None]
    while lacking and extra and (extra[0] == "-" or not extra[0].startswith("-")):  # those that stand behind an option
        given[lacking.pop(0)] = extra.pop(0)
    if extra:
        raise _unexpected(name, extra[0])
    return given


def positional(name: str) -> list[Argument]:
    """The arguments of a command that no option names, in their order."""
    return [argument for argument in COMMANDS[name].arguments if not argument.name.startswith("--")]


def _misused(name: str, option: str) -> OptionError:
    """The parser's complaint about an option without its value (or `--help` with one), said with an example."""
    long = option.rpartition("/")[-1]
    example = next((a.example for a in COMMANDS[name].arguments if a.name == long), None)
    if example is None:
        return OptionError(f"option {long} takes no value")
    return OptionError(f"option {long} needs a value: write it as {long}={example}")


def _unexpected(name: str, text: str) -> OptionError:
    arguments = COMMANDS[name].arguments
    if text.startswith("-"):
        known = [a.name for a in arguments if a.example or a.flag]
        return unknown("option", text.partition("=")[0], [*known, "--help"])
    places = [argument.metavar for argument in positional(name)]
    takes = f"only {'one ' if len(places) == 1 else ''}{' and '.join(places)}" if places else "no argument"
    return OptionError(f"unexpected argument {shortened(text)}: derive {name} takes {takes}")


def _say(stream: TextIO | None, text: str) -> None:
    """Print the text, whatever letters the terminal has; a closed stream is no error, a full disk is one."""
    if stream is None:
        return
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    try:
        stream.write(text.rstrip("\n") + "\n")
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # for what Python still flushes when it ends
        if isinstance(error, BrokenPipeError):
            raise
        raise OptionError(f"cannot print the answer: {(error.strerror or 'it failed').lower()}") from error
