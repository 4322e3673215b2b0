"""One market day, from registering to withdrawing, with equal results in process and on a validator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, RpcTransport, Transport
from energy_sdk.audit import Check, NotChecked, audit, export_epoch, trace, verify_export
from energy_sdk.deployment import Member, add_member, create_market, initialize_programs
from energy_sdk.localnet import Localnet
from energy_sdk.oracle import Reading, interval_at
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, Book, BookState, EpochResult, Market, MarketTerms, OrderStatus

CHIEF, MINT, SOLAR, WIND, HOME = (Keypair.from_seed(bytes([number]) * 32) for number in range(1, 6))
SOL = 1_000_000_000
TOKEN = 1_000_000
EPOCH_S = 15
# What differs from run to run: times, the epoch they fall into, and what follows from either.
OF_THE_MOMENT = {"address", "epoch", "opens_at", "closes_at", "digest"}

Until = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Day:
    """What a day leaves behind. Energy in Wh, money in payment base units."""

    result: dict[str, Any]
    log: str
    counters: dict[str, Any]
    statuses: list[OrderStatus]
    seats: dict[int, tuple[int, int, int, int]]
    minted: int
    burned: int
    wallets: list[tuple[int, int]]
    audit: list[Check | NotChecked]
    """What an audit found wrong or could not check, of the market and of the exported epoch."""
    way: list[tuple[str, int]]
    """Where the energy of wind's reading went [Wh]."""


async def market_day(transport: Transport, until: Until) -> Day:
    """Two sellers, one buyer, one cancelled order; the buyer uses what it bought.

    Solar offers 3 kWh at 0.100, wind 2 kWh at 0.150, and home bids for 4 kWh at 0.200: wind sells half of its
    offer and so sets the price, 0.150.
    """
    client = EnergyClient(transport, CHIEF)
    await initialize_programs(client)
    await client.tokens.create_mint(decimals=6, mint=MINT)
    terms = MarketTerms(payment_mint=MINT.pubkey(), tick_size=1_000, tick_count=512, epoch_length_s=EPOCH_S)
    market = await create_market(client, terms, seats=8, orders=64)

    solar = await join(client, market, SOLAR, UserType.PROSUMER)
    wind = await join(client, market, WIND, UserType.PROSUMER)
    home = await join(client, market, HOME, UserType.CONSUMER, payment=10 * TOKEN)
    await meter(client, {solar: (3_000, 0), wind: (2_000, 0), home: (0, 4_000)})
    for seller, energy_wh in ((solar, 3_000), (wind, 2_000)):
        await client.oracle.mint_energy(meter=seller.meter)
        await client.trading.deposit(market, seat=seller.seat, asset=Asset.ENERGY, amount=energy_wh, owner=seller.key)

    # All orders fit into an epoch that has just begun.
    clock = market.clock
    epoch = market.epoch_at(await transport.clock()) + 1
    closes_at = clock.anchor_ts + (epoch - clock.anchor_epoch + 1) * EPOCH_S
    await until(closes_at - EPOCH_S)
    trading = client.trading
    await trading.create_sell_order(market, seat=solar.seat, energy_wh=3_000, price=100_000, owner=SOLAR)
    await trading.create_sell_order(market, seat=wind.seat, energy_wh=2_000, price=150_000, owner=WIND)
    await trading.create_buy_order(market, seat=home.seat, energy_wh=4_000, price=200_000, owner=HOME)
    await trading.create_buy_order(market, seat=home.seat, energy_wh=1_000, price=50_000, owner=HOME)
    (mistake,) = [order for order in await trading.orders(market, epoch) if order.price == 50_000]
    await trading.cancel_order(market, epoch=epoch, index=mistake.index, client_id=mistake.client_id, owner=HOME)

    await until(closes_at)
    await client.oracle.trigger_market_clearing(market=market, epoch=epoch)
    result = await clear_in_steps(client, market, epoch)
    statuses = [order.status for order in await trading.orders(market, epoch)]

    await client.oracle.retire_energy(meter=home.meter, market=market, energy_wh=4_000, owner=HOME)
    for seller in (solar, wind):
        seat = await trading.seat(market, seller.seat)
        await trading.withdraw(
            market, seat=seller.seat, asset=Asset.PAYMENT, amount=seat.payment_free, owner=seller.key
        )
    await trading.withdraw(market, seat=wind.seat, asset=Asset.ENERGY, amount=1_000, owner=WIND)

    ledger = await trading.ledger(market)
    config = await client.energy_token.config()
    owners = [key.pubkey() for key in (SOLAR, WIND, HOME)]
    return Day(
        result={field.name: getattr(result, field.name) for field in fields(result) if field.name not in OF_THE_MOMENT},
        statuses=statuses,
        log=timeless_digest(await trading.book(market, epoch)),
        counters=await counters(client, market, [solar, wind, home]),
        seats={
            index: (seat.energy_free, seat.energy_locked, seat.payment_free, seat.payment_locked)
            for index, seat in enumerate(ledger.seats())
        },
        minted=config.minted,
        burned=config.burned,
        wallets=[
            (
                await client.tokens.balance(mint=market.energy_mint, owner=owner),
                await client.tokens.balance(mint=market.payment_mint, owner=owner),
            )
            for owner in owners
        ],
        audit=await audited(client, market, epoch),
        way=await way(client, wind),
    )


async def audited(client: EnergyClient, market: Market, epoch: int) -> list[Check | NotChecked]:
    reports = [
        await audit(client, market.id),
        await verify_export(await export_epoch(client, market.id, epoch), client),
    ]
    assert all(report.checks for report in reports)
    return [finding for report in reports for finding in (*report.mismatches, *report.not_checked)]


async def way(client: EnergyClient, member: Member) -> list[tuple[str, int]]:
    slot = await client.oracle.meter_readings(meter=member.meter)
    meter = await client.registry.meter(meter=member.meter)
    found = await trace(client, 1, f"{meter.meter_id}:{slot.newest}")
    return [(step.kind.value, step.energy_wh) for step in found.root.walk()]


async def join(client: EnergyClient, market: Market, key: Keypair, user_type: UserType, *, payment: int = 0) -> Member:
    return await add_member(
        client,
        market,
        meter_id=f"meter of {key.pubkey()}"[:32],
        user_type=user_type,
        rated_power_w=20_000,
        key=key,
        payment=payment,
    )


async def meter(client: EnergyClient, readings: dict[Member, tuple[int, int]]) -> None:
    """One batch with the export and import [Wh] of every member in the last interval."""
    interval = interval_at(await client.transport.clock()) - 1
    batch = [
        Reading(slot=member.slot, interval=interval, export_wh=exported, import_wh=imported)
        for member, (exported, imported) in readings.items()
    ]
    (shard,) = {member.shard for member in readings}
    await client.oracle.submit_meter_data(shard=shard, readings=batch)


async def clear_in_steps(client: EnergyClient, market: Market, epoch: int) -> EpochResult:
    """Two orders a transaction; the last step writes the result."""
    for orders in (2, 2):
        await client.trading.clear_epoch(market, epoch, max_orders=orders)
    result = await client.trading.result(market, epoch)
    assert result is not None
    assert result.state is BookState.SETTLED
    assert result.digest == (await client.trading.book(market, epoch)).recompute_digest()
    return result


def timeless_digest(book: Book) -> str:
    """Hash of the final orders without the second they were placed in, which is at byte 16 of their 32."""
    log = bytearray(book.order_bytes)
    for start in range(0, len(log), 32):
        log[start + 16 : start + 20] = bytes(4)
    return sha256(log).hexdigest()


async def counters(client: EnergyClient, market: Market, members: list[Member]) -> dict[str, Any]:
    """What the programs count, over all and a meter."""
    after = await client.trading.market(market.id)
    ledger = await client.trading.ledger(market)
    slots = [await client.oracle.meter_readings(meter=member.meter) for member in members]
    return {
        "market": (after.traded_wh, after.fees, after.epochs_settled, after.last_price),
        "ledger": (ledger.sequence, ledger.energy_wh, ledger.payment, ledger.used),
        "meters": [(slot.export_wh, slot.import_wh, slot.minted_wh, slot.retired_wh) for slot in slots],
    }


async def in_process() -> Day:
    chain = LiteSvmTransport(upgrade_authority=CHIEF.pubkey())
    await chain.airdrop(CHIEF.pubkey(), 1_000_000 * SOL)

    async def until(unix_time: int) -> None:
        chain.set_time(unix_time)

    return await market_day(chain, until)


async def on_a_validator() -> Day:
    with Localnet(deployer=CHIEF.pubkey()) as net:
        chain = RpcTransport(net.url, poll_interval=0.1)

        async def until(unix_time: int) -> None:
            while await chain.clock() < unix_time:  # noqa: ASYNC110 - a chain can only be asked
                await asyncio.sleep(0.2)

        try:
            return await market_day(chain, until)
        finally:
            await chain.close()


async def test_a_day_ends_equally_in_process_and_on_a_validator() -> None:
    day = await in_process()

    assert day.result["price"] == day.result["price_low"] == day.result["price_high"] == 150_000
    assert day.result["volume_wh"] == 4_000
    assert day.result["buyers_paid"] == 600_000
    assert day.result["fees"] == 6_000
    assert day.statuses == [
        OrderStatus.FILLED,
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
        OrderStatus.CANCELLED,
    ]
    assert day.counters == {
        "market": (4_000, 6_000, 1, 150_000),
        "ledger": (6, 0, 10 * TOKEN - 594_000, 5),
        "meters": [(3_000, 0, 3_000, 0), (2_000, 0, 2_000, 0), (0, 4_000, 0, 4_000)],
    }
    assert day.minted - day.burned == 1_000 * 1_000_000
    assert day.wallets == [(0, 445_500), (1_000 * 1_000_000, 148_500), (0, 0)]
    assert day.audit == []
    assert day.way == [
        ("metered", 2_000),
        ("minted", 2_000),
        ("deposited", 2_000),
        ("sold", 1_000),
        ("retired", 1_000),
        ("withdrawn", 1_000),
        ("in the wallet", 1_000),
    ]

    assert await on_a_validator() == day
