"""Kills a sending client again and again, at random instants, and compares what it knows with the chain.

    python -m tests.support.kills --kills 1000 --seed 1 --rpc engine|validator

A life is a process that resumes what its outbox holds and then pays numbered amounts, each to an address of its own
and under a key of its own; it ends by SIGKILL. Later lives repeat some of the numbers of earlier ones, as a client
does that has forgotten what it sent, and now and then so much chain time goes by that block hashes expire. Every third
number asks for more than its payer has, and fails on the chain.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from energy_sdk import Keypair, Pubkey, RpcTransport
from energy_sdk.exceptions import TransactionExpired, TransactionFailed
from energy_sdk.localnet import Localnet
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.transactions import Outbox, SendPolicy, State, TransactionSender, spl

RICH = Keypair.from_seed(bytes(range(32)))
POOR = Keypair.from_seed(bytes(range(1, 33)))
POOR_LAMPORTS = 10**9
AT_ONCE = 4
NUMBERS_A_LIFE = 40
NEW_NUMBERS_A_LIFE = 10
EXPIRY_S = 90
"""Chain time after which block hashes have expired."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a chain is.

    Attributes:
        longest_life_s: a life is killed at any instant up to this.
        expiries: share of lives after which block hashes expire.
        expire: has them expire on the chain at an address.
    """

    longest_life_s: float
    expiries: float
    expire: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the outbox says of all numbers at the end, beside what the chain says.

    Attributes:
        states: how many keys ended in each state.
        undecided: keys without a final outcome.
        disagreeing: numbers whose money has not moved as their outcome says: exactly once, or never.
        killed_with_open: lives that ended with something undecided.
    """

    states: Counter[str]
    undecided: list[str]
    disagreeing: list[int]
    killed_with_open: int = 0


def receiver(number: int) -> Pubkey:
    return Pubkey(sha256(f"receiver {number}".encode()).digest())


def amount(number: int) -> int:
    return 1_000_000 + number


def fails(number: int) -> bool:
    return number % 3 == 0


def transport(url: str) -> RpcTransport:
    return RpcTransport(url, poll_interval=0.005, rebroadcast_interval=0.02, patience=5)


async def pay(outbox: Outbox, chain: RpcTransport, number: int) -> None:
    """Pay a number under its key."""
    payer = POOR if fails(number) else RICH
    lamports = 10 * POOR_LAMPORTS if fails(number) else amount(number)
    instruction = spl.transfer_lamports(payer=payer.pubkey(), recipient=receiver(number), lamports=lamports)
    # Without preflight, so that failures happen on the chain.
    sender = TransactionSender(chain, payer, policy=SendPolicy(preflight=False), outbox=outbox)
    with suppress(TransactionFailed, TransactionExpired):
        await sender.send([instruction], key=f"payment-{number}")


async def live(url: str, file: Path, first: int, born: Callable[[], None] = lambda: None) -> None:
    """A client's life: resume, then pay."""
    async with transport(url) as chain:
        await chain.genesis_hash()
        born()
        with Outbox(file) as outbox:
            await TransactionSender(chain, RICH, outbox=outbox).resume()
            numbers = iter(range(first, first + NUMBERS_A_LIFE))

            async def work() -> None:
                for number in numbers:
                    await pay(outbox, chain, number)

            await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def kill_one(url: str, file: Path, first: int, seconds: float) -> None:
    """Begin a life and end it so many seconds after its birth."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(live(url, file, first, lambda: os.close(write)))
        finally:
            os._exit(0)
    os.close(write)
    os.read(read, 1)
    os.close(read)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def run(url: str, folder: Path, *, kills: int, seed: int, pace: Pace) -> Agreement:
    """Kill so many lives on the chain at `url`, let one end by itself, and compare."""
    chance, file = random.Random(seed), folder / "outbox.sqlite"
    asyncio.run(fund(url))
    killed_with_open = 0
    for life in range(kills):
        first = max(0, (life - chance.randrange(3)) * NEW_NUMBERS_A_LIFE)
        kill_one(url, file, first, chance.uniform(0, pace.longest_life_s))
        if file.exists():
            with Outbox(file) as outbox:
                killed_with_open += bool(outbox.open_entries())
        if chance.random() < pace.expiries:
            asyncio.run(pace.expire(url))
    # The last life is a whole one.
    asyncio.run(live(url, file, max(0, kills - 2) * NEW_NUMBERS_A_LIFE))
    return replace(asyncio.run(compare(url, file)), killed_with_open=killed_with_open)


def run_apart(url: str, folder: Path, *, kills: int, seed: int, pace: Pace) -> Agreement:
    """`run` in a process of its own: lives are forked, and a process that has run many tests forks slowly."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, url, folder, kills=kills, seed=seed, pace=pace).result()


async def fund(url: str) -> None:
    """Give the payer whose payments fail what it is to have."""
    async with transport(url) as chain:
        await chain.airdrop(POOR.pubkey(), POOR_LAMPORTS)


async def _advance(url: str) -> None:
    async with transport(url) as chain:
        await chain.advance(EXPIRY_S)


async def _sit_out(url: str) -> None:
    async with transport(url) as chain:
        late = (await chain.latest_blockhash()).last_valid_block_height
        # No block is skipped where there is one validator: slots are heights.
        while True:
            if (await chain.status()).finalized_slot > late:
                return
            await asyncio.sleep(0.5)


async def compare(url: str, file: Path) -> Agreement:
    """Resume what is open, and lay what the outbox says beside what the chain says."""
    async with transport(url) as chain:
        with Outbox(file) as outbox:
            await TransactionSender(chain, RICH, outbox=outbox).resume()
            entries = outbox.entries()
        landed = {entry.key for entry in entries if entry.state is State.LANDED}
        newest = {entry.key: entry for entry in entries}
        numbers = range(max(int(key.removeprefix("payment-")) for key in newest) + 1)
        found = await chain.get_accounts([receiver(number) for number in numbers])
    disagreeing = []
    for number, account in zip(numbers, found, strict=True):
        expected = amount(number) if f"payment-{number}" in landed else 0
        if (account.lamports if account else 0) != expected:
            disagreeing.append(number)
    return Agreement(
        states=Counter(str(entry.state) for entry in newest.values()),
        undecided=[entry.key for entry in entries if entry.open],
        disagreeing=disagreeing,
    )


ENGINE = Pace(longest_life_s=0.3, expiries=0.3, expire=_advance)
VALIDATOR = Pace(longest_life_s=0.6, expiries=0.01, expire=_sit_out)


@contextmanager
def engine_process() -> Iterator[str]:
    """The LiteSVM-backed endpoint in a process of its own; yields its address."""
    command = [sys.executable, "-m", "tests.support.kills", "--serve"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait()


@contextmanager
def validator_process() -> Iterator[str]:
    """A real validator; yields its address."""
    with Localnet(deployer=RICH.pubkey()) as net:
        yield net.url


async def _serve() -> None:
    async with LiteSvmEngine(deployer=RICH.pubkey()) as engine:
        print(engine.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rpc", choices=["engine", "validator"], default="engine", help="what serves the chain")
    parser.add_argument("--serve", action="store_true", help="be the endpoint, until the input ends")
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(_serve())
        return
    serve, pace = {"engine": (engine_process, ENGINE), "validator": (validator_process, VALIDATOR)}[chosen.rpc]
    with serve() as url, tempfile.TemporaryDirectory() as folder:
        agreement = run(url, Path(folder), kills=chosen.kills, seed=chosen.seed, pace=pace)
    print(
        json.dumps(
            {
                "rpc": chosen.rpc,
                "kills": chosen.kills,
                "killed_with_open": agreement.killed_with_open,
                "states": agreement.states,
                "undecided": agreement.undecided,
                "disagreeing": agreement.disagreeing,
            }
        )
    )
    sys.exit(1 if agreement.undecided or agreement.disagreeing else 0)


if __name__ == "__main__":
    main()
