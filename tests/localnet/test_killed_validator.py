"""A validator that is killed and started again, under clients that send and follow."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.audit.history import History
from energy_sdk.deployment import initialize_programs
from energy_sdk.exceptions import ClusterUnreachable, OutcomePending
from energy_sdk.governance import Parameters, pdas
from energy_sdk.localnet import Localnet
from energy_sdk.programs import GOVERNANCE
from energy_sdk.streams import BEGINNING
from energy_sdk.transactions import Outbox, spl
from energy_sdk.transactions.building import TransactionBuilder
from energy_sdk.transports import ClusterStatus

from tests.localnet.test_streams import Told, change, collect
from tests.support import kills
from tests.support.validator import DEPLOYER

PATIENCE_S = 300
KILLS = 3
AT_ONCE = 4
FORGOTTEN_SLOTS = 350
"""A validator finds signatures of 300 final slots without its history, and of these no more."""


@pytest.fixture
def localnet() -> Iterator[Localnet]:
    """A validator of the test's own."""
    with Localnet(deployer=DEPLOYER.pubkey(), resumable=True) as net:
        yield net


async def restart(net: Localnet) -> None:
    net.kill()
    await asyncio.to_thread(net.start)


async def restart_and_replay(net: Localnet, chain: RpcTransport) -> None:
    """Until then it answers from a state of before; whoever sends meanwhile is refused for what it forgot."""
    known = (await chain.status()).slot
    await restart(net)
    await until(chain, lambda status: status.slot > known)


async def until(chain: RpcTransport, reached: Callable[[ClusterStatus], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if reached(await chain.status()):
                return
            await asyncio.sleep(0.05)


async def test_every_payment_has_one_outcome(localnet: Localnet, tmp_path: Path) -> None:
    """Payments go on while the validator is killed again and again; what each came to is what the chain says."""
    over = asyncio.Event()
    numbers = iter(range(10_000))

    async def work(outbox: Outbox, chain: RpcTransport) -> None:
        while not over.is_set():
            number = next(numbers)
            try:
                await kills.pay(outbox, chain, number)
            except (ClusterUnreachable, OutcomePending):
                # Nothing was sent, or it is kept for resuming.
                await asyncio.sleep(0.1)

    await kills.fund(localnet.url)
    file = tmp_path / "outbox"
    async with RpcTransport(localnet.url, poll_interval=0.05, patience=0.5) as chain:
        with Outbox(file) as outbox:
            workers = [asyncio.create_task(work(outbox, chain)) for _ in range(AT_ONCE)]
            interrupted = 0
            for life in range(KILLS):
                await asyncio.sleep(1 + life)
                interrupted += bool(outbox.open_entries())
                await restart(localnet)
            await asyncio.sleep(1)
            over.set()
            await asyncio.gather(*workers)

    agreement = await kills.compare(localnet.url, file)

    assert (agreement.undecided, agreement.disagreeing) == ([], [])
    assert interrupted > 0
    assert agreement.states.keys() <= {"landed", "failed", "expired"}
    assert agreement.states["landed"] > 0
    assert agreement.states["failed"] > 0


async def test_what_landed_before_a_crash_has_not_expired(localnet: Localnet) -> None:
    """A validator that has just gone on from a snapshot is past the last valid block and does not search its history.

    Whoever took that for a proof would pay twice.
    """
    transfer = spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=Keypair().pubkey(), lamports=10**9)
    async with RpcTransport(localnet.url, poll_interval=0.05) as chain:
        blockhash = await chain.latest_blockhash()
        valid = blockhash.last_valid_block_height
        transaction = await TransactionBuilder(DEPLOYER, price=0).build([transfer], (), 1_000, blockhash.hash)
        sent = await chain.send(transaction, last_valid_block_height=valid)
        await until(chain, lambda status: status.finalized_slot > blockhash.slot + FORGOTTEN_SLOTS)
        known = (await chain.status()).slot
        await restart(localnet)
        outcomes = []
        while (await chain.status()).finalized_slot <= known:
            outcome = await chain.confirm(
                transaction, last_valid_block_height=valid, since_slot=blockhash.slot, sent=True
            )
            outcomes.append((outcome.slot, outcome.error))

    assert set(outcomes) == {(sent.slot, None)}


async def test_events_are_followed_across_crashes(localnet: Localnet) -> None:
    """Each once, in the chain's order, also while the validator still replays what the reader has seen."""
    async with (
        RpcTransport(localnet.url, poll_interval=0.1) as chain,
        RpcTransport(localnet.url, poll_interval=0.1, patience=1.0) as other,
        EnergyClient(chain, DEPLOYER) as client,
        EnergyClient(other, Keypair()) as reader,
        reader.streams.account(pdas.PARAMETERS_ADDRESS, Parameters) as parameters,
        reader.streams.events(GOVERNANCE, after=BEGINNING) as events,
    ):
        await initialize_programs(client)
        found: list[Told] = []
        following = asyncio.create_task(collect(events, found))
        for life in range(KILLS):
            await change(client, range(100 * (life + 1), 100 * (life + 1) + 20))
            await asyncio.sleep(4 * life)
            await restart_and_replay(localnet, chain)
        await change(client, range(1_000, 1_020))
        told = [
            (str(transaction.signature), event)
            for transaction in await History(chain).of([GOVERNANCE])
            for event in transaction.events
        ]
        now = await client.governance.parameters()
        async with asyncio.timeout(PATIENCE_S):
            while (await anext(parameters)).value != now:
                continue
            while len(found) < len(told) and not following.done():
                await asyncio.wait([following], timeout=0.1)
    await following

    assert found == told
    assert max(Counter(signature for signature, _ in found).values()) == 1
    assert len(told) > 20 * KILLS
