"""Answers questions about books with pymarket; runs in pymarket's own environment, one JSON line in, one out."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy
import pymarket


def answer(question: Any) -> dict[str, Any]:
    """Volume, and what buyers pay and sellers receive."""
    market = pymarket.Market()
    sides = ((True, question["bids"]), (False, question["asks"]))
    player = 0
    buyers = set()
    for buying, rows in sides:
        for quantity, price in rows:
            market.accept_bid(quantity, price, player, buying)
            if buying:
                buyers.add(player)
            player += 1
    options = {} if question["mechanism"] == "huang" else {"r": numpy.random.RandomState(question["seed"])}
    transactions, _ = market.run(question["mechanism"], **options)
    trades = [(row.bid, float(row.quantity), float(row.price)) for row in transactions.get_df().itertuples()]
    bought = [(quantity, price) for bid, quantity, price in trades if bid in buyers]
    sold = [(quantity, price) for bid, quantity, price in trades if bid not in buyers]
    return {
        "volume": sum(quantity for quantity, _ in bought),
        "paid": sum(quantity * price for quantity, price in bought),
        "received": sum(quantity * price for quantity, price in sold),
    }


# What pymarket and its solver print must not get between the answers.
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    try:
        found = answer(json.loads(line))
    except Exception as error:
        found = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(found), file=answers, flush=True)
