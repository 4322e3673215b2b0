"""Pictures of auctions, for notebooks and reports.

Figures show themselves in Jupyter and have `savefig` in scripts. Needs matplotlib, which the extra `demo` brings;
every function that makes a figure raises MissingPackage without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any, Final, Protocol

from .extras import optional
from .trading import Book, EpochResult, Side
from .units import format_kwh

INK, MUTED, FAINT, PAPER = "#1f2933", "#66727f", "#d9dee3", "#ffffff"
SUPPLY, DEMAND, TRADED, PRICE = "#d98e04", "#2b6cb0", "#8fc0a9", "#8e2c48"

PAYMENT_DECIMALS: Final = 6

Offer = tuple[int, int]
"""Price [payment base units per kWh] and energy [Wh]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Where the curves cross: prices in payment base units per kWh, energy in Wh."""

    price: int
    price_low: int
    price_high: int
    volume_wh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceUnit:
    """How prices are shown: `base_units` of the payment token make one, and `text` writes one down."""

    base_units: int
    text: Callable[[int], str]


class TradedEpoch(Protocol):
    """An epoch with a price: an `EpochResult`, or a row of a backtest."""

    @property
    def opens_at(self) -> int: ...

    @property
    def price(self) -> int | None: ...

    @property
    def volume_wh(self) -> int: ...


def tokens(decimals: int = PAYMENT_DECIMALS) -> PriceUnit:
    """Prices in whole payment tokens per kWh, with three decimals."""
    return PriceUnit(base_units=10**decimals, text=lambda price: f"{price / 10**decimals:.3f}")


def merit_order(book: Book, result: EpochResult | None = None, *, decimals: int = PAYMENT_DECIMALS) -> Any:
    """Bids and asks of an epoch as curves, and where they cross; returns a matplotlib Figure.

    Args:
        book: the orders, as `client.trading.book` gives them.
        result: the outcome, once the epoch is settled.
        decimals: of the payment token.
    """

    def offers(side: Side) -> list[Offer]:
        live = (order for order in book.orders if order.side is side and order.status.name != "CANCELLED")
        return [(order.price, order.energy_wh) for order in live]

    clearing = None
    if result is not None and not result.no_trade:
        clearing = Clearing(
            price=result.price,
            price_low=result.price_low,
            price_high=result.price_high,
            volume_wh=result.volume_wh,
        )
    with style():
        figure = _figure(figsize=(7.2, 4.2))
        axes = figure.add_subplot()
        draw_merit_order(axes, bids=offers(Side.BID), asks=offers(Side.ASK), clearing=clearing, unit=tokens(decimals))
        axes.set_ylabel("price [payment tokens per kWh]")
        axes.set_title(f"Epoch {book.epoch}: {len(book.orders)} orders")
        figure.tight_layout()
    return figure


def epochs(rows: Iterable[TradedEpoch], *, decimals: int = PAYMENT_DECIMALS) -> Any:
    """Price and volume over epochs, times in UTC; returns a matplotlib Figure.

    Args:
        rows: `EpochResult`s as `client.trading.results` gives them, or `epoch_rows` of a backtest.
        decimals: of the payment token.
    """
    listed = list(rows)
    times = [datetime.fromtimestamp(row.opens_at, UTC) for row in listed]
    shown = [row.price if row.volume_wh and row.price is not None else None for row in listed]
    prices = [float("nan") if price is None else price / 10**decimals for price in shown]
    with style():
        figure = _figure(figsize=(9.0, 4.8))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        above.step(times, prices, where="post", color=PRICE, linewidth=1.6)
        above.set_title("Clearing price [payment tokens per kWh]")
        below.fill_between(times, [row.volume_wh / 1_000 for row in listed], step="post", color=TRADED, linewidth=0)
        below.set_title("Traded energy [kWh per epoch]")
        below.set_ylim(bottom=0)
        below.set_xlabel("time [UTC]")
        for axes in (above, below):
            axes.grid(axis="y")
        figure.autofmt_xdate()
        figure.tight_layout()
    return figure


def draw_merit_order(
    axes: Any,
    *,
    bids: Iterable[Offer],
    asks: Iterable[Offer],
    clearing: Clearing | None,
    unit: PriceUnit,
    widest_wh: int | None = None,
) -> tuple[float, float]:
    """Draw the curves of an auction into matplotlib axes.

    Args:
        clearing: the outcome; None where nothing was traded.
        unit: how prices are shown.
        widest_wh: energy at which the curves are cut [Wh]; by default the wider of both is shown whole.

    Returns:
        Right end of the axis of quantities [kWh], and height of the axis of prices in shown units.
    """
    demand = sorted(bids, key=lambda offer: -offer[0])
    supply = sorted(asks, key=lambda offer: offer[0])
    if widest_wh is None:
        widest_wh = max(sum(energy_wh for _, energy_wh in side) for side in (demand, supply))
    right = max(widest_wh, 10) / 1_000 * 1.14
    demand_x, demand_y = _curve(demand, limit_kwh=right, unit=unit)
    supply_x, supply_y = _curve(supply, limit_kwh=right, unit=unit)
    axes.plot(demand_x, demand_y, color=DEMAND, linewidth=2, solid_joinstyle="miter")
    axes.plot(supply_x, supply_y, color=SUPPLY, linewidth=2, solid_joinstyle="miter")

    lowest, highest = min([*demand_y, *supply_y], default=0.0), max([*demand_y, *supply_y], default=1.0)
    # A single price would leave an axis without height; a cent is a fair one.
    span = max(highest - lowest, 10_000 / unit.base_units)
    bottom, top = lowest - 0.16 * span, highest + 0.34 * span
    if clearing is not None:
        _draw_clearing(axes, clearing, unit=unit, right=right, bottom=bottom, label_at=highest + 0.2 * span)
    if demand_x:
        axes.text(
            demand_x[0] + right * 0.02,
            demand_y[0] + (top - bottom) * 0.025,
            "bids",
            color=DEMAND,
            fontweight="bold",
        )
    if supply_x:
        axes.text(right * 0.02, supply_y[0] - (top - bottom) * 0.03, "asks", color=SUPPLY, fontweight="bold", va="top")
    axes.set_xlim(0, right)
    axes.set_ylim(bottom, top)
    axes.grid(axis="y")
    axes.set_xlabel("quantity [kWh]")
    return right, top - bottom


@contextmanager
def style() -> Iterator[None]:
    """The look of all pictures, for as long as it is entered."""
    matplotlib = optional("matplotlib", extra="demo", purpose="plots")
    with matplotlib.rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": 10.5,
            "text.color": INK,
            "axes.edgecolor": FAINT,
            "axes.labelcolor": MUTED,
            "axes.linewidth": 1.0,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 12,
            "axes.titleweight": "bold",
            "axes.titlepad": 12,
            "axes.axisbelow": True,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.major.pad": 6,
            "ytick.major.size": 0,
            "grid.color": FAINT,
            "grid.linewidth": 0.7,
            "svg.hashsalt": "energyctl",
        }
    ):
        yield


def _draw_clearing(
    axes: Any, clearing: Clearing, *, unit: PriceUnit, right: float, bottom: float, label_at: float
) -> None:
    volume = clearing.volume_wh / 1_000
    prices = (clearing.price_low, clearing.price_high, clearing.price)
    low, high, price = (value / unit.base_units for value in prices)
    axes.axvspan(0, volume, color=TRADED, alpha=0.22, linewidth=0)
    axes.plot([0, volume], [price, price], color=PRICE, linewidth=1.3, linestyle=(0, (5, 3)))
    axes.plot([volume, volume], [bottom, price], color=PRICE, linewidth=1.3, linestyle=(0, (5, 3)))
    axes.plot([volume, volume], [low, high], color=PRICE, linewidth=7, solid_capstyle="round")
    axes.plot([volume], [price], "o", color=PRICE, markersize=9)
    on_left = volume > 0.45 * right
    axes.annotate(
        f"{_kwh(clearing.volume_wh)} kWh at {unit.text(clearing.price)}\n"
        f"equilibrium interval [{unit.text(clearing.price_low)}, {unit.text(clearing.price_high)}]",
        (volume, price),
        (volume - right * 0.04 if on_left else max(volume + right * 0.04, right * 0.14), label_at),
        ha="right" if on_left else "left",
        color=PRICE,
        fontweight="bold",
        va="center",
        linespacing=1.4,
        arrowprops={"arrowstyle": "-", "color": PRICE, "linewidth": 1, "relpos": (float(on_left), 0)},
    )


def _curve(offers: Sequence[Offer], *, limit_kwh: float, unit: PriceUnit) -> tuple[list[float], list[float]]:
    """Corners of a cumulative step curve of offers, best first."""
    quantities: list[float] = []
    prices: list[float] = []
    total = 0.0
    for price, energy_wh in offers:
        quantities += [total, total + energy_wh / 1_000]
        prices += [price / unit.base_units] * 2
        total = quantities[-1]
        if total >= limit_kwh:
            break
    return quantities, prices


def _kwh(energy_wh: int) -> str:
    return format_kwh(energy_wh).rstrip("0").rstrip(".")


@cache
def _figure_type() -> type[Any]:
    figures = optional("matplotlib.figure", extra="demo", purpose="plots")

    class NotebookFigure(figures.Figure):  # type: ignore[misc, name-defined]
        """A figure that Jupyter shows without pyplot, which keeps every figure alive."""

        def _repr_png_(self) -> bytes:
            buffer = BytesIO()
            self.savefig(buffer, format="png", dpi=110)
            return buffer.getvalue()

    return NotebookFigure


def _figure(*, figsize: tuple[float, float]) -> Any:
    return _figure_type()(figsize=figsize, facecolor=PAPER)
