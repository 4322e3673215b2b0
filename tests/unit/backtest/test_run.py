"""Days in a row on the compiled programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from energy_sdk.backtest import BacktestResult, Scenario, compare, run, run_async
from energy_sdk.backtest import runner as runner_module
from energy_sdk.exceptions import InvalidInput
from energy_sdk.simulation.agents import Strategy
from energy_sdk.simulation.report import DayResult
from energy_sdk.simulation.synthetic import draw_village
from energy_sdk.simulation.village import Village
from energy_sdk.trading import PriceRule, TieRule

from tests.unit.backtest.conftest import SMALL

TABLES = ("epochs", "member_days", "members")


def test_every_total_agrees_with_the_chain(small: BacktestResult) -> None:
    """Energy and money are conserved over midnight: the own books and the chain's are the same."""
    assert len(small.checks) >= 16
    assert [check for check in small.checks if not check.ok] == []
    assert small.totals.epochs == 48
    assert small.totals.trading_epochs > 10


def test_nothing_is_lost_or_made(small: BacktestResult) -> None:
    """Export is retired, sold to the utility, or held; import is retired or billed; what one pays another gets."""
    totals, homes = small.totals, small.member_rows

    # GRID: what was exported was used by homes, taken by the utility, or is still held.
    used_wh = totals.imported_wh - totals.billed_wh
    assert totals.minted_wh == totals.exported_wh
    assert totals.exported_wh == used_wh + totals.utility_bought_wh + totals.held_wh

    # Money: all that buyers paid arrived.
    assert totals.buyers_paid == totals.sellers_received + totals.fees + totals.surplus
    assert sum(home.received for home in homes) == totals.sellers_received

    # Rows: epochs, days and homes add up to the same.
    days = small.member_day_rows
    assert sum(row.volume_wh for row in small.epoch_rows) == totals.traded_wh
    assert sum(row.export_wh for row in small.epoch_rows) == totals.exported_wh
    for name in ("exported_wh", "imported_wh", "own_use_wh", "bought_wh", "sold_wh", "paid", "received", "billed_wh"):
        assert sum(getattr(row, name) for row in days) == sum(getattr(home, name) for home in homes)
    assert totals.advantage == totals.cost_at_tariffs - totals.cost


def test_the_same_seed_gives_the_same_bytes(small: BacktestResult, tmp_path: Path) -> None:
    """A result can be repeated by anybody, file by file."""
    again = run(SMALL)

    for file_format in ("csv", "parquet"):
        for first, second in zip(
            small.save(tmp_path / "first", file_format), again.save(tmp_path / "second", file_format), strict=True
        ):
            assert first.read_bytes() == second.read_bytes(), first.name


def test_another_seed_is_another_village(small: BacktestResult) -> None:
    """The seed draws who lives there and how they bid."""
    other = run(replace(SMALL, seed=12, days=1))

    assert other.ok
    assert [row.exported_wh for row in other.member_day_rows] != [row.exported_wh for row in small.member_day_rows[:4]]


def test_days_differ_and_the_homes_do_not(small: BacktestResult) -> None:
    """Habits are drawn for each day, the homes once."""
    first, second = small.member_day_rows[:4], small.member_day_rows[4:]
    drawn = [
        draw_village(homes=4, arrays=2, businesses=0, seed=11, day=SMALL.start, ordinal=ordinal) for ordinal in (0, 1)
    ]
    (today, tomorrow) = ([(h.name, h.annual_kwh, h.array, h.rated_power_w) for h in v.homes] for v in drawn)

    assert [row.member for row in first] == [row.member for row in second]
    assert {row.date for row in second} == {"2025-06-27"}
    # The same calendar day twice in a series: the same homes and sun, other habits.
    assert today == tomorrow
    assert [h.pv_wh for h in drawn[0].homes] == [h.pv_wh for h in drawn[1].homes]
    assert all(h.load_wh != g.load_wh for h, g in zip(drawn[0].homes, drawn[1].homes, strict=True))
    later = draw_village(homes=4, arrays=2, businesses=0, seed=11, day=SMALL.start + timedelta(days=1), ordinal=1)
    assert [row.exported_wh for row in second] == [sum(home.export_wh) for home in later.homes]


def test_a_series_begins_as_a_shorter_one(small: BacktestResult) -> None:
    """Another day at the end changes nothing before it, but for the last epoch of the shorter series."""
    shorter = run(replace(SMALL, days=1))

    assert shorter.epoch_rows == small.epoch_rows[:24]
    assert shorter.member_day_rows == small.member_day_rows[:4]


async def test_the_first_day_is_the_demo_s(chain_village: Village, chain_day: DayResult) -> None:
    """One engine: with the demo's village and rules a backtest finds the demo's prices and volumes."""
    scenario = Scenario(
        start=chain_village.day, days=1, homes=len(chain_village.homes), seed=chain_village.seed, fee_bps=100
    )

    result = await run_async(scenario)

    assert [(row.price, row.volume_wh) for row in result.epoch_rows] == [
        (row.price, row.volume_wh) for row in chain_day.epochs
    ]
    assert result.totals.advantage == sum(group.advantage for group in chain_day.groups)


@pytest.mark.parametrize("price_rule", list(PriceRule))
def test_books_and_chain_agree_under_every_price_rule(price_rule: PriceRule) -> None:
    """The own books follow each rule to the unit; only pay-as-bid leaves a surplus."""
    result = run(replace(SMALL, days=1, epoch_length_s=14400, price_rule=price_rule, tie_rule=TieRule.PRO_RATA))

    assert [check for check in result.checks if not check.ok] == []
    assert (result.totals.surplus > 0) == (price_rule is PriceRule.PAY_AS_BID)


def test_strategies_are_dealt_by_their_shares() -> None:
    """Half and half of four homes are two and two, and truthful homes always ask the same."""
    shares = ((Strategy.TRUTHFUL, 50), (Strategy.RANDOM, 50))
    result = run(replace(SMALL, days=1, epoch_length_s=7200, strategies=shares))

    assert result.ok
    assert sorted(row.strategy for row in result.member_rows) == ["random", "random", "truthful", "truthful"]


def test_energy_is_carried_over_midnight_until_the_bill() -> None:
    """With a bill every second day, the first day's import may be covered on the second."""
    result = run(replace(SMALL, billing_days=2, utility_bid_wh=0))
    first, second = result.member_day_rows[:4], result.member_day_rows[4:]

    assert result.ok
    assert [row.billed_wh for row in first] == [0] * 4
    assert any(row.owed_wh for row in first)
    assert any(row.held_wh for row in first)
    assert all(row.owed_wh == 0 for row in second)
    assert sum(row.billed_wh for row in second) == result.totals.billed_wh
    # Without a utility, nothing leaves the village.
    assert result.totals.utility_bought_wh == 0


def test_a_winter_day_without_roofs_trades_nothing() -> None:
    """No supply, no trade, no gain, and every check still holds."""
    result = run(Scenario(start=date(2024, 2, 29), days=1, homes=2, roofs=0, epoch_length_s=14400))

    assert result.ok
    assert (result.totals.traded_wh, result.totals.advantage) == (0, 0)
    assert result.totals.average_price is None
    assert set(result.epochs["price"].isna()) == {True}


def test_csv_and_parquet_hold_equal_values(small: BacktestResult, tmp_path: Path) -> None:
    """The format is a matter of taste, missing prices and integers included."""
    small.save(tmp_path, "csv")
    small.save(tmp_path, "parquet")

    for name in TABLES:
        read = pd.read_parquet(tmp_path / f"{name}.parquet")
        pd.testing.assert_frame_equal(read, getattr(small, name))
        same = pd.read_csv(tmp_path / f"{name}.csv", dtype=dict(read.dtypes))
        pd.testing.assert_frame_equal(same, read)
    assert str(small.epochs["price"].dtype) == "Int64"
    assert small.epochs["price"].isna().any()


def test_another_format_is_refused_before_anything_is_written(small: BacktestResult, tmp_path: Path) -> None:
    """A typing mistake leaves no half of a result."""
    with pytest.raises(InvalidInput, match="'xlsx' is no format of results; use parquet or csv"):
        small.save(tmp_path / "out", "xlsx")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_the_summary_says_what_was_run_and_with_what(small: BacktestResult) -> None:
    """Scenario, hash, versions and the very programs are in it; amounts are text."""
    summary = small.summary()

    assert summary["ok"] is True
    assert Scenario.from_dict(summary["scenario"]) == replace(SMALL, businesses=0, strategies=_all(SMALL))
    assert summary["scenario_sha256"] == SMALL.hash
    assert {"energy-market", "pandas"} <= summary["versions"].keys()
    assert {len(digest) for digest in summary["programs_sha256"].values()} == {64}
    assert summary["totals"]["traded_wh"] == str(small.totals.traded_wh)
    assert summary["totals"]["epochs"] == 48
    assert 0 < summary["totals"]["coverage_bps"] < 10_000
    assert 0 < summary["totals"]["token_coverage_bps"] < 10_000


def test_scenarios_are_compared_side_by_side(small: BacktestResult) -> None:
    """A column for each, and what the homes would have paid without the market."""
    table = compare([small, small])

    assert table.names == ("backtest", "backtest")
    assert {row[0].strip() for row in table.rows} >= {"cost of the homes", "without the market", "better off by"}
    assert len({len(line) for line in str(table).splitlines()}) == 1
    assert "<td>48</td>" in table._repr_html_()
    assert "traded kWh" in repr(small)
    with pytest.raises(InvalidInput, match="nothing to compare"):
        compare([])


def test_progress_counts_days() -> None:
    """Whoever waits sees each day go by, the last one included."""
    seen: list[tuple[int, int]] = []
    run(replace(SMALL, epoch_length_s=14400), progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 2), (2, 2)]


async def test_scripts_and_notebooks_call_it_alike() -> None:
    """`run` works where an event loop runs already, as in Jupyter."""
    assert run(replace(SMALL, days=1, epoch_length_s=14400)).ok


def test_a_book_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks are none if nothing can fail them."""
    real: Callable[..., None] = runner_module.Position.fill

    def greedy(position: runner_module.Position, *, energy_wh: int, **rest: object) -> None:
        real(position, energy_wh=energy_wh, **rest)
        position.paid += 10 if energy_wh else 0

    monkeypatch.setattr(runner_module.Position, "fill", greedy)
    result = run(replace(SMALL, days=1, epoch_length_s=14400))

    assert not result.ok
    assert "Paid by buyers [payment units]" in {check.name for check in result.checks if not check.ok}


def _all(scenario: Scenario) -> tuple[tuple[Strategy, int], ...]:
    shares = dict(scenario.strategies)
    return tuple((strategy, shares.get(strategy, 0)) for strategy in Strategy)
