"""The picture of a market day, as PNG and within a self-contained HTML page."""

from __future__ import annotations

from html import escape
from io import StringIO
from pathlib import Path

from energy_sdk import plots
from energy_sdk.simulation.agents import Side
from energy_sdk.simulation.report import DayResult
from energy_sdk.simulation.village import INTERVAL_S
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .tables import all_tables, cents, clock, eur, kwh, percent, to_html

_WIDTH_IN, _HEIGHT_IN = 11.2, 9.0
_DPI = 1_600 / _WIDTH_IN

_MUTED, _PAPER = plots.MUTED, plots.PAPER
_SUN, _SUN_LIGHT = plots.SUPPLY, "#fae3b0"
_LOAD, _SHARED = plots.DEMAND, plots.TRADED
_PRICE = plots.PRICE
# Prices of the picture are in ct/kWh.
_CENTS = plots.PriceUnit(base_units=10_000, text=lambda price: f"{cents(price)} ct")

_HOURS_TICKS = range(0, 25, 3)


def write_png(result: DayResult, path: Path) -> None:
    """Draw the day into a PNG file of 1600 pixels width."""
    with plots.style():
        figure = _draw(result)
        FigureCanvasAgg(figure)
        figure.savefig(path, dpi=_DPI, metadata={"Software": None})


def write_html(result: DayResult, path: Path) -> None:
    """Write a page with the picture and all tables; it refers to no other file."""
    path.write_text(page(result), encoding="utf-8")


def page(result: DayResult) -> str:
    """The HTML page as text."""
    with plots.style():
        buffer = StringIO()
        _draw(result).savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    tables = "\n".join(to_html(table) for table in all_tables(result))
    return _PAGE.format(
        title=escape(_title(result)),
        svg=svg[svg.index("<svg") :],
        tables=tables,
    )


def _draw(result: DayResult) -> Figure:
    figure = Figure(figsize=(_WIDTH_IN, _HEIGHT_IN), facecolor=_PAPER)
    grid = figure.add_gridspec(
        3,
        2,
        width_ratios=(1.75, 1),
        height_ratios=(1, 1, 1.2),
        left=0.062,
        right=0.968,
        top=0.868,
        bottom=0.066,
        hspace=0.47,
        wspace=0.13,
    )
    figure.text(0.062, 0.962, _title(result), fontsize=20, fontweight="bold", va="center")
    figure.text(0.062, 0.928, _subtitle(result), fontsize=11.5, color=_MUTED, va="center")

    _draw_energy(figure.add_subplot(grid[0, :]), result)
    _draw_price(figure.add_subplot(grid[1, :]), result)
    _draw_merit_order(figure.add_subplot(grid[2, 0]), result)
    _draw_summary(figure.add_subplot(grid[2, 1]), result)
    return figure


def _title(result: DayResult) -> str:
    return f"{result.village.homes} homes trade their own sun"


def _subtitle(result: DayResult) -> str:
    village = result.village
    # strftime would follow the reader's locale.
    weekday = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")[village.day.weekday()]
    return (
        f"{weekday}day {village.day.isoformat()}  ·  {village.prosumers} roofs with "
        f"{village.peak_w / 1_000:.0f} kWp  ·  {len(result.epochs)} call auctions of "
        f"{INTERVAL_S // 60} minutes, cleared on chain  ·  seed {village.seed}"
    )


def _hours(result: DayResult) -> list[float]:
    """Village time at which each quarter hour of metering began [h]."""
    first = result.epochs[0].opens_at
    return [(row.opens_at - first) / 3_600 for row in result.epochs]


def _draw_energy(axes: Axes, result: DayResult) -> None:
    step = INTERVAL_S / 3_600
    start = _hours(result)
    edges = [*start, start[-1] + step]

    def kilowatts(energies_wh: list[int]) -> list[float]:
        powers = [energy_wh / 1_000 / step for energy_wh in energies_wh]
        return [*powers, powers[-1]]

    export = kilowatts([row.export_wh for row in result.epochs])
    demand = kilowatts([row.import_wh for row in result.epochs])
    shared = kilowatts([row.shared_wh for row in result.epochs])

    axes.fill_between(edges, export, step="post", color=_SUN_LIGHT, linewidth=0)
    axes.fill_between(edges, shared, step="post", color=_SHARED, linewidth=0)
    axes.step(edges, export, where="post", color=_SUN, linewidth=2)
    axes.step(edges, demand, where="post", color=_LOAD, linewidth=2)

    top = max(*export, *demand, 1.0)
    _day_axis(axes)
    axes.set_ylim(0, top * 1.08)
    axes.set_title("What the meters saw: supply and demand at the connection points [kW]")

    peak = export.index(max(export))
    axes.annotate(
        "supply: export of the roofs",
        (edges[peak], export[peak]),
        (edges[peak] - 1.2, export[peak]),
        ha="right",
        va="center",
        color=_SUN,
        fontweight="bold",
    )
    evening = max(range(len(edges)), key=lambda i: demand[i])
    axes.text(
        edges[evening],
        demand[evening] + top * 0.06,
        "demand: import of the homes",
        ha="center",
        color=_LOAD,
        fontweight="bold",
    )
    if result.energy.shared_wh:
        middle = max(range(len(edges)), key=lambda i: shared[i])
        has_room = shared[middle] > 0.35 * top
        axes.text(
            12.0 if has_room else 18.0,
            shared[middle] * 0.42 if has_room else 0.13 * top,
            f"used next door at once\n{percent(result.energy.self_consumption_bps)} of supply, "
            f"{percent(result.energy.coverage_bps)} of demand",
            ha="center" if has_room else "left",
            va="center",
            color="#1f5140",
            linespacing=1.4,
        )


def _draw_price(axes: Axes, result: DayResult) -> None:
    tariffs, step = result.market.tariffs, INTERVAL_S / 3_600
    # Epochs follow the quarter hour they trade; they end a quarter hour after midnight.
    start = [hour + step for hour in _hours(result)]
    for hour, row in zip(start, result.epochs, strict=True):
        if row.price is not None and row.price_high > row.price_low:
            axes.fill_between(
                [hour, hour + step],
                row.price_low / 10_000,
                row.price_high / 10_000,
                color=_PRICE,
                alpha=0.15,
                linewidth=0,
            )
    prices = [float("nan") if row.price is None else row.price / 10_000 for row in result.epochs]
    axes.step([*start, start[-1] + step], [*prices, prices[-1]], where="post", color=_PRICE, lw=2.2)

    for price, name, below in (
        (tariffs.retail, "retail price", False),
        (tariffs.feed_in, "feed-in tariff", True),
    ):
        axes.axhline(price / 10_000, color=_MUTED, linewidth=1.1, linestyle=(0, (5, 3)))
        axes.text(
            0.1,
            price / 10_000 + (-0.9 if below else 0.9),
            f"{name} {cents(price)}",
            va="top" if below else "bottom",
            color=_MUTED,
        )

    traded = [i for i, row in enumerate(result.epochs) if row.price is not None]
    if traded:
        first, last = traded[0], traded[-1]
        axes.text(
            start[first] - 0.15,
            prices[first],
            f"first trade {cents(result.epochs[first].price)}",
            ha="right",
            va="center",
            color=_PRICE,
            fontweight="bold",
        )
        is_late = start[last] > 20
        axes.text(
            start[last] + (step if is_late else step + 0.15),
            prices[last] + (1.0 if is_late else 0.0),
            f"last trade {cents(result.epochs[last].price)}",
            ha="right" if is_late else "left",
            va="bottom" if is_late else "center",
            color=_PRICE,
            fontweight="bold",
        )
        if start[first] > 3:
            axes.text(
                start[first] / 2,
                (tariffs.retail + tariffs.feed_in) / 20_000,
                "no supply, no trade",
                ha="center",
                va="center",
                color=_MUTED,
                bbox={"facecolor": _PAPER, "edgecolor": "none", "pad": 4},
            )
        shown = result.epoch(result.book.epoch)
        if shown.price is not None:
            hour, level = start[result.epochs.index(shown)] + step / 2, shown.price / 10_000
            side = -1 if level > 14 else 1
            axes.plot([hour], [level], "o", color=_PRICE, markersize=7)
            axes.annotate(
                "the auction below",
                (hour, level),
                (hour + side * 0.7, level + side * 4.5),
                ha="right" if side < 0 else "left",
                color=_PRICE,
                va="center",
                arrowprops={
                    "arrowstyle": "-",
                    "color": _PRICE,
                    "linewidth": 1,
                    "relpos": (side < 0, 0.5),
                },
            )
    _day_axis(axes)
    axes.set_ylim(0, tariffs.retail / 10_000 * 1.15)
    axes.set_title("What energy cost: one clearing price an epoch [ct/kWh]")


def _day_axis(axes: Axes) -> None:
    axes.set_xlim(0, 24.25)
    axes.set_xticks(list(_HOURS_TICKS), [f"{hour:02d}:00" for hour in _HOURS_TICKS])
    axes.grid(axis="y")


def _draw_merit_order(axes: Axes, result: DayResult) -> None:
    row, orders = result.epoch(result.book.epoch), result.book.orders
    members_bid_wh = row.bid_wh - row.utility_bid_wh
    clearing = None
    if row.price is not None:
        clearing = plots.Clearing(
            price=row.price, price_low=row.price_low, price_high=row.price_high, volume_wh=row.volume_wh
        )
    right, height = plots.draw_merit_order(
        axes,
        bids=[(order.price, order.energy_wh) for order in orders if order.side is Side.BUY],
        asks=[(order.price, order.energy_wh) for order in orders if order.side is Side.SELL],
        clearing=clearing,
        unit=_CENTS,
        # The utility's bid, and in the morning the homes', are many times the village's supply.
        widest_wh=min(max(row.ask_wh, members_bid_wh), 3 * max(row.ask_wh, row.volume_wh)),
    )
    if row.utility_bid_wh and members_bid_wh / 1_000 < 0.9 * right:
        axes.text(
            right * 0.99,
            result.market.tariffs.feed_in / 10_000 - height * 0.025,
            f"utility: {row.utility_bid_wh / 1_000:.0f} kWh at the feed-in tariff →",
            color=_LOAD,
            ha="right",
            va="top",
        )
    opens = clock(row.opens_at, result.village.utc_offset_s)
    axes.set_title(f"One auction: {row.orders} orders of the epoch at {opens} [ct/kWh]")


def _draw_summary(axes: Axes, result: DayResult) -> None:
    axes.set_axis_off()
    energy = result.energy
    axes.set_title("The day")
    lines = [
        (f"{kwh(energy.minted_wh)} kWh", "exported and minted as GRID"),
        (f"{kwh(energy.traded_wh)} kWh", f"traded, {kwh(energy.utility_bought_wh)} to the utility"),
        (f"{kwh(energy.retired_wh)} kWh", "retired against metered import"),
        (f"{kwh(energy.residual_import_wh)} kWh", "left for the retailer"),
        *((f"{eur(group.advantage)} EUR", f"gained by {group.members} {group.name}") for group in result.groups),
        (f"{eur(result.fees)} EUR", "market fees"),
        (
            f"{sum(check.ok for check in result.checks)} of {len(result.checks)}",
            "totals agree with the chain",
        ),
    ]
    for number, (amount, meaning) in enumerate(lines):
        y = 0.95 - number * 0.125
        axes.text(0.33, y, amount, ha="right", va="center", fontweight="bold", fontsize=11.5)
        axes.text(0.37, y, meaning, ha="left", va="center", color=_MUTED)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 1200px; margin: 2rem auto; padding: 0 1rem; color: #1f2933;
  font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }}
svg {{ width: 100%; height: auto; }}
section {{ margin: 2.5rem 0; overflow-x: auto; }}
h2 {{ font-size: 1.1rem; margin: 0 0 .6rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th {{ color: #66727f; font-weight: 500; border-bottom: 1px solid #d9dee3; }}
th, td {{ padding: .22rem .9rem; text-align: right; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; padding-left: 0; }}
.prose td {{ text-align: left; white-space: normal; vertical-align: top; max-width: 44rem; }}
.prose thead {{ display: none; }}
p {{ max-width: 46rem; color: #66727f; }}
</style>
</head>
<body>
{svg}
{tables}
</body>
</html>
"""
