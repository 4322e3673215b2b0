"""The auction as a linear program, solved by HiGHS through SciPy.

Maximise the value of the energy used less the cost of the energy supplied, subject to balance and to the size of
each order. The multiplier of the balance is an equilibrium price (Schweppe et al., Spot Pricing of Electricity,
1988). The solver stops at a corner, so where prices are an interval it names one end or the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ...audit.auction import Order, Side
from ...extras import optional
from ..book import Book, CannotClear, Clearing
from ..grid import OrderBook, TickClearing, clear_on_grid

# HiGHS works in doubles, which are exact below 2^53; together these leave room for sums.
_TICKS: Final = 2**20
_SIDE_LOTS: Final = 2**30


class LinearProgram:
    """Volume and price from the linear program alone; raises MissingPackage where SciPy is not installed."""

    def __init__(self) -> None:
        _solver()

    def clear(self, book: Book) -> Clearing:
        """Clear one book; raises CannotClear where doubles could not hold it exactly."""
        return clear_on_grid(book, _clear, ticks=_TICKS, side_lots=_SIDE_LOTS)


def welfare(orders: Sequence[Order], *, extra_supply: int = 0) -> int | None:
    """Greatest total of (limit tick x lots) of buyers less sellers, or None if infeasible.

    `extra_supply` lots are given away and must be used; a negative number is taken away and must be supplied.
    Exact while the result stays well below 2^53.
    """
    live = [order for order in orders if not order.cancelled]
    if not live:
        return 0 if extra_supply == 0 else None
    solution = _solve(live, extra_supply)
    return None if solution is None else round(-solution.fun)


def price_interval(orders: Sequence[Order]) -> tuple[int | None, int | None]:
    """Smallest and largest tick among the multipliers of the balance; None where unbounded.

    They are the value of one lot more and of one lot less.
    """
    best = welfare(orders)
    assert best is not None, "without trade every balance holds"
    more = welfare(orders, extra_supply=1)
    less = welfare(orders, extra_supply=-1)
    return (
        None if more is None else more - best,
        None if less is None else best - less,
    )


def _clear(orders: OrderBook, ticks: int) -> TickClearing:
    solution = _solve(orders, 0)
    if solution is None:
        raise CannotClear("HiGHS finds no solution, where no trade at all is one")
    price = round(-float(solution.eqlin.marginals[0]))
    low, high = price_interval(orders)
    return TickClearing(
        low=0 if low is None else low,
        high=ticks - 1 if high is None else high,
        tick=price,
        lots=_most_lots(orders, price),
    )


def _most_lots(orders: OrderBook, price: int) -> int:
    """The largest volume among the solutions: who gains at the price trades, who does not mind may."""
    gains = [_sign(order) * (order.tick - price) for order in orders]
    solution = _linprog(
        c=[-1.0 if order.side == Side.BID else 0.0 for order in orders],
        A_eq=[[_sign(order) for order in orders]],
        b_eq=[0],
        bounds=[
            (order.lots if gain > 0 else 0, 0 if gain < 0 else order.lots)
            for order, gain in zip(orders, gains, strict=True)
        ],
    )
    if solution.status != 0:
        raise CannotClear(f"HiGHS finds no volume at its own price: {solution.message}")
    return round(-float(solution.fun))


def _solve(orders: Sequence[Order], extra_supply: int) -> Any:
    """The solution, or None if there is none."""
    solution = _linprog(
        c=[-_sign(order) * order.tick for order in orders],
        A_eq=[[_sign(order) for order in orders]],
        b_eq=[extra_supply],
        bounds=[(0, order.lots) for order in orders],
    )
    if solution.status == 2:
        return None
    if solution.status != 0:
        raise CannotClear(f"HiGHS gives up: {solution.message}")
    return solution


def _sign(order: Order) -> int:
    return 1 if order.side == Side.BID else -1


def _linprog(**problem: Any) -> Any:
    return _solver().linprog(method="highs", **problem)


def _solver() -> Any:
    return optional("scipy.optimize", extra="conformance", purpose="linear programs")
