"""docs/pictures/benchmarks.svg: the results in four plots."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from bench.cost_model import REGIMES
from bench.limits import orders_per_second
from bench.page import Results, footprints, rows_of
from bench.peers import BATCHED, CLEARING, REFERENCE, SINGLE
from bench.units import whole_trade

PICTURE: Final = Path(__file__).parents[1] / "docs" / "pictures" / "benchmarks.svg"

OURS, OTHERS, INK, FAINT = "#15803d", "#94a3b8", "#1f2933", "#d9dee3"
COLOURS: Final = {
    "pymarket p2p": "#d98e04",
    "pymarket MUDA": "#b45309",
    "pymarket Huang": "#8e2c48",
    "SciPy linear program": "#0891b2",
    "lightmatchingengine": "#2b6cb0",
    "pyorderbook": "#7c3aed",
}

OUR_LINES: Final = {
    REFERENCE.name: (":", "s"),
    CLEARING.name: ("--", "^"),
    BATCHED.name: ("-", "s"),
    SINGLE.name: ("", "D"),
}
"""How our own are told apart: line and marker."""


def draw(results: Results, file: Path = PICTURE) -> None:
    """Write the picture. Needs matplotlib, which the extra `demo` brings."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    settings: Any = {
        "font.size": 9.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": FAINT,
        "axes.titleweight": "bold",
        "axes.titlesize": 10.5,
        "axes.titlelocation": "left",
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "grid.color": FAINT,
        "svg.hashsalt": "bench",
        "svg.fonttype": "none",
        "font.family": ["DejaVu Sans", "sans-serif"],
    }
    with pyplot.rc_context(settings):
        figure, places = pyplot.subplots(2, 2, figsize=(12, 9))
        _trade(places[0][0], results)
        _peers(places[0][1], results)
        _clearing(places[1][0], results)
        _limits(places[1][1], results)
        figure.tight_layout(h_pad=2.5, w_pad=2.5)
        figure.savefig(file, metadata={"Date": None})
        pyplot.close(figure)


def _trade(axes: Any, results: Results) -> None:
    details = results["units"]["details"]
    bars = [("this market", whole_trade(details["figures"]))]
    bars += sorted(((one["name"], one["custody"]) for one in details["published"]), key=lambda bar: bar[1])
    names, values = [name for name, _ in bars], [value for _, value in bars]
    axes.barh(names, values, color=[OURS] + [OTHERS] * (len(bars) - 1), height=0.62)
    for place, value in enumerate(values):
        axes.text(value * 1.08, place, f"{value:,}", va="center")
    axes.set_xscale("log")
    axes.set_xlim(1_000, 600_000)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("compute units, log scale")
    axes.set_title("A settled trade, funds in custody")


def _peers(axes: Any, results: Results) -> None:
    lines: dict[str, list[tuple[int, float]]] = {}
    for row in rows_of(results, "peers"):
        lines.setdefault(row.name, []).append((row.n, row.value))
    for name, points in lines.items():
        if name not in OUR_LINES and name not in COLOURS:
            continue
        points.sort()
        line, marker = OUR_LINES.get(name, ("-", "o"))
        ours = name in OUR_LINES
        axes.plot(
            [n for n, _ in points],
            [rate for _, rate in points],
            marker=marker,
            markersize=6 if ours else 5,
            linewidth=2.2 if ours else 1.5,
            linestyle=line,
            color=OURS if ours else COLOURS[name],
            label=name,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(axis="y")
    axes.set_xlabel("orders in the stream, log scale")
    axes.set_ylabel("orders a second, log scale")
    axes.set_title("The same orders through packages from PyPI")
    axes.legend(fontsize=7.5, frameon=False, loc="upper left", bbox_to_anchor=(-0.19, -0.17), ncol=3, columnspacing=0.9)


def _clearing(axes: Any, results: Results) -> None:
    rows = rows_of(results, "clearing")
    each = [(row.n, row.value) for row in rows if row.unit == "CU/order"]
    times = [(row.n, row.value) for row in rows if row.name.endswith("program in process")]
    axes.bar([f"{n:,}" for n, _ in each], [value for _, value in each], color=OURS, width=0.5)
    for place, ((_, value), (_, time)) in enumerate(zip(each, times, strict=True)):
        axes.text(place, value + 2, f"{value:,.0f} units\n{time:,.1f} ms in all", ha="center", va="bottom")
    axes.set_ylim(0, 1.35 * max(value for _, value in each))
    axes.set_xlabel("orders in the epoch")
    axes.set_ylabel("compute units an order")
    axes.set_title("Clearing: price, fills, fees, digest")


def _limits(axes: Any, results: Results) -> None:
    prints = footprints(results)
    clear = prints["clear"].each
    kinds = ["place 1", "place 10", "place 100"]
    labels = {"place 1": "one order\na transaction", "place 10": "10 orders", "place 100": "100 orders"}
    width = 0.13
    shades = {"until 2025": "#bbd8c5", "2025": "#5fb07f", "2026": OURS}
    chain_shades = {"until 2025": "#cfdcec", "2025": "#7ea6d3", "2026": "#2b6cb0"}
    for index, regime in enumerate(REGIMES):
        for where, limit, colours, shift in (
            ("one market", regime.account, shades, -0.45),
            ("one chain", regime.block, chain_shades, 0.03),
        ):
            values = [orders_per_second(prints[kind], clear, limit, regime) for kind in kinds]
            places = [place + shift + width / 2 + index * (width + 0.01) for place in range(len(kinds))]
            axes.bar(places, values, width=width, color=colours[regime.name], label=f"{where}, {regime.name}")
            if regime is REGIMES[-1]:
                for x, value in zip(places, values, strict=True):
                    text = f"{value / 1e6:.1f} M" if value >= 1e6 else f"{value / 1_000:,.0f} k"
                    axes.text(x, value * 1.06, text, ha="center", fontsize=8)
    axes.set_yscale("log")
    axes.set_ylim(1_000, 5_000_000)
    axes.set_xticks(range(len(kinds)), [labels[kind] for kind in kinds])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_ylabel("orders a second, placed and cleared, log scale")
    axes.set_title("What Solana's limits of a slot allow")
    axes.legend(fontsize=8, frameon=False, ncol=2, loc="upper left")
