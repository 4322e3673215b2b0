"""A market in a few lines, for notebooks."""

from __future__ import annotations

import asyncio

import pytest
from energy_sdk import sandbox
from energy_sdk.exceptions import AccountNotFound, InvalidAmount, InvalidInput
from energy_sdk.registry.errors import MeterAlreadyAssigned
from energy_sdk.sandbox import Participant, Sandbox
from energy_sdk.trading import PriceRule
from energy_sdk.trading.errors import ConsumerCannotSell, InsufficientBalance


@pytest.fixture
def box() -> Sandbox:
    return sandbox.create()


def trade(box: Sandbox) -> tuple[Participant, Participant]:
    roof, flat = box.join("roof", energy="2.5"), box.join("flat", money="5", sells=False)
    box.sell(roof, energy="2.5", price="0.15")
    box.buy(flat, energy="1.2", price="0.25")
    return roof, flat


def test_from_nothing_to_a_cleared_epoch(box: Sandbox) -> None:
    """A few lines trade, and what was traded is on the seats."""
    roof, flat = trade(box)

    epoch = box.clear()

    assert (epoch.result.volume_wh, epoch.result.price) == (1_200, 150_000)
    assert repr(epoch) == "<Epoch 1: 1.200 kWh at 0.150000 per kWh, 2 orders>"
    assert box.seat(flat).energy_free == 1_200
    assert box.seat(flat).payment_free == 5_000_000 - 180_000
    assert box.seat(roof).payment_free == 180_000 * 99 // 100
    assert repr(box) == "<Sandbox: market 1, 2 participants, 1 epochs settled>"
    assert repr(roof) == "<roof, seat 2>"


async def test_it_needs_no_await_where_a_loop_runs(box: Sandbox) -> None:
    """Jupyter runs an event loop in the thread of its cells; the same lines work there."""
    trade(box)

    assert box.clear().result.volume_wh == 1_200


def test_any_call_of_the_sdk_can_be_run(box: Sandbox) -> None:
    """The sandbox is a door and no wall."""
    assert box.run(box.client.trading.market(1)).id == 1


def test_energy_is_used_where_it_was_metered(box: Sandbox) -> None:
    """Import is metered, covered and burned; readings of one meter take earlier quarter hours, time stands still."""
    _, flat = trade(box)
    box.clear()
    before = box.run(box.chain.clock())

    box.draw(flat, energy="0.7")
    box.draw(flat, energy="0.5")
    box.retire(flat, energy="1.2")

    assert box.seat(flat).energy_free == 0
    assert box.run(box.chain.clock()) == before


def test_a_meter_has_so_many_quarter_hours(box: Sandbox) -> None:
    """A meter that has reported all it can is told so, rather than searched forever."""
    flat = box.join("flat")

    def draw_on() -> None:
        for _ in range(100):
            box.draw(flat, energy="0.1")

    with pytest.raises(InvalidInput, match="every quarter hour that flat can report has a reading; clear an epoch"):
        draw_on()


def test_rules_are_those_that_were_asked_for() -> None:
    """Price rule and fee reach the market."""
    box = sandbox.create(price_rule=PriceRule.SELLERS_END, fee_bps=0)
    roof, _ = trade(box)

    box.clear()

    assert box.market.price_rule is PriceRule.SELLERS_END
    assert box.seat(roof).payment_free == 180_000


def test_refusals_are_the_sdk_s(box: Sandbox) -> None:
    """Mistakes are named as everywhere else, and change nothing."""
    flat = box.join("flat", money="1", sells=False)
    before = box.seat(flat)

    with pytest.raises(ConsumerCannotSell):
        box.sell(flat, energy="1", price="0.1")
    with pytest.raises(InsufficientBalance):
        box.buy(flat, energy="100", price="0.5")
    with pytest.raises(InvalidAmount, match="float"):
        box.buy(flat, energy=0.1, price="0.5")  # type: ignore[arg-type]
    with pytest.raises(MeterAlreadyAssigned):
        box.join("flat")
    with pytest.raises(AccountNotFound):
        box.clear()

    assert box.seat(flat) == before
    assert len(box.participants) == 1


def test_an_epoch_without_a_match_says_so(box: Sandbox) -> None:
    """No trade is an outcome too."""
    box.sell(box.join("roof", energy="1"), energy="1", price="0.3")

    epoch = box.clear()

    assert repr(epoch) == "<Epoch 1: no trade among 1 orders>"
    assert epoch.plot() is not None


def test_sandboxes_do_not_disturb_each_other() -> None:
    """Each has a chain of its own."""
    first, second = sandbox.create(), sandbox.create()
    trade(first)

    assert second.participants == []
    assert asyncio.run(second.client.trading.ledger(second.market)).payment == 0
