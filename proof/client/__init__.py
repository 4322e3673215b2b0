"""Planted faults in the client: what keeps money and keys safe in Python is taken away once, and a test has to notice.

`faults.toml` lists them, in the form of the programs' faults. The packaged client is copied, one place of the copy
changed, and the named test runs on it. A fault that the test does not notice is a missing test.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from proof.faults.catalogue import Fault, load, named
from proof.faults.catcher import CAUGHT, Catcher
from proof.record import REPOSITORY, Evidence

FAULTS: Final = Path(__file__).with_name("faults.toml")
SLICE: Final = 3
_SDK: Final = REPOSITORY / "sdk"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What else the command takes."""
    parser.add_argument("--only", action="append", metavar="ID", help="this fault; may be given several times")
    parser.add_argument("--list", action="store_true", help="print the faults and end")


def run(arguments: argparse.Namespace) -> Evidence:
    """Plant the chosen faults one after another."""
    catalogue = load(FAULTS)
    if arguments.list:
        for fault in catalogue:
            print(f"{fault.id:44} {fault.kind:12} {fault.what}")
        raise SystemExit(0)
    began = time.monotonic()
    chosen = choose(catalogue, arguments)
    with TemporaryDirectory() as scratch:
        sdk = Path(scratch) / "sdk"
        shutil.copytree(_SDK, sdk, ignore=shutil.ignore_patterns("__pycache__"))
        sound = Catcher(sorted({fault.caught_by for fault in chosen})).run(None, sdk=sdk)
        failures = [f"a test fails although nothing is planted: {line}" for line in sound.problems if sound.status]
        table = [] if failures else list(plant_all(chosen, sdk))
    failures += [
        f"{entry['id']} ({entry['file']}: {entry['what']}): {entry['outcome']}; "
        f"python -m proof client --only {entry['id']}"
        for entry in table
        if entry["outcome"] != CAUGHT
    ]
    return Evidence(
        name="client",
        size=arguments.size,
        seed=arguments.seed,
        counts={
            "faults planted": len(table),
            "faults caught": sum(entry["outcome"] == CAUGHT for entry in table),
            "kinds of fault": len(Counter(fault.kind for fault in chosen)),
        },
        checks={},
        failures=failures,
        seconds=time.monotonic() - began,
        details={"faults": table},
    )


def choose(catalogue: Sequence[Fault], arguments: argparse.Namespace) -> list[Fault]:
    """All of them, those that were named, or a few that the seed picks."""
    if arguments.only:
        return named(catalogue, arguments.only)
    if arguments.size == "nightly":
        return list(catalogue)
    return Random(arguments.seed).sample(list(catalogue), SLICE)


def plant_all(chosen: Sequence[Fault], sdk: Path) -> Iterator[dict[str, Any]]:
    """Change the copy at `sdk` for each fault, test it, and change it back."""
    for number, fault in enumerate(chosen, 1):
        file = sdk / Path(fault.file).relative_to("sdk")
        sound = file.read_text()
        began = time.monotonic()
        file.write_text(fault.planted())
        try:
            outcome = Catcher([fault.caught_by]).run(None, sdk=sdk).verdict
        finally:
            file.write_text(sound)
        seconds = time.monotonic() - began
        print(f"{number}/{len(chosen)} {fault.id}: {outcome}, {seconds:.0f} s", file=sys.stderr, flush=True)
        yield {
            "id": fault.id,
            "file": fault.file,
            "kind": fault.kind,
            "what": fault.what,
            "caught_by": fault.caught_by,
            "outcome": outcome,
            "seconds": seconds,
        }
