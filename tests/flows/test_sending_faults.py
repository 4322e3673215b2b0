"""Sending to clusters that drop, refuse, lag and fork: every sending ends in what the chain agrees with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from energy_sdk import Keypair, Pubkey, RpcTransport
from energy_sdk.exceptions import ClusterUnreachable, OutcomeUnknown, TransactionExpired
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.transactions import TransactionSender, spl
from energy_sdk.transactions.building import TransactionBuilder

from tests.support.engine import DEPLOYER, engine
from tests.support.faults import (
    Fault,
    Faults,
    dropped,
    faults_before,
    just_started,
    lagging,
    lost,
    refused,
    seen_at,
    served,
    slow,
    swallowed,
    unseen,
)

__all__ = ["engine"]

AMOUNT = 1_000_000


@pytest.fixture
def proxy(engine: LiteSvmEngine) -> Iterator[Faults]:
    with faults_before(engine.url) as running:
        yield running


def connect(*urls: str, commitment: str = "confirmed", timeout: float = 10.0, patience: float = 5.0) -> RpcTransport:
    return RpcTransport(
        *urls,
        commitment=commitment,
        timeout=timeout,
        poll_interval=0.01,
        rebroadcast_interval=0.05,
        patience=patience,
    )


@pytest.fixture
async def chain(engine: LiteSvmEngine) -> AsyncIterator[RpcTransport]:
    """The chain as it is."""
    async with connect(engine.url) as transport:
        yield transport


async def pay(transport: RpcTransport, receiver: Pubkey) -> None:
    await TransactionSender(transport, DEPLOYER).send(
        [spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=receiver, lamports=AMOUNT)]
    )


async def received(chain: RpcTransport, receiver: Pubkey) -> int:
    account = await chain.get_account(receiver)
    return 0 if account is None else account.lamports


@pytest.mark.parametrize(
    ("method", "script"),
    [
        ("sendTransaction", [dropped, served]),
        ("sendTransaction", [lost]),
        ("sendTransaction", [lost, lost, dropped]),
        ("sendTransaction", [refused(429, "0.1")] * 3),
        ("sendTransaction", [refused(429), refused(503, "0")]),
        ("sendTransaction", [refused(502), refused(504)]),
        ("sendTransaction", [swallowed, swallowed]),
        ("getSignatureStatuses", [unseen] * 12),
        ("getSignatureStatuses", [seen_at("processed")] * 3 + [unseen] * 12),
        ("getSignatureStatuses", [dropped, refused(500), refused(429, "0.1"), dropped]),
        ("getLatestBlockhash", [dropped, refused(500)]),
        ("getLatestBlockhash", [refused(429, "Wed, 21 Oct 2015 07:28:00 GMT"), refused(429)]),
        ("getTransaction", [slow(0.2), dropped]),
    ],
)
async def test_a_payment_arrives_once(proxy: Faults, chain: RpcTransport, method: str, script: list[Fault]) -> None:
    """Whatever a node does to requests and answers, the same bytes are sent until they land, once."""
    proxy.script[method] = list(script)
    receiver = Keypair().pubkey()

    async with connect(proxy.url) as transport:
        await pay(transport, receiver)

    assert await received(chain, receiver) == AMOUNT
    assert len(set(proxy.sent)) == 1


async def test_a_sending_without_an_answer_is_followed_and_not_repeated(proxy: Faults, chain: RpcTransport) -> None:
    """It may have been served, and the next broadcast comes soon enough."""
    proxy.script["sendTransaction"] = [lost]
    receiver = Keypair().pubkey()

    async with RpcTransport(proxy.url, poll_interval=0.01, rebroadcast_interval=60.0) as transport:
        await pay(transport, receiver)

    assert await received(chain, receiver) == AMOUNT
    assert len(proxy.sent) == 1


async def test_an_endpoint_that_wants_to_be_left_alone_is(proxy: Faults) -> None:
    """Retry-After beyond our patience is told at once, and not asked again before."""
    proxy.always["getLatestBlockhash"] = refused(429, "3600")

    async with connect(proxy.url) as transport:
        with pytest.raises(ClusterUnreachable, match="HTTP 429; wait"):
            await transport.latest_blockhash()

    assert proxy.count("getLatestBlockhash") == 1


async def test_a_storm_is_not_answered_by_a_storm(proxy: Faults) -> None:
    """Without Retry-After the pauses double, so that half a second of refusals costs a handful of requests."""
    proxy.always["getLatestBlockhash"] = refused(429)

    async with connect(proxy.url, patience=0.5) as transport:
        with pytest.raises(ClusterUnreachable):
            await transport.latest_blockhash()

    assert 2 <= proxy.count("getLatestBlockhash") <= 8


@pytest.mark.parametrize("fault", [dropped, refused(429, "3600"), refused(403), refused(500)])
async def test_another_endpoint_takes_over(
    engine: LiteSvmEngine, proxy: Faults, chain: RpcTransport, fault: Fault
) -> None:
    for method in ("getLatestBlockhash", "sendTransaction", "getSignatureStatuses", "getTransaction"):
        proxy.always[method] = fault
    receiver = Keypair().pubkey()

    async with connect("http://127.0.0.1:9", proxy.url, engine.url) as transport:
        await pay(transport, receiver)

    assert await received(chain, receiver) == AMOUNT


async def test_a_node_that_lags_is_no_proof_of_expiry(proxy: Faults, chain: RpcTransport) -> None:
    """It does not know the transaction, and is not as far as the last valid block: the outcome stays open."""
    proxy.always |= {"getBlockHeight": lagging(10_000), "getSignatureStatuses": unseen, "sendTransaction": swallowed}
    receiver = Keypair().pubkey()

    async with connect(proxy.url, patience=0.3) as transport:
        blockhash = await transport.latest_blockhash()
        await chain.advance(3_600)
        # It goes on for as long as the node talks; then nothing is said that nobody knows.
        proxy.script["getSignatureStatuses"] = [unseen] * 20
        proxy.always["getSignatureStatuses"] = dropped
        transaction = await TransactionBuilder(DEPLOYER, price=0).build(
            [spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=receiver, lamports=AMOUNT)],
            (),
            300_000,
            blockhash.hash,
        )
        with pytest.raises(OutcomeUnknown):
            await transport.send(transaction, last_valid_block_height=blockhash.last_valid_block_height)

    assert proxy.script["getSignatureStatuses"] == []


async def test_two_nodes_that_disagree_are_no_proof_of_expiry(proxy: Faults, chain: RpcTransport) -> None:
    """One says that the height is past, another that it knows no such signature: neither has said both."""
    proxy.always["sendTransaction"] = lost
    proxy.script["getSignatureStatuses"] = [unseen] * 20
    # The first answer is of a node far ahead, the proof is asked of one that is not.
    proxy.script["getBlockHeight"] = [lagging(-10_000), served] * 3
    receiver = Keypair().pubkey()

    async with connect(proxy.url) as transport:
        await pay(transport, receiver)

    assert await received(chain, receiver) == AMOUNT


async def test_a_node_that_has_just_started_is_no_proof_of_expiry(proxy: Faults, chain: RpcTransport) -> None:
    """It is past the height and finds nothing in its history, because it does not search it yet."""
    proxy.always["sendTransaction"] = lost
    proxy.script["getSignatureStatuses"] = [unseen] * 20
    proxy.always["getBlockHeight"] = lagging(-10_000)
    proxy.script["getBlocks"] = [just_started] * 30
    receiver = Keypair().pubkey()

    async with connect(proxy.url) as transport:
        await pay(transport, receiver)

    assert await received(chain, receiver) == AMOUNT
    assert proxy.count("getBlocks") > 1


async def test_what_never_lands_expires(proxy: Faults, chain: RpcTransport) -> None:
    """The final blocks are past the last valid height, and the same node knows nothing of the signature."""
    proxy.always["sendTransaction"] = swallowed
    proxy.script["getBlockHeight"] = [served, served, lagging(-10_000), lagging(-10_000)]
    receiver = Keypair().pubkey()

    async with connect(proxy.url) as transport:
        with pytest.raises(TransactionExpired, match="sending a new one is safe"):
            await pay(transport, receiver)

    assert await received(chain, receiver) == 0
    assert len(set(proxy.sent)) == 1


async def test_a_fork_takes_a_processed_transaction_back(proxy: Faults, chain: RpcTransport) -> None:
    """Seen as processed, then not at all: the same bytes are sent again, and counted when they are confirmed."""
    proxy.script["sendTransaction"] = [swallowed]
    proxy.script["getSignatureStatuses"] = [unseen]
    receiver = Keypair().pubkey()

    async def on_a_fork(request, forward):
        reply = await forward()
        entry = {"slot": 1, "confirmations": 0, "err": None, "status": {"Ok": None}, "confirmationStatus": "processed"}
        return reply | {"result": reply["result"] | {"value": [entry]}}

    proxy.script["getSignatureStatuses"] = [on_a_fork, on_a_fork]
    async with connect(proxy.url) as transport:
        await pay(transport, receiver)

    assert await received(chain, receiver) == AMOUNT
    assert len(set(proxy.sent)) == 1
