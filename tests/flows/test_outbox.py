"""What an outbox promises: everything sent ends in one known outcome, and a key's instructions happen once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Instruction, Keypair, LiteSvmTransport, Pubkey, RpcTransport
from energy_sdk.exceptions import (
    ClusterUnreachable,
    HistoryIncomplete,
    IdempotencyConflict,
    InsufficientFunds,
    InvalidInput,
    OutboxError,
    OutcomePending,
    TransactionExpired,
)
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.transactions import Outbox, SendPolicy, State, TransactionSender, spl
from energy_sdk.transactions.building import TransactionBuilder
from energy_sdk.transactions.durable import follow

from tests.support.engine import DEPLOYER, engine
from tests.support.faults import Faults, dropped, faults_before, lagging, lost, served, slow, swallowed, unseen

__all__ = ["engine"]

AMOUNT = 1_000_000
MINUTES = 600
"""Chain time after which every block hash of before has expired [s]."""


@pytest.fixture
def proxy(engine: LiteSvmEngine) -> Iterator[Faults]:
    with faults_before(engine.url) as running:
        yield running


@pytest.fixture
async def rpc(proxy: Faults) -> AsyncIterator[RpcTransport]:
    async with RpcTransport(
        proxy.url, poll_interval=0.01, rebroadcast_interval=0.05, patience=0.2, timeout=5
    ) as transport:
        yield transport


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "outbox.sqlite") as opened:
        yield opened


@pytest.fixture
def sender(rpc: RpcTransport, outbox: Outbox) -> TransactionSender:
    return TransactionSender(rpc, DEPLOYER, outbox=outbox)


def payment(receiver: Pubkey, lamports: int = AMOUNT) -> list[Instruction]:
    return [spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=receiver, lamports=lamports)]


async def received(transport: RpcTransport | LiteSvmTransport, receiver: Pubkey) -> int:
    account = await transport.get_account(receiver)
    return 0 if account is None else account.lamports


async def something_sent(proxy: Faults) -> None:
    for _ in range(1_000):
        if proxy.sent:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nothing was sent")


async def test_a_key_happens_once(sender: TransactionSender, rpc: RpcTransport) -> None:
    """The second sending sends nothing and returns the first one's receipt, events and all."""
    receiver = Keypair().pubkey()

    first = await sender.send(payment(receiver), key="rent-june")
    second = await sender.send(payment(receiver), key="rent-june")

    assert second == first
    assert await received(rpc, receiver) == AMOUNT
    await sender.send(payment(receiver), key="rent-july")
    assert await received(rpc, receiver) == 2 * AMOUNT


async def test_a_key_at_the_same_moment_happens_once(
    sender: TransactionSender, rpc: RpcTransport, outbox: Outbox
) -> None:
    """As two processes with one file would: a second sender, with a connection of its own."""
    receiver = Keypair().pubkey()
    with Outbox(outbox.path) as again:
        other = TransactionSender(rpc, DEPLOYER, outbox=again)
        receipts = await asyncio.gather(
            *(each.send(payment(receiver), key="once") for each in (sender, other) for _ in range(5))
        )

    assert {receipt.signature for receipt in receipts} == {receipts[0].signature}
    assert await received(rpc, receiver) == AMOUNT
    assert len(outbox.entries()) == 1


async def test_equal_instructions_under_two_keys_happen_twice(
    sender: TransactionSender, rpc: RpcTransport, outbox: Outbox
) -> None:
    """Two processes that mean the same thing at the same block hash would build the same bytes."""
    receiver = Keypair().pubkey()
    with Outbox(outbox.path) as again:
        other = TransactionSender(rpc, DEPLOYER, outbox=again)
        await asyncio.gather(sender.send(payment(receiver), key="a"), other.send(payment(receiver), key="b"))

    assert await received(rpc, receiver) == 2 * AMOUNT


async def test_a_key_stands_for_its_instructions(sender: TransactionSender, rpc: RpcTransport) -> None:
    receiver = Keypair().pubkey()
    await sender.send(payment(receiver), key="rent")

    with pytest.raises(IdempotencyConflict, match="'rent' stands for other instructions"):
        await sender.send(payment(receiver, AMOUNT + 1), key="rent")

    assert await received(rpc, receiver) == AMOUNT


@pytest.mark.parametrize("key", ["", "x" * 201, "line\nbreak"])
async def test_a_key_is_short_and_printable(sender: TransactionSender, key: str) -> None:
    with pytest.raises(InvalidInput, match="no idempotency key"):
        await sender.send(payment(Keypair().pubkey()), key=key)


async def test_a_key_needs_an_outbox(rpc: RpcTransport) -> None:
    with pytest.raises(InvalidInput, match="needs an outbox"):
        await TransactionSender(rpc, DEPLOYER).send(payment(Keypair().pubkey()), key="rent")


async def test_every_method_can_have_a_key(rpc: RpcTransport, outbox: Outbox) -> None:
    """Inside `idempotent`, the calls of any client have numbered keys."""
    receiver = Keypair().pubkey()
    client = EnergyClient(rpc, DEPLOYER, outbox=outbox)

    for _ in range(2):
        with client.transactions.idempotent("gift"):
            await client.tokens.transfer_lamports(recipient=receiver, lamports=AMOUNT)
            await client.tokens.transfer_lamports(recipient=receiver, lamports=AMOUNT)

    assert await received(rpc, receiver) == 2 * AMOUNT
    assert [entry.key for entry in outbox.entries()] == ["gift", "gift/2"]


async def test_the_row_is_there_before_the_first_sending(
    sender: TransactionSender, rpc: RpcTransport, proxy: Faults, outbox: Outbox
) -> None:
    """What the endpoint first hears of is on disk already, byte for byte."""
    seen: list[bytes] = []

    async def look(request, forward):
        with sqlite3.connect(outbox.path) as database:
            seen.extend(row[0] for row in database.execute("SELECT wire FROM entries WHERE state = 'sent'"))
        database.close()
        return await forward()

    proxy.script["sendTransaction"] = [look]
    receipt = await sender.send(payment(Keypair().pubkey()))

    (entry,) = outbox.entries()
    assert seen == [entry.wire]
    assert (entry.state, entry.signature, entry.receipt()) == (State.LANDED, receipt.signature, receipt)


async def test_what_would_fail_is_never_signed(sender: TransactionSender, proxy: Faults, outbox: Outbox) -> None:
    with pytest.raises(InsufficientFunds):
        await sender.send(payment(Keypair().pubkey(), 10**18))

    assert (proxy.sent, outbox.entries()) == ([], [])


async def test_a_failure_on_the_chain_is_kept_and_can_be_repeated(rpc: RpcTransport, outbox: Outbox) -> None:
    """The second attempt has bytes of its own; both stay on record."""
    poor, receiver = Keypair(), Keypair().pubkey()
    await rpc.airdrop(poor.pubkey(), AMOUNT)
    sender = TransactionSender(rpc, poor, policy=SendPolicy(preflight=False), outbox=outbox)
    transfer = [spl.transfer_lamports(payer=poor.pubkey(), recipient=receiver, lamports=2 * AMOUNT)]

    with pytest.raises(InsufficientFunds):
        await sender.send(transfer, key="rent")
    (failed,) = outbox.entries()
    assert failed.state is State.FAILED
    assert isinstance(failed.failure(), InsufficientFunds)

    await rpc.airdrop(poor.pubkey(), 5 * AMOUNT)
    receipt = await sender.send(transfer, key="rent")

    assert [entry.state for entry in outbox.entries()] == [State.FAILED, State.LANDED]
    assert outbox.of_signature(receipt.signature) is not None
    assert await received(rpc, receiver) == 2 * AMOUNT


@pytest.mark.parametrize("arrived", [False, True])
async def test_a_cancelled_sending_is_resumed(
    sender: TransactionSender, rpc: RpcTransport, proxy: Faults, outbox: Outbox, arrived: bool
) -> None:
    """Whoever waits may leave; whether or not the bytes had arrived, they take effect once."""
    receiver = Keypair().pubkey()
    proxy.always["sendTransaction"] = lost if arrived else dropped
    proxy.always["getSignatureStatuses"] = unseen
    sending = asyncio.create_task(sender.send(payment(receiver), key="rent"))
    await something_sent(proxy)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert [entry.state for entry in outbox.open_entries()] == [State.SENT]
    proxy.always.clear()

    (entry,) = await sender.resume()

    assert (entry.state, entry.key) == (State.LANDED, "rent")
    assert await received(rpc, receiver) == AMOUNT
    assert len(set(proxy.sent)) == 1
    assert await sender.send(payment(receiver), key="rent") == entry.receipt()


async def test_a_deadline_leaves_the_entry_open(rpc: RpcTransport, proxy: Faults, outbox: Outbox) -> None:
    sender = TransactionSender(rpc, DEPLOYER, policy=SendPolicy(deadline=0.3), outbox=outbox)
    proxy.always["getSignatureStatuses"] = unseen

    with pytest.raises(OutcomePending, match="resuming finds out") as caught:
        await sender.send(payment(Keypair().pubkey()), key="rent")

    assert (caught.value.key, [entry.signature for entry in outbox.open_entries()]) == (
        "rent",
        [caught.value.signature],
    )
    proxy.always.clear()
    assert [entry.state for entry in await sender.resume()] == [State.LANDED]


async def test_a_deadline_before_anything_was_sent(rpc: RpcTransport, proxy: Faults, outbox: Outbox) -> None:
    sender = TransactionSender(rpc, DEPLOYER, policy=SendPolicy(deadline=0.1), outbox=outbox)
    proxy.always["getLatestBlockhash"] = slow(1)

    with pytest.raises(ClusterUnreachable, match="nothing was sent"):
        await sender.send(payment(Keypair().pubkey()))

    assert outbox.entries() == []


async def test_a_silent_cluster_leaves_the_entry_open(sender: TransactionSender, proxy: Faults, outbox: Outbox) -> None:
    proxy.always["getSignatureStatuses"] = dropped

    with pytest.raises(OutcomePending):
        await sender.send(payment(Keypair().pubkey()))

    assert [entry.open for entry in await sender.resume()] == [True]
    proxy.always.clear()
    assert [entry.state for entry in await sender.resume()] == [State.LANDED]
    assert await sender.resume() == []


async def test_what_expired_may_be_sent_anew(
    sender: TransactionSender, rpc: RpcTransport, proxy: Faults, outbox: Outbox
) -> None:
    """Expiry is proven before anything else is signed, and the key then gets fresh bytes."""
    receiver = Keypair().pubkey()
    proxy.always["sendTransaction"] = swallowed
    sending = asyncio.create_task(sender.send(payment(receiver), key="rent"))
    await something_sent(proxy)
    await rpc.advance(MINUTES)
    with pytest.raises(TransactionExpired):
        await sending
    assert [entry.state for entry in outbox.entries()] == [State.EXPIRED]
    proxy.always.clear()

    await sender.send(payment(receiver), key="rent")

    assert [entry.state for entry in outbox.entries()] == [State.EXPIRED, State.LANDED]
    assert await received(rpc, receiver) == AMOUNT


async def test_an_open_entry_is_never_signed_anew(
    sender: TransactionSender, rpc: RpcTransport, proxy: Faults, outbox: Outbox
) -> None:
    """A node that lags does not see it: the key stays with the bytes it has."""
    receiver = Keypair().pubkey()
    proxy.always |= {"getSignatureStatuses": dropped}
    with pytest.raises(OutcomePending):
        await sender.send(payment(receiver), key="rent")
    await rpc.advance(MINUTES)
    # A node of before the landing: it knows no such signature, and is not past the last valid block.
    proxy.always = {"getBlockHeight": lagging(100_000)}
    proxy.script["getSignatureStatuses"] = [unseen] * 5

    await sender.send(payment(receiver), key="rent")

    assert len(outbox.entries()) == 1
    assert await received(rpc, receiver) == AMOUNT


async def test_a_chain_that_has_forgotten_is_no_proof_of_expiry(
    sender: TransactionSender, rpc: RpcTransport, proxy: Faults, outbox: Outbox
) -> None:
    """The signature is unknown because the node's memory begins later: the entry stays open, and says why."""
    proxy.always["getSignatureStatuses"] = dropped
    with pytest.raises(OutcomePending):
        await sender.send(payment(Keypair().pubkey()), key="rent")
    await rpc.advance(MINUTES)
    proxy.always = {"getSignatureStatuses": unseen, "getFirstAvailableBlock": lagging(-10_000)}

    with pytest.raises(OutcomePending, match="longer history") as caught:
        await follow(outbox, rpc, outbox.open_entries()[0])
    assert isinstance(caught.value.__cause__, HistoryIncomplete)

    assert [entry.open for entry in await sender.resume()] == [True]


async def test_processed_is_not_the_last_word(proxy: Faults, outbox: Outbox) -> None:
    """At commitment "processed" the receipt comes early, and the entry stays open until it is confirmed."""

    async def early(request, forward):
        reply = await forward()
        value = [entry and entry | {"confirmationStatus": "processed"} for entry in reply["result"]["value"]]
        return reply | {"result": reply["result"] | {"value": value}}

    async with RpcTransport(proxy.url, commitment="processed", poll_interval=0.01) as transport:
        sender = TransactionSender(transport, DEPLOYER, outbox=outbox)
        proxy.script["getSignatureStatuses"] = [early]
        await sender.send(payment(Keypair().pubkey()))
        assert [entry.state for entry in outbox.entries()] == [State.SENT]

        proxy.script["getSignatureStatuses"] = [early, early, served]
        assert [entry.state for entry in await sender.resume()] == [State.LANDED]

    assert proxy.script["getSignatureStatuses"] == []


async def test_an_outbox_is_for_one_chain(sender: TransactionSender, outbox: Outbox) -> None:
    await sender.send(payment(Keypair().pubkey()))
    elsewhere = LiteSvmTransport()

    with pytest.raises(OutboxError, match="belongs to the chain"):
        await TransactionSender(elsewhere, DEPLOYER, outbox=outbox).send(payment(Keypair().pubkey()))


async def test_the_chain_in_this_process_keeps_the_same_promise(tmp_path: Path) -> None:
    chain, receiver = LiteSvmTransport(), Keypair().pubkey()
    await chain.airdrop(DEPLOYER.pubkey(), 10**10)
    with Outbox(tmp_path / "outbox") as outbox:
        sender, builder = TransactionSender(chain, DEPLOYER, outbox=outbox), TransactionBuilder(DEPLOYER, price=0)
        blockhash = await chain.latest_blockhash()
        digest = bytes(32)
        kept = [await builder.build(payment(receiver, AMOUNT + n), (), 1_000, blockhash.hash) for n in range(3)]
        for number, transaction in enumerate(kept):
            assert outbox.prepare(f"{number}", digest, transaction, blockhash) is not None
        await chain.send(kept[0])
        first = await sender.resume()
        outbox.forget_finished()
        assert outbox.prepare("late", digest, kept[0], blockhash) is not None
        never = await builder.build(payment(receiver, 5 * AMOUNT), (), 1_000, blockhash.hash)
        assert outbox.prepare("never", digest, never, blockhash) is not None
        chain.advance(MINUTES)
        second = await sender.resume()

    assert [entry.state for entry in first] == [State.LANDED] * 3
    assert [entry.state for entry in second] == [State.LANDED, State.EXPIRED]
    assert await received(chain, receiver) == 3 * AMOUNT + 3


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, " * 100)

    with pytest.raises(OutboxError, match="cannot use"):
        Outbox(file)

    assert file.read_text().startswith("not a database")
    with pytest.raises(OutboxError, match="cannot use"):
        Outbox(tmp_path)


def test_a_file_of_another_version(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "outbox")
    database.execute("PRAGMA user_version=9")
    database.close()

    with pytest.raises(OutboxError, match="format 9"):
        Outbox(tmp_path / "outbox")


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    with Outbox(tmp_path / "state" / "outbox") as outbox:
        assert outbox.path.stat().st_mode & 0o777 == 0o600
