"""A trace follows every watt-hour of a reading from the meter to whoever used it, and loses none."""

from __future__ import annotations

from random import Random

import pytest
from energy_sdk.addresses import TOKEN_PROGRAM, associated_token_address
from energy_sdk.audit import Step, StepKind, audit, trace
from energy_sdk.exceptions import AccountNotFound, HistoryIncomplete, InvalidInput
from energy_sdk.oracle import Reading
from energy_sdk.registry import UserType
from energy_sdk.registry.pdas import meter_address
from energy_sdk.trading import Asset, PriceRule
from spl.token.instructions import BurnParams, burn

from tests.support.world import World


def conserved(step: Step) -> bool:
    """Every step is split into steps of the same total."""
    return all(
        sum(child.grid for child in part.children) in ((0, part.grid)[bool(part.children)],) for part in step.walk()
    )


def story(step: Step) -> list[tuple[str, int]]:
    """Kinds and energy [Wh], depth first."""
    return [(part.kind.value, part.energy_wh) for part in step.walk()]


async def test_the_way_of_a_reading():
    """By hand: 1,500 Wh metered; 1,000 sold to two buyers, of whom one uses some and one withdraws some.

    The seat had 200 Wh from an earlier reading, which go first: of the 1,000 Wh sold, 800 are this reading's. The
    better bid of 700 Wh takes the 200 and 500 of it, the other bid 300. 700 stay on the seat.
    """
    world = await World.create()
    seller = await world.join()
    first, second = [await world.join(UserType.CONSUMER, payment=10_000_000) for _ in range(2)]
    await world.feed_in(seller, 200, age=2)
    await world.feed_in(seller, 1_500, age=1)
    interval = await world.interval() - 1
    epoch = await world.epoch()
    await world.sell(seller, 1_000, 90_000)
    await world.buy(second, 600, 120_000)
    await world.buy(first, 700, 130_000)
    result = await world.settle(epoch)
    await world.read(first, import_wh=600)
    await world.client.oracle.retire_energy(
        market=world.market, meter=first.meter, seat=first.seat, energy_wh=600, owner=first.key
    )
    await world.client.trading.withdraw(
        world.market, seat=second.seat, asset=Asset.ENERGY, amount=100, owner=second.key
    )

    found = await trace(world.client, 1, f"meter-1:{interval}")

    assert found.trace_id == f"meter-1:{interval}"
    assert found.notes == ()
    assert story(found.root) == [
        ("metered", 1_500),
        ("minted", 1_500),
        ("deposited", 1_500),
        ("sold", 500),
        ("retired", 400),
        ("on the seat", 100),
        ("sold", 300),
        ("withdrawn", 100),
        ("in the wallet", 100),
        ("on the seat", 200),
        ("on the seat", 700),
    ]
    sold = [step for step in found.root.walk() if step.kind is StepKind.SOLD]
    assert [(step.seat, step.epoch, step.ask, step.bid, step.price) for step in sold] == [
        (first.seat, epoch, 0, 2, result.price),
        (second.seat, epoch, 0, 1, result.price),
    ]
    retired = next(step for step in found.root.walk() if step.kind is StepKind.RETIRED)
    assert (retired.meter, retired.seat) == (meter_address(first.meter), first.seat)
    assert found.root.meter == meter_address(seller.meter)
    assert conserved(found.root)


async def test_energy_that_is_not_minted_yet():
    world = await World.create()
    seller = await world.join()
    await world.read(seller, export_wh=300)
    found = await trace(world.client, 1, f"meter-1:{await world.interval() - 1}")
    assert story(found.root) == [("metered", 300), ("not minted yet", 300)]


async def test_energy_that_changes_wallets_and_is_sold_on():
    """Transfers between wallets are followed, also by their fractions; so is a buyer who sells on."""
    world = await World.create()
    seller, friend = await world.join(), await world.join(payment=10_000_000)
    buyer = await world.join(payment=10_000_000)
    await world.read(seller, export_wh=1_000)
    await world.client.oracle.mint_energy(meter=seller.meter)
    await world.client.tokens.transfer(
        mint=world.market.energy_mint, recipient=friend.key.pubkey(), amount=400 * 10**6 + 500_000, owner=seller.key
    )
    await world.client.trading.deposit(world.market, seat=friend.seat, asset=Asset.ENERGY, amount=300, owner=friend.key)
    interval, epoch = await world.interval() - 1, await world.epoch()
    await world.sell(friend, 300, 90_000)
    await world.buy(buyer, 300, 120_000)
    await world.settle(epoch)
    epoch = await world.epoch()
    await world.sell(buyer, 200, 90_000)
    await world.buy(friend, 200, 120_000)
    await world.settle(epoch)

    found = await trace(world.client, 1, f"meter-1:{interval}")

    assert story(found.root) == [
        ("metered", 1_000),
        ("minted", 1_000),
        ("transferred", 400),
        ("deposited", 300),
        ("sold", 300),
        ("sold", 200),
        ("on the seat", 200),
        ("on the seat", 100),
        ("in the wallet", 100),
        ("in the wallet", 599),
    ]
    assert [step.grid for step in found.root.walk() if step.kind is StepKind.IN_WALLET] == [100_500_000, 599_500_000]
    assert conserved(found.root)
    assert found.notes == ()


async def test_energy_that_its_holder_burns():
    """A holder may burn GRID without the programs; the trace ends there, and the audit says how much it was."""
    world = await World.create()
    seller = await world.join()
    await world.read(seller, export_wh=1_000)
    await world.client.oracle.mint_energy(meter=seller.meter)
    owner = seller.key.pubkey()
    account = associated_token_address(owner, world.market.energy_mint)
    burning = BurnParams(
        program_id=TOKEN_PROGRAM, account=account, mint=world.market.energy_mint, owner=owner, amount=250 * 10**6
    )
    await world.send(burn(burning), signers=[seller.key])

    found = await trace(world.client, 1, f"meter-1:{await world.interval() - 1}")

    assert story(found.root) == [("metered", 1_000), ("minted", 1_000), ("burned", 250), ("in the wallet", 750)]
    report = await audit(world.client, 1)
    assert (report.ok, report.burned_by_holders) == (True, 250 * 10**6)


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_market_conserves_every_reading(seed: int):
    """All readings of a random market, under every price rule: each is conserved, and together they are the supply."""
    random = Random(seed)
    world = await World.create()
    await world.client.trading.update_market(world.market, price_rule=PriceRule((seed + 1) % 4))
    sellers = [await world.join() for _ in range(3)]
    buyers = [await world.join(payment=50_000_000) for _ in range(3)]
    ids = []
    for _ in range(4):
        epoch, interval = await world.epoch(), await world.interval() - 1
        for number, member in enumerate([*sellers, *buyers], 1):
            exported, drawn = (random.randrange(1, 2_000), 0) if member in sellers else (0, random.randrange(2_000))
            await world.read(member, export_wh=exported, import_wh=drawn)
            if not exported:
                continue
            ids.append((f"meter-{number}:{interval}", exported))
            if random.random() < 0.8:
                await world.client.oracle.mint_energy(meter=member.meter)
                held = await world.client.tokens.balance(mint=world.market.energy_mint, owner=member.key.pubkey())
                if random.random() < 0.8:
                    await world.client.trading.deposit(
                        world.market, seat=member.seat, asset=Asset.ENERGY, amount=held // 10**6, owner=member.key
                    )
        ledger = await world.client.trading.ledger(world.market)
        for member in sellers:
            lots = ledger.seat(member.seat).energy_free // world.market.lot_wh
            if lots:
                energy_wh = random.randint(1, lots) * world.market.lot_wh
                await world.sell(member, energy_wh, 1_000 * random.randint(50, 120))
        for member in buyers:
            await world.buy(member, random.randint(1, 9) * 100, 1_000 * random.randint(80, 150))
        await world.settle(epoch)
        ledger = await world.client.trading.ledger(world.market)
        for member in buyers:
            free = ledger.seat(member.seat).energy_free
            room = (await world.client.oracle.meter_readings(meter=member.meter)).retirable_wh
            if used := min(free, room):
                await world.client.oracle.retire_energy(
                    market=world.market, meter=member.meter, seat=member.seat, energy_wh=used, owner=member.key
                )

    ends: dict[StepKind, int] = {}
    for trace_id, exported in ids:
        found = await trace(world.client, 1, trace_id)
        assert found.root.energy_wh == exported
        assert conserved(found.root)
        assert found.notes == ()
        for step in found.root.walk():
            if not step.children:
                ends[step.kind] = ends.get(step.kind, 0) + step.grid

    config = await world.client.energy_token.config()
    ledger = await world.client.trading.ledger(world.market)
    assert ends.get(StepKind.RETIRED, 0) == config.burned
    assert ends[StepKind.ON_SEAT] == ledger.energy_wh * 10**6
    assert sum(ends.values()) - ends.get(StepKind.NOT_MINTED, 0) == config.minted


async def test_a_reading_is_named_in_several_ways():
    """By the meter's identifier or address, or by the transaction if it recorded one reading with export."""
    world = await World.create()
    seller = await world.join()
    receipt = await world.read(seller, export_wh=300)
    interval = await world.interval() - 1
    for name in (f"meter-1:{interval}", f"{meter_address(seller.meter)}:{interval}", str(receipt.signature)):
        assert (await trace(world.client, 1, name)).trace_id == f"meter-1:{interval}"


async def test_what_is_no_trace_id_is_named():
    world = await World.create()
    await world.read(await world.join(), import_wh=300)
    interval = await world.interval()

    for text in ("", "meter-1", "meter-1:", ":7", "meter-1:seven", "meter-1:-1"):
        with pytest.raises(InvalidInput, match="is no trace ID; use METER:INTERVAL"):
            await trace(world.client, 1, text)
    with pytest.raises(AccountNotFound, match="meter 'meter-9' does not exist"):
        await trace(world.client, 1, "meter-9:7")
    with pytest.raises(AccountNotFound, match="no recorded reading of interval 7"):
        await trace(world.client, 1, "meter-1:7")
    with pytest.raises(InvalidInput, match="holds no export"):
        await trace(world.client, 1, f"meter-1:{interval - 1}")
    with pytest.raises(AccountNotFound, match="market 9 does not exist"):
        await trace(world.client, 9, f"meter-1:{interval - 1}")
    with pytest.raises(AccountNotFound, match="does not know transaction"):
        await trace(world.client, 1, "1" * 64)


async def test_a_transaction_with_several_readings_lists_their_ids():
    world = await World.create()
    members = [await world.join() for _ in range(2)]
    interval = await world.interval() - 1
    readings = [Reading(slot=member.slot, interval=interval, export_wh=100) for member in members]
    receipt = await world.client.oracle.submit_meter_data(shard=members[0].shard, readings=readings)
    with pytest.raises(InvalidInput, match=f"2 readings with export; name one, e.g. meter-1:{interval}, meter-2"):
        await trace(world.client, 1, str(receipt.signature))


async def test_without_history_nothing_is_claimed(monkeypatch):
    world = await World.create()
    seller = await world.join()
    await world.read(seller, export_wh=300)

    async def forgotten(*_, **__):
        return []

    monkeypatch.setattr(world.transport, "signatures", forgotten)
    with pytest.raises(HistoryIncomplete, match="no history"):
        await trace(world.client, 1, f"meter-1:{await world.interval() - 1}")
