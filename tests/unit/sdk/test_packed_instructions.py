"""Instructions that are packed by hand are those that the generated builders make from the interface description."""

from __future__ import annotations

from typing import Any

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk._generated.oracle import instructions as oracle_builders
from energy_sdk._generated.oracle.types import ReadingBatch
from energy_sdk._generated.trading import instructions as trading_builders
from energy_sdk._generated.trading.types import side as sides
from energy_sdk.addresses import public_key
from energy_sdk.exceptions import InvalidAmount, InvalidInput
from energy_sdk.governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from energy_sdk.oracle import Reading
from energy_sdk.oracle import instructions as oracle
from energy_sdk.oracle.pdas import operator_address, shard_address
from energy_sdk.oracle.readings import pack_readings
from energy_sdk.trading import Side
from energy_sdk.trading import instructions as trading
from hypothesis import given
from hypothesis import strategies as st

OWNER, LEDGER, BOOK = (Pubkey.from_bytes(bytes([number] * 32)) for number in (1, 2, 3))
ACCOUNTS: Any = {"owner": OWNER, "ledger": LEDGER, "book": BOOK, "pause": PAUSE_ADDRESS}
U16, U32, U64 = (st.integers(0, 2**bits - 1) for bits in (16, 32, 64))


@given(seat=U16, energy_wh=U64, price=U64, client_id=U64)
def test_single_orders(seat: int, energy_wh: int, price: int, client_id: int) -> None:
    numbers: Any = {"seat": seat, "energy_wh": energy_wh, "price": price, "client_id": client_id}
    where = {"owner": OWNER, "ledger": LEDGER, "book": BOOK}

    assert trading.create_buy_order(**where, **numbers) == trading_builders.create_buy_order(numbers, ACCOUNTS)
    assert trading.create_sell_order(**where, **numbers) == trading_builders.create_sell_order(numbers, ACCOUNTS)


@given(seat=U16, side=st.sampled_from(Side), client_id=U64, orders=st.lists(st.tuples(U16, U32), max_size=150))
def test_batches_of_orders(seat: int, side: Side, client_id: int, orders: list[tuple[int, int]]) -> None:
    built = trading.place_orders(
        owner=OWNER, ledger=LEDGER, book=BOOK, seat=seat, side=side, client_id=client_id, orders=orders
    )

    records = b"".join(tick.to_bytes(2, "little") + lots.to_bytes(4, "little") for tick, lots in orders)
    kind = sides.Bid() if side is Side.BID else sides.Ask()
    arguments: Any = {"seat": seat, "side": kind, "client_id": client_id, "records": records}
    assert built == trading_builders.place_orders(arguments, ACCOUNTS)


@given(epoch=U32, index=U32, client_id=U64, more=st.lists(st.tuples(U32, U64), max_size=80))
def test_cancellations(epoch: int, index: int, client_id: int, more: list[tuple[int, int]]) -> None:
    where = {"owner": OWNER, "ledger": LEDGER, "book": BOOK}
    accounts: Any = where

    one: Any = {"epoch": epoch, "index": index, "client_id": client_id}
    assert trading.cancel_order(**where, **one) == trading_builders.cancel_order(one, accounts)

    records = b"".join(place.to_bytes(4, "little") + number.to_bytes(8, "little") for place, number in more)
    many: Any = {"epoch": epoch, "records": records}
    assert trading.cancel_orders(**where, epoch=epoch, orders=more) == trading_builders.cancel_orders(many, accounts)


@given(
    shard=U16,
    interval=st.integers(63, 2**32 - 1),
    root=st.binary(min_size=32, max_size=32),
    readings=st.lists(st.tuples(U16, st.integers(0, 63), U32, U32), min_size=1, max_size=100),
)
def test_batches_of_readings(shard: int, interval: int, root: bytes, readings: list[tuple[int, int, int, int]]) -> None:
    built = oracle.submit_meter_data(
        submitter=OWNER,
        shard=shard,
        root=root,
        readings=[
            Reading(slot=slot, interval=interval - age, export_wh=export_wh, import_wh=import_wh)
            for slot, age, export_wh, import_wh in readings
        ],
    )

    youngest = min(age for _, age, _, _ in readings)
    records = b"".join(
        number.to_bytes(size, "little")
        for slot, age, *energy in readings
        for number, size in zip((slot, age - youngest, *energy), (2, 2, 4, 4), strict=True)
    )
    arguments: Any = {"batch": ReadingBatch(interval=interval - youngest, root=list(root), records=records)}
    accounts: Any = {
        "submitter": OWNER,
        "operator": operator_address(OWNER),
        "pause": PAUSE_ADDRESS,
        "parameters": PARAMETERS_ADDRESS,
        "shard": shard_address(shard),
    }
    assert built == oracle_builders.submit_meter_data(arguments, accounts)


ORDER: dict[str, Any] = {"seat": 1, "energy_wh": 10, "price": 1_000, "client_id": 1}


@pytest.mark.parametrize("bad", [-1, 2**64, 1.5, "7", None])
@pytest.mark.parametrize("field", ["seat", "energy_wh", "price", "client_id"])
def test_an_order_that_does_not_fit_is_refused_by_the_field_s_name(field: str, bad: Any) -> None:
    with pytest.raises(InvalidAmount, match=f"^{field} cannot be {bad}; give a whole number from 0"):
        trading.create_buy_order(owner=OWNER, ledger=LEDGER, book=BOOK, **{**ORDER, field: bad})


@pytest.mark.parametrize(("order", "what"), [((2**16, 1), "tick"), ((-1, 1), "tick"), ((1, 2**32), "lots")])
def test_a_batch_with_an_order_that_does_not_fit_is_refused_by_the_field_s_name(
    order: tuple[int, int], what: str
) -> None:
    with pytest.raises(InvalidAmount, match=f"^{what} cannot be"):
        trading.place_orders(
            owner=OWNER, ledger=LEDGER, book=BOOK, seat=1, side=Side.BID, client_id=1, orders=[(1, 1), order]
        )


@pytest.mark.parametrize(("order", "what"), [((2**32, 1), "index"), ((1, -1), "client_id")])
def test_a_cancellation_that_does_not_fit_is_refused_by_the_field_s_name(order: tuple[int, int], what: str) -> None:
    with pytest.raises(InvalidAmount, match=f"^{what} cannot be"):
        trading.cancel_orders(owner=OWNER, ledger=LEDGER, book=BOOK, epoch=1, orders=[(1, 1), order])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"slot": -1}, "a slot is a number from 0 to 65535, not -1"),
        ({"slot": 2**16}, "a slot is a number"),
        ({"export_wh": -1}, "a reading holds 0 to 4294967295 whole Wh"),
        ({"import_wh": 2**32}, "a reading holds"),
        ({"import_wh": 1.5}, "a reading holds"),
        ({"interval": 1_064}, "interval 1000 lies 64 before the newest of the batch"),
    ],
)
def test_a_reading_that_does_not_fit_is_refused_in_words(changed: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"slot": 1, "interval": 1_000}
    with pytest.raises(InvalidInput, match=words):
        pack_readings([Reading(**good), Reading(**{**good, **changed})])


def test_a_key_pair_s_public_half_is_its_public_key() -> None:
    for number in range(20):
        keypair = Keypair.from_seed(bytes([number] * 32))
        assert public_key(keypair) == keypair.pubkey()
