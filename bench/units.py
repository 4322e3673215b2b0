"""Compute units, exact and the same on every machine, beside what others published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from bench import compute_units
from bench.table import Detail, Measurement, Options, Row, progress

NAMES: Final = {
    "place_order": "place an order, funds in custody, with event and pause check",
    "place_order_through_anchor": "the same through Anchor, where the fast path does not apply",
    "place_order_marginal": "each further order in a batch",
    "place_order_batch_10": "place ten orders in a batch",
    "cancel_order": "cancel an order",
    "cancel_order_marginal": "each further cancellation in a batch",
    "clear_per_order": "clear and settle, an order of 10,000, all phases",
    "clear_per_order_1000": "clear and settle, an order of 1,000, all phases",
    "clear_per_order_1000_dearest_rules": "the same under pay-as-bid and pro rata, the dearest rules",
    "clear_per_order_one_price": "the same rules, every order at one price, an order of 10,000",
    "clear_10000": "clear and settle 10,000 orders in one transaction",
    "clear_10000_dearest_rules": "the same under pay-as-bid and pro rata, the dearest rules",
    "price_step_1000": "find the price of 1,000 orders, in a step of its own",
    "price_step_10000": "find the price of 10,000 orders, in a step of its own",
    "price_discovery_worst": "find the price of the worst book, 1,024 ticks",
    "deposit": "deposit, token transfer included",
    "withdraw": "withdraw, token transfer included",
    "deposit_beyond_token": "deposit, beyond the token program's own",
    "withdraw_beyond_token": "withdraw, beyond the token program's own",
    "submit_reading": "submit one meter reading",
    "submit_reading_marginal": "each further reading in a batch",
    "mint_energy": "mint what a meter has fed in",
    "retire_energy": "retire energy against metered import",
    "open_epoch": "open an epoch",
    "trigger_market_clearing": "close an epoch",
    "register_user": "register a user",
    "assign_meter": "assign a meter",
    "whole_trade": "a whole trade: two orders, matched, settled, in custody",
    "whole_trade_through_anchor": "the same with both orders through Anchor",
}
"""What the figures of compute_units.json are, in words; others appear under their own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a trade costs elsewhere [compute units].

    Attributes:
        custody: two orders, matched and settled, the funds staying in the venue's custody.
        withdrawn: the same with what both sides traded paid out; None where nobody published it.
        parts: what the figures add up from.
        source: where they are published, or how to measure them again.
    """

    name: str
    custody: int
    withdrawn: int | None
    parts: str
    source: str


PUBLISHED: Final = (
    Published(
        name="GridTokenX",
        custody=155_547,
        withdrawn=191_759,
        parts="create_sell 11,518 + create_buy 10,464 + match_orders 11,752 + settle_offchain_match 121,813; "
        "withdraw_escrow 2 x 18,106",
        source="[NakaSato/gridtokenx-anchor](https://github.com/NakaSato/gridtokenx-anchor), BENCHMARKS.md at 0ccd055",
    ),
    Published(
        name="OpenBook v2",
        custody=59_083,
        withdrawn=102_405,
        parts="place_order posting 25,773 + taking 25,683 + consume_events 7,627; settle_funds 2 x 21,661",
        source="the deployed program, `tests/fixtures/openbook_v2.so` of "
        "[metaDAOproject/futarchy](https://github.com/metaDAOproject/futarchy) at 4072bc9, run in LiteSVM "
        "0.15 with the newer, cheaper token program; with the one that we are measured on, 67,968 and 129,782",
    ),
    Published(
        name="Phoenix v1",
        custody=13_574,
        withdrawn=None,
        parts="2 x 6,787, the median of its operations",
        source="Manifest's benchmark: [CKS-Systems/manifest](https://github.com/CKS-Systems/manifest), "
        "branch gh-pages, `dev/bench/data.js`, last run 2025-12-02; its mix of operations is not public",
    ),
    Published(
        name="Manifest",
        custody=6_442,
        withdrawn=None,
        parts="2 x 3,221, the median of its operations",
        source="as Phoenix",
    ),
)


def whole_trade(figures: Mapping[str, int]) -> int:
    """Two orders, matched and settled, the funds in custody [compute units]."""
    return figures["whole_trade"]


def measure(options: Options) -> Measurement:
    """Every figure of compute_units.py; the recorded ones where it must be quick."""
    progress("every instruction once, and three epochs of up to 10,000 orders")
    figures = compute_units.recorded() if options.quick else compute_units.measure()
    order = [*(name for name in NAMES if name in figures), *(name for name in figures if name not in NAMES)]
    for name in order:
        value = figures[name]
        yield Row(name=NAMES.get(name, name), value=value, unit="CU", limit=compute_units.LIMITS.get(name))
    trade = whole_trade(figures)
    yield Row(name="a whole trade, both sides withdrawing", value=trade + 2 * figures["withdraw"], unit="CU")
    yield Detail("figures", figures)
    yield Detail("published", [asdict(one) for one in PUBLISHED])
