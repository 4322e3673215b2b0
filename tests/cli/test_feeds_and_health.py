"""energyctl feed and energyctl health: what is observed, and what is late."""

from __future__ import annotations

import pytest

from .conftest import Town

MARKET = 1


@pytest.fixture
def feed(town: Town) -> Town:
    """Feed 0, a temperature in tenths of a degree that is stale after a quarter hour."""
    made = town(
        "feed", "create", "temperature", "--unit", "°C", "--decimals", 1, "--max-age", 900, "--json", key="office"
    )
    assert (made.json["feed"]["number"], made.json["feed"]["value"], made.json["feed"]["fresh"]) == (0, None, False)
    return town


def test_an_observation_is_shown_in_its_unit(feed: Town) -> None:
    """Below zero too; it goes stale, and the list says so."""
    done = feed("feed", "update", 0, "--value", "-32.5", "--json", key="office").json["feed"]

    assert (done["quantity"], done["value"], done["delay_s"], done["fresh"]) == ("-32.5", "-325", 0, True)
    assert "-32.5 °C" in feed("feed", "show", 0).out
    assert "1 of 1 feeds are fresh" in feed("feed", "list").out
    feed.transport.advance(901)
    assert "0 of 1 feeds are fresh" in feed("feed", "list").out
    assert not feed("feed", "show", 0, "--json").json["feed"]["fresh"]


def test_freshness_is_a_share(feed: Town) -> None:
    """A fresh value for 900 of 1,800 s."""
    feed("feed", "update", 0, "--value", "1", key="office")
    feed.transport.advance(1_800)
    feed("feed", "update", 0, "--value", "2", key="office")

    assert feed("feed", "show", 0, "--json").json["feed"]["freshness_bps"] == 5_000
    assert "50.0%" in feed("feed", "list").out


def test_the_admin_changes_and_removes(feed: Town) -> None:
    """Its number is gone for good."""
    assert feed("feed", "limit", 0, "--max-age", 60, "--json", key="office").json["feed"]["max_age_s"] == 60
    assert feed("feed", "remove", 0, key="office").code == 0
    assert "There are no feeds." in feed("feed", "list").err
    assert feed("feed", "show", 0, "--json").error["name"] == "AccountNotFound"


@pytest.mark.parametrize(
    ("line", "key", "code", "name"),
    [
        (("create", "x" * 33, "--max-age", "1"), "office", 2, "InvalidInput"),
        (("create", "load", "--max-age", "0"), "office", 2, "UsageError"),
        (("create", "load", "--max-age", "1"), "alice", 5, "UnauthorizedAdmin"),
        (("update", "0", "--value", "32.55"), "office", 2, "InvalidAmount"),
        (("update", "0", "--value", "warm"), "office", 2, "InvalidAmount"),
        (("update", "0", "--value", "1", "--observed-at", "2100-01-01T00:00:00Z"), "office", 5, "ObservationInFuture"),
        (("update", "0", "--value", "1", "--observed-at", "0"), "office", 5, "ObservationNotNewer"),
        (("update", "0", "--value", "1"), "alice", 5, "UnauthorizedOperator"),
        (("update", "7", "--value", "1"), "office", 5, "AccountNotFound"),
        (("remove", "0"), "alice", 5, "UnauthorizedAdmin"),
    ],
)
def test_what_cannot_be_is_named(feed: Town, line: tuple[str, ...], key: str, code: int, name: str) -> None:
    """With a documented exit code."""
    ran = feed("feed", *line, "--json", key=key)

    assert (ran.code, ran.error["name"]) == (code, name)


def test_health_ends_with_0_when_nothing_is_late(feed: Town) -> None:
    """Without any key; every meter has reported and the feed is awaited still."""
    for meter in ("meter of alice", "meter of bob"):
        feed("reading", "submit", meter, "--import", "0.1", key="office")

    ran = feed("health")

    assert ran.code == 0, ran
    assert "nothing is late" in ran.out
    assert feed("health", MARKET, "--json").json["healthy"]


def test_health_ends_with_1_when_something_is_late(feed: Town) -> None:
    """And says what, by how much, and whose meters."""
    feed("reading", "submit", "meter of alice", "--import", "0.1", key="office")
    feed.transport.advance(8 * 900 + 7)

    ran = feed("health", MARKET, "--tolerated-intervals", 2)
    document = feed("health", MARKET, "--json").json

    assert ran.code == 1
    assert ran.err.startswith("0 of 1 feeds are fresh.\nThe endpoint (version LiteSVM) keeps up.")
    assert "something is late" in ran.out
    assert "meter of bob (never reported)" in ran.out
    assert (document["healthy"], document["fresh_feeds"], document["feeds"]) == (False, 0, 1)
    late = {finding["condition"]: finding for finding in document["findings"]}
    assert late["feed-stale"]["late_s"] == 8 * 900 + 7 - 900
    names = [meter["meter_id"] for meter in late["meters-silent"]["silent_meters"]]
    assert names == ["meter of alice", "meter of bob"]


def test_health_of_a_market_that_does_not_exist(town: Town) -> None:
    """Is an error and no answer."""
    ran = town("health", 99, "--json")

    assert (ran.code, ran.error["name"]) == (5, "AccountNotFound")
