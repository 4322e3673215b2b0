"""Wrong keys, a silent cluster, a replay and malformed arguments: each is refused by a name that says what to do."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport, load_keypair, save_keypair
from energy_sdk.deployment import Member
from energy_sdk.exceptions import (
    AccountMismatch,
    AccountNotFound,
    ClusterUnreachable,
    DuplicateTransaction,
    EnergyError,
    InvalidAmount,
    InvalidInput,
    KeyFileDamaged,
    KeyFileMalformed,
    KeyFileNotFound,
)
from energy_sdk.governance import PauseArea
from energy_sdk.governance import errors as governance_errors
from energy_sdk.oracle import Reading
from energy_sdk.registry import UserType
from energy_sdk.registry.errors import UserNotFound
from energy_sdk.trading import Asset, MarketTerms, Side
from energy_sdk.trading import errors as trading_errors
from energy_sdk.trading import instructions as trading
from energy_sdk.transactions import exception_from
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

from tests.support.world import World, keypair

U16, U32, U64 = 2**16, 2**32, 2**64


# Keys


def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyFileNotFound, match="energyctl wallet new"):
        load_keypair(tmp_path / "id.json")


def test_a_damaged_key_file_is_not_used(tmp_path: Path) -> None:
    """One flipped bit would otherwise sign for a key that nobody holds."""
    path = save_keypair(keypair(1), tmp_path / "id.json")
    values = json.loads(path.read_text())
    values[5] ^= 1
    path.write_text(json.dumps(values))

    with pytest.raises(KeyFileDamaged, match="restore it from a backup"):
        load_keypair(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "[1, 2, 3]", "[256]", json.dumps([0.5] * 64), "not json"])
def test_a_malformed_key_file_says_what_is_expected(tmp_path: Path, content: str) -> None:
    path = tmp_path / "id.json"
    path.write_text(content)

    with pytest.raises(KeyFileMalformed, match="64 numbers from 0 to 255"):
        load_keypair(path)


async def test_a_key_that_is_not_the_owners_moves_nothing(world: World) -> None:
    """The SDK sends what it is told; the program refuses it and every balance stays."""
    member = await world.join(payment=1_000)
    thief = await world.join()

    async with world.refused(trading_errors.UnauthorizedSeat):
        await world.client.trading.withdraw(
            world.market, seat=member.seat, asset=Asset.PAYMENT, amount=1, owner=thief.key
        )


# The cluster


async def test_an_unreachable_validator_is_named_with_its_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        async with EnergyClient(RpcTransport(url), Keypair()) as client:
            with pytest.raises(
                ClusterUnreachable, match="check the address, and that the validator is running"
            ) as told:
                await client.trading.market(1)

    assert url in str(told.value)


async def test_a_replayed_order_is_refused_and_counts_once(world: World) -> None:
    """The same signed bytes sent twice are one order."""
    member = await world.join(payment=1_000_000)
    await world.buy(member, 10, 1_000)
    book = await world.client.trading.book(world.market, await world.epoch())
    order = trading.create_buy_order(
        owner=member.key.pubkey(),
        ledger=world.market.ledger,
        book=book.address,
        seat=member.seat,
        energy_wh=10,
        price=1_000,
        client_id=50,
    )
    blockhash = await world.transport.latest_blockhash()
    message = MessageV0.try_compile(world.chief.pubkey(), [order], [], blockhash.hash)
    transaction = VersionedTransaction(message, [world.chief, member.key])
    assert (await world.transport.send(transaction)).error is None

    async with world.refused(DuplicateTransaction):
        await _send_raw(world, transaction)

    assert len((await world.client.trading.book(world.market, await world.epoch())).orders) == 2


async def test_a_replayed_client_id_is_refused_in_a_new_transaction(world: World) -> None:
    """What a wallet that lost count would send: another transaction with the id of an order that exists."""
    member = await world.join(payment=1_000_000)
    await world.client.trading.create_buy_order(
        world.market, seat=member.seat, energy_wh=10, price=1_000, owner=member.key, client_id=7
    )

    async with world.refused(trading_errors.ClientIdNotIncreasing):
        await world.client.trading.create_buy_order(
            world.market, seat=member.seat, energy_wh=10, price=1_000, owner=member.key, client_id=7
        )


# Arguments

Call = Callable[[World, Member], Awaitable[Any]]

NUMBERS: dict[str, tuple[int, Callable[[World, Member, Any], Awaitable[Any]]]] = {
    "deposit amount": (U64, lambda w, m, value: _move(w, m, amount=value)),
    "deposit seat": (U16, lambda w, m, value: _move(w, m, seat=value)),
    "withdrawal": (
        U64,
        lambda w, m, value: w.client.trading.withdraw(
            w.market, seat=m.seat, asset=Asset.PAYMENT, amount=value, owner=m.key
        ),
    ),
    "order energy": (U64, lambda w, m, value: w.buy(m, value, 1_000)),
    "order price": (U64, lambda w, m, value: w.buy(m, 10, value)),
    "client id": (
        U64,
        lambda w, m, value: w.client.trading.create_buy_order(
            w.market, seat=m.seat, energy_wh=10, price=1_000, owner=m.key, client_id=value
        ),
    ),
    "energy in a batch": (U64, lambda w, m, value: _place(w, m, (value, 1_000))),
    "price in a batch": (U64, lambda w, m, value: _place(w, m, (10, value))),
    "index": (
        U32,
        lambda w, m, value: w.client.trading.cancel_order(w.market, epoch=1, index=value, client_id=1, owner=m.key),
    ),
    "clearing step": (U32, lambda w, m, value: w.client.trading.clear_epoch(w.market, 1, max_orders=value)),
    "seat number": (U16, lambda w, m, value: w.client.trading.seat(w.market, value)),
    "seat ordinal": (
        256,
        lambda w, m, value: w.client.trading.open_seat(w.market, user=m.user, owner=m.key, ordinal=value),
    ),
    "market number": (U32, lambda w, m, value: w.client.trading.market(value)),
    "epoch": (U32, lambda w, m, value: w.client.trading.result(w.market, value)),
    "fee": (U16, lambda w, m, value: w.client.trading.update_market(w.market, fee_bps=value)),
    "epoch length": (U32, lambda w, m, value: w.client.governance.update_parameters(epoch_length_s=value)),
    "user number": (U32, lambda w, m, value: w.client.registry.user(user=value)),
    "meter number": (U32, lambda w, m, value: w.client.oracle.mint_energy(meter=value)),
    "rated power": (
        U32,
        lambda w, m, value: w.client.registry.assign_meter(meter_id="new", user=m.user, rated_power_w=value),
    ),
    "retirement": (
        U64,
        lambda w, m, value: w.client.oracle.retire_energy(meter=m.meter, market=w.market, energy_wh=value, owner=m.key),
    ),
    "shard": (U16, lambda w, m, value: w.client.oracle.shard(shard=value)),
    "payment": (
        U64,
        lambda w, m, value: w.client.tokens.transfer(
            mint=w.market.payment_mint, recipient=w.chief.pubkey(), amount=value, owner=m.key
        ),
    ),
    "lamports": (
        U64,
        lambda w, m, value: w.client.tokens.transfer_lamports(recipient=m.key.pubkey(), lamports=value),
    ),
    "decimals": (256, lambda w, m, value: w.client.tokens.create_mint(decimals=value)),
}


@pytest.mark.parametrize("name", NUMBERS)
async def test_numbers_that_do_not_fit_are_refused_before_sending(world: World, name: str) -> None:
    """A negative number and the first one too large: nothing is sent, and the message has the value."""
    limit, call = NUMBERS[name]
    member = await world.join(payment=1_000_000)
    await world.buy(member, 10, 1_000)

    for value in (-1, limit):
        async with world.refused(InvalidAmount) as caught:
            await call(world, member, value)
        assert str(value) in str(caught[0])


@pytest.mark.parametrize("field", ["slot", "interval", "export_wh", "import_wh"])
async def test_readings_that_do_not_fit_are_refused_before_sending(world: World, field: str) -> None:
    member = await world.join()
    interval = await world.interval() - 1

    for value in (-1, U64):
        values = {"slot": member.slot, "interval": interval, field: value}
        async with world.refused(InvalidInput, InvalidAmount):
            await world.client.oracle.submit_meter_data(shard=member.shard, readings=[Reading(**values)])


MALFORMED: dict[str, tuple[type[EnergyError], str, Call]] = {
    "no readings": (
        InvalidInput,
        "at least one",
        lambda w, m: w.client.oracle.submit_meter_data(shard=0, readings=[]),
    ),
    "a root that is no hash": (
        InvalidInput,
        "hash of 32",
        lambda w, m: w.client.oracle.submit_meter_data(shard=0, readings=[Reading(slot=0, interval=1)], root=b"short"),
    ),
    "an empty meter id": (InvalidInput, "meter", lambda w, m: _assign(w, m, "")),
    "a meter id of 33 bytes": (InvalidInput, "32", lambda w, m: _assign(w, m, "x" * 33)),
    "a long location": (
        InvalidInput,
        "at most 16",
        lambda w, m: w.client.registry.register_user(
            key=keypair(9).pubkey(), user_type=UserType.CONSUMER, location=b"Main Street 1, 10115"
        ),
    ),
    "no way to find a user": (InvalidInput, "either", lambda w, m: w.client.registry.user()),
    "an order off the grid": (InvalidAmount, "steps of 1000", lambda w, m: _place(w, m, (10, 1_001))),
    "energy off the grid": (InvalidAmount, "lots of 10 Wh", lambda w, m: _place(w, m, (11, 1_000))),
    "more orders than fit": (InvalidInput, "fewer", lambda w, m: _place(w, m, *[(10, 1_000)] * 300)),
    "a market that is not there": (AccountNotFound, "market 9", lambda w, m: w.client.trading.market(9)),
    "an epoch without orders": (AccountNotFound, "no book", lambda w, m: w.client.trading.book(w.market, 99)),
    "a token that is none": (
        AccountMismatch,
        "owned by",
        lambda w, m: w.client.tokens.decimals(mint=w.market.address),
    ),
    "a key that nobody registered": (
        UserNotFound,
        "registered",
        lambda w, m: w.client.oracle.retire_energy(meter=m.meter, market=w.market, energy_wh=1, owner=keypair(9)),
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_arguments_are_refused_before_sending(world: World, name: str) -> None:
    error, words, call = MALFORMED[name]
    member = await world.join(payment=1_000_000)

    async with world.refused(error) as caught:
        await call(world, member)

    assert words in str(caught[0])


async def test_terms_that_no_market_can_have_are_refused_by_name(world: World) -> None:
    """A grid on which a lot would cost a fraction of a base unit."""
    terms = MarketTerms(payment_mint=world.market.payment_mint, tick_size=1, tick_count=512)

    async with world.refused(trading_errors.GridNotExact):
        await world.client.trading.create_market(
            terms,
            market_id=2,
            energy_mint=world.market.energy_mint,
            parameters=await world.client.governance.parameters(),
        )


async def test_pausing_nothing_is_refused_by_name(world: World) -> None:
    async with world.refused(governance_errors.UnknownPauseArea):
        await world.client.governance.emergency_pause(areas=PauseArea(0))


async def _send_raw(world: World, transaction: VersionedTransaction) -> None:
    outcome = await world.transport.send(transaction)
    if outcome.error is not None:
        raise exception_from(outcome)


async def _move(world: World, member: Member, *, amount: int = 1, seat: int | None = None) -> None:
    await world.client.trading.deposit(
        world.market,
        seat=member.seat if seat is None else seat,
        asset=Asset.PAYMENT,
        amount=amount,
        owner=member.key,
    )


async def _place(world: World, member: Member, *orders: tuple[int, int]) -> None:
    await world.client.trading.place_orders(
        world.market, seat=member.seat, side=Side.BID, orders=orders, owner=member.key
    )


async def _assign(world: World, member: Member, meter_id: str) -> None:
    await world.client.registry.assign_meter(meter_id=meter_id, user=member.user, rated_power_w=1_000)
