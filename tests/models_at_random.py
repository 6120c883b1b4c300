"""Random models as texts, with numbers for all that they do not define: what the engine must never be wrong about.

Every index that is written exists at every size from 2 on: a letter knows which indices it may stand in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
Nested = Any  # a number or nested lists of numbers

POOL = ("i", "j", "k", "u", "v")
UNARY = ("tanh({})", "sigmoid({})", "sin({})", "g(0.5*({}))", "({})**2", "({})**3", "-({})", "relu({})", "cos({})")
SAFE = ("exp(-({})**2)", "log(2 + ({})**2)", "sqrt(1 + ({})**2)", "1/(1 + ({})**2)", "abs({})", "(2 + ({})**2)**0.5")
BINARY = ("{} + {}", "{} - {}", "({})*({})", "({})*({})", "({})/(1 + ({})**2)", "max({}, 0.7*({}) + 0.1)", "f({}, {})")
NUMBERS = ("2", "3", "1/2", "0.25", "pi")
RELATIONS = ("<", "<=", "==", "!=", ">", ">=")


@dataclass(frozen=True)
class Family:
    """A quantity: the sizes of its indices, and the label under which it is written.

    Where the first `first` or the last `spare` of its elements have an equation of their own, a letter leaves them out.
    """

    name: str
    sizes: tuple[str, ...] = ()
    label: str = ""
    first: int = 0
    spare: int = 0

    def at(self, indices: Sequence[str]) -> str:
        inside = ",".join(indices)
        return f"{self.name}{self.label}[{inside}]" if indices else f"{self.name}{self.label}"


@dataclass(frozen=True)
class Letter:
    """An index in range(first, size - spare): with up to `first` taken away and up to `spare` added it still exists."""

    name: str
    size: str
    first: int = 0
    spare: int = 0


@dataclass
class Case:
    """A model, the loss, quantities to differentiate by with the numbers of their letters, and a point."""

    text: str
    loss: str
    targets: list[tuple[str, dict[str, int]]]
    values: dict[str, Nested]
    sizes: dict[str, int]
    read_with: dict[str, int] = field(default_factory=dict)


class Writer:
    """Writes one model with the chances of `rng`."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.numbers = Random(0)  # chosen apart, as a search for small examples would make them all equal
        self.sizes = {"n": rng.randint(2, 3), "m": rng.randint(2, 3), "T": 2}
        self.given: list[Family] = []
        self.known: list[Family] = []
        self.lines: list[str] = []
        self.fixed: dict[str, str] = {}
        self.depth = rng.choice((1, 1, 2, 2, 3))
        self.begun: set[str] = set()  # recurrences whose first element is given

    def pick(self, options: Sequence[T]) -> T:
        return options[self.rng.randrange(len(options))]

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def length(self, size: str) -> int:
        name, _, more = size.partition("+")
        return self.sizes[name] + int(more or 0)

    # ------------------------------------------------------------ indices

    def index(self, size: str, letters: Sequence[Letter]) -> str:
        """An index that exists: a letter, perhaps moved or turned round, a number, or a fixed index."""
        fitting = [letter for letter in letters if letter.size == size]
        fixed = [name for name, of in self.fixed.items() if of == size]
        if fixed and self.chance(0.2):
            return self.pick(fixed)
        if not fitting or self.chance(0.08):
            return self.pick(("0", "1", f"{size}-1"))
        letter = self.pick(fitting)
        if self.chance(0.06):
            return f"{size}-1-{letter.name}"
        moved = self.rng.randint(-letter.first, letter.spare) if self.chance(0.5) else 0
        return f"{letter.name}{moved:+d}" if moved else letter.name

    def new_letter(self, letters: Sequence[Letter], size: str | None = None) -> tuple[Letter, str]:
        """A letter that is not in use, and its range, which may end at another letter."""
        free = [name for name in POOL if name not in {letter.name for letter in letters}]
        name, size = self.pick(free), size or self.pick(("n", "m"))
        around = [letter for letter in letters if letter.size == size]
        kind = self.rng.random()
        if around and kind < 0.15:
            outer = self.pick(around)
            form = self.pick((f"range({outer.name}+1)", f"range({outer.name}, {size})", f"range({outer.name})"))
            return Letter(name, size), form
        if kind < 0.3:
            first, spare = self.pick(((1, 0), (0, 1)))
            bounds = f"{first}, {size}" if first else f"{size}-{spare}"
            return Letter(name, size, first, spare), f"range({bounds})"
        return Letter(name, size), f"range({size})"

    def element(self, letters: Sequence[Letter]) -> str:
        family = self.pick(self.known)
        return family.at([self.index(size, letters) for size in family.sizes])

    # ------------------------------------------------------------ expressions

    def expression(self, depth: int, letters: Sequence[Letter]) -> str:
        kind = self.rng.random()
        if depth == 0 or kind < 0.12:
            return self.leaf(letters)
        if kind < 0.34:
            return self.fold(depth, letters)
        if kind < 0.6:
            return self.pick((*UNARY, *SAFE)).format(self.expression(depth - 1, letters))
        if kind < 0.68:
            return self.cases(depth, letters)
        left, right = self.expression(depth - 1, letters), self.expression(depth - 1, letters)
        return self.pick(BINARY).format(left, right)

    def leaf(self, letters: Sequence[Letter]) -> str:
        kind = self.rng.random()
        if kind < 0.08:
            return self.pick(NUMBERS)
        if letters and kind < 0.12:
            return f"0.5*({self.pick(letters).name} + 1)"  # g(i + 1) would be g at a label
        return self.element(letters)

    def fold(self, depth: int, letters: Sequence[Letter]) -> str:
        if len(letters) >= 4:
            return self.leaf(letters)
        letter, span = self.new_letter(letters)
        inner = [*letters, letter]
        body = self.expression(depth - 1, inner)
        kind = self.pick(("sum", "sum", "sum", "sum", "prod", "max", "min"))
        if kind in ("max", "min"):
            whole = Letter(letter.name, letter.size)
            body, span = self.distinct(whole, [*letters, whole]), f"range({letter.size})"  # of nothing there is none
        where = f" if {self.condition(inner)}" if kind in ("sum", "prod") and self.chance(0.15) else ""
        return f"{kind}({body} for {letter.name} in {span}{where})"

    def distinct(self, letter: Letter, letters: Sequence[Letter]) -> str:
        """A term that differs from letter to letter: of equal ones none is the greatest."""
        families = [family for family in self.given if letter.size in family.sizes]
        if not families:
            return f"sin({letter.name} + 1)*{self.leaf(letters)}"
        family = self.pick(families)
        indices = [self.index(size, letters) for size in family.sizes]
        indices[family.sizes.index(letter.size)] = letter.name
        return f"{self.pick(('', '2*', '1 - ', '1/2*'))}{family.at(indices)}"

    def cases(self, depth: int, letters: Sequence[Letter]) -> str:
        then, otherwise = self.expression(depth - 1, letters), self.expression(depth - 1, letters)
        for letter in letters:
            if self.chance(0.3):
                return self.guarded(letter, letters, otherwise)
        return f"({then} if {self.condition(letters)} else {otherwise})"

    def guarded(self, letter: Letter, letters: Sequence[Letter], otherwise: str) -> str:
        """An element that only exists where a condition holds."""
        fitting = [family for family in self.known if letter.size in family.sizes]
        if not fitting:
            return f"({otherwise})"
        family = self.pick(fitting)
        moved, condition = self.pick(
            (
                (f"{letter.name}-1", f"{letter.name} > 0"),
                (f"{letter.name}+1", f"{letter.name} < {letter.size}-1"),
                (f"{letter.name}-1", f"0 <= {letter.name}-1 < {letter.size}"),
            )
        )
        place = family.sizes.index(letter.size)
        indices = [self.index(size, letters) for size in family.sizes]
        indices[place] = moved
        return f"({family.at(indices)} if {condition} else {otherwise})"

    def condition(self, letters: Sequence[Letter]) -> str:
        relation = self.pick(RELATIONS)
        if not letters or self.chance(0.25):
            return f"{self.element(letters)} {self.pick(('<', '>'))} {self.pick(('0', '1/2'))}"
        letter = self.pick(letters)
        others = [other.name for other in letters if other != letter] + ["0", "1", f"{letter.size}-1", *self.fixed]
        plain = f"{letter.name} {relation} {self.pick(others)}"
        if self.chance(0.2):
            joined = self.pick(("and", "or"))
            return f"{plain} {joined} {letter.name} {self.pick(RELATIONS)} {self.pick(others)}"
        return f"not {plain}" if self.chance(0.08) else plain

    # ------------------------------------------------------------ equations

    def ordinary(self, name: str) -> None:
        """x[i,j] = … for every index, or with equations of their own for some."""
        sizes = self.pick(((), ("n",), ("n",), ("m",), ("n", "m"), ("n", "n")))
        letters = [Letter(letter, size) for letter, size in zip(self.rng.sample(POOL, len(sizes)), sizes, strict=True)]
        family = Family(name, sizes)
        new: list[str] = []
        if sizes and self.chance(0.2):
            new, letters = self.split(family, letters)
            family = replace(family, first=letters[0].first, spare=letters[0].spare)
        left = family.at([letter.name for letter in letters])
        new.append(f"{left} = {self.expression(self.depth, letters)}{ranges_of(letters)}")
        self.lines[:0] = new if self.chance(0.5) else new[::-1]
        self.known.append(family)

    def split(self, family: Family, letters: list[Letter]) -> tuple[list[str], list[Letter]]:
        """An equation for the first index alone, or for the last, and the letters of the others."""
        head, rest = letters[0], letters[1:]
        if self.chance(0.6):
            first = family.at(["0", *(letter.name for letter in rest)])
            head = Letter(head.name, head.size, first=1)
        else:
            first = family.at([f"{head.size}-1", *(letter.name for letter in rest)])
            head = Letter(head.name, head.size, spare=1)
        return [f"{first} = {self.expression(self.depth - 1, rest)}{ranges_of(rest)}"], [head, *rest]

    def recurrence(self, name: str) -> None:
        """h[t,i] from h[t-1], or backward from h[t+1], with or without an equation for the end where it begins."""
        more = self.pick(((), ("n",)))
        family = Family(name, ("T+1", *more))
        forward = self.chance(0.7)
        t = Letter("t", "T+1", first=1) if forward else Letter("t", "T+1", spare=1)
        others = [Letter(letter, size) for letter, size in zip(self.rng.sample(POOL, len(more)), more, strict=True)]
        before = self.previous(family, "t-1" if forward else "t+1", others)
        body = self.expression(self.depth - 1, [t, *others])
        shapes = ("tanh({} + {})", "{} + {}", "1/2*{} + sin({})", "sigmoid(({})*({}))", "max(1/2*{} + 0.1, {})")
        right = self.pick(shapes)
        end = family.at(["0" if forward else "T", *(letter.name for letter in others)])
        own = [f"{family.at(['t', *(o.name for o in others)])} = {right.format(before, body)}{ranges_of([t, *others])}"]
        if self.chance(0.6) or not forward:
            family = replace(family, first=t.first, spare=t.spare)
            own.append(f"{end} = {self.expression(1, others)}{ranges_of(others)}")
        else:
            self.given.append(family)
            self.begun.add(name)
        self.lines[:0] = own if self.chance(0.5) else own[::-1]
        self.known.append(family)

    def previous(self, family: Family, time: str, others: Sequence[Letter]) -> str:
        if not others:
            return family.at([time])
        if self.chance(0.4):
            return family.at([time, others[0].name])
        free = [name for name in POOL if name != others[0].name]
        letter = self.pick(free)
        square = [f.name for f in self.known if f.sizes == ("n", "n")]
        weight = f"{self.pick(square)}[{others[0].name},{letter}]*" if square else ""
        return f"sum({weight}{family.at([time, letter])} for {letter} in range(n))"

    def layers(self, name: str) -> None:
        """a(l)[j] from a(l-1)[k], for layers that a label counts or that are written one by one."""
        weight = f"w_{name}"
        act = self.pick(("tanh({})", "g(0.5*({}))", "sigmoid({})", "{}", "g(l)({})"))
        body = f"sum({weight}(l)[j,k]*{name}(l-1)[k] for k in range(n))"
        if self.chance(0.4):
            body += f" + {self.expression(1, [Letter('j', 'n')])}"
        line = f"{name}(l)[j] = {act.format(body)}"
        if self.chance(0.6):
            top = self.pick(("L", "2"))
            self.lines.insert(0, f"{line} for l in range(1, {top}+1) for j in range(n)")
        else:
            top = "2"
            pair = [self.at_layer(line, number) + " for j in range(n)" for number in ("2", "1")]
            self.lines[:0] = pair
        self.sizes["L"] = 2
        self.given += [Family(name, ("n",), "(0)")]
        self.given += [Family(weight, ("n", "n"), f"({number})") for number in (1, 2)]
        self.known.append(Family(name, ("n",), f"({top})"))

    def at_layer(self, line: str, number: str) -> str:
        return line.replace("(l)", f"({number})").replace("(l-1)", f"({int(number) - 1})")


def ranges_of(letters: Sequence[Letter]) -> str:
    found = ""
    for letter in letters:
        upper = f"{letter.size}-{letter.spare}" if letter.spare else letter.size
        found += f" for {letter.name} in range({letter.first}, {upper})"
    return found


# ---------------------------------------------------------------- a whole case

GIVEN = (
    Family("x", ("n",)),
    Family("y", ("m",)),
    Family("A", ("n", "m")),
    Family("B", ("n", "n")),
    Family("s"),
    Family("X", ("T+1",)),
    Family("Y", ("T+1", "n")),
)


def model_at_random(rng: Random) -> Case:
    """A model of up to eight equations, whose text shows what each of its letters is."""
    while True:
        writer = Writer(rng)
        write(writer)
        if shows_letters("\n".join(writer.lines)):
            return case_of(writer)


def write(writer: Writer) -> None:
    rng = writer.rng
    writer.given = rng.sample(GIVEN, rng.randint(2, 5))
    writer.known = list(writer.given)
    if writer.chance(0.25):
        writer.fixed["c"] = "n"
    kinds = (writer.ordinary, writer.recurrence, writer.layers)
    for number, kind in enumerate(rng.choices(kinds, (6, 2, 1), k=rng.choice((0, 1, 1, 2, 2, 3, 4)))):
        kind(f"q{number}")
    loss = writer.expression(rng.randint(1, writer.depth), ())
    used = [family for family in writer.known if family not in writer.given]
    summands = [f"sum({summand(writer, family)})" for family in used]
    writer.lines.insert(0, f"E = {' + '.join([loss, *summands])}")
    if "c" in words("\n".join(writer.lines)):
        writer.lines.append("0 <= c < n")


def shows_letters(text: str) -> bool:
    """Whether each size is the end of some range, and a fixed index the index of something."""
    sizes = {"n", "m", "T"} & words(text)
    ends = words(" ".join(re.findall(r"range\(([^()]*)\)", text)))
    return sizes <= ends and ("c" not in words(text) or re.search(r"[\[,]c[\],]", text) is not None)


def summand(writer: Writer, family: Family) -> str:
    """Every defined quantity counts."""
    letters = [Letter(name, size) for name, size in zip(POOL, family.sizes, strict=False)]
    body = writer.pick(("{}", "({})**2", "sin({})")).format(family.at([letter.name for letter in letters]))
    return body + ranges_of(letters) if letters else f"{body} for {POOL[0]} in range(1)"


def case_of(writer: Writer) -> Case:
    text = "\n".join(writer.lines)
    mentioned = [f for f in writer.given if f.name in words(text)]
    sizes = dict(writer.sizes)
    sizes |= {name: writer.rng.randrange(writer.length(of)) for name, of in writer.fixed.items()}
    used = {name: value for name, value in sizes.items() if name in words(text)}
    values = {f"{f.name}{f.label}": numbers(writer, f) for f in mentioned}
    targets = [target(writer, family) for family in dict.fromkeys((*mentioned, *writer.known))]
    return Case(text, "E", targets, values, used)


def words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())


def numbers(writer: Writer, family: Family) -> Nested:
    """Numbers for all elements, or, where an equation gives the others, for the first ones."""

    def of(sizes: Sequence[int]) -> Nested:
        if not sizes:
            return writer.numbers.choice((-1, 1)) * writer.numbers.uniform(0.2, 1.3)
        return [of(sizes[1:]) for _ in range(sizes[0])]

    lengths = [writer.length(size) for size in family.sizes]
    return of([1, *lengths[1:]] if family.name in writer.begun else lengths)


def target(writer: Writer, family: Family) -> tuple[str, dict[str, int]]:
    """An element in letters, which may be those of the model, in numbers, or in both; numbers for its letters."""
    letters = writer.rng.sample((*POOL, "t", "a", "b"), len(family.sizes))
    if family.sizes == ("n", "n") and writer.chance(0.1):
        number = writer.rng.randrange(family.first, writer.length("n") - family.spare)
        return family.at([letters[0]] * 2), {letters[0]: number}
    chosen: list[str] = []
    numbers_: dict[str, int] = {}
    kind = writer.pick(("letters", "letters", "numbers", "mixed"))
    for place, (letter, size) in enumerate(zip(letters, family.sizes, strict=True)):
        concrete = kind == "numbers" or (kind == "mixed" and writer.chance(0.5))
        first, spare = (0, 0) if concrete or place else (family.first, family.spare)
        number = writer.rng.randrange(first, writer.length(size) - spare)
        chosen.append(str(number) if concrete else letter)
        if not concrete:
            numbers_[letter] = number
    return family.at(chosen), numbers_
