"""The same day gives the same energy, money and prices on every chain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, RpcTransport
from energy_sdk.audit import EpochExport, audit
from energy_sdk.deployment import initialize_programs
from energy_sdk.exceptions import AccountNotFound, ClusterUnreachable, InsufficientFunds, InvalidInput
from energy_sdk.governance.errors import UnauthorizedAuthority
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.localnet.world import KEY_NAMES, build_world
from energy_sdk.oracle import Role
from energy_sdk.oracle.errors import UnauthorizedOperator
from energy_sdk.registry.errors import NotDeployer, NotRecRegulator
from energy_sdk.simulation.clocks import AdvancedClock, RunningClock, day_clock
from energy_sdk.simulation.report import DayResult
from energy_sdk.simulation.run import run_day
from energy_sdk.simulation.village import INTERVAL_S, Village
from energy_sdk.simulation.world import suitable_parameters
from energy_sdk.trading import Market

from tests.support.engine import DEPLOYER, engine

__all__ = ["engine"]

LAMPORTS = 100_000_000_000


def totals(day: DayResult) -> tuple[object, ...]:
    """Everything that must not depend on the chain."""
    return day.energy, day.groups, day.utility_paid, day.fees, day.epochs, day.book


@pytest.fixture(scope="module")
def few(village: Village) -> Village:
    """Six homes around noon."""
    return village.excerpt(homes=slice(6), intervals=slice(40, 46))


@pytest.fixture(scope="module")
def in_process(few: Village) -> DayResult:
    return asyncio.run(run_day(few))


@pytest.fixture
async def office(engine: LiteSvmEngine) -> AsyncIterator[EnergyClient]:
    """The deployer at the engine."""
    async with EnergyClient(RpcTransport(engine.url, poll_interval=0.01), DEPLOYER) as client:
        yield client


async def chain(*, initialized: bool = True) -> EnergyClient:
    """An in-process chain that has stood for a while."""
    transport = LiteSvmTransport(upgrade_authority=DEPLOYER.pubkey())
    await transport.airdrop(DEPLOYER.pubkey(), LAMPORTS)
    client = EnergyClient(transport, DEPLOYER)
    if initialized:
        await initialize_programs(client)
    return client


def test_an_excerpt_is_a_part_of_the_day(village: Village, few: Village) -> None:
    assert few.intervals == 6
    assert few.starts_at == village.starts_at + 40 * INTERVAL_S
    assert [home.export_wh for home in few.homes] == [home.export_wh[40:46] for home in village.homes[:6]]
    assert few.excerpt(homes=slice(6), intervals=slice(1, 3)).starts_at == few.starts_at + INTERVAL_S


def test_a_short_day_trades(in_process: DayResult) -> None:
    assert in_process.ok
    assert in_process.energy.traded_wh > 0
    assert in_process.ground.url is None


async def test_the_day_is_the_same_over_json_rpc(office: EnergyClient, few: Village, in_process: DayResult) -> None:
    day = await run_day(few, client=office)

    assert [check for check in day.checks if not check.ok] == []
    assert totals(day) == totals(in_process)
    assert day.ground.first_interval * INTERVAL_S == few.starts_at, "at its own date"


async def test_the_day_is_the_same_beside_another_market_and_again(
    office: EnergyClient, few: Village, in_process: DayResult
) -> None:
    keys = {name: Keypair() for name in KEY_NAMES} | {"office": DEPLOYER}
    await build_world(office, keys=keys, epoch_length_s=900)

    first, second = await run_day(few, client=office), await run_day(few, client=office)

    assert first.ok
    assert second.ok
    assert totals(first) == totals(second) == totals(in_process)
    assert (first.ground.market, second.ground.market) == (2, 3)
    assert second.ground.first_interval > first.ground.first_interval, "the day's date was over by then"


async def test_a_day_passes_the_audit_of_its_market(few: Village) -> None:
    client, exports = await chain(), list[EpochExport]()

    day = await run_day(few, client=client, settled=exports.append)

    assert [export.epoch for export in exports] == [row.market_epoch for row in day.epochs]
    report = await audit(client, day.ground.market, None, exports)
    assert report.ok
    assert report.mismatches == []


class HastyClock(AdvancedClock):
    """Runs out of time when `calls` transactions with orders have been asked about."""

    calls = 0
    out_of_time_at: frozenset[int] = frozenset()
    last = 0

    async def has_time(self) -> bool:
        self.calls += 1
        return self.calls not in self.out_of_time_at

    async def new_epoch(self, market: Market) -> None:
        transport = self._transport
        assert isinstance(transport, LiteSvmTransport)
        if market.epoch_at(await transport.clock()) == self.last:
            transport.advance(INTERVAL_S)
        self.last = market.epoch_at(await transport.clock())


@pytest.mark.parametrize("moments", [{1}, {2}, {3, 4}, {6, 8}])
async def test_orders_that_do_not_all_fit_into_an_epoch_are_cancelled_and_placed_in_the_next(
    moments: set[int], village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = village.excerpt(homes=slice(12), intervals=slice(40, 43))
    undisturbed = await run_day(some)

    async def hasty(client: EnergyClient, village: Village, **_: object) -> HastyClock:
        clock = HastyClock(client.transport, first_interval=some.starts_at // INTERVAL_S)
        clock.out_of_time_at = frozenset(moments)
        return clock

    monkeypatch.setattr("energy_sdk.simulation.world.day_clock", hasty)
    client = await chain()
    day = await run_day(some, client=client)

    assert [check for check in day.checks if not check.ok] == []
    assert totals(day) == totals(undisturbed)
    assert day.epochs[-1].market_epoch > undisturbed.epochs[-1].market_epoch, "an epoch was left without orders"
    assert (await audit(client, day.ground.market)).mismatches == []


async def test_epochs_that_are_always_too_short_end_the_day(few: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hasty(client: EnergyClient, village: Village, **_: object) -> HastyClock:
        clock = HastyClock(client.transport, first_interval=few.starts_at // INTERVAL_S)
        clock.out_of_time_at = frozenset(range(1_000))
        return clock

    monkeypatch.setattr("energy_sdk.simulation.world.day_clock", hasty)
    with pytest.raises(InvalidInput, match="needs longer ones"):
        await run_day(few, client=await chain())


class UnstoppableTransport(LiteSvmTransport):
    """A chain whose clock nobody can advance; a second passes with every question for the time."""

    async def clock(self) -> int:
        super().advance(1)
        return await super().clock()

    def advance(self, seconds: int) -> None:
        raise AssertionError("nobody may")


@pytest.fixture
async def running(monkeypatch: pytest.MonkeyPatch) -> EnergyClient:
    """A chain whose time passes by itself."""
    transport = UnstoppableTransport(upgrade_authority=DEPLOYER.pubkey())
    await transport.airdrop(DEPLOYER.pubkey(), LAMPORTS)

    async def can_be_advanced(transport: object) -> bool:
        return not isinstance(transport, UnstoppableTransport)

    monkeypatch.setattr("energy_sdk.simulation.clocks._can_be_advanced", can_be_advanced)
    monkeypatch.setattr("energy_sdk.simulation.clocks._POLL_S", 0)
    return EnergyClient(transport, DEPLOYER)


async def test_the_day_is_the_same_where_time_runs(running: EnergyClient, few: Village, in_process: DayResult) -> None:
    await initialize_programs(running)
    parameters = await running.governance.parameters()

    day = await run_day(few, client=running, epoch_length_s=60)

    assert [check for check in day.checks if not check.ok] == []
    assert totals(day) == totals(in_process)
    assert day.market.epoch_length_s == 60
    last = (day.ground.first_interval + few.intervals) * INTERVAL_S
    assert 0 <= await running.transport.clock() - last < 2 * INTERVAL_S, "the intervals that have just gone by"
    assert replace(await running.governance.parameters(), reading_max_age_s=0) == replace(
        parameters, reading_max_age_s=0
    ), "only old readings are accepted from now on"


async def test_epochs_that_are_too_short_get_longer(running: EnergyClient, village: Village) -> None:
    some = village.excerpt(homes=slice(12), intervals=slice(40, 43))
    day = await run_day(some, client=running, epoch_length_s=3)

    assert [check for check in day.checks if not check.ok] == []
    assert totals(day) == totals(await run_day(some))
    assert day.market.epoch_length_s in (6, 12)


async def test_a_whole_day_asks_for_older_readings_than_usual(running: EnergyClient, village: Village) -> None:
    await initialize_programs(running)
    clock = await day_clock(running, village, epoch_length_s=4)

    assert isinstance(clock, RunningClock)
    async with suitable_parameters(running, clock, village):
        parameters = await running.governance.parameters()
        assert (parameters.reading_max_age_s, parameters.book_retention_s) == (97_200, 8)
    assert (await running.governance.parameters()).book_retention_s == 1_800


async def test_epochs_are_as_long_as_orders_need_unless_said(running: EnergyClient, few: Village) -> None:
    assert (await day_clock(running, few)).epoch_length_s >= 2
    assert (await day_clock(running, few, epoch_length_s=7)).epoch_length_s == 7


@pytest.mark.parametrize("seconds", [-1, 0, 1, 86_401])
async def test_epochs_of_an_impossible_length_are_refused(running: EnergyClient, few: Village, seconds: int) -> None:
    with pytest.raises(InvalidInput, match="an epoch takes 2 to 86400 seconds"):
        await day_clock(running, few, epoch_length_s=seconds)


async def test_a_length_of_epochs_is_refused_where_time_stands_still(few: Village) -> None:
    with pytest.raises(InvalidInput, match="leave the length of epochs out"):
        await run_day(few, client=await chain(), epoch_length_s=5)


async def test_more_than_two_days_cannot_be_moved_to_the_past(running: EnergyClient, village: Village) -> None:
    longer = village.excerpt(homes=slice(1), intervals=slice(96))
    home = longer.homes[0]
    longer = replace(longer, homes=(replace(home, load_wh=home.load_wh * 2, pv_wh=home.pv_wh * 2),))

    with pytest.raises(InvalidInput, match="192 quarter hours are too many"):
        await day_clock(running, longer)


async def test_an_unreachable_cluster_is_named(few: Village) -> None:
    async with RpcTransport("http://127.0.0.1:9", poll_interval=0.01) as transport:
        with pytest.raises(ClusterUnreachable, match=r"127\.0\.0\.1:9"):
            await run_day(few, client=EnergyClient(transport, Keypair()))


async def test_a_chain_without_the_programs_is_named(few: Village) -> None:
    transport = LiteSvmTransport(programs={})
    with pytest.raises(AccountNotFound, match="lacks the programs governance, registry"):
        await run_day(few, client=EnergyClient(transport, DEPLOYER))


async def test_a_payer_without_money_is_told_how_much_is_needed(few: Village) -> None:
    transport = LiteSvmTransport(upgrade_authority=DEPLOYER.pubkey())
    with pytest.raises(InsufficientFunds, match=r"has 0\.00 SOL; this day needs 1\.15 SOL"):
        await run_day(few, client=EnergyClient(transport, DEPLOYER))


async def test_money_that_is_just_enough_is_enough(few: Village) -> None:
    transport = LiteSvmTransport(upgrade_authority=DEPLOYER.pubkey(), unix_time=few.starts_at)
    await transport.airdrop(DEPLOYER.pubkey(), 1_150_000_000)

    assert (await run_day(few, client=EnergyClient(transport, DEPLOYER))).ok


async def test_programs_that_nobody_initialised_take_their_deployer(few: Village) -> None:
    client = await chain(initialized=False)
    stranger = Keypair()
    await client.transport.airdrop(stranger.pubkey(), LAMPORTS)

    with pytest.raises(Exception, match="upgrade authority") as refusal:
        await run_day(few, client=client.as_payer(stranger))
    assert refusal.type.__name__ == NotDeployer.__name__


async def test_each_missing_office_is_named(few: Village) -> None:
    client = await chain()
    stranger = Keypair()
    await client.transport.airdrop(stranger.pubkey(), LAMPORTS)

    with pytest.raises(NotRecRegulator, match="takes a registry authority"):
        await run_day(few, client=client.as_payer(stranger))
    await client.registry.add_authority(key=stranger.pubkey())
    with pytest.raises(UnauthorizedOperator, match="an operator with both roles"):
        await run_day(few, client=client.as_payer(stranger))


async def test_only_governance_can_have_epochs_of_seconds(running: EnergyClient, few: Village) -> None:
    await initialize_programs(running, authority=DEPLOYER.pubkey())
    stranger = Keypair()
    await running.transport.airdrop(stranger.pubkey(), LAMPORTS)
    await running.registry.add_authority(key=stranger.pubkey())
    await running.oracle.add_operator(operator=stranger.pubkey(), roles=Role.AMI | Role.OPERATOR)

    with pytest.raises(UnauthorizedAuthority, match="does not govern here"):
        await run_day(few, client=running.as_payer(stranger), epoch_length_s=5)
