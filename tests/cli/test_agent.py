"""energyctl agent, order --agent-of, seat lock: what a key may do for a seat, be it its own or not."""

from __future__ import annotations

from .conftest import Town


def authorize(town: Town, *limits: object) -> int:
    """Bob's key is an agent of Alice's seat; the seat's number."""
    words = limits or ("--payment-per-day", "1", "--energy-per-day", "2")
    agent = town("agent", "authorize", 1, town.keys / "bob.json", *words, "--json", key="alice").json["agent"]
    seat: int = agent["seat"]
    return seat


def test_an_agent_trades_within_its_limits(town: Town) -> None:
    seat = authorize(town)

    sold = town("order", "sell", 1, "--energy", "1.5", "--price", "0.2", "--agent-of", seat, key="bob")
    too_much = town("order", "sell", 1, "--energy", "0.6", "--price", "0.2", "--agent-of", seat, "--json", key="bob")
    shown = town("agent", "show", 1, town.keys / "bob.json", "--seat", seat, key="bob")

    assert "Offered 1.500 kWh" in sold.out
    assert too_much.error["name"] == "AgentLimitExceeded"
    assert "0.500 kWh left of 2.000 kWh a day" in shown.out
    cancelled = town("order", "cancel-all", 1, "--agent-of", seat, "--json", key="bob").json
    assert [order["seat"] for order in cancelled["orders"]] == [seat]


def test_an_agent_places_a_file_and_cancels_one_order(town: Town) -> None:
    seat = authorize(town)
    file = town.keys / "asks.csv"
    file.write_text("side,energy_kwh,price\nsell,0.5,0.2\nsell,0.5,0.3\n", encoding="utf-8")

    placed = town("order", "place", 1, file, "--agent-of", seat, "--json", key="bob").json
    first = placed["orders"][0]
    town(
        *("order", "cancel", 1, "--epoch", placed["epoch"], "--index", first["index"]),
        *("--client-id", first["client_id"], "--agent-of", seat),
        key="bob",
    )

    left = town("order", "list", 1, "--json").json["orders"]
    assert [order["status"] for order in left] == ["cancelled", "active"]


def test_a_seat_lists_who_may_trade_for_it(town: Town) -> None:
    assert "The seat has no agents." in town("agent", "list", 1, key="alice").err
    authorize(town, "--payment-per-day", "1", "--payment-per-month", "5", "--expires", "2100-01-01")

    listed = town("agent", "list", 1, "--json", key="alice").json["agents"]
    assert [(agent["state"], agent["payment_per_month"], agent["expires_at"]) for agent in listed] == [
        ("active", "5000000", "2100-01-01T00:00:00Z")
    ]
    town("agent", "revoke", 1, town.keys / "bob.json", key="alice")
    gone = town("agent", "show", 1, town.keys / "bob.json", "--json", key="alice")
    assert gone.error["name"] == "AccountNotFound"


def test_an_agent_without_a_limit_is_asked_for_one(town: Town) -> None:
    refused = town("agent", "authorize", 1, town.keys / "bob.json", key="alice")

    assert refused.code == 2
    assert "--payment-per-day" in refused.err


def test_a_seat_is_ones_own_or_an_agents(town: Town) -> None:
    both = town("order", "buy", 1, "--energy", "1", "--price", "0.2", "--seat", 2, "--agent-of", 2, key="bob")
    never = town("order", "buy", 1, "--energy", "1", "--price", "0.2", "--agent-of", 2, "--json", key="stranger")

    assert "--agent-of" in both.err
    assert never.error["name"] == "AccountNotFound"


def test_a_lock_holds_up_a_withdrawal(town: Town) -> None:
    locked = town("seat", "lock", 1, "--payment-per-day", "5", "--delay", "3600", key="alice")
    refused = town("seat", "withdraw", 1, "--payment", "6", "--json", key="alice")
    looser = town("seat", "lock", 1, "--payment-per-day", "6", "--delay", "3600", "--json", key="alice")
    announced = town("seat", "open-withdrawals", 1, key="alice")
    town.transport.advance(3_600)
    town("seat", "withdraw", 1, "--payment", "6", key="alice")
    off = town("seat", "lock", 1, "--delay", "0", key="alice")

    assert "more is announced 3600 s before" in locked.out
    assert refused.error["name"] == "WithdrawalLocked"
    assert looser.error["name"] == "WithdrawalLimitsLooser"
    assert "open for a day from" in announced.out
    assert "Took the lock off" in off.out
    assert town("seat", "show", 1, "--json", key="alice").json["seat"]["withdrawal_lock"] is None
