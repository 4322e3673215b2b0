"""A village's day on a real validator, where time runs: epochs of seconds, the same energy, money and prices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.audit import EpochExport, audit
from energy_sdk.exceptions import InsufficientFunds
from energy_sdk.localnet import Localnet
from energy_sdk.registry.errors import NotRecRegulator
from energy_sdk.simulation.report import DayResult
from energy_sdk.simulation.run import run_day
from energy_sdk.simulation.synthetic import build_village
from energy_sdk.simulation.village import INTERVAL_S, Village

from tests.support.validator import DEPLOYER

SECONDS = 4
"""Length of an epoch: the few orders take a fraction of it, also on a busy machine."""


@pytest.fixture(scope="module")
def net() -> Iterator[Localnet]:
    """A validator of its own, because the day moves the parameters that governance holds."""
    with Localnet(deployer=DEPLOYER.pubkey()) as running:
        yield running


@pytest.fixture
async def office(net: Localnet) -> AsyncIterator[EnergyClient]:
    async with EnergyClient(RpcTransport(net.url, poll_interval=0.1), DEPLOYER) as client:
        yield client


@pytest.fixture(scope="module")
def few() -> Village:
    """Six homes, an hour around noon."""
    return build_village().excerpt(homes=slice(6), intervals=slice(44, 48))


@pytest.fixture(scope="module")
def in_process(few: Village) -> DayResult:
    return asyncio.run(run_day(few))


def totals(day: DayResult) -> tuple[object, ...]:
    return day.energy, day.groups, day.utility_paid, day.fees, day.epochs, day.book


async def test_the_day_is_the_same_on_a_validator_and_passes_the_audit(
    office: EnergyClient, few: Village, in_process: DayResult
) -> None:
    exports = list[EpochExport]()
    day = await run_day(few, client=office, epoch_length_s=SECONDS, settled=exports.append)

    assert [check for check in day.checks if not check.ok] == []
    assert totals(day) == totals(in_process)
    assert day.energy.traded_wh > 0
    end = (day.ground.first_interval + few.intervals) * INTERVAL_S
    assert 0 <= await office.transport.clock() - end < 2 * INTERVAL_S, "the quarter hours that have just gone by"

    report = await audit(office, day.ground.market, None, exports)
    assert report.mismatches == []


async def test_the_day_can_be_traded_again_with_epochs_of_a_length_that_it_chooses(
    office: EnergyClient, few: Village, in_process: DayResult
) -> None:
    day = await run_day(few.excerpt(homes=slice(6), intervals=slice(2)), client=office)

    assert [check for check in day.checks if not check.ok] == []
    assert [row.price for row in day.epochs] == [row.price for row in in_process.epochs[:2]]
    assert 2 <= day.market.epoch_length_s <= 60


async def test_a_key_without_money_or_offices_is_told_so(office: EnergyClient, few: Village) -> None:
    stranger = Keypair()
    with pytest.raises(InsufficientFunds, match="this day needs"):
        await run_day(few, client=office.as_payer(stranger))

    await office.tokens.transfer_lamports(recipient=stranger.pubkey(), lamports=10_000_000_000)
    with pytest.raises(NotRecRegulator, match="takes a registry authority"):
        await run_day(few, client=office.as_payer(stranger))
