"""Every small book and millions of random ones, on the auction's crate and on the compiled program.

The crate that the program is built from runs on the host next to a reference that was written from the definition
in docs/clearing.md. Both are in Rust: `proof/books`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from proof import cargo
from proof.record import Evidence

HOST: Final = {
    "slice": ["--orders", "4", "--cancelled", "3", "--partitions", "4", "--random", "100000"],
    "nightly": ["--orders", "6", "--cancelled", "5", "--partitions", "5", "--random", "20000000"],
}
"""What runs on the host at each size, as options of the program."""
CHAIN: Final = {"slice": 500, "nightly": 200_000}
"""Random books that are cleared on the compiled program at each size."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What else the command takes."""
    parser.add_argument(
        "--book",
        metavar="BOOK",
        help="only this book, as a failure prints it: '5: b2@3 a1@0x' is a bid for 2 lots at tick 3, a cancelled ask",
    )
    parser.add_argument(
        "--number", type=int, metavar="N", help="only the book of this number and --seed, on the compiled program"
    )


def run(arguments: argparse.Namespace) -> Evidence:
    """Build the program and run it. A book that is named alone is tried and reported, and is no evidence."""
    seed = ["--seed", str(arguments.seed)]
    if arguments.book is not None:
        _only("host", "--book", arguments.book, *seed)
    if arguments.number is not None:
        _only("chain", "--first", str(arguments.number), "--random", "1", *seed)
    host = cargo.run("books", "host", *HOST[arguments.size], *seed)
    chain = cargo.run("books", "chain", "--random", str(CHAIN[arguments.size]), *seed)
    return _evidence(arguments, [host, chain])


def _only(*words: str) -> NoReturn:
    failures = cargo.run("books", *words)["failures"]
    print("\n".join(failures) or "it clears as the reference says")
    raise SystemExit(bool(failures))


def _evidence(arguments: argparse.Namespace, runs: Sequence[dict[str, Any]]) -> Evidence:
    counts: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    for found in runs:
        counts.update(found["counts"])
        checks.update(found["checks"])
    return Evidence(
        name="books",
        size=arguments.size,
        seed=arguments.seed,
        counts=dict(counts),
        checks=dict(checks),
        failures=[failure for found in runs for failure in found["failures"]],
        seconds=sum(found["seconds"] for found in runs),
    )
