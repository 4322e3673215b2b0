"""The same streams on the in-process chain, and what they hand out."""

from __future__ import annotations

import asyncio

import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, Signature
from energy_sdk.deployment import Member, create_market
from energy_sdk.events import UnknownEvent
from energy_sdk.exceptions import AccountMismatch, HistoryIncomplete, InvalidInput
from energy_sdk.programs import ENERGY_TOKEN, ORACLE, TRADING
from energy_sdk.streams import BEGINNING, Cursor, EventStream, StreamEvent, TruncatedLog
from energy_sdk.trading import Market, events
from energy_sdk.transports.base import Account

from tests.support.world import World

PATIENCE_S = 30
PRICE = 200_000


@pytest.fixture
async def world() -> World:
    return await World.create()


@pytest.fixture
async def bob(world: World) -> Member:
    return await world.join(payment=10_000_000)


async def all_of(stream: EventStream) -> list[StreamEvent]:
    return [item async for item in stream]


async def test_what_happens_is_told_while_it_happens(world: World, bob: Member) -> None:
    """Each event with its transaction, its slot, its time and its place among the events of the transaction."""
    async with world.client.streams.events(world.market) as stream:
        waiting = asyncio.create_task(anext(stream))
        receipt = await world.buy(bob, 100, PRICE)
        first = await asyncio.wait_for(waiting, PATIENCE_S)
        second = await asyncio.wait_for(anext(stream), PATIENCE_S)

    assert isinstance(first.event, events.EpochOpened)
    assert isinstance(second.event, events.OrderCreated)
    assert (first.signature, second.signature) == (receipt.signature, receipt.signature)
    assert (first.position, second.position) == (0, 1)
    assert first.slot == receipt.slot
    assert first.block_time == await world.transport.clock()


async def test_a_market_is_told_apart_from_another(world: World, bob: Member) -> None:
    """Following a market gives what the trading program says of that market."""
    other = await create_market(world.client, market_id=2)
    await world.buy(bob, 100, PRICE)
    await world.client.trading.open_epoch(other)

    mine = await all_of(world.client.streams.events(world.market, after=BEGINNING, follow=False))
    others = await all_of(world.client.streams.events(other, after=BEGINNING, follow=False))

    assert {getattr(item.event, "market", None) for item in mine} == {1}
    assert [type(item.event) for item in others] == [events.MarketCreated, *[events.BookAdded] * 4, events.EpochOpened]


async def test_a_program_is_told_apart_from_those_it_calls(world: World, bob: Member) -> None:
    """The oracle mints through the token program: each program's stream has what that program said."""
    await world.feed_in(bob, 1_000)

    for program in (ORACLE, ENERGY_TOKEN, TRADING):
        found = await all_of(world.client.streams.events(program, after=BEGINNING, follow=False))
        assert found
        assert not [item for item in found if isinstance(item.event, UnknownEvent)]
        assert {item.event.PROGRAM_ID for item in found if not isinstance(item.event, TruncatedLog)} == {program}


async def test_an_address_has_all_that_is_said_where_it_is_named(world: World, bob: Member) -> None:
    """Whatever program speaks, if the transaction names the address."""
    await world.feed_in(bob, 1_000)

    found = await all_of(world.client.streams.events(world.market.energy_mint, after=BEGINNING, follow=False))

    assert len({type(item.event).__module__ for item in found}) > 1


async def test_kinds_leave_out_the_rest(world: World, bob: Member) -> None:
    await world.buy(bob, 100, PRICE)

    stream = world.client.streams.events(TRADING, after=BEGINNING, kinds=[events.OrderCreated], follow=False)

    assert [type(item.event) for item in await all_of(stream)] == [events.OrderCreated]


async def test_a_log_that_was_cut_is_named(world: World, bob: Member) -> None:
    """What cannot be known is not passed over in silence, and the stream goes on."""
    await world.buy(bob, 100, PRICE)
    world.transport._svm.with_log_bytes_limit(100)
    await world.buy(bob, 100, PRICE)
    world.transport._svm.with_log_bytes_limit(None)
    await world.buy(bob, 100, PRICE)

    stream = world.client.streams.events(TRADING, after=BEGINNING, kinds=[events.OrderCreated], follow=False)

    assert [type(item.event) for item in await all_of(stream)] == [
        events.OrderCreated,
        TruncatedLog,
        events.OrderCreated,
    ]


async def test_a_cursor_of_another_chain_is_refused(world: World, bob: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap that cannot be filled is never passed over."""
    monkeypatch.setattr("energy_sdk.transports.backoff._FIRST_S", 0.001)
    for slot in (1, 10**9):
        foreign = Cursor(slot, Signature.from_bytes(bytes([7] * 64)))
        with pytest.raises(HistoryIncomplete, match="another chain"):
            await anext(world.client.streams.events(TRADING, after=foreign))


async def test_without_a_history_there_are_no_events() -> None:
    """The chain says how to get one."""
    client = EnergyClient(LiteSvmTransport(history=False), Keypair())

    with pytest.raises(HistoryIncomplete, match="history=True"):
        await anext(client.streams.events(TRADING))


@pytest.mark.parametrize("text", ["", "x", "1", "1:2", ":", "1:" + "1" * 200, "-1:" + str(Signature.default())])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        Cursor.parse(text)


@pytest.mark.parametrize("events_done", [None, 0, 7])
def test_a_cursor_is_read_as_it_was_written(events_done: int | None) -> None:
    cursor = Cursor(5, Signature.from_bytes(bytes(range(64))), events_done)

    assert Cursor.parse(str(cursor)) == cursor


# Accounts


async def test_an_account_as_it_is_and_as_it_changes(world: World, bob: Member) -> None:
    """The first update says what is; a change of something else says nothing."""
    async with world.client.streams.account(world.market.address, Market) as stream:
        now = await anext(stream)
        assert now.value == await world.client.trading.market(1)
        waiting = asyncio.create_task(anext(stream))
        await world.transport.airdrop(Keypair().pubkey(), 1_000_000)
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await world.buy(bob, 100, PRICE)
        then = await asyncio.wait_for(waiting, PATIENCE_S)

    assert then.value is not None
    assert now.value is not None
    assert then.value.last_opened_epoch == now.value.last_opened_epoch + 1
    assert then.slot >= now.slot


async def test_an_account_that_does_not_exist_yet(world: World) -> None:
    """None until somebody makes it."""
    address = Keypair().pubkey()
    async with world.client.streams.account(address) as stream:
        assert (await anext(stream)).value is None
        await world.transport.airdrop(address, 1_000_000)
        found = await asyncio.wait_for(anext(stream), PATIENCE_S)

    assert isinstance(found.value, Account)
    assert found.value.lamports == 1_000_000


async def test_who_asks_slowly_gets_the_newest_state(world: World) -> None:
    """However many changes there were between."""
    address = Keypair().pubkey()
    async with world.client.streams.account(address) as stream:
        await anext(stream)
        for _ in range(1_000):
            await world.transport.airdrop(address, 1_000_000)
        found = await asyncio.wait_for(anext(stream), PATIENCE_S)

    assert found.value is not None
    assert found.value.lamports == 1_000_000_000


async def test_an_account_of_another_type_is_refused(world: World) -> None:
    with pytest.raises(AccountMismatch):
        await anext(world.client.streams.account(world.market.ledger, Market))


def test_looking_all_the_time_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="more than 0"):
        world.client.streams.events(TRADING, poll_interval=0)
