"""Many callers of one sender: who travels together, and what becomes of each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Instruction, Keypair, LiteSvmTransport, Pubkey
from energy_sdk.events import LOG_TRUNCATED, logs_of
from energy_sdk.exceptions import ClusterUnreachable, InsufficientFunds, InvalidInput, TransactionFailed
from energy_sdk.transactions import MAX_COMPUTE_UNITS, Outbox, SendLimit, SendPolicy, TransactionSender, spl
from energy_sdk.transports import Blockhash, Outcome
from energy_sdk.transports.base import SignedTransaction

PAYER = Keypair.from_seed(bytes([5] * 32))
AMOUNT = 1_000_000
LONG_S = 60


class Held(LiteSvmTransport):
    """A chain that answers a sending when the test lets it, and counts how many wait for that."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.under_way = self.most = self.sent = 0

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int) -> Outcome:
        self.sent += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.open.wait()
            return await super().send(transaction, last_valid_block_height=last_valid_block_height)
        finally:
            self.under_way -= 1

    async def holds(self, count: int) -> None:
        """Return when so many are under way."""
        async with asyncio.timeout(LONG_S):
            while True:
                if self.under_way == count:
                    return
                await asyncio.sleep(0.001)


@pytest.fixture
async def chain() -> Held:
    chain = Held()
    chain.open.set()
    await chain.airdrop(PAYER.pubkey(), 10**10)
    return chain


def payment(receiver: Pubkey, lamports: int = AMOUNT, payer: Keypair = PAYER) -> list[Instruction]:
    return [spl.transfer_lamports(payer=payer.pubkey(), recipient=receiver, lamports=lamports)]


async def received(chain: LiteSvmTransport, receiver: Pubkey) -> int:
    account = await chain.get_account(receiver)
    return 0 if account is None else account.lamports


async def test_callers_travel_together(chain: Held) -> None:
    sender, receivers = TransactionSender(chain, PAYER), [Keypair().pubkey() for _ in range(40)]

    with sender.batching():
        receipts = await asyncio.gather(*(sender.send(payment(receiver)) for receiver in receivers))

    assert {await received(chain, receiver) for receiver in receivers} == {AMOUNT}
    assert sender.usage.transactions == len({receipt.signature for receipt in receipts}) == 2
    # Of the log everybody has what their own instruction wrote.
    assert {len(receipt.logs) for receipt in receipts} == {2}
    await sender.send(payment(receivers[0]))
    assert chain.sent == 3


async def test_a_refusal_is_for_the_one_it_concerns(chain: Held) -> None:
    """The joined transaction fails for one; then everybody is sent alone."""
    sender, receivers = TransactionSender(chain, PAYER), [Keypair().pubkey() for _ in range(5)]
    amounts = [AMOUNT, AMOUNT, 10**15, AMOUNT, AMOUNT]

    with sender.batching():
        answers = await asyncio.gather(
            *(sender.send(payment(*each)) for each in zip(receivers, amounts, strict=True)), return_exceptions=True
        )

    assert [isinstance(answer, InsufficientFunds) for answer in answers] == [False, False, True, False, False]
    assert [await received(chain, receiver) for receiver in receivers] == [AMOUNT, AMOUNT, 0, AMOUNT, AMOUNT]


async def test_a_missing_signature_is_for_the_one_who_forgot_it(chain: Held) -> None:
    sender, other, receiver = TransactionSender(chain, PAYER), Keypair(), Keypair().pubkey()
    await chain.airdrop(other.pubkey(), 10**9)

    with sender.batching():
        forgot, gave, plain = await asyncio.gather(
            sender.send(payment(receiver, payer=other)),
            sender.send(payment(receiver, payer=other), signers=[other]),
            sender.send(payment(receiver)),
            return_exceptions=True,
        )

    # Together there was a signature for both.
    assert not isinstance(gave, BaseException)
    assert not isinstance(plain, BaseException)
    assert not isinstance(forgot, BaseException)

    with sender.batching():
        forgot, plain = await asyncio.gather(
            sender.send(payment(receiver, payer=other)), sender.send(payment(receiver)), return_exceptions=True
        )
    assert isinstance(forgot, InvalidInput)
    assert not isinstance(plain, BaseException)


async def test_who_asks_for_much_travels_alone(chain: Held) -> None:
    sender = TransactionSender(chain, PAYER)

    with sender.batching():
        await asyncio.gather(
            *(sender.send(payment(Keypair().pubkey()), compute_units=MAX_COMPUTE_UNITS) for _ in range(3)),
            *(sender.send(payment(Keypair().pubkey())) for _ in range(3)),
        )

    assert chain.sent == 4


async def test_a_key_travels_alone(chain: Held, tmp_path: Path) -> None:
    receiver = Keypair().pubkey()
    with Outbox(tmp_path / "outbox") as outbox:
        sender = TransactionSender(chain, PAYER, outbox=outbox)
        with sender.batching():
            await asyncio.gather(
                sender.send(payment(receiver), key="rent"),
                sender.send(payment(receiver)),
                sender.send(payment(receiver)),
                sender.send(payment(receiver), key="rent"),
            )
        assert len(outbox.entries()) == 2
        assert outbox.find("rent") is not None
    assert await received(chain, receiver) == 3 * AMOUNT


async def test_who_leaves_before_departure_takes_the_step_along(chain: Held) -> None:
    sender, stays, leaves = TransactionSender(chain, PAYER), Keypair().pubkey(), Keypair().pubkey()

    with sender.batching(linger=0.05):
        staying = asyncio.create_task(sender.send(payment(stays)))
        leaving = asyncio.create_task(sender.send(payment(leaves)))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying

    assert leaving.cancelled()
    assert (await received(chain, stays), await received(chain, leaves)) == (AMOUNT, 0)


async def test_who_leaves_later_does_not_stop_the_others(chain: Held) -> None:
    sender, stays, leaves = TransactionSender(chain, PAYER), Keypair().pubkey(), Keypair().pubkey()
    chain.open.clear()

    with sender.batching(linger=0):
        staying = asyncio.create_task(sender.send(payment(stays)))
        leaving = asyncio.create_task(sender.send(payment(leaves)))
        await chain.holds(1)
        leaving.cancel()
        chain.open.set()
        await staying

    assert (await received(chain, stays), await received(chain, leaves)) == (AMOUNT, AMOUNT)


async def test_one_limit_for_all_senders(chain: Held) -> None:
    """A client's payers share it, whichever way they send."""
    chain.open.clear()
    first = EnergyClient(chain, PAYER, policy=SendPolicy(at_once=2))
    second = first.as_payer(Keypair())
    await chain.airdrop(second.payer.pubkey(), 10**9)
    other = [spl.transfer_lamports(payer=second.payer.pubkey(), recipient=PAYER.pubkey(), lamports=AMOUNT)]

    sending = [
        asyncio.create_task(client.transactions.send(instructions))
        for client, instructions in ((first, payment(Keypair().pubkey())), (second, other))
        for _ in range(3)
    ]
    await chain.holds(2)
    await asyncio.sleep(0.02)
    assert chain.sent == 2
    chain.open.set()
    await asyncio.gather(*sending)

    assert (chain.sent, chain.most) == (6, 2)


@pytest.mark.parametrize("joined", [False, True])
async def test_waiting_in_the_line_counts_for_the_deadline(chain: Held, joined: bool) -> None:
    chain.open.clear()
    limit, receiver = SendLimit(1), Keypair().pubkey()
    occupying = asyncio.create_task(TransactionSender(chain, PAYER, limit=limit).send(payment(Keypair().pubkey())))
    await chain.holds(1)
    hasty = TransactionSender(chain, PAYER, policy=SendPolicy(deadline=0.05), limit=limit)

    if joined:
        with hasty.batching(), pytest.raises(ClusterUnreachable, match="nothing was sent"):
            await hasty.send(payment(receiver))
    else:
        with pytest.raises(ClusterUnreachable, match="nothing was sent"):
            await hasty.send(payment(receiver))

    chain.open.set()
    await occupying
    assert await received(chain, receiver) == 0


async def test_silence_concerns_everybody() -> None:
    """What a transport says of a joined transaction is said to all in it."""

    class Silent(Held):
        async def latest_blockhash(self) -> Blockhash:
            raise ClusterUnreachable("no answer")

    sender = TransactionSender(Silent(), PAYER)
    with sender.batching():
        answers = await asyncio.gather(
            *(sender.send(payment(Keypair().pubkey())) for _ in range(3)), return_exceptions=True
        )

    assert [type(answer) for answer in answers] == [ClusterUnreachable] * 3
    assert not any(isinstance(answer, TransactionFailed) for answer in answers)


@pytest.mark.parametrize(("linger", "at_once"), [(-1, 1), (0, 0)])
async def test_numbers_that_cannot_be_right(chain: Held, linger: float, at_once: int) -> None:
    with pytest.raises(InvalidInput), TransactionSender(chain, PAYER, limit=SendLimit(at_once)).batching(linger=linger):
        pytest.fail("was let in")


BUDGET = "Program ComputeBudget111111111111111111111111111111 invoke [1]"
A = "Program 11111111111111111111111111111111 invoke [1]"
B = "Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA invoke [1]"
INNER = "Program 11111111111111111111111111111111 invoke [2]"
SAID = "Program log: Program 11111111111111111111111111111111 invoke [1]"


def test_a_part_of_a_log() -> None:
    log = [BUDGET, "x", A, SAID, INNER, "y", B, "z"]

    assert logs_of(log, range(1)) == (A, SAID, INNER, "y")
    assert logs_of(log, range(1, 2)) == (B, "z")
    assert logs_of(log, range(2)) == (A, SAID, INNER, "y", B, "z")


def test_a_part_of_a_log_that_was_cut() -> None:
    """Who had been heard to the end misses nothing."""
    log = [BUDGET, A, "x", B, LOG_TRUNCATED]

    assert logs_of(log, range(1)) == (A, "x")
    assert logs_of(log, range(1, 2)) == (B, LOG_TRUNCATED)
    assert logs_of(log, range(2, 3)) == (LOG_TRUNCATED,)
