"""energyctl market update and books, order place, epoch run, watch: a market as it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, LiteSvmTransport, load_keypair
from energy_sdk.exceptions import ClusterUnreachable
from energy_sdk.governance import PauseArea
from energyctl.commands import epoch as epoch_module
from energyctl.commands import watch as watch_module
from energyctl.views.live import around

from .conftest import EPOCH_LENGTH_S, Town


def write(town: Town, *lines: str) -> Path:
    file = town.keys / "orders.csv"
    file.write_text("\n".join(["side,energy_kwh,price", *lines]) + "\n", encoding="utf-8")
    return file


# Markets


def test_rules_change_for_epochs_to_come(town: Town) -> None:
    """Only what is given changes; the text says what holds now."""
    changed = town(
        "market", "update", 1, "--fee-bps", 30, "--price-rule", "pay-as-bid", "--max-order", "50", "--json",
        key="office",
    ).json["market"]  # fmt: skip

    assert (changed["fee_bps"], changed["price_rule"], changed["max_order_wh"]) == (30, "pay-as-bid", "50000")
    assert (changed["tie_rule"], changed["tick_size"]) == ("time", "1000")
    assert "0.3 %" in town("market", "update", 1, "--adopt-delays", "--tie-rule", "pro-rata", key="office").out


@pytest.mark.parametrize(
    ("args", "key", "name"),
    [
        (("update", 1, "--fee-bps", 1), "stranger", "UnauthorizedMarketAuthority"),
        (("update", 1, "--fee-bps", 9999), "office", "FeeAboveCap"),
        (("add-book", 1, "--number", 9), "stranger", "UnauthorizedMarketAuthority"),
        (("remove-book", 1, "So11111111111111111111111111111111111111112"), "office", "AccountOwnedByWrongProgram"),
        (("update", 9, "--fee-bps", 1), "office", "AccountNotFound"),
    ],
)
def test_changes_that_are_refused(town: Town, args: tuple[object, ...], key: str, name: str) -> None:
    ran = town("market", *args, "--json", key=key)

    assert (ran.code, ran.error["name"]) == (5, name)


def test_the_ring_grows_shrinks_and_says_what_it_serves(town: Town) -> None:
    """A book of another size joins, shows as unused, and leaves."""
    town("order", "sell", 1, "--energy", "1", "--price", "0.2", key="alice")
    added = town("market", "add-book", 1, "--number", 9, "--orders", 64, "--json", key="office").json["market"]
    text, document = town("market", "books", 1), town("market", "books", 1, "--json").json
    removed = town("market", "remove-book", 1, added["books"][-1]["address"], "--json", key="office")

    assert "1 of 1024" in text.out
    assert "unused" in text.out
    assert [book["state"] for book in document["books"] if book["epoch"]] == ["open"]
    assert (len(added["books"]), len(removed.json["market"]["books"])) == (5, 4)


# Orders from a file


def test_many_orders_in_one_transaction(town: Town) -> None:
    """They get rising client ids and places in the log, and can be cancelled one by one."""
    placed = town("order", "place", 1, write(town, "buy,1,0.24", "BUY,2,0.2"), "--json", key="bob").json
    first = placed["orders"][0]
    cancel = ("--epoch", placed["epoch"], "--index", first["index"], "--client-id", first["client_id"])

    assert (placed["side"], [order["energy_wh"] for order in placed["orders"]]) == ("bid", ["1000", "2000"])
    assert town("order", "cancel", 1, *cancel, key="bob").code == 0
    assert [order["status"] for order in town("order", "list", 1, "--json").json["orders"]] == ["cancelled", "active"]
    assert "Placed 1 orders" in town("order", "place", 1, write(town, "sell,1,0.2"), key="alice").out


def test_more_orders_than_one_transaction_cancels(town: Town) -> None:
    """They go out in as many transactions as it takes, each for one seat."""
    town("order", "place", 1, write(town, *["buy,0.01,0.01"] * 62), key="bob")

    cancelled = town("order", "cancel-all", 1, "--json", key="bob").json

    assert [order["index"] for order in cancelled["orders"]] == list(range(62))
    assert len(cancelled["transactions"]) == 2
    assert {order["status"] for order in town("order", "list", 1, "--json").json["orders"]} == {"cancelled"}


def test_wrong_lines_of_orders_are_named(town: Town) -> None:
    """All of them, and nothing is placed."""
    file = write(
        town, "buy,1,0.24", "hold,1,0.2", "buy,one,0.2", "buy,1,9", "buy,0.001,0.2", "sell,1,0.2", "buy,1,0.0001"
    )

    ran = town("order", "place", 1, file, "--json", key="bob")

    assert (ran.code, ran.error["name"]) == (2, "WrongLines")
    message = ran.error["message"]
    assert [line.partition(":")[0].strip() for line in message.splitlines()[1:]] == [
        f"line {number}" for number in range(3, 9)
    ]
    assert "neither buy nor sell" in message
    assert "a seat is on one side of an epoch" in message
    assert town("order", "list", 1, "--json").json["orders"] == []


def test_more_orders_than_a_market_takes(town: Town) -> None:
    limit = town("market", "show", 1, "--json").json["market"]["max_orders_per_seat"]

    ran = town("order", "place", 1, write(town, *["buy,0.01,0.2"] * (limit + 1)), key="bob")

    assert ran.code == 2
    assert f"at most {min(limit, 120)}" in ran.err


# The crank


def test_one_run_settles_all_that_is_over(town: Town) -> None:
    for _ in range(2):
        town("order", "sell", 1, "--energy", "1", "--price", "0.2", key="alice")
        town.transport.advance(EPOCH_LENGTH_S)

    done = town("epoch", "run", 1, "--json", key="office").json
    again = town("epoch", "run", 1, key="office")

    assert [result["state"] for result in done["epochs"]] == ["settled", "settled"]
    assert "Nothing is over" in again.err


def test_the_crank_goes_on_after_a_silent_cluster_and_a_pause(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look that fails is told; what is due is settled when it can be; Ctrl-C is the end."""
    client = EnergyClient(town.transport, load_keypair(town.keys / "office.json"))
    clock, looks = LiteSvmTransport.clock, 0

    async def pass_time(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            town.transport.advance(EPOCH_LENGTH_S)
            await client.governance.emergency_pause(areas=PauseArea.CLEARING)
        elif looks == 2:
            await client.governance.resume(areas=PauseArea.CLEARING)
            monkeypatch.setattr(LiteSvmTransport, "clock", silent)
        elif looks == 3:
            monkeypatch.setattr(LiteSvmTransport, "clock", clock)
        else:
            raise KeyboardInterrupt

    async def silent(_: LiteSvmTransport) -> int:
        raise ClusterUnreachable("no answer")

    town("order", "sell", 1, "--energy", "1", "--price", "0.19", key="alice")
    monkeypatch.setattr(epoch_module.asyncio, "sleep", pass_time)

    ran = town("epoch", "run", 1, "--follow", "--json", key="office")

    assert ran.code == 0
    settled = [json.loads(line)["epoch"] for line in ran.out.splitlines()]
    assert [result["state"] for result in settled] == ["settled"]
    assert "ClearingPaused" in ran.err
    assert "Stopped; 1 epochs were settled." in ran.err


# Watching


def test_one_frame_shows_all_that_matters(town: Town) -> None:
    """Time left, depth around the price, what would trade, what has traded, the own seat."""
    town("order", "sell", 1, "--energy", "1", "--price", "0.18", key="alice")
    town("order", "buy", 1, "--energy", "1", "--price", "0.24", key="bob")
    town.transport.advance(EPOCH_LENGTH_S)
    town("epoch", "run", 1, key="office")
    town("order", "sell", 1, "--energy", "0.5", "--price", "0.17", key="alice")
    town("order", "buy", 1, "--energy", "2", "--price", "0.21", key="bob")

    text = town("watch", 1, "--once", key="bob")
    document = town("watch", 1, "--once", "--json", key="bob").json

    for shown in ("2 orders, ends in", "0.500 kWh would trade at 0.210000", "settled", "1.000 kWh", "Your seat 3"):
        assert shown in text.out
    assert 0 < document["closes_in_s"] <= EPOCH_LENGTH_S
    assert [result["state"] for result in document["results"]] == ["settled"]
    assert document["seat"]["payment_locked"] == "420000"
    assert town("watch", 1, "--once", "--last", 0, "--json", key="bob").json["results"] == []


def test_watching_needs_no_key_and_no_orders(town: Town) -> None:
    """Without a key there is no own seat; a key that was named must be there."""
    nobody = town("watch", 1, "--once")
    named = town("watch", 1, "--once", "-k", "/nowhere.json")
    stranger = town("watch", 1, "--once", "--json", key="stranger").json

    assert "Nothing would trade now." in nobody.out
    assert "Your seat" not in nobody.out
    assert named.code == 3
    assert stranger["seat"] is None
    assert town("watch", 7, "--once").code == 5


def test_frames_follow_each_other_until_ctrl_c(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that is silent for a moment is told, and asked again."""
    market_data, looks = LiteSvmTransport.get_account, 0

    async def pass_time(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            monkeypatch.setattr(LiteSvmTransport, "get_account", silent)
        elif looks == 2:
            monkeypatch.setattr(LiteSvmTransport, "get_account", market_data)
        else:
            raise KeyboardInterrupt

    async def silent(*_: object) -> None:
        raise ClusterUnreachable("no answer")

    monkeypatch.setattr(watch_module.asyncio, "sleep", pass_time)

    ran = town("watch", 1)

    assert ran.code == 0
    assert ran.out.count("Market 1, epoch") == 2
    assert "no answer; trying again in 2 s" in ran.err


def test_the_prices_nearest_to_the_middle_are_shown() -> None:
    depth = [(price, 1, 1) for price in (100, 200, 300, 400, 500)]

    assert [price for price, _, _ in around(depth, 390, 3)] == [300, 400, 500]
    assert around(depth, 0, 9) == depth
