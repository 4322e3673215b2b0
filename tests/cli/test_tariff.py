"""`energyctl tariff` against the real programs, in process."""

from __future__ import annotations

import asyncio

from energy_sdk import EnergyClient, load_keypair

from .conftest import EPOCH_LENGTH_S, Town


def govern(town: Town, **limits: int) -> None:
    """Let governance set price limits."""
    client = EnergyClient(town.transport, load_keypair(town.keys / "office.json"))
    asyncio.run(client.governance.update_parameters(**limits))


def test_without_bounds_the_whole_grid_is_allowed(town: Town) -> None:
    """A fresh market and a fresh governance restrict nothing."""
    text, document = town("tariff", "show", 1), town("tariff", "show", 1, "--json").json

    assert text.code == 0
    assert "0.000000 to 0.511000, the market's whole range" in text.out
    assert "sets no limits" in text.out
    assert "not open yet" in text.out
    assert (document["floor"], document["ceiling"], document["epoch"]) == ("0", "511000", None)
    assert (document["min_price"], document["max_price"]) == ("0", str(2**64 - 1))


def test_bounds_bind_the_next_epoch_and_not_the_open_one(town: Town) -> None:
    """An order that the running epoch takes is refused in the next."""
    town("order", "buy", 1, "--energy", "0.1", "--price", "0.4", key="bob")

    bounded = town("tariff", "set", 1, "--floor", "0.0505", "--ceiling", "0.3", "--json", key="office").json

    assert (bounded["floor"], bounded["ceiling"]) == ("51000", "300000")
    shown = town("tariff", "show", 1, "--json").json
    assert (shown["floor"], shown["ceiling"]) == ("51000", "300000")
    assert (shown["epoch"]["floor"], shown["epoch"]["ceiling"]) == ("0", "511000")
    assert town("order", "buy", 1, "--energy", "0.1", "--price", "0.4", key="bob").code == 0
    town.transport.advance(EPOCH_LENGTH_S)
    refused = town("order", "buy", 1, "--energy", "0.1", "--price", "0.4", "--json", key="bob")
    assert (refused.code, refused.error["name"]) == (5, "PriceOutOfBounds")
    assert town("order", "buy", 1, "--energy", "0.1", "--price", "0.3", key="bob").code == 0
    assert "0.051000 to 0.300000" in town("tariff", "show", 1).out


def test_one_bound_alone_leaves_the_other(town: Town) -> None:
    """And both can be taken back."""
    town("tariff", "set", 1, "--floor", "0.05", key="office")
    ceiling = town("tariff", "set", 1, "--ceiling", "0.3", "--json", key="office").json

    assert (ceiling["floor"], ceiling["ceiling"]) == ("50000", "300000")
    freed = town("tariff", "set", 1, "--floor", "0", "--ceiling", "1000", key="office")
    assert "0.000000 to 0.511000, the market's whole range" in freed.out


def test_governance_limits_what_operators_set(town: Town) -> None:
    """The limits are shown, kept, and named when they refuse."""
    govern(town, min_price=20_000)
    assert "allows 0.020000 and above" in town("tariff", "show", 1).out
    govern(town, max_price=400_000)

    beyond = town("tariff", "set", 1, "--floor", "0.02", "--ceiling", "0.401", "--json", key="office")

    assert (beyond.code, beyond.error["name"]) == (5, "PriceBoundsOutsideLimits")
    assert town("tariff", "set", 1, "--floor", "0.02", "--ceiling", "0.4", key="office").code == 0
    assert "allows 0.020000 to 0.400000" in town("tariff", "show", 1).out


REFUSED: tuple[tuple[str, tuple[object, ...], int, str], ...] = (
    ("office", (1,), 2, "InvalidInput"),
    ("office", (1, "--floor", "0.3", "--ceiling", "0.2"), 5, "PriceBoundsEmpty"),
    ("office", (1, "--floor", "0.6"), 5, "PriceBoundsEmpty"),
    ("office", (1, "--floor", "cheap"), 2, "InvalidAmount"),
    ("office", (1, "--floor", "-0.1"), 2, "InvalidAmount"),
    ("office", (9, "--floor", "0.1"), 5, "AccountNotFound"),
    ("alice", (1, "--floor", "0.1"), 5, "UnauthorizedOperator"),
)


def test_refusals_have_names_and_change_nothing(town: Town) -> None:
    """A wrong price, market or person."""
    before = town("tariff", "show", 1, "--json").out

    for key, args, code, name in REFUSED:
        ran = town("tariff", "set", *args, "--json", key=key)
        assert (ran.code, ran.error["name"]) == (code, name), args

    assert town("tariff", "show", 1, "--json").out == before
