"""What a market day came to: the result, its arithmetic and its JSON form.

Energy is in Wh, money in payment base units (6 decimals, standing for EUR),
prices in payment base units per kWh. Every number is an integer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from .agents import Side, Tariffs

SCHEMA_VERSION: Final = 1
"""Of the JSON form; it rises when a field changes its meaning or goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageFacts:
    """Who took part."""

    day: date
    seed: int
    utc_offset_s: int
    homes: int
    prosumers: int
    businesses: int
    peak_w: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFacts:
    """The rules the day was cleared under."""

    price_rule: str
    tie_rule: str
    fee_bps: int
    tick_size: int
    lot_wh: int
    epoch_length_s: int
    tariffs: Tariffs


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRow:
    """One epoch, and the quarter hour whose meter data it trades."""

    epoch: int
    """Counted from 1 in the day."""
    opens_at: int
    """[Unix seconds] on the day itself; the metered quarter hour ends here."""
    export_wh: int
    """Metered export of all homes in the quarter hour before."""
    import_wh: int
    """Metered import of all homes in the quarter hour before."""
    orders: int
    ask_wh: int
    bid_wh: int
    """All bids, the utility's included."""
    utility_bid_wh: int
    volume_wh: int
    utility_bought_wh: int
    price: int | None
    """Clearing price; none when nothing was traded."""
    price_low: int
    price_high: int
    filled: int
    partially_filled: int
    expired: int
    market_epoch: int = field(compare=False)
    """The market's number of this epoch; it depends on the chain, nothing else here does."""

    @property
    def shared_wh(self) -> int:
        """Export that neighbours used within the same quarter hour."""
        return min(self.export_wh, self.import_wh)

    @property
    def members_volume_wh(self) -> int:
        """What members bought from members."""
        return self.volume_wh - self.utility_bought_wh


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOrder:
    """One order of the book shown in the picture."""

    side: Side
    energy_wh: int
    price: int
    is_utility: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All orders of one epoch."""

    epoch: int
    orders: tuple[BookOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyTotals:
    """The day in Wh."""

    load_wh: int
    """What the homes used; known to the model only."""
    generated_wh: int
    """What the roofs made; known to the model only."""
    self_consumed_wh: int
    """Own generation used behind the meters; known to the model only."""
    exported_wh: int
    imported_wh: int
    shared_wh: int
    """Export used by neighbours within the same quarter hour, from meter data."""
    minted_wh: int
    traded_wh: int
    utility_bought_wh: int
    own_use_wh: int
    """Members' own GRID retired against their own import, without a trade."""
    retired_wh: int
    """All GRID retired, by members and by the utility."""
    utility_retired_wh: int
    residual_import_wh: int
    """Members' import left after retirement; the retailer bills it."""
    unsold_wh: int
    """GRID that members still hold at the end."""

    @property
    def coverage_bps(self) -> int:
        """Metered import covered by neighbours at the same time [1/10,000]."""
        return _bps(self.shared_wh, self.imported_wh)

    @property
    def self_consumption_bps(self) -> int:
        """Metered export used in the village at the same time [1/10,000]."""
        return _bps(self.shared_wh, self.exported_wh)

    @property
    def model_coverage_bps(self) -> int:
        """Load covered by the village's sun, behind the meters included [1/10,000]."""
        return _bps(self.self_consumed_wh + self.shared_wh, self.load_wh)

    @property
    def model_self_consumption_bps(self) -> int:
        """Generation used in the village, behind the meters included [1/10,000]."""
        return _bps(self.self_consumed_wh + self.shared_wh, self.generated_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMoney:
    """What a group of members paid and earned, against the tariffs outside."""

    name: str
    members: int
    imported_wh: int
    exported_wh: int
    bought_wh: int
    sold_wh: int
    residual_import_wh: int
    paid: int
    """For energy bought on the market."""
    received: int
    """For energy sold on the market, after the fee."""
    tariffs: Tariffs

    @property
    def retailer_bill(self) -> int:
        """Residual import at the retail price."""
        return self.residual_import_wh * self.tariffs.retail // 1_000

    @property
    def cost(self) -> int:
        """Net cost of the day with the market; negative is an income."""
        return self.paid - self.received + self.retailer_bill

    @property
    def cost_at_tariffs(self) -> int:
        """Net cost of the day with feed-in tariff and retail price alone."""
        return (self.imported_wh * self.tariffs.retail - self.exported_wh * self.tariffs.feed_in) // 1_000

    @property
    def advantage(self) -> int:
        """How much better off the group is with the market."""
        return self.cost_at_tariffs - self.cost

    @property
    def average_price_paid(self) -> int | None:
        """Mean price of what was bought [payment units per kWh]."""
        return self.paid * 1_000 // self.bought_wh if self.bought_wh else None

    @property
    def average_price_received(self) -> int | None:
        """Mean price of what was sold, after the fee [payment units per kWh]."""
        return self.received * 1_000 // self.sold_wh if self.sold_wh else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundFacts:
    """Where the day was traded."""

    url: str | None
    """The cluster; none for a chain in this process."""
    market: int
    """Number of the day's market there."""
    first_interval: int
    """The chain's number for the day's first quarter hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFacts:
    """What it took to run the day."""

    transactions: int
    compute_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A number computed by the demo and the same number read from the chain."""

    name: str
    expected: int | str
    actual: int | str

    @property
    def ok(self) -> bool:
        return self.expected == self.actual


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """Everything the demo reports. The same seed gives the same energy, money and prices on every chain."""

    village: VillageFacts
    market: MarketFacts
    energy: EnergyTotals
    epochs: tuple[EpochRow, ...]
    groups: tuple[GroupMoney, ...]
    """Prosumers, then consumers."""
    utility_paid: int
    fees: int
    book: Book
    ground: GroundFacts
    chain: ChainFacts
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check held."""
        return all(check.ok for check in self.checks)

    def epoch(self, number: int) -> EpochRow:
        """The row of one epoch.

        Raises:
            KeyError: The day has no such epoch.
        """
        for row in self.epochs:
            if row.epoch == number:
                return row
        raise KeyError(f"epoch {number} is not part of this day")

    def to_json(self) -> dict[str, Any]:
        """The result for machines: stable keys, amounts and prices as strings."""
        return {
            "schema_version": SCHEMA_VERSION,
            "ok": self.ok,
            "ground": {
                "url": self.ground.url,
                "market": self.ground.market,
                "first_interval": self.ground.first_interval,
            },
            "village": {
                "day": self.village.day.isoformat(),
                "seed": self.village.seed,
                "utc_offset_s": self.village.utc_offset_s,
                "homes": self.village.homes,
                "prosumers": self.village.prosumers,
                "businesses": self.village.businesses,
                "peak_w": self.village.peak_w,
            },
            "market": {
                "price_rule": self.market.price_rule,
                "tie_rule": self.market.tie_rule,
                "fee_bps": self.market.fee_bps,
                "tick_size": str(self.market.tick_size),
                "lot_wh": self.market.lot_wh,
                "epoch_length_s": self.market.epoch_length_s,
                "feed_in_per_kwh": str(self.market.tariffs.feed_in),
                "retail_per_kwh": str(self.market.tariffs.retail),
            },
            "energy": {
                "load_wh": str(self.energy.load_wh),
                "generated_wh": str(self.energy.generated_wh),
                "self_consumed_wh": str(self.energy.self_consumed_wh),
                "exported_wh": str(self.energy.exported_wh),
                "imported_wh": str(self.energy.imported_wh),
                "shared_wh": str(self.energy.shared_wh),
                "minted_wh": str(self.energy.minted_wh),
                "traded_wh": str(self.energy.traded_wh),
                "utility_bought_wh": str(self.energy.utility_bought_wh),
                "own_use_wh": str(self.energy.own_use_wh),
                "retired_wh": str(self.energy.retired_wh),
                "utility_retired_wh": str(self.energy.utility_retired_wh),
                "residual_import_wh": str(self.energy.residual_import_wh),
                "unsold_wh": str(self.energy.unsold_wh),
                "coverage_bps": self.energy.coverage_bps,
                "self_consumption_bps": self.energy.self_consumption_bps,
                "model_coverage_bps": self.energy.model_coverage_bps,
                "model_self_consumption_bps": self.energy.model_self_consumption_bps,
            },
            "money": {
                "groups": [_group_json(group) for group in self.groups],
                "utility_paid": str(self.utility_paid),
                "fees": str(self.fees),
            },
            "epochs": [_epoch_json(row) for row in self.epochs],
            "chain": {
                "transactions": self.chain.transactions,
                "compute_units": str(self.chain.compute_units),
            },
            "checks": [
                {
                    "name": check.name,
                    "expected": str(check.expected),
                    "actual": str(check.actual),
                    "ok": check.ok,
                }
                for check in self.checks
            ],
        }


def choose_book(rows: Sequence[EpochRow]) -> int:
    """The epoch whose merit order is worth a picture.

    One where homes traded with homes above the feed-in tariff and where much
    of both sides, but not all of either, was accepted: there the curves cross.

    Raises:
        ValueError: No rows.
    """

    def share(row: EpochRow) -> int:
        if row.utility_bought_wh or not row.volume_wh:
            return 0
        members_bid_wh = row.bid_wh - row.utility_bid_wh
        if row.volume_wh in (row.ask_wh, members_bid_wh):
            return 0
        return _bps(row.volume_wh, max(row.ask_wh, members_bid_wh)) * min(row.orders, 20)

    return max(rows, key=lambda row: (share(row), row.volume_wh, -row.epoch)).epoch


def _group_json(group: GroupMoney) -> dict[str, Any]:
    return {
        "name": group.name,
        "members": group.members,
        "imported_wh": str(group.imported_wh),
        "exported_wh": str(group.exported_wh),
        "bought_wh": str(group.bought_wh),
        "sold_wh": str(group.sold_wh),
        "residual_import_wh": str(group.residual_import_wh),
        "paid": str(group.paid),
        "received": str(group.received),
        "retailer_bill": str(group.retailer_bill),
        "cost": str(group.cost),
        "cost_at_tariffs": str(group.cost_at_tariffs),
        "advantage": str(group.advantage),
    }


def _epoch_json(row: EpochRow) -> dict[str, Any]:
    return {
        "epoch": row.epoch,
        "market_epoch": row.market_epoch,
        "opens_at": row.opens_at,
        "export_wh": str(row.export_wh),
        "import_wh": str(row.import_wh),
        "orders": row.orders,
        "ask_wh": str(row.ask_wh),
        "bid_wh": str(row.bid_wh),
        "utility_bid_wh": str(row.utility_bid_wh),
        "volume_wh": str(row.volume_wh),
        "utility_bought_wh": str(row.utility_bought_wh),
        "price": None if row.price is None else str(row.price),
        "price_low": str(row.price_low),
        "price_high": str(row.price_high),
        "filled": row.filled,
        "partially_filled": row.partially_filled,
        "expired": row.expired,
    }


def _bps(part: int, whole: int) -> int:
    return part * 10_000 // whole if whole else 0
