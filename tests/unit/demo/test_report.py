from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest
from energyctl.demo.report import Check, DayResult, choose_book
from energyctl.demo.tables import all_tables, cents, eur, kwh, print_tables
from energyctl.demo.village import Village
from rich.console import Console

from tests.unit.demo.standin import run_day


def test_the_same_village_gives_the_same_report(village: Village, day: DayResult) -> None:
    assert run_day(village).to_json() == day.to_json()


def test_json_has_stable_keys_and_amounts_as_strings(day: DayResult) -> None:
    report = json.loads(json.dumps(day.to_json()))

    assert list(report) == [
        "schema_version",
        "ok",
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


def test_tables_fit_a_terminal_of_80_columns(day: DayResult) -> None:
    text = StringIO()
    print_tables(day, Console(file=text, width=80))

    assert all(len(line) <= 80 for line in text.getvalue().splitlines())
    assert "…" not in text.getvalue()
    assert all(table.title in text.getvalue() for table in all_tables(day))


def test_a_failed_check_is_visible_in_the_table(day: DayResult) -> None:
    wrong = replace(day, checks=(Check(name="vault", expected=1_000, actual=2_000),))
    text = StringIO()
    print_tables(wrong, Console(file=text, width=80))

    assert "≠" in text.getvalue()


def test_numbers_for_people() -> None:
    assert kwh(1_234_560) == "1,234.6"
    assert eur(-3_968_640) == "-3.97"
    assert cents(163_000) == "16.3"
    assert cents(None) == "·"
