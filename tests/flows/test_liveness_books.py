"""No book can be made so dear that its settlement does not fit: the worst prices, ties and dust, full books."""

from __future__ import annotations

import pytest
from energy_sdk.governance import PauseArea
from energy_sdk.trading import BookState, PriceRule, Side, TieRule, errors
from energy_sdk.trading.client import ORDERS_PER_CLEARING_STEP
from energy_sdk.trading.constants import MAX_TICKS
from energy_sdk.transactions import MAX_COMPUTE_UNITS

from tests.flows.large_market import BATCH, Draft, LargeMarket

STEP_LIMIT = MAX_COMPUTE_UNITS * 4 // 5
PRICE_LIMIT = 40_000
LAST = MAX_TICKS - 1
MIDDLE = MAX_TICKS // 2


def batches(*drafts: Draft) -> list[Draft]:
    return [draft for draft in drafts for _ in range(BATCH)]


PRICES: dict[str, list[Draft]] = {
    # The bids of the whole crossing are summed up, and then every tick is passed.
    "one crossing over the whole grid": [(Side.ASK, 0, 1), (Side.BID, LAST, 2)],
    "the price at the top": [(Side.ASK, 0, 1), *((Side.BID, tick, 1) for tick in range(1, MAX_TICKS))],
    "the price at the bottom": [*((Side.ASK, tick, 1) for tick in range(LAST)), (Side.BID, LAST, 1)],
    "orders at every tick": [
        *((Side.ASK, tick, 2) for tick in range(MAX_TICKS)),
        *((Side.BID, tick, 2) for tick in range(MAX_TICKS)),
    ],
    "an interval over the whole grid": [(Side.ASK, 0, 1), (Side.BID, LAST, 1)],
    "an interval over the upper half": [
        *((Side.ASK, tick, 1) for tick in range(MIDDLE)),
        *((Side.BID, LAST, 1) for _ in range(MIDDLE)),
    ],
    "bids only": [(Side.BID, LAST, 1)],
    "asks only": [(Side.ASK, LAST, 1)],
    "no cross at the top": [(Side.BID, LAST - 1, 1), (Side.ASK, LAST, 1)],
    "no order": [],
}


async def test_no_book_makes_its_price_dear() -> None:
    """Finding the price, as a step of its own, on the widest grid that a market may have."""
    large = await LargeMarket.create(orders=3 * MAX_TICKS, seats_a_side=2, tick_count=MAX_TICKS)

    for name, drafts in PRICES.items():
        epoch = await large.open()
        await large.place(large.seated(drafts), epoch)
        await large.end(epoch)
        receipt = await large.client.trading.clear_epoch(large.market, epoch, max_orders=0)
        assert receipt.compute_units <= PRICE_LIMIT, name
        await large.clear(epoch, step=ORDERS_PER_CLEARING_STEP)


# Each is one step of the SDK. Half of it, in whole batches:
HALF = ORDERS_PER_CLEARING_STEP // 2 // BATCH * BATCH
BOOKS: dict[str, list[Draft]] = {
    "dust at one price, every ask filled in part": [
        *[(Side.BID, 32, 1)] * BATCH,
        *[(Side.ASK, 32, 2)] * (ORDERS_PER_CLEARING_STEP - BATCH),
    ],
    "dust at one price, every bid filled in part": [
        *[(Side.ASK, 32, 1)] * BATCH,
        *[(Side.BID, 32, 2)] * (ORDERS_PER_CLEARING_STEP - BATCH),
    ],
    "one side has what the other wants": [*[(Side.ASK, 31, 1)] * HALF, *[(Side.BID, 33, 1)] * HALF],
    "nearly all asks trade": [
        *[(Side.BID, 40, 10_000)] * BATCH,
        *[(Side.ASK, 32, 97)] * (ORDERS_PER_CLEARING_STEP - BATCH),
    ],
    "sides by turns at one price": [
        draft for _ in range(HALF // BATCH) for draft in batches((Side.ASK, 32, 3), (Side.BID, 32, 2))
    ],
    "no cross": [*[(Side.ASK, 33, 1)] * HALF, *[(Side.BID, 31, 1)] * HALF],
}


@pytest.mark.parametrize("price_rule", [PriceRule.MIDPOINT, PriceRule.PAY_AS_BID])
@pytest.mark.parametrize("tie_rule", TieRule)
async def test_no_step_takes_more_than_four_fifths_of_a_transaction(price_rule: PriceRule, tie_rule: TieRule) -> None:
    """The SDK's own step, on books of one kind of order: the dearest of all must fit, with room to spare."""
    large = await LargeMarket.create(
        orders=ORDERS_PER_CLEARING_STEP, seats_a_side=2, price_rule=price_rule, tie_rule=tie_rule
    )

    for name, drafts in BOOKS.items():
        orders = large.seated(drafts)
        assert len(orders) == ORDERS_PER_CLEARING_STEP
        _, units = await large.clear_book(orders, step=ORDERS_PER_CLEARING_STEP)
        assert len(units) == 1
        assert max(units) <= STEP_LIMIT, name
    await large.assert_conserved()


async def test_voiding_takes_no_more_than_clearing() -> None:
    """A book that clearing was paused for too long for is released in the same steps."""
    large = await LargeMarket.create(orders=ORDERS_PER_CLEARING_STEP, seats_a_side=2)
    epoch = await large.open()
    await large.place(large.seated(BOOKS["sides by turns at one price"]), epoch)
    await large.end(epoch)
    await large.client.governance.emergency_pause(areas=PauseArea.CLEARING)
    large.transport.advance(large.market.void_after_s)

    receipt = await large.client.trading.void_epoch(large.market, epoch)

    assert receipt.compute_units <= STEP_LIMIT
    assert await large.state(epoch) is BookState.VOIDED
    await large.assert_conserved()


@pytest.mark.parametrize("tie_rule", TieRule)
async def test_a_book_full_of_dust_settles(tie_rule: TieRule) -> None:
    """Who fills a book with the smallest orders keeps others out of one epoch, and not the epoch from settling."""
    large = await LargeMarket.create(orders=1_000, seats_a_side=2, tie_rule=tie_rule)
    orders = large.seated([*[(Side.ASK, 20, 1)] * 600, *[(Side.BID, 20, 1)] * 400])
    before = await large.ledger()
    epoch = await large.open()
    await large.place(orders, epoch)
    one_more = large.seated([(Side.BID, 63, 1)])

    with pytest.raises(errors.BookFull):
        await large.place(one_more, epoch)
    await large.end(epoch)
    await large.clear(epoch, step=1_000)

    assert await large.differences(orders, epoch, before) == []
    assert (await large.result(epoch)).volume_wh == 400 * large.market.lot_wh


async def test_a_book_of_cancelled_orders_settles() -> None:
    """Cancelled orders take room in the log and nothing else; the bounds they left behind mislead nobody."""
    large = await LargeMarket.create(orders=250, seats_a_side=2)
    orders = large.seated([*[(Side.ASK, 0, 1)] * BATCH, *[(Side.BID, 63, 1)] * BATCH])
    epoch = await large.open()
    await large.place(orders, epoch)
    for index, order in enumerate(orders):
        await large.client.trading.cancel_order(
            large.market, epoch=epoch, index=index, client_id=order.client_id, owner=large.keys[order.seat]
        )
    await large.end(epoch)

    await large.clear(epoch, step=100)

    result = await large.result(epoch)
    assert (result.state, result.no_trade, result.cancelled) == (BookState.SETTLED, True, 250)
    await large.assert_conserved()
