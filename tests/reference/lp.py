"""The same auction as a linear program, solved by HiGHS: a second opinion on the reference.

Maximise the value of the energy used less the cost of the energy supplied, subject
to balance and to the size of each order. The multipliers of the balance are the
equilibrium prices (Schweppe et al., Spot Pricing of Electricity, 1988).
"""

from __future__ import annotations

from collections.abc import Sequence

from energy_sdk.audit.auction import Order, Side
from scipy.optimize import linprog


def welfare(orders: Sequence[Order], *, extra_supply: int = 0) -> int | None:
    """Greatest total of (limit tick x lots) of buyers less sellers, or None if infeasible.

    `extra_supply` lots are given away and must be used; a negative number is taken
    away and must be supplied. Exact while the result stays well below 2^53.
    """
    live = [o for o in orders if not o.cancelled]
    if not live:
        return 0 if extra_supply == 0 else None
    sign = [1 if o.side == Side.BID else -1 for o in live]
    solution = linprog(
        c=[-s * o.tick for s, o in zip(sign, live, strict=True)],
        A_eq=[sign],
        b_eq=[extra_supply],
        bounds=[(0, o.lots) for o in live],
        method="highs",
    )
    if solution.status == 2:
        return None
    assert solution.status == 0, solution.message
    minimum: float = solution.fun
    return round(-minimum)


def price_interval(orders: Sequence[Order]) -> tuple[int | None, int | None]:
    """Smallest and largest tick among the multipliers of the balance; None where unbounded.

    They are the value of one lot more and of one lot less.
    """
    best = welfare(orders)
    assert best is not None
    more = welfare(orders, extra_supply=1)
    less = welfare(orders, extra_supply=-1)
    return (
        None if more is None else more - best,
        None if less is None else best - less,
    )
