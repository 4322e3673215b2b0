"""What the oracle does for a community: answers questions, carries batches, and observes the world around it."""

from __future__ import annotations

from decimal import Decimal

from energy_sdk.oracle import Condition, Reading, RequestState, events
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, BookState

from tests.support.world import World, conserved

PRICE = 150_000
INTERVAL_S = 900


async def test_a_prepaid_question_is_answered_and_the_market_triggered(world: World) -> None:
    """DEM-04: the balance is checked, the request goes to an operator, who answers; then the market is cleared."""
    oracle = world.client.oracle
    await oracle.set_request_fee(lamports=5_000)
    seller = await world.join(energy_wh=50_000)
    buyer = await world.join(UserType.CONSUMER, payment=10_000_000)
    await world.transport.airdrop(seller.key.pubkey(), 1_000_000_000)
    asked_for = await world.interval() + 1
    await world.sell(seller, 50_000, PRICE)
    await world.buy(buyer, 50_000, PRICE)
    epoch = await world.epoch()
    world.transport.advance(2 * INTERVAL_S)
    await world.read(seller, export_wh=8_000)

    # The prepaid balance is checked: nothing without it.
    assert (await oracle.request_balance(user=seller.user)).free == 0
    await oracle.top_up_requests(lamports=5_000, user=seller.user)
    asked = await oracle.request_energy_data(meter=seller.meter, first_interval=asked_for, owner=seller.key)
    request = await oracle.request(number=asked.one(events.EnergyDataRequested).number)
    assert request.state is RequestState.PENDING

    # The operator reads what was asked for, and answers.
    answered = await oracle.fulfill_energy_data(
        number=request.number, export_wh=8_000, import_wh=0, data_hash=b"\x01" * 32
    )
    assert answered.one(events.EnergyDataFulfilled).export_wh == 8_000
    assert (await oracle.request_balance(user=seller.user)).balance == 0

    # The answer leads to the market's operations.
    result = await world.settle(epoch)
    assert (result.state, result.volume_wh) == (BookState.SETTLED, 50_000)
    await conserved(world, [seller, buyer])


async def test_batches_are_validated_minted_and_cleared_every_quarter_hour(world: World) -> None:
    """DEM-05: in each of four quarter hours one batch comes in, export is minted, the market clears; figures add up."""
    oracle = world.client.oracle
    sellers = [await world.join() for _ in range(3)]
    buyer = await world.join(UserType.CONSUMER, payment=100_000_000)
    members = [*sellers, buyer]
    traded, prices = 0, []

    for quarter in range(1, 5):
        world.transport.set_time((await world.interval() + 1) * INTERVAL_S)
        # One batch for all meters; a repetition is refused as a whole.
        interval = await world.interval() - 1
        batch = [Reading(slot=seller.slot, interval=interval, export_wh=1_000 * quarter) for seller in sellers]
        batch.append(Reading(slot=buyer.slot, interval=interval, import_wh=2_000 * quarter))
        recorded = (await oracle.submit_meter_data(shard=0, readings=batch)).one(events.ReadingsRecorded)
        assert (recorded.count, recorded.export_wh, recorded.import_wh) == (4, 3_000 * quarter, 2_000 * quarter)

        # What was exported becomes GRID and is offered.
        for seller in sellers:
            minted = await oracle.mint_energy(meter=seller.meter)
            assert minted.one(events.GenerationMinted).energy_wh == 1_000 * quarter
            await world.client.trading.deposit(
                world.market, seat=seller.seat, asset=Asset.ENERGY, amount=1_000 * quarter, owner=seller.key
            )
            await world.sell(seller, 1_000 * quarter, PRICE)
        await world.buy(buyer, 2_000 * quarter, PRICE)

        # The epoch is cleared when its quarter hour is over.
        result = await world.settle(await world.epoch())
        assert (result.volume_wh, result.price) == (2_000 * quarter, PRICE)
        await oracle.retire_energy(meter=buyer.meter, market=world.market, energy_wh=result.volume_wh, owner=buyer.key)
        traded += result.volume_wh
        prices.append(result.price)

    # The market's own statistics agree, and everything is accounted for.
    market = await world.client.trading.market(world.market.id)
    assert (market.epochs_settled, market.traded_wh, market.last_price) == (4, traded, prices[-1])
    assert (await oracle.shard(shard=0)).readings == 16
    await conserved(world, members)


async def test_the_world_around_the_market_is_observed(world: World) -> None:
    """DEM-10: 32.5 °C, 78 % humidity, 850 W/m², 15,420 MW; all are fresh, then all but the renewed one are late."""
    oracle = world.client.oracle
    observations = {
        "temperature": ("32.5", "°C", 1),
        "humidity": ("78", "%", 0),
        "solar irradiance": ("850", "W/m²", 0),
        "grid load": ("15420", "MW", 0),
    }
    for name, (_, unit, decimals) in observations.items():
        await oracle.create_feed(name=name, unit=unit, decimals=decimals, max_age_s=600)
    feeds = [feed async for feed in oracle.feeds()]
    now = await world.transport.clock()
    for feed in feeds:
        await oracle.update_feed(number=feed.number, value=feed.value_of(observations[feed.name][0]), observed_at=now)

    shown = {feed.name: (feed.quantity, feed.unit) async for feed in oracle.feeds()}
    assert shown == {name: (Decimal(value), unit) for name, (value, unit, _) in observations.items()}
    report = await oracle.system_health(world.market)
    assert (report.healthy, report.fresh_feeds, report.feeds) == (True, 4, 4)

    world.transport.advance(601)
    await oracle.update_feed(number=0, value=330, observed_at=now + 601)

    report = await oracle.system_health(world.market)
    assert [(finding.name, finding.condition, finding.late_s) for finding in report.late] == [
        (f"feed {number}, {name}", Condition.FEED_STALE, 1)
        for number, name in enumerate(observations)
        if name != "temperature"
    ]
    assert report.fresh_feeds == 1
