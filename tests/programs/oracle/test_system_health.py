"""`system_health` says what is late: feeds, epochs, and meters that do not report."""

from __future__ import annotations

import pytest
from energy_sdk import EnergyClient, Keypair, trading
from energy_sdk.deployment import create_market
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.oracle import Condition, Subject, errors, instructions, pdas
from energy_sdk.registry import UserStatus
from energy_sdk.trading.pdas import market_address

from tests.support.tampering import ACCOUNT_OF_ANOTHER_TYPE, framework_refuses, swapped
from tests.support.world import LAMPORTS, World, keypair


@pytest.fixture
async def quiet(world: World) -> World:
    """Nothing is late: a fresh feed, a settled epoch, and two meters that have reported."""
    await world.client.oracle.create_feed(name="temperature", max_age_s=10_000)
    seller = await world.join(energy_wh=1_000)
    await world.read(await world.join(), import_wh=1)
    await world.sell(seller, 1_000, 100_000)
    await world.settle(1)
    await world.client.oracle.update_feed(number=0, value=1, observed_at=await world.transport.clock())
    return world


async def test_nothing_is_late_in_a_quiet_market(quiet: World) -> None:
    """Every feed, every book that had an epoch, and every shard is examined, with the chain's time."""
    report = await quiet.client.oracle.system_health(1)

    assert report.healthy
    assert report.late == ()
    assert report.now == await quiet.transport.clock()
    assert [(finding.subject, finding.number) for finding in report.findings] == [
        (Subject.FEED, 0),
        (Subject.EPOCH, 1),
        (Subject.SHARD, 0),
    ]
    assert (report.fresh_feeds, report.feeds) == (1, 1)


async def test_a_stale_feed_is_late_by_its_excess(quiet: World) -> None:
    """From the second after its greatest age."""
    await quiet.client.oracle.set_feed_limits(number=0, max_age_s=60)
    quiet.transport.advance(60)
    assert (await quiet.client.oracle.system_health(1)).fresh_feeds == 1

    quiet.transport.advance(1)

    report = await quiet.client.oracle.system_health(1)
    (late,) = report.late
    assert (late.subject, late.condition, late.late_s) == (Subject.FEED, Condition.FEED_STALE, 1)
    assert late.name == "feed 0, temperature"
    assert report.fresh_feeds == 0


async def test_a_feed_that_was_never_observed_is_awaited(quiet: World) -> None:
    """For as long as an observation may be old; it is not fresh meanwhile."""
    await quiet.client.oracle.create_feed(name="load", max_age_s=60)
    quiet.transport.advance(60)
    report = await quiet.client.oracle.system_health(1)
    assert (report.healthy, report.fresh_feeds) == (True, 1)

    quiet.transport.advance(5)

    (late,) = (await quiet.client.oracle.system_health(1)).late
    assert (late.number, late.condition, late.late_s) == (1, Condition.FEED_STALE, 5)


async def test_an_epoch_is_late_after_its_grace_period(quiet: World) -> None:
    """First it is not closed, then it is not settled; when it is settled, nothing is late."""
    epoch = await quiet.epoch()
    member = await quiet.join(energy_wh=1_000)
    await quiet.sell(member, 1_000, 100_000)
    closes_at = (await quiet.client.trading.book(quiet.market, epoch)).closes_at
    deadline = closes_at + quiet.market.clearing_grace_s
    quiet.transport.set_time(deadline)
    assert (await quiet.client.oracle.system_health(1)).healthy

    quiet.transport.set_time(deadline + 7)
    (late,) = (await quiet.client.oracle.system_health(1)).late
    assert (late.subject, late.number) == (Subject.EPOCH, epoch)
    assert (late.condition, late.late_s) == (Condition.EPOCH_NOT_CLOSED, 7)

    await quiet.end_epoch(epoch)
    (late,) = (await quiet.client.oracle.system_health(1)).late
    assert (late.number, late.condition, late.late_s) == (epoch, Condition.EPOCH_NOT_SETTLED, 7)

    await quiet.client.trading.settle_epoch(quiet.market, epoch)
    assert (await quiet.client.oracle.system_health(1)).healthy


async def test_silent_meters_are_named(quiet: World) -> None:
    """A meter may miss as many intervals as are tolerated; the next one is due at its end."""
    slots = (await quiet.client.oracle.shard(shard=0)).slots
    last = slots[0].newest
    assert slots[1].newest == last
    # Two may be missed, so the third is due at its end.
    due = (last + 4) * 900
    quiet.transport.set_time(due)
    assert (await quiet.client.oracle.system_health(1, tolerated_intervals=2)).healthy

    quiet.transport.set_time(due + 9)

    report = await quiet.client.oracle.system_health(1, tolerated_intervals=2)
    (late,) = report.late
    assert (late.subject, late.condition, late.late_s) == (Subject.SHARD, Condition.METERS_SILENT, 9)
    assert [(meter.meter_id, meter.newest) for meter in late.silent] == [("meter-1", last), ("meter-2", last)]
    assert (await quiet.client.oracle.system_health(1, tolerated_intervals=3)).healthy


async def test_a_meter_that_never_reported_is_silent_and_an_inactive_one_is_not(quiet: World) -> None:
    """Nobody knows since when it should have; a suspended user's meter may not report at all."""
    new = await quiet.join()
    (late,) = (await quiet.client.oracle.system_health(1)).late
    assert (late.condition, late.late_s) == (Condition.METERS_SILENT, 0)
    assert [(meter.number, meter.newest) for meter in late.silent] == [(new.meter, None)]

    await quiet.client.registry.update_user_status(user=new.user, status=UserStatus.SUSPENDED)
    await quiet.client.oracle.refresh_meter(meter=new.meter)

    assert (await quiet.client.oracle.system_health(1)).healthy


async def test_many_accounts_are_examined_in_several_calls(quiet: World) -> None:
    """More than fit into a transaction, in their order."""
    for number in range(1, 40):
        await quiet.client.oracle.create_feed(name=f"feed-{number}", max_age_s=60)
    quiet.transport.advance(61)

    report = await quiet.client.oracle.system_health(1)

    assert [finding.number for finding in report.late] == list(range(1, 40))
    assert {finding.late_s for finding in report.late} == {1}
    assert (report.fresh_feeds, report.feeds) == (1, 40)


async def test_anybody_may_ask_without_lamports(quiet: World) -> None:
    """The simulation runs in the name of an official; no key signs and nothing is sent."""
    before = await quiet.transport.snapshot()

    report = await EnergyClient(quiet.transport, Keypair()).oracle.system_health(1)

    assert report.healthy
    assert await quiet.transport.snapshot() == before


async def test_says_when_nobody_can_simulate(quiet: World) -> None:
    """Without any official that has lamports a funded key is needed."""
    account = await quiet.transport.get_account(quiet.chief.pubkey())
    assert account is not None
    await quiet.client.tokens.transfer_lamports(recipient=keypair(9).pubkey(), lamports=account.lamports - 5_000)
    poor = EnergyClient(quiet.transport, Keypair())

    async with quiet.refused(InvalidInput):
        await poor.oracle.system_health(1)

    await quiet.transport.airdrop(poor.payer.pubkey(), LAMPORTS)
    assert (await poor.oracle.system_health(1)).healthy


async def test_rejects_a_market_that_does_not_exist(quiet: World) -> None:
    """By the SDK by its number, by the program by its type."""
    async with quiet.refused(AccountNotFound):
        await quiet.client.oracle.system_health(7)
    instruction = instructions.system_health(market=quiet.market.address, tolerated_intervals=1)
    async with framework_refuses(quiet, ACCOUNT_OF_ANOTHER_TYPE, account="market"):
        await quiet.send(swapped(instruction, quiet.market.address, quiet.market.books[0].address))


async def test_rejects_accounts_that_cannot_be_examined(quiet: World) -> None:
    """Another market's book, and anything that is no book, shard or feed."""
    await create_market(quiet.client, market_id=2, seats=8, orders=8)
    foreign = (await quiet.client.trading.market(2)).books[0].address
    async with quiet.refused(errors.WrongMarket):
        await quiet.send(
            instructions.system_health(market=market_address(1), accounts=[foreign], tolerated_intervals=1)
        )
    for account in (
        pdas.ORACLE_ADDRESS,
        quiet.market.ledger,
        quiet.market.energy_vault,
        quiet.chief.pubkey(),
        keypair(77).pubkey(),
        trading.pdas.AUTHORITY_ADDRESS,
    ):
        async with quiet.refused(errors.UnexpectedAccount):
            await quiet.send(
                instructions.system_health(market=market_address(1), accounts=[account], tolerated_intervals=1)
            )
