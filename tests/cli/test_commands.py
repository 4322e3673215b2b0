"""The commands against the real programs, in process."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from energyctl.commands.arguments import unix_time
from energyctl.main import app
from energyctl.render import amount
from typer.testing import CliRunner

from .conftest import EPOCH_LENGTH_S, Town, run


def trade(town: Town) -> int:
    """Alice sells 1 kWh to Bob; returns the epoch, which is settled."""
    sold = town("order", "sell", 1, "--energy", "1", "--price", "0.18", "--json", key="alice")
    town("order", "buy", 1, "--energy", "1.5", "--price", "0.24", key="bob")
    town.transport.advance(EPOCH_LENGTH_S)
    assert town("epoch", "close", 1, key="office").code == 0
    assert town("epoch", "clear", 1, key="office").code == 0
    epoch: int = sold.json["epoch"]
    return epoch


def test_version() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))

    assert run("--version").out == f"energyctl {project['project']['version']}\n"


@pytest.mark.parametrize(
    "args", [(), ("market",), ("order",), ("epoch",), ("localnet",), ("order", "buy"), ("epoch", "export")]
)
def test_help_has_examples(args: tuple[str, ...]) -> None:
    ran = run(*args, "--help")

    assert ran.code == 0
    assert "Usage: energyctl" in ran.out
    if len(args) != 1:
        assert "energyctl " in ran.out.partition("Example")[2]


def complete(words: str) -> str:
    """What a shell that has the completion installed gets for a line."""
    environ = {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_ENERGYCTL_COMPLETE": "complete_bash",
    }
    result = CliRunner().invoke(app, [], env=environ, prog_name="energyctl")
    assert result.exit_code == 0
    return result.stdout


def test_completion_knows_commands_options_and_choices() -> None:
    assert "market" in complete("energyctl ma").split()
    assert {"show", "list", "depth"} <= set(complete("energyctl market ").split())
    assert "--price-rule" in complete("energyctl market create 1 --pri")
    assert "pay-as-bid" in complete("energyctl market create 1 --price-rule pay")


def test_completion_can_be_installed() -> None:
    assert "--install-completion" in run("--help").out


# Markets


def test_market_show(town: Town) -> None:
    text, document = town("market", "show", 1), town("market", "show", 1, "--json").json

    assert text.code == 0
    assert "0.000000 to 0.511000 in steps of 0.001000" in text.out
    assert document["schema_version"] == 1
    market = document["market"]
    assert market["address"] == str(town.world.market.address)
    assert market["tick_size"] == "1000"
    assert market["max_order_wh"] == "1000000000"
    assert (market["lot_wh"], market["fee_bps"], market["price_rule"]) == (10, 100, "midpoint")
    assert market["last_price"] is None


def test_reading_needs_no_key(town: Town) -> None:
    assert town("market", "show", 1).code == 0
    assert not town.settings[0].keypair.exists()


def test_market_list(town: Town) -> None:
    text, document = town("market", "list"), town("--json", "market", "list", "--up-to", 1).json

    assert str(town.world.market.address) in text.out
    assert "0 to 99" in text.err
    assert [market["id"] for market in document["markets"]] == [1]
    assert document["looked_up_to"] == 1
    assert town("market", "list", "--up-to", 0, "--json").json["markets"] == []


def test_market_depth(town: Town) -> None:
    empty = town("market", "depth", 1)
    town("order", "sell", 1, "--energy", "1", "--price", "0.18", key="alice")
    one_sided = town("market", "depth", 1)
    town("order", "buy", 1, "--energy", "1.5", "--price", "0.24", key="bob")
    text, document = town("market", "depth", 1), town("market", "depth", 1, "--json").json

    assert (empty.code, empty.out) == (0, "")
    assert "has no orders" in empty.err
    assert "Nothing would trade now." in one_sided.err
    assert "1.500 kWh" in text.out
    assert "Now 1.000 kWh would trade at 0.240000 per kWh." in text.err
    assert document["depth"] == [
        {"price": "180000", "bid_wh": "0", "ask_wh": "1000"},
        {"price": "240000", "bid_wh": "1500", "ask_wh": "0"},
    ]
    assert (document["best_bid"], document["best_ask"]) == ("240000", "180000")
    assert (document["indicative_price"], document["indicative_volume_wh"]) == ("240000", "1000")


def test_market_create(town: Town) -> None:
    mint = town.world.market.payment_mint
    terms: tuple[object, ...] = (
        "--payment-mint",
        mint,
        "--tick",
        "0.002",
        "--ticks",
        100,
        "--price-min",
        "0.05",
        "--lot",
        "0.1",
    )
    terms += ("--price-rule", "buyers-end", "--tie-rule", "pro-rata", "--fee-bps", 50, "--min-order", "0.2")
    terms += ("--max-order", "50", "--max-orders-per-seat", 8, "--epoch-length", 60, "--seats", 20, "--books", 5)
    terms += ("--orders-per-book", 64, "--anchor", "2025-06-15T15:00:00Z", "--fee-recipient", mint)

    created = town("market", "create", 2, *terms, "--community-recipient", mint, "--json", key="office")

    assert created.code == 0
    market = created.json["market"]
    assert market == town("market", "show", 2, "--json").json["market"]
    assert (market["price_min"], market["tick_size"], market["tick_count"]) == ("50000", "2000", 100)
    assert (market["price_rule"], market["tie_rule"], market["fee_bps"]) == ("buyers-end", "pro-rata", 50)
    assert (market["min_order_wh"], market["max_order_wh"], market["lot_wh"]) == ("200", "50000", 100)
    assert (market["max_orders_per_seat"], market["epoch_length_s"], len(market["books"])) == (8, 60, 5)
    assert "Created market 3" in town("market", "create", 3, *terms[:6], key="office").out


def test_only_an_authority_creates_markets(town: Town) -> None:
    mint = town.world.market.payment_mint

    ran = town("market", "create", 2, "--payment-mint", mint, "--tick", "0.001", "--ticks", 9, key="stranger")

    assert ran.code == 5
    assert "NotRecRegulator" in ran.err


def test_a_payment_mint_that_is_none(town: Town) -> None:
    address = town.world.market.address

    ran = town("market", "create", 2, "--payment-mint", address, "--tick", "0.001", "--ticks", 9, key="office")

    assert ran.code == 5
    assert "mint" in ran.err


# Orders


def test_an_order_goes_in_and_out(town: Town) -> None:
    placed = town("order", "sell", 1, "--energy", "0.75", "--price", "0.18", "--json", key="alice")
    order = placed.json
    listed = town("order", "list", 1, "--json").json["orders"]
    cancel = ("--epoch", order["epoch"], "--index", order["index"], "--client-id", order["client_id"])
    cancelled = town("order", "cancel", 1, *cancel, key="alice")

    assert (order["energy_wh"], order["price"], order["side"]) == ("750", "180000", "ask")
    assert order["seat"] == town.world.members["alice"].seat
    assert order["transaction"]["signature"]
    assert [(entry["client_id"], entry["status"]) for entry in listed] == [(order["client_id"], "active")]
    assert cancelled.code == 0
    assert town("order", "list", 1, "--json").json["orders"][0]["status"] == "cancelled"


def test_orders_as_text(town: Town) -> None:
    bought = town("order", "buy", 1, "--energy", "1.5", "--price", "0.24", "--seat", 3, key="bob")
    town("order", "sell", 1, "-e", "1", "-p", "0.18", key="alice")

    assert "Bid for 1.500 kWh at 0.240000 per kWh" in bought.out
    everybody, own = town("order", "list", 1), town("order", "list", 1, "--mine", key="bob")
    assert ("ask" in everybody.out, "ask" in own.out) == (True, False)
    assert "bid" in own.out


def test_an_epoch_without_orders(town: Town) -> None:
    ran = town("order", "list", 1)

    assert (ran.code, ran.out) == (0, "")
    assert "has no orders" in ran.err
    assert town("order", "list", 1, "--json").json["orders"] == []


@pytest.mark.parametrize(
    ("key", "args", "name"),
    [
        ("alice", ("sell", 1, "--energy", "99", "--price", "0.18"), "InsufficientBalance"),
        ("bob", ("sell", 1, "--energy", "1", "--price", "0.18"), "ConsumerCannotSell"),
        ("bob", ("buy", 1, "--energy", "1", "--price", "0.1805"), "PriceOffGrid"),
        ("bob", ("buy", 1, "--energy", "0.015", "--price", "0.18"), "InvalidOrderAmount"),
        ("bob", ("buy", 1, "--energy", "0", "--price", "0.18"), "InvalidOrderAmount"),
        ("bob", ("buy", 1, "--energy", "1", "--price", "0.18", "--seat", 2), "UnauthorizedSeat"),
        ("bob", ("buy", 1, "--energy", "1", "--price", "0.18", "--seat", 999), "InvalidAmount"),
        ("bob", ("cancel", 1, "--epoch", 99, "--index", 0, "--client-id", 1), "AccountNotFound"),
    ],
)
def test_refused_orders_change_nothing(town: Town, key: str, args: tuple[object, ...], name: str) -> None:
    before = town("market", "depth", 1, "--json").json["depth"]

    ran = town("order", *args, "--json", key=key)

    assert ran.code in (2, 5)
    assert ran.error["name"] == name
    assert town("market", "depth", 1, "--json").json["depth"] == before


def test_nobody_cancels_for_another(town: Town) -> None:
    order = town("order", "sell", 1, "--energy", "1", "--price", "0.18", "--json", key="alice").json
    cancel = ("--epoch", order["epoch"], "--index", order["index"], "--client-id", order["client_id"])

    assert "UnauthorizedCancellation" in town("order", "cancel", 1, *cancel, key="bob").err


def test_all_own_orders_go_out_at_once(town: Town) -> None:
    """The live ones, of this key alone; a second time there is nothing left to do."""
    for _ in range(2):
        town("order", "sell", 1, "--energy", "0.5", "--price", "0.18", key="alice")
    town("order", "buy", 1, "--energy", "1", "--price", "0.1", key="bob")
    gone = town("order", "sell", 1, "--energy", "0.25", "--price", "0.2", "--json", key="alice").json
    town(
        "order",
        "cancel",
        1,
        *("--epoch", gone["epoch"], "--index", gone["index"], "--client-id", gone["client_id"]),
        key="alice",
    )

    cancelled = town("order", "cancel-all", 1, "--json", key="alice").json
    again = town("order", "cancel-all", 1, "--epoch", gone["epoch"], key="alice")

    assert [(order["index"], order["energy_wh"]) for order in cancelled["orders"]] == [(0, "500"), (1, "500")]
    assert len(cancelled["transactions"]) == 1
    listed = town("order", "list", 1, "--json").json["orders"]
    assert [order["status"] for order in listed] == ["cancelled", "cancelled", "active", "cancelled"]
    assert (again.code, again.out) == (0, "")
    assert "no live orders" in again.err


# Epochs


def test_an_epoch_from_orders_to_trades(town: Town) -> None:
    town("order", "sell", 1, "--energy", "1", "--price", "0.18", key="alice")
    town("order", "buy", 1, "--energy", "1.5", "--price", "0.24", key="bob")
    live = town("epoch", "show", 1, "--json").json["epoch"]
    early = town("epoch", "close", 1, key="office")
    town.transport.advance(EPOCH_LENGTH_S)
    closed = town("epoch", "close", 1, "--json", key="office").json
    waiting = town("epoch", "show", 1, closed["epoch"], "--json").json["epoch"]
    cleared = town("epoch", "clear", 1, "--json", key="stranger").json["epoch"]
    trades = town("epoch", "trades", 1, closed["epoch"], "--json").json["trades"]

    assert (live["state"], live["orders"]) == ("open", 2)
    assert "EpochNotOver" in early.err
    assert waiting["state"] == "closed"
    assert (cleared["state"], cleared["price"], cleared["volume_wh"]) == ("settled", "240000", "1000")
    assert (cleared["buyers_paid"], cleared["sellers_received"], cleared["fees"]) == ("240000", "237600", "2400")
    assert [(entry["energy_wh"], entry["price"], entry["paid"]) for entry in trades] == [("1000", "240000", "240000")]
    assert town("epoch", "show", 1, closed["epoch"], "--json").json["epoch"] == cleared


def test_epochs_as_text(town: Town) -> None:
    nothing = town("epoch", "list", 1)
    epoch = trade(town)

    assert "No epoch has been closed yet." in nothing.err
    assert "1.000 kWh, of 1.500 kWh asked for and 1.000 kWh offered" in town("epoch", "show", 1, epoch).out
    assert "0.240000" in town("epoch", "list", 1).out
    assert "0.240000" in town("epoch", "trades", 1, epoch).out
    assert "1.000 kWh in 1 settled epochs" in town("market", "show", 1).out
    assert [entry["epoch"] for entry in town("epoch", "list", 1, "--last", 1, "--json").json["epochs"]] == [epoch]


def test_closing_is_the_operators_at_first(town: Town) -> None:
    town("order", "sell", 1, "--energy", "1", "--price", "0.18", key="alice")
    town.transport.advance(EPOCH_LENGTH_S)

    refused = town("epoch", "close", 1, key="stranger")
    town.transport.advance(town.world.market.clearing_grace_s)

    assert refused.code == 5
    assert town("epoch", "close", 1, key="stranger").code == 0


@pytest.mark.parametrize("command", ["close", "clear"])
def test_nothing_waits(town: Town, command: str) -> None:
    ran = town("epoch", command, 1, key="office")

    assert ran.code == 5
    assert "no epoch that waits" in ran.err


def test_trades_need_a_settled_epoch(town: Town) -> None:
    order = town("order", "sell", 1, "--energy", "1", "--price", "0.18", "--json", key="alice").json

    assert "not settled" in town("epoch", "trades", 1, order["epoch"]).err
    assert town("epoch", "trades", 1, 1).code == 5


# The local chain


def test_localnet_status(town: Town) -> None:
    text, document = town("localnet", "status", "--port", 1234), town("localnet", "status", "--json").json

    assert town.settings[0].url == "http://127.0.0.1:1234"
    assert "all installed" in text.out
    assert document["programs"]["trading"] is True
    assert [market["id"] for market in document["markets"]] == [1]


# Small things


def test_amounts_are_text_in_json() -> None:
    assert amount(2**64 - 1) == "18446744073709551615"


@pytest.mark.parametrize(
    "text", ["1750000500", "2025-06-15T15:15:00Z", "2025-06-15T17:15:00+02:00", "2025-06-15 15:15"]
)
def test_times(text: str) -> None:
    assert unix_time(text) == 1_750_000_500
