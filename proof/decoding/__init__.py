"""Arbitrary bytes in accounts, instruction data and whatever the SDK reads: nothing but clean errors.

Every instruction is sent with changed data, with changed contents of its accounts, and with both; limits.py in
tests/adversarial lists the bytes that only the programs write and that may stop them, which are counted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from fnmatch import fnmatchcase

from proof.record import Evidence
from tests.adversarial.fuzz import Fuzzer
from tests.adversarial.ground import Ground
from tests.adversarial.idl import instructions
from tests.adversarial.readers import misread, readers
from tests.adversarial.town import Town

CASES = {"slice": 60, "nightly": 6_000}
"""How often each instruction is sent, and each reader of the SDK is given bytes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--only` for a part, `--cases` for another number."""
    parser.add_argument("--only", metavar="PROGRAM.INSTRUCTION", help="a pattern such as 'trading.*'; no readers then")
    parser.add_argument("--cases", type=int, help="of each instruction and reader, instead of the size's")


def run(arguments: argparse.Namespace) -> Evidence:
    """Send and read them all."""
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> Evidence:
    began = time.monotonic()
    cases, seed = arguments.cases or CASES[arguments.size], arguments.seed
    chosen = [name for name in instructions() if fnmatchcase(name, arguments.only or "*")]
    counts: Counter[str] = Counter()
    failures: list[str] = []
    for number, name in enumerate(chosen, 1):
        tally = await Fuzzer(await Ground.build(name), seed).run(cases)
        counts["instructions sent"] += tally.cases
        counts["accepted"] += tally.accepted
        counts["refused by a named error"] += tally.refused.total() - tally.limits
        counts["ended by the runtime, within the listed limits"] += tally.limits
        repeat = f"python -m proof decoding --only {name} --seed {seed} --cases {cases}"
        failures += [f"{name}: {what} (case {case}); {repeat}" for what, case in tally.wrong.items()]
        print(f"{number:3}/{len(chosen)} {name}: {tally.cases:,} cases", file=sys.stderr)
    if not arguments.only:
        for reader in await readers(await Town.build()):
            failures += misread(reader, cases, seed)
            counts["bytes given to readers of the SDK"] += cases
    return Evidence(
        name="decoding",
        size=arguments.size,
        seed=seed,
        counts=dict(counts),
        checks={"C8": counts["instructions sent"] - counts["accepted"], "N2": counts["instructions sent"]},
        failures=failures,
        seconds=time.monotonic() - began,
    )
