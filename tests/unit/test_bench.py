"""The benchmark command: what its figures mean, and that it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from energy_sdk.audit import auction
from energy_sdk.trading import Side

from bench.__main__ import GROUPS, broken
from bench.clearing import TOTALS, Mismatch, compare
from bench.cost_model import REGIMES, Footprint
from bench.limits import epoch_cost, orders_per_second, slots
from bench.streams import LOT_WH, StreamOrder, stream
from bench.table import Options, Outcome, Row, number, promise

ROOT = Path(__file__).parents[2]


def test_quantiles_point_to_the_bad_side() -> None:
    """95 % of the samples are at least as good as p95, for times and for rates."""
    seconds = [n / 1_000 for n in range(1, 101)]

    times = Row.of_times("wait", seconds)
    rates = Row.of_rates("work", seconds, n=1, unit="orders/s")

    assert (times.value, times.p95, times.p99, times.worst) == pytest.approx((50, 95, 99, 100))
    assert (rates.value, rates.p95, rates.p99, rates.worst) == pytest.approx((20, 1_000 / 95, 1_000 / 99, 10))


def test_quantiles_that_nobody_can_know_are_left_out() -> None:
    """Nineteen samples have no p95, and ninety-nine no p99."""
    few, more = Row.of_times("wait", [1.0] * 19), Row.of_times("wait", [1.0] * 99)

    assert (few.p95, few.p99) == (None, None)
    assert (more.p95 is not None, more.p99) == (True, None)


@pytest.mark.parametrize(("better", "value", "kept"), [("lower", 11, False), ("higher", 11, True), ("lower", 10, True)])
def test_a_broken_promise_is_told(better: str, value: int, kept: bool) -> None:
    """A limit is the worst value allowed, in the direction that counts."""
    row = Row(name="cost", value=value, unit="CU", limit=10, better=better)  # type: ignore[arg-type]

    assert row.kept == kept
    assert ("missed" in promise(row)) != kept
    assert broken([Outcome(rows=[row])], Options()) == ([] if kept else ["cost: 11 CU, promised ≤ 10"])


def test_a_quick_run_does_not_judge_speeds() -> None:
    """Few samples of a small size say nothing about speed; exact figures hold at any size."""
    slow = Row.of_times("wait", [1.0], limit=1)
    dear = Row(name="cost", value=11, unit="CU", limit=10)

    assert len(broken([Outcome(rows=[slow, dear])], Options())) == 2
    assert broken([Outcome(rows=[slow, dear])], Options(quick=True)) == ["cost: 11 CU, promised ≤ 10"]


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (0, "0"), (12, "12"), (1234567, "1,234,567"), (0.04567, "0.0457"), (86.77, "86.8")]
)
def test_numbers_show_three_figures(value: float | None, text: str) -> None:
    """Enough to compare, no more than is known."""
    assert number(value) == text


def test_a_seed_repeats_its_stream() -> None:
    """The same seed gives the same orders, another seed others; bids and asks never name the same price."""
    once, again, other = (stream(seed, 1_000, traders=5) for seed in (1, 1, 2))

    assert once == again != other
    assert {order.tick % 2 for order in once if order.side} == {0}
    assert {order.tick % 2 for order in once if not order.side} == {1}


def test_the_cost_model_adds_up() -> None:
    """720 a signature, 300 a write lock, a quarter of the data, 8 for each page begun, and what was executed."""
    order = Footprint(
        name="order",
        things=1,
        signatures=1,
        write_locks=3,
        instruction_bytes=40,
        loaded_bytes=32 * 1024 + 1,
        executed=2_000,
    )

    assert order.cost == 720 + 3 * 300 + 40 // 4 + 2 * 8 + 2_000
    assert orders_per_second(order, 100.0, 20_000_000, REGIMES[-1]) == pytest.approx(20_000_000 / 3_746 * 5)


def test_an_epoch_takes_the_slots_that_its_cost_fills() -> None:
    """Execution counts by the order, what a transaction costs beyond it by the transaction."""
    clear = Footprint(
        name="clear",
        things=10_000,
        signatures=1,
        write_locks=4,
        instruction_bytes=0,
        loaded_bytes=0,
        executed=900_000,
    )

    assert epoch_cost(300_000, clear, 15_000) == (20, 300_000 * 90 + 20 * (720 + 1_200))
    assert [slots(cost, REGIMES[-1]) for cost in (1, 20_000_000, 20_000_001)] == [1, 1, 2]


def test_the_command_runs_in_seconds() -> None:
    """`python -m bench --quick` measures every group, and finds every exact promise kept."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr
    headings = [line for line in run.stdout.splitlines() if line and not line.startswith(" ")]
    assert headings == list(GROUPS)


def test_a_quick_run_is_not_kept() -> None:
    """Results that are written are whole ones."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--write"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 2
    assert "leave out --quick or --write" in run.stderr


def test_a_difference_from_the_reference_ends_the_run() -> None:
    """A figure is only shown for a clearing that is right to the last unit."""
    order = auction.Order(seat=2, side=auction.Side.BID, tick=1, lots=1, client_id=1, placed_at=0)
    expected = auction.clear(
        [order],
        tick_count=2,
        price_rule=auction.PriceRule.MIDPOINT,
        tie_rule=auction.TieRule.TIME,
        fee_bps=0,
        lot_wh=LOT_WH,
        tick_size=1_000,
        price_min=0,
        last_price=0,
    )
    same = {name: getattr(expected, name) for name in TOTALS}
    book: Any = SimpleNamespace(
        orders=[SimpleNamespace(side=Side.BID, tick=1, lots=1, filled_lots=0)],
        order_bytes=expected.outcomes[0].record.pack(),
    )
    placed = [StreamOrder(side=Side.BID, trader=0, tick=1, lots=1)]
    result: Any = SimpleNamespace(price=expected.price, volume_wh=0, **same)
    compare(placed, book, result, expected)

    result.fees += 1
    with pytest.raises(Mismatch, match="fees: 1 where 0 was expected"):
        compare(placed, book, result, expected)
