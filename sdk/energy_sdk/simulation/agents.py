"""How the members of the village bid: a few short rules, all in integers.

`RULES` states them. A small seeded tremble of a few ticks keeps neighbours from bidding alike. No rule looks
at another member, at past prices or at the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random

from .village import Home

RULES = (
    (
        "Everybody",
        "first retires own GRID against own metered import. Who then holds GRID sells all of it, who then "
        "owes import bids for all of it: one order an epoch, on one side.",
    ),
    (
        "Sellers",
        "ask their reserve price when they have little, and less the more they hold, down to the feed-in "
        "tariff. The reserve lies 30 to 75 % of the way from the tariff to the retail price.",
    ),
    (
        "Buyers",
        "bid the feed-in tariff when they owe little, and more the more they owe, up to their limit. "
        "The limit lies 45 to 98 % of the way from the tariff to the retail price.",
    ),
    ("Utility", "bids the feed-in tariff for the same large quantity in every epoch."),
)
"""Who, and what they do, in words."""


class Strategy(Enum):
    """How a home chooses its price; its quantity follows `RULES` in any case."""

    ADAPTIVE = "adaptive"
    """As `RULES` says: sellers ask less the more they hold, buyers bid more the more they owe."""
    TRUTHFUL = "truthful"
    """Always asks the reserve price, or bids the limit."""
    RANDOM = "random"
    """Any price between the tariffs, all alike: zero intelligence that cannot trade at a loss.

    Source: Gode and Sunder (1993), Journal of Political Economy 101(1), 119-137.
    """


class Side(Enum):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariffs:
    """What energy costs outside the market [payment units per kWh]."""

    feed_in: int = 80_000
    """Paid for energy that leaves the village; 0.08 EUR with 6 decimals."""
    retail: int = 320_000
    """Asked by the retailer for energy from outside; 0.32 EUR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Prices and quantities an order may have."""

    tick_size: int = 1_000
    """Distance of two prices [payment units per kWh]; 0.001 EUR."""
    price_min: int = 1_000
    """Price of tick 0 [payment units per kWh]."""
    tick_count: int = 400
    lot_wh: int = 10
    max_order_wh: int = 1_000_000_000

    def __post_init__(self) -> None:
        if self.lot_wh * self.tick_size % 1_000 or self.lot_wh * self.price_min % 1_000:
            raise ValueError("lot [Wh] times tick and lowest price must be divisible by 1,000")

    @property
    def price_max(self) -> int:
        return self.price_min + (self.tick_count - 1) * self.tick_size

    def price_on_grid(self, price: int) -> int:
        """The nearest price on the grid that is not above `price`."""
        within = min(max(price, self.price_min), self.price_max)
        return within - (within - self.price_min) % self.tick_size

    def energy_on_grid(self, energy_wh: int) -> int:
        """The largest order quantity not above `energy_wh` [Wh]."""
        within = min(energy_wh, self.max_order_wh)
        return within - within % self.lot_wh

    def cost(self, *, energy_wh: int, price: int) -> int:
        """Price of a quantity on the grid, exact [payment units]."""
        return energy_wh * price // 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """What a member may spend on the market."""

    energy_free_wh: int
    payment_free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterView:
    """What a member's meter says."""

    owed_import_wh: int
    """Metered import that is not retired yet [Wh]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trader:
    """Parameters of a home, drawn once by `draw_trader`."""

    reserve_price: int
    """Ask with next to nothing in stock [payment units per kWh]."""
    limit_price: int
    """Bid with a full backlog [payment units per kWh]."""
    full_stock_wh: int
    """Stock at which the ask reaches the feed-in tariff [Wh]."""
    full_backlog_wh: int
    """Backlog at which the bid reaches the limit price [Wh]."""
    tremble_ticks: int = 3
    strategy: Strategy = Strategy.ADAPTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Utility:
    """Parameters of the utility seat."""

    energy_wh: int = 100_000
    """Quantity of its standing bid [Wh]."""
    budget: int = 100_000_000
    """What it brings to the market [payment units]; 100 EUR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An order somebody wants to place."""

    side: Side
    energy_wh: int
    price: int
    """[payment units per kWh], on the grid."""


def draw_trader(home: Home, *, tariffs: Tariffs, rng: Random) -> Trader:
    """Draw the parameters of a home.

    Reserve and limit lie where `RULES` says. The ask reaches the feed-in tariff at a stock of half an hour to
    an hour of peak generation, the bid its limit at a backlog of two to eight hours of average consumption.
    """
    span = tariffs.retail - tariffs.feed_in
    peak_w = home.array.peak_w if home.array else 0
    average_w = home.annual_kwh * 1_000 // 8_760
    return Trader(
        reserve_price=tariffs.feed_in + span * rng.randint(30, 75) // 100,
        limit_price=tariffs.feed_in + span * rng.randint(45, 98) // 100,
        full_stock_wh=max(peak_w * rng.randint(50, 100) // 100, 1),
        full_backlog_wh=max(average_w * rng.randint(2, 8), 1),
    )


def budget(home: Home, *, tariffs: Tariffs) -> int:
    """What a home brings to the market: two average days at retail [payment units]."""
    return home.annual_kwh * 2 * tariffs.retail // 365


def own_use_wh(*, seat: SeatView, meter: MeterView) -> int:
    """How much of its own GRID a member retires before it trades [Wh]."""
    return min(seat.energy_free_wh, meter.owed_import_wh)


def decide(
    *,
    seat: SeatView,
    meter: MeterView,
    policy: Trader | Utility,
    tariffs: Tariffs,
    grid: Grid,
    rng: Random,
) -> Intent | None:
    """Apply `RULES` to one member in one epoch.

    Args:
        seat: Balances after own use was retired.
        meter: Import that is still owed after own use was retired.
        policy: Parameters of the member.
        tariffs: Prices outside the market.
        grid: Prices and quantities the market accepts.
        rng: Source of tremble and random prices; drawn from at most once by every home that bids.

    Returns:
        An order within the balances, or nothing when less than a lot is at stake.
    """
    if isinstance(policy, Utility):
        return _buy(energy_wh=policy.energy_wh, price=tariffs.feed_in, seat=seat, grid=grid)

    if seat.energy_free_wh >= grid.lot_wh:
        return Intent(
            side=Side.SELL,
            energy_wh=grid.energy_on_grid(seat.energy_free_wh),
            price=_between_tariffs(_ask(policy, seat.energy_free_wh, tariffs, grid, rng), tariffs, grid),
        )

    if meter.owed_import_wh >= grid.lot_wh:
        return _buy(
            energy_wh=meter.owed_import_wh,
            price=_between_tariffs(_bid(policy, meter.owed_import_wh, tariffs, grid, rng), tariffs, grid),
            seat=seat,
            grid=grid,
        )

    return None


def _ask(policy: Trader, stock_wh: int, tariffs: Tariffs, grid: Grid, rng: Random) -> int:
    if policy.strategy is Strategy.TRUTHFUL:
        return policy.reserve_price
    if policy.strategy is Strategy.RANDOM:
        return rng.randint(tariffs.feed_in, tariffs.retail)
    discount = (policy.reserve_price - tariffs.feed_in) * min(stock_wh, policy.full_stock_wh) // policy.full_stock_wh
    return policy.reserve_price - discount + _tremble(policy, grid, rng)


def _bid(policy: Trader, backlog_wh: int, tariffs: Tariffs, grid: Grid, rng: Random) -> int:
    if policy.strategy is Strategy.TRUTHFUL:
        return policy.limit_price
    if policy.strategy is Strategy.RANDOM:
        return rng.randint(tariffs.feed_in, tariffs.retail)
    span = policy.limit_price - tariffs.feed_in
    urgency = span * min(backlog_wh, policy.full_backlog_wh) // policy.full_backlog_wh
    return tariffs.feed_in + urgency + _tremble(policy, grid, rng)


def _buy(*, energy_wh: int, price: int, seat: SeatView, grid: Grid) -> Intent | None:
    affordable_wh = seat.payment_free * 1_000 // price
    quantity_wh = grid.energy_on_grid(min(energy_wh, affordable_wh))
    if quantity_wh < grid.lot_wh:
        return None
    return Intent(side=Side.BUY, energy_wh=quantity_wh, price=grid.price_on_grid(price))


def _tremble(policy: Trader, grid: Grid, rng: Random) -> int:
    return rng.randint(-policy.tremble_ticks, policy.tremble_ticks) * grid.tick_size


def _between_tariffs(price: int, tariffs: Tariffs, grid: Grid) -> int:
    return grid.price_on_grid(min(max(price, tariffs.feed_in), tariffs.retail))
