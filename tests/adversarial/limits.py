"""Bytes that only the programs write, and that stop a transaction hard where they contradict one another.

A program's accounts hold what it wrote there. Where they did not, a subtraction below zero, an index beyond an array
or a sum beyond 64 bits ends the program at once: nothing changes, but the error has no name. Naming these would cost
compute units in every order and every clearing, for states that do not come about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from energy_sdk.programs import TRADING
from energy_sdk.transports.base import Account

from tests.adversarial.idl import content, discriminators

COUNTS = "it counts what has happened, one by one; so much does not happen"
GRID = "validated when the market is created, and copied from there"
SUMS = "the program keeps both sides of the sum; if they differed, stopping is right"
SIGNS = "written once, when the account is made; another one signs for no address, and the call ends"

ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "Book": {
        **dict.fromkeys(("cancelled", "expired", "filled", "partially_filled"), COUNTS),
        **dict.fromkeys(("first_lot_value", "lot_wh", "price_min", "tick_count", "tick_lot_value", "tick_size"), GRID),
        **dict.fromkeys(
            (
                "ask_lots",
                "bid_lots",
                "buyers_paid",
                "capacity",
                "count",
                "cursor",
                "fees",
                "orders",
                "seen_ask",
                "seen_bid",
                "sellers_gross",
                "ticks",
            ),
            SUMS,
        ),
    },
    "Feed": {"updates": COUNTS},
    "Governance": {"membership": COUNTS},
    "Ledger": {
        "sequence": COUNTS,
        **dict.fromkeys(("energy_wh", "free_head", "payment", "seats"), SUMS),
    },
    "Market": {
        **dict.fromkeys(("lot_wh", "price_min", "tick_count", "tick_size"), GRID),
    },
    "MeterShard": {"readings": COUNTS},
    "Oracle": {"bump": SIGNS, "meter_count": COUNTS},
    "RequestBalance": {"requests": COUNTS},
    "TokenConfig": {"bump": SIGNS, "burned": COUNTS, "minted": COUNTS},
}
"""By account type and field: why no transaction writes what would stop one."""


def within_limits(valid: Account, changed: Account) -> Account:
    """`changed` with the fields that are listed here as they are in `valid`."""
    kind = discriminators(valid.owner).get(valid.data[:8], "")
    limits = ACCOUNTS.get(kind)
    if not limits:
        return changed
    data = bytearray(changed.data)
    ranges = [(leaf.start, leaf.end) for leaf in content(valid.owner, valid.data) if leaf.path in limits]
    if valid.owner == TRADING and kind in ("Book", "Ledger"):
        # Behind the header lie ticks and orders, or seats: all of them are sums.
        ranges.append((content(valid.owner, valid.data)[-1].end, len(valid.data)))
    for start, end in ranges:
        data[start:end] = valid.data[start:end][: max(0, len(data) - start)]
    return replace(changed, data=bytes(data))
