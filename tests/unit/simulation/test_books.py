from __future__ import annotations

from energy_sdk.simulation.agents import Grid, Side
from energy_sdk.simulation.books import Position

GRID = Grid()


def test_export_becomes_grid_and_import_is_owed() -> None:
    position = Position(payment=0)
    position.record(export_wh=700, import_wh=300)

    assert position.retire() == 300
    assert (position.energy_wh, position.owed_wh, position.retired_wh) == (400, 0, 300)


def test_a_buyer_pays_the_gross_and_a_seller_bears_the_fee() -> None:
    buyer, seller = Position(payment=7_500), Position(payment=0, energy_wh=50_000)
    for position, side in ((buyer, Side.BUY), (seller, Side.SELL)):
        position.fill(side=side, energy_wh=50_000, price=150, fee_bps=100, grid=GRID)

    assert (buyer.energy_wh, buyer.payment, buyer.paid) == (50_000, 0, 7_500)
    assert (seller.energy_wh, seller.payment, seller.received) == (0, 7_425, 7_425)
    assert buyer.paid - seller.received == 75


def test_the_fee_rounds_against_the_seller() -> None:
    seller = Position(payment=0, energy_wh=10)
    seller.fill(side=Side.SELL, energy_wh=10, price=1_100, fee_bps=100, grid=GRID)

    assert seller.received == 10
