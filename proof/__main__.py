"""Run a proof.

    python -m proof                                    what there is, and what was found last
    python -m proof NAME [--size slice|nightly] [--seed N] [--record]
    python -m proof NAME --help                        what else it takes

"slice" is what every change is tested with, seconds to minutes; "nightly" the full size. `--record` keeps the
outcome in proof/results/NAME.json and brings docs/proof.md up to date. Exit status: 0 everything held, 1 something
did not, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from proof import page
from proof.invariants import promised
from proof.record import Evidence, record, recorded

FOLDER: Final = Path(__file__).parent


def proofs() -> dict[str, ModuleType]:
    """Every folder here that is a package is a proof: it has `add_arguments(parser)` and `run(arguments)`."""
    names = sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))
    return {name: import_module(f"proof.{name}") for name in names}


def main() -> int:
    """The command."""
    known = proofs()
    parser = argparse.ArgumentParser(prog="python -m proof", description="Evidence beyond the test suite.")
    commands = parser.add_subparsers(dest="name", metavar="NAME")
    for name, module in known.items():
        about = (module.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("--size", choices=["slice", "nightly"], default="slice")
        command.add_argument("--seed", type=int, default=1, help="repeats a run (default 1)")
        command.add_argument("--record", action="store_true", help="keep the outcome in proof/results")
        module.add_arguments(command)
    arguments = parser.parse_args()
    if arguments.name is None:
        overview(known)
        return 0
    evidence = complete(known[arguments.name].run(arguments), arguments)
    report(evidence)
    if arguments.record:
        print(f"recorded in {record(evidence).relative_to(FOLDER.parent)}")
        page.write()
    return 1 if evidence.failures else 0


def complete(evidence: Evidence, arguments: argparse.Namespace) -> Evidence:
    """The outcome, which has failed too if it left out an invariant that the list promises.

    A run of a part of a proof (`--only`) promises nothing.
    """
    if getattr(arguments, "only", None):
        return evidence
    idle = sorted(name for name in promised(evidence.name) if not evidence.checks.get(name))
    missing = [f"{name} is listed for {evidence.name} and was not evaluated" for name in idle]
    return replace(evidence, failures=[*evidence.failures, *missing])


def overview(known: dict[str, ModuleType]) -> None:
    """One line a proof."""
    for name, module in known.items():
        print(f"{name:12} {(module.__doc__ or '').partition(chr(10))[0]}")
        if last := recorded(name):
            counts = ", ".join(f"{value:,} {key}" for key, value in last["counts"].items())
            print(f"{'':12} {last['date']}: {counts}, {len(last['failures'])} failures")


def report(evidence: Evidence) -> None:
    """The outcome for a reader."""
    print(f"{evidence.name}, size {evidence.size}, seed {evidence.seed}: {evidence.seconds:,.1f} s")
    for key, value in evidence.counts.items():
        print(f"  {value:14,} {key}")
    if evidence.checks:
        rarest = min(evidence.checks, key=lambda key: evidence.checks[key])
        print(f"  {len(evidence.checks)} invariants checked, the rarest {rarest} {evidence.checks[rarest]:,} times")
    for failure in evidence.failures:
        print(f"FAILED {failure}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
