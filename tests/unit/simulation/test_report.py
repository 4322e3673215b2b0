from __future__ import annotations

import json
from dataclasses import replace

import pytest
from energy_sdk.simulation.report import Check, DayResult, choose_book
from energy_sdk.simulation.village import Village

from tests.unit.simulation.standin import run_day


def test_the_same_village_gives_the_same_report(village: Village, day: DayResult) -> None:
    assert run_day(village).to_json() == day.to_json()


def test_json_has_stable_keys_and_amounts_as_strings(day: DayResult) -> None:
    report = json.loads(json.dumps(day.to_json()))

    assert list(report) == [
        "schema_version",
        "ok",
        "ground",
        "village",
        "market",
        "energy",
        "money",
        "epochs",
        "chain",
        "checks",
    ]
    assert report["schema_version"] == 1
    assert len(report["epochs"]) == 96
    assert all(isinstance(value, str) for key, value in report["energy"].items() if key.endswith("_wh"))
    assert all(set(check) == {"name", "expected", "actual", "ok"} for check in report["checks"])


def test_coverage_and_self_consumption_come_from_meters_not_from_trades(day: DayResult) -> None:
    shared = sum(min(row.export_wh, row.import_wh) for row in day.epochs)

    assert day.energy.shared_wh == shared
    assert day.energy.coverage_bps == shared * 10_000 // day.energy.imported_wh
    assert day.energy.self_consumption_bps == shared * 10_000 // day.energy.exported_wh

    without_trades = replace(day.energy, traded_wh=0, retired_wh=0, utility_bought_wh=0)
    assert without_trades.coverage_bps == day.energy.coverage_bps


def test_groups_add_up_to_the_day(day: DayResult) -> None:
    assert sum(group.imported_wh for group in day.groups) == day.energy.imported_wh
    assert sum(group.exported_wh for group in day.groups) == day.energy.exported_wh
    assert sum(group.sold_wh for group in day.groups) == day.energy.traded_wh
    bought = sum(group.bought_wh for group in day.groups)
    assert bought + day.energy.utility_bought_wh == day.energy.traded_wh
    paid = sum(group.paid for group in day.groups) + day.utility_paid
    assert paid == sum(group.received for group in day.groups) + day.fees


def test_both_groups_are_better_off_than_with_the_tariffs(day: DayResult) -> None:
    assert [group.name for group in day.groups] == ["prosumers", "consumers"]
    assert all(group.advantage > 0 for group in day.groups)


def test_money_against_tariffs_is_exact(day: DayResult) -> None:
    consumers = replace(
        day.groups[1],
        imported_wh=10_000,
        exported_wh=0,
        bought_wh=4_000,
        sold_wh=0,
        residual_import_wh=6_000,
        paid=4 * 150_000,
        received=0,
    )

    assert consumers.retailer_bill == 6 * 320_000
    assert consumers.cost == 4 * 150_000 + 6 * 320_000
    assert consumers.cost_at_tariffs == 10 * 320_000
    assert consumers.advantage == 4 * (320_000 - 150_000)
    assert consumers.average_price_paid == 150_000
    assert consumers.average_price_received is None


def test_prices_lie_between_the_tariffs(day: DayResult) -> None:
    tariffs = day.market.tariffs
    for row in day.epochs:
        if row.price is not None:
            assert tariffs.feed_in <= row.price <= tariffs.retail
            assert row.price_low <= row.price <= row.price_high


def test_the_book_in_the_picture_is_one_where_homes_trade(day: DayResult) -> None:
    row = day.epoch(choose_book(day.epochs))

    assert row.members_volume_wh > 0
    assert row.utility_bought_wh == 0
    assert len(day.book.orders) == row.orders


def test_an_unknown_epoch_is_refused(day: DayResult) -> None:
    with pytest.raises(KeyError, match="epoch 97"):
        day.epoch(97)


def test_one_wrong_total_fails_the_day(day: DayResult) -> None:
    wrong = Check(name="vault", expected=1, actual=2)

    assert day.ok
    assert not replace(day, checks=(*day.checks, wrong)).ok
