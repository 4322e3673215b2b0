"""The list of faults."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proof.record import REPOSITORY

FAULTS: Final = Path(__file__).with_name("faults.toml")

KINDS: Final = {
    "signer": "who must sign",
    "owner": "which program's account it must be",
    "address": "which account it must be: seeds, has_one, address",
    "state": "which state or phase it must be in",
    "time": "when it may happen",
    "pause": "what a pause stops",
    "limit": "how much or how many there may be",
    "once": "what may happen only once",
    "arithmetic": "how a number is computed",
    "rounding": "where a remainder goes",
    "price": "which price is found",
    "priority": "who is served first",
    "conservation": "that nothing is made or lost",
    "record": "what is written down for later",
    "governance": "who decides",
}
"""What a fault takes away."""

_MATRIX: Final = "tests/adversarial/test_access_matrix.py::test_refuses_whatever_is_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One change of the sources that a test must notice.

    Attributes:
        id: the name it goes by.
        program: the program that is built with it, or the client.
        file: the source file, from the repository's root.
        find, replace: text that occurs once in the file, and what takes its place.
        kind: what it takes away; a key of KINDS.
        what: the same in a few words.
        caught_by: the test that must fail, as pytest names it.
    """

    id: str
    program: str
    file: str
    find: str
    replace: str
    kind: str
    what: str
    caught_by: str

    @property
    def digest(self) -> str:
        """Changes with the fault itself."""
        parts = (self.program, self.file, self.find, self.replace, self.caught_by)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def problem(self) -> str | None:
        """Why it cannot be planted, or None."""
        source = REPOSITORY / self.file
        if not source.is_file():
            return f"{self.id}: {self.file} is not there"
        count = source.read_text().count(self.find)
        if count != 1:
            return f"{self.id}: its text occurs {count} times in {self.file}, expected once"
        return None

    def planted(self) -> str:
        """The file's text with the fault in it."""
        return (REPOSITORY / self.file).read_text().replace(self.find, self.replace)


def load(file: Path = FAULTS) -> list[Fault]:
    """The faults of a list.

    Raises:
        SystemExit: one cannot be planted, because the sources have moved on.
    """
    faults = read(file)
    problems = [problem for fault in faults if (problem := fault.problem())]
    if problems:
        raise SystemExit("\n".join([*problems, f"bring {file.relative_to(REPOSITORY)} up to date"]))
    return faults


def read(file: Path = FAULTS) -> list[Fault]:
    """The entries as they stand. `matrix PROGRAM.INSTRUCTION` is short for that row of the access matrix."""
    entries = tomllib.loads(file.read_text())["fault"]
    return [Fault(**{**entry, "caught_by": _node(entry["caught_by"])}) for entry in entries]


def named(catalogue: Sequence[Fault], ids: Sequence[str]) -> list[Fault]:
    """The faults with these names, in that order.

    Raises:
        SystemExit: there is no such fault.
    """
    faults = {fault.id: fault for fault in catalogue}
    unknown = sorted(set(ids) - faults.keys())
    if unknown:
        raise SystemExit(f"there is no fault {', '.join(unknown)}; --list names them all")
    return [faults[name] for name in ids]


def _node(text: str) -> str:
    word, _, rest = text.partition(" ")
    return f"{_MATRIX}[{rest}]" if word == "matrix" else text
