"""Planted faults: each check that the programs make is taken away once, and a test has to notice.

`faults.toml` lists the faults. Each changes one place of the sources; the program is built with it and one test, the
narrowest that should notice, runs on the result. A fault that the test does not notice is a missing test. What has
been built and what has been noticed is kept under ~/.cache/energy-market/faults for as long as nothing it depends on
changes, so that a run that was interrupted goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from proof.faults.catalogue import Fault, load, named
from proof.faults.catcher import CAUGHT, Catcher, states
from proof.faults.mutant import BuildFailed, Mutant, NotUpToDate, require_built_programs
from proof.record import Evidence

Entry: TypeAlias = dict[str, Any]
"""What is known of one fault, in JSON's types."""

SLICE: Final = 3
"""Faults that a slice plants; at most one of them in the trading program, which takes longest to build."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What else the command takes."""
    parser.add_argument("--only", action="append", metavar="ID", help="this fault; may be given several times")
    parser.add_argument("--fresh", action="store_true", help="test again what was noticed before")
    parser.add_argument("--list", action="store_true", help="print the faults and end")


def run(arguments: argparse.Namespace) -> Evidence:
    """Plant the chosen faults one after another."""
    catalogue = load()
    if arguments.list:
        for fault in catalogue:
            print(f"{fault.id:44} {fault.kind:12} {fault.what}")
        raise SystemExit(0)
    chosen = choose(catalogue, arguments)
    try:
        require_built_programs()
    except NotUpToDate as error:
        sys.exit(str(error))
    known = {} if arguments.fresh else recall()
    failures = baseline(chosen, known)
    table = [] if failures else [{**about(fault), **entry} for fault, entry in plant_all(chosen, known)]
    failures += [
        f"{entry['id']} ({entry['file']}: {entry['what']}): {entry['outcome']}; "
        f"python -m proof faults --only {entry['id']}"
        for entry in table
        if entry["outcome"] != CAUGHT
    ]
    show(table)
    kinds = Counter(fault.kind for fault in chosen)
    caught = sum(entry["outcome"] == CAUGHT for entry in table)
    return Evidence(
        name="faults",
        size=arguments.size,
        seed=arguments.seed,
        counts={"faults planted": len(table), "faults caught": caught, "kinds of fault": len(kinds)},
        checks={},
        failures=failures,
        # Of building and testing, also where an earlier run did it.
        seconds=sum(entry["build_seconds"] + entry["seconds"] for entry in table),
        details={"faults": table},
    )


def choose(catalogue: Sequence[Fault], arguments: argparse.Namespace) -> list[Fault]:
    """All of them, those that were named, or a few that the seed picks."""
    if arguments.only:
        return named(catalogue, arguments.only)
    if arguments.size == "nightly":
        # Faults of one program in a row: what it depends on stays built.
        return sorted(catalogue, key=lambda fault: (fault.program, fault.id))
    random = Random(arguments.seed)
    trading = random.choice([fault for fault in catalogue if fault.program == "trading"])
    others = random.sample([fault for fault in catalogue if fault.program != "trading"], SLICE - 1)
    return [*others, trading]


def baseline(chosen: Sequence[Fault], known: dict[str, Entry]) -> list[str]:
    """What the tests find without any fault: nothing, or the rest of the run would say nothing."""
    before = states({fault.caught_by for fault in chosen})
    new = sorted(node for node, state in before.items() if f"baseline {node} {state}" not in known)
    if not new:
        return []
    print(f"without a fault: {len(new)} tests", file=sys.stderr, flush=True)
    outcome = Catcher(new).run(None)
    if outcome.status != 0:
        return [f"a test fails although nothing is planted: {line}" for line in outcome.problems]
    if states(before) == before:
        for node in new:
            remember(known, f"baseline {node} {before[node]}", {})
    return []


def plant_all(chosen: Sequence[Fault], known: dict[str, Entry]) -> Iterator[tuple[Fault, Entry]]:
    """Build the programs with the faults one after another, and test each while the next one is built."""
    before = states({fault.caught_by for fault in chosen})
    keys = {fault.id: f"{fault.digest} {before[fault.caught_by]}" for fault in chosen}
    Mutant.CACHE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=Mutant.CACHE) as scratch, ThreadPoolExecutor(max_workers=1) as builder:
        mutants = {fault.id: Mutant(fault, Path(scratch)) for fault in chosen}
        building = {
            fault.id: builder.submit(mutants[fault.id].build) for fault in chosen if keys[fault.id] not in known
        }
        try:
            for number, fault in enumerate(chosen, 1):
                key = keys[fault.id]
                if key not in known:
                    entry = test(fault, mutants[fault.id], building[fault.id])
                    # What changed meanwhile may have been noticed instead of the fault.
                    if entry["outcome"] == CAUGHT and states(before) == before:
                        remember(known, key, entry)
                else:
                    entry = known[key]
                told = f"{entry['seconds']:.1f} s, built in {entry['build_seconds']:.1f} s"
                print(f"{number:3}/{len(chosen)} {fault.id}: {entry['outcome']}, {told}", file=sys.stderr, flush=True)
                yield fault, entry
        finally:
            builder.shutdown(cancel_futures=True)


def test(fault: Fault, mutant: Mutant, build: Future[float]) -> Entry:
    """Run the test that should notice, once the program is built."""
    try:
        build_seconds = build.result()
    except BuildFailed as error:
        return {"outcome": f"does not build: {error}", "build_seconds": 0.0, "seconds": 0.0}
    began = time.monotonic()
    outcome = Catcher([fault.caught_by]).run(mutant.folder())
    return {
        "outcome": outcome.verdict,
        "caught_by": fault.caught_by,
        "finding": outcome.problems[0] if outcome.problems else "",
        "build_seconds": round(build_seconds, 1),
        "seconds": round(time.monotonic() - began, 1),
    }


def about(fault: Fault) -> Entry:
    """What the record says of a fault."""
    return {
        "id": fault.id,
        "program": fault.program,
        "file": fault.file,
        "kind": fault.kind,
        "what": fault.what,
    }


def show(table: Sequence[Entry]) -> None:
    """The table: which fault, who noticed it, how long that took."""
    width = max((len(str(entry["id"])) for entry in table), default=0)
    for entry in table:
        print(f"{entry['id']:{width}}  {entry['outcome']:8}  {entry['seconds']:6.1f} s  {entry.get('caught_by', '')}")


def recall() -> dict[str, Entry]:
    """What earlier runs found, by fault and state of everything that the outcome depends on."""
    file = Mutant.CACHE / "results.json"
    found: dict[str, Entry] = json.loads(file.read_text()) if file.exists() else {}
    return found


def remember(known: dict[str, Entry], key: str, entry: Entry) -> None:
    """Keep an outcome at once, so that an interrupted run loses one fault at most."""
    known[key] = entry
    Mutant.CACHE.mkdir(parents=True, exist_ok=True)
    file = Mutant.CACHE / "results.json"
    # Another run may have added its own, and must never read half a file.
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({**recall(), key: entry}))
    new.replace(file)
