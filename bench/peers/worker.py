"""Runs one stream of orders through one package of others; reads a job from stdin and prints the outcome.

Runs in the environment that environment.py makes, so nothing of this project is imported. A job is
{"engine", "orders": [[is_bid, price in 0.001 tokens per kWh, lots of 10 Wh], ...], "repeats", "seed"}; the outcome
is {"seconds": one a repeat, "lots": traded}. What is timed begins with an empty market and ends with its result.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence

Orders = Sequence[Sequence[int]]


def pymarket(mechanism: str) -> Callable[[Orders, int], float]:
    """One of pymarket's mechanisms. Energy in kWh and prices in tokens, every order of a user of its own."""
    import numpy as np
    import pymarket as package

    def run(orders: Orders, seed: int) -> float:
        market = package.Market()
        for user, (is_bid, tick, lots) in enumerate(orders):
            market.accept_bid(lots / 100, tick / 1_000, user, bool(is_bid))
        chance = {} if mechanism == "huang" else {"r": np.random.RandomState(seed)}
        transactions, _ = market.run(mechanism, **chance)
        # Each trade is listed for both of its sides.
        return float(transactions.get_df()["quantity"].sum()) / 2 * 100

    return run


def lightmatchingengine() -> Callable[[Orders, int], float]:
    """Continuous matching by price and time."""
    from lightmatchingengine import lightmatchingengine as package

    def run(orders: Orders, seed: int) -> float:
        engine = package.LightMatchingEngine()
        traded = 0
        for is_bid, tick, lots in orders:
            side = package.Side.BUY if is_bid else package.Side.SELL
            order, _ = engine.add_order("energy", tick, lots, side)
            traded += order.cum_qty
        return float(traded)

    return run


def pyorderbook() -> Callable[[Orders, int], float]:
    """Continuous matching by price and time."""
    import pyorderbook as package

    def run(orders: Orders, seed: int) -> float:
        book = package.Book()
        traded = 0
        for is_bid, tick, lots in orders:
            order = (package.bid if is_bid else package.ask)("energy", tick, lots)
            book.match(order)
            traded += lots - order.quantity
        return float(traded)

    return run


def linear_program() -> Callable[[Orders, int], float]:
    """The greatest gain from trade, by HiGHS; the multiplier of the balance is the price."""
    from scipy.optimize import linprog

    def run(orders: Orders, seed: int) -> float:
        signs = [1 if is_bid else -1 for is_bid, _, _ in orders]
        solution = linprog(
            c=[-sign * tick for sign, (_, tick, _) in zip(signs, orders, strict=True)],
            A_eq=[signs],
            b_eq=[0],
            bounds=[(0, lots) for _, _, lots in orders],
            method="highs",
        )
        assert solution.success
        assert solution.eqlin.marginals.size == 1
        return float(sum(filled for sign, filled in zip(signs, solution.x, strict=True) if sign > 0))

    return run


ENGINES: dict[str, Callable[[], Callable[[Orders, int], float]]] = {
    "pymarket p2p": lambda: pymarket("p2p"),
    "pymarket MUDA": lambda: pymarket("muda"),
    "pymarket Huang": lambda: pymarket("huang"),
    "SciPy linear program": linear_program,
    "lightmatchingengine": lightmatchingengine,
    "pyorderbook": pyorderbook,
}


def main() -> None:
    """Do the job."""
    job = json.load(sys.stdin)
    run = ENGINES[job["engine"]]()
    seconds = []
    lots = 0.0
    for _ in range(job["repeats"]):
        began = time.perf_counter()
        lots = run(job["orders"], job["seed"])
        seconds.append(time.perf_counter() - began)
    json.dump({"seconds": seconds, "lots": lots}, sys.stdout)


if __name__ == "__main__":
    main()
