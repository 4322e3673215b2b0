"""Fifty and more ways to falsify a market's accounts, each by name, with the area in which the audit finds it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from energy_sdk.accounts import PodLayout
from energy_sdk.audit import raw
from energy_sdk.energy_token.pdas import GRID_MINT, TOKEN_CONFIG_ADDRESS
from energy_sdk.oracle.accounts import SHARD_LAYOUT, SLOT_LAYOUT
from energy_sdk.oracle.pdas import ORACLE_ADDRESS, certificate_address, meter_slot_address, shard_address
from energy_sdk.registry.pdas import meter_address
from energy_sdk.trading import pdas
from energy_sdk.trading.accounts import BOOK_HEADER_SIZE, LEDGER_HEADER_SIZE, ORDER_SIZE, SEAT_SIZE, TICK_SIZE
from solders.pubkey import Pubkey

from tests.audit.town import Town

Change = Callable[[bytearray], object]

DISCRIMINATOR: Final = 8
RESULT: Final = PodLayout(
    ("version", "B"),
    ("bump", "B"),
    ("market", "pubkey"),
    ("epoch", "I"),
    ("state", "B"),
    ("price_rule", "B"),
    ("tie_rule", "B"),
    ("fee_bps", "H"),
    ("no_trade", "B"),
    ("price", "Q"),
    ("price_low", "Q"),
    ("price_high", "Q"),
    ("volume_wh", "Q"),
    ("bid_wh", "Q"),
    ("ask_wh", "Q"),
    ("orders", "I"),
    ("filled", "I"),
    ("partially_filled", "I"),
    ("cancelled", "I"),
    ("expired", "I"),
    ("buyers_paid", "Q"),
    ("sellers_received", "Q"),
    ("fees", "Q"),
    ("surplus", "Q"),
    ("opens_at", "q"),
    ("closes_at", "q"),
    ("digest", "32s"),
    ("reserved", "32s"),
)
ORDER: Final = PodLayout(
    ("client_id", "Q"),
    ("lots", "I"),
    ("filled", "I"),
    ("placed_at", "I"),
    ("tick", "H"),
    ("seat", "H"),
    ("side", "B"),
    ("status", "B"),
    ("padding", "6s"),
)


CERTIFICATE: Final = PodLayout(
    ("version", "B"),
    ("bump", "B"),
    ("meter", "pubkey"),
    ("index", "I"),
    ("owner", "pubkey"),
    ("from_wh", "Q"),
    ("to_wh", "Q"),
    ("source", "B"),
    ("issued_at", "q"),
    ("through_interval", "Q"),
    ("state", "B"),
    ("retired_at", "q"),
    ("beneficiary", "32s"),
    ("reserved", "32s"),
)
POINTER: Final = PodLayout(
    ("version", "B"),
    ("bump", "B"),
    ("meter", "pubkey"),
    ("shard", "H"),
    ("slot", "H"),
    ("certified_wh", "Q"),
    ("certificate_count", "I"),
    ("reserved", "32s"),
)


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """One falsified account: which, how, and where it shows."""

    name: str
    address: Callable[[Town], Pubkey]
    change: Change
    area: str


def place(layout: PodLayout, field: str) -> tuple[int, str]:
    """Offset and struct code of a field."""
    codes = ""
    for name, kind in layout._fields:
        code = "32s" if kind == "pubkey" else kind
        if name == field:
            return struct.calcsize("<" + codes), code
        codes += code
    raise KeyError(field)


def raised(layout: PodLayout, field: str, by: int = 1, base: int = DISCRIMINATOR) -> Change:
    """The number in `field`, changed by `by`; of raw bytes the first."""
    offset, code = place(layout, field)
    code = "B" if code.endswith("s") else code.upper()

    def change(data: bytearray) -> None:
        [value] = struct.unpack_from("<" + code, data, base + offset)
        struct.pack_into("<" + code, data, base + offset, (value + by) % (1 << 8 * struct.calcsize(code)))

    return change


def flipped(offset: int) -> Change:
    """One bit of the byte at `offset`, from the end if it is negative."""

    def change(data: bytearray) -> None:
        data[offset] ^= 1

    return change


def book(epoch: int) -> Callable[[Town], Pubkey]:
    """The book of the settled epoch with this index in the town's list; -1 is the newest, 0 the open one's."""

    def address(town: Town) -> Pubkey:
        return town.books[town.open if epoch == 0 else town.settled[epoch]]

    return address


def result(number: int) -> Callable[[Town], Pubkey]:
    """The result of the settled epoch with this index."""
    return lambda town: pdas.epoch_result_address(town.world.market.address, town.settled[number])


def certificate(index: int) -> Callable[[Town], Pubkey]:
    """A certificate of the seller's meter."""
    return lambda town: certificate_address(meter_address(town.seller.meter), index)


def pointer(town: Town) -> Pubkey:
    return meter_slot_address(meter_address(town.seller.meter))


def ledger(town: Town) -> Pubkey:
    return town.world.market.ledger


def market(town: Town) -> Pubkey:
    return town.world.market.address


def seat(index: int) -> int:
    return LEDGER_HEADER_SIZE + index * SEAT_SIZE


def order(town_ticks: int, index: int) -> int:
    return BOOK_HEADER_SIZE + town_ticks * TICK_SIZE + index * ORDER_SIZE


def slot(index: int) -> int:
    return DISCRIMINATOR + SHARD_LAYOUT.size + index * SLOT_LAYOUT.size


def forgeries(tick_count: int) -> Iterator[Forgery]:
    """All of them, for a market with so many ticks."""
    newest, opened = book(-1), book(0)

    def one(name: str, address: Callable[[Town], Pubkey], change: Change, area: str) -> Forgery:
        return Forgery(name=name, address=address, change=change, area=area)

    # Orders of a settled epoch, and of the open one.
    for field, area in (
        ("client_id", "book and history"),
        ("lots", "book"),
        ("filled", "book"),
        ("placed_at", "book and history"),
        ("tick", "book"),
        ("seat", "book and history"),
        ("side", "book"),
        ("status", "book"),
        ("padding", "book"),
    ):
        yield one(f"an order's {field}", newest, raised(ORDER, field, base=order(tick_count, 1)), area)
        yield one(f"a live order's {field}", opened, raised(ORDER, field, base=order(tick_count, 1)), area)
    yield one("a total at a tick", newest, flipped(BOOK_HEADER_SIZE + 20 * TICK_SIZE), "book")

    # Header of a settled book.
    for field, area in (
        ("state", "book and history"),
        ("price_rule", "book and history"),
        ("tie_rule", "book and history"),
        ("market_id", "book"),
        ("market", "book"),
        ("ledger", "book"),
        ("opens_at", "book and history"),
        ("closes_at", "book and history"),
        ("price_min", "book"),
        ("tick_size", "book"),
        ("epoch", "book"),
        ("previous_epoch", "order of epochs"),
        ("capacity", "book"),
        ("count", "book"),
        ("cursor", "book"),
        ("lot_wh", "book"),
        ("first_lot_value", "book"),
        ("tick_lot_value", "book"),
        ("min_lots", "book and history"),
        ("max_lots", "book and history"),
        ("bid_lots", "book"),
        ("ask_lots", "book"),
        ("tick_count", "book"),
        ("highest_bid", "book"),
        ("lowest_ask", "book"),
        ("max_orders_per_seat", "book and history"),
        ("fee_bps", "book and history"),
        ("low", "book"),
        ("high", "book"),
        ("price", "book"),
        ("volume", "book"),
        ("marginal_bid", "book"),
        ("marginal_ask", "book"),
        ("seen_bid", "book"),
        ("seen_ask", "book"),
        ("filled", "book"),
        ("partially_filled", "book"),
        ("cancelled", "book"),
        ("expired", "book"),
        ("padding", "bytes"),
        ("buyers_paid", "book"),
        ("sellers_gross", "book"),
        ("fees", "book"),
        ("digest", "book"),
        ("floor_tick", "book and history"),
        ("ceiling_tick", "book and history"),
        ("reserved", "bytes"),
    ):
        yield one(f"the book's {field}", newest, raised(raw.BOOK, field), area)

    # Results: of an epoch whose book is there, and of one that only history knows.
    for number, what in ((-1, "the newest result's"), (0, "the oldest result's")):
        for field, _ in RESULT._fields[1:]:
            area = {"reserved": "bytes", "bump": "result", "market": "result"}.get(field, "result from history")
            yield one(f"{what} {field}", result(number), raised(RESULT, field), area)

    # Custody.
    for field in ("energy_free", "energy_locked", "payment_free", "payment_locked"):
        yield one(f"a seat's {field}", ledger, raised(raw.SEAT, field, 1_000, seat(2)), "custody")
    for field in (
        "user",
        "last_client_id",
        "epoch",
        "orders",
        "side",
        "ordinal",
        "opened_at",
        "payment_in",
        "energy_in",
        "withdraw_payment_per_day",
        "withdraw_energy_per_day",
        "withdrawn_payment",
        "withdrawn_energy",
        "withdrawals_open_at",
        "withdrawn_day",
        "withdrawal_delay_s",
    ):
        yield one(f"a seat's {field}", ledger, raised(raw.SEAT, field, base=seat(2)), "seats and history")
    yield one("money moved between seats", ledger, _moved("payment_free", seat(3), seat(2)), "seats and history")
    yield one("energy moved between seats", ledger, _moved("energy_free", seat(2), seat(3)), "seats and history")
    yield one("the fee seat's money", ledger, raised(raw.SEAT, "payment_free", -1, seat(0)), "custody")
    for field in ("reserved", "next_free"):
        yield one(f"a seat's {field}", ledger, raised(raw.SEAT, field, base=seat(2)), "bytes")
    yield one("a seat's status", ledger, raised(raw.SEAT, "status", 7, seat(2)), "ledger")
    yield one("a balance on an empty seat", ledger, raised(raw.SEAT, "payment_free", base=seat(5)), "bytes")
    yield one("a balance on a seat never used", ledger, raised(raw.SEAT, "energy_free", base=seat(6)), "bytes")
    for field, area in (
        ("sequence", "sequence"),
        ("energy_wh", "custody"),
        ("payment", "custody"),
        ("market_id", "ledger"),
        ("market", "ledger"),
        ("used", "ledger"),
        ("free_head", "ledger"),
        ("padding", "bytes"),
        ("padding2", "bytes"),
        ("reserved", "bytes"),
    ):
        yield one(f"the ledger's {field}", ledger, raised(raw.LEDGER, field), area)
    for name, address in (
        ("energy", lambda town: town.world.market.energy_vault),
        ("payment", lambda town: town.world.market.payment_vault),
    ):
        yield one(f"the {name} vault's amount", address, _number(64, -1), "custody")
        yield one(f"the {name} vault's token", address, flipped(0), "custody")
        yield one(f"the {name} vault's owner", address, flipped(32), "custody")

    # GRID and meters.
    yield one("the supply of GRID", lambda town: GRID_MINT, _number(36, 10**9), "supply")
    yield one("who mints GRID", lambda town: GRID_MINT, flipped(4), "supply")
    yield one("GRID's configuration: the mint", lambda town: TOKEN_CONFIG_ADDRESS, flipped(12), "supply")
    yield one("GRID's configuration: its last byte", lambda town: TOKEN_CONFIG_ADDRESS, flipped(-1), "bytes")
    yield one("GRID's configuration: minted and burned", lambda town: TOKEN_CONFIG_ADDRESS, _totals, "supply")
    first = lambda town: shard_address(0)  # noqa: E731
    for field in ("meter", "user", "export_wh", "import_wh", "minted_wh", "retired_wh"):
        yield one(f"a meter's {field}", first, raised(SLOT_LAYOUT, field, base=slot(0)), "meters and history")
    yield one("a shard's count of readings", first, raised(SHARD_LAYOUT, "readings"), "meters and history")
    yield one("a slot never used", first, flipped(slot(10)), "bytes")
    yield one("the oracle's reserved bytes", lambda town: ORACLE_ADDRESS, flipped(-1), "bytes")

    # Certificates: 0 is retired, 1 was given away, 2 was split into 3 and 4.
    for field, _ in CERTIFICATE._fields[2:-1]:
        area = "certificates" if field in ("meter", "index") else "certificates and history"
        yield one(f"a retired certificate's {field}", certificate(0), raised(CERTIFICATE, field), area)
    for number, what in ((1, "a live"), (2, "a split"), (4, "the second part of a split")):
        for field in ("owner", "from_wh", "to_wh", "state"):
            change = raised(CERTIFICATE, field)
            yield one(f"{what} certificate's {field}", certificate(number), change, "certificates and history")
    yield one("a claim on a live certificate", certificate(1), raised(CERTIFICATE, "beneficiary"), "certificates")
    yield one("a certificate's reserved bytes", certificate(1), flipped(-1), "bytes")
    yield one("how many certificates a meter has", pointer, raised(POINTER, "certificate_count"), "certificates")
    yield one("a certificate left out", pointer, raised(POINTER, "certificate_count", -1), "certificates and history")
    yield one("how much of a meter is certified", pointer, raised(POINTER, "certified_wh", 10**6), "certificates")
    yield one("whose certificates they are", pointer, raised(POINTER, "meter"), "certificates")
    yield one("a pointer's reserved bytes", pointer, flipped(-1), "bytes")

    # The market.
    yield one("the market's reserved bytes", market, flipped(-1), "bytes")
    yield one("the market's number", market, flipped(DISCRIMINATOR + 2), "market")
    yield one("the market's mint of energy", market, flipped(DISCRIMINATOR + 6 + 64), "market")
    yield one("the market's first price", market, _after_ring(0), "market and history")
    yield one("the market's tick size", market, _after_ring(8), "market and history")
    yield one("the market's lot", market, _after_ring(18), "market and history")
    yield one("the market's fee", market, _after_ring(24), "market and history")
    yield one("the market's smallest order", market, _after_ring(26), "market and history")
    yield one("the start of the market's clock", market, _after_ring(44), "market and history")
    yield one("the epoch in a slot of the ring", market, _ring_epoch, "market and history")
    for name, offset in _TOTALS.items():
        yield one(f"the market's {name}", market, _after_ring(offset), "market totals")


# Offsets behind the ring: grid 22, rules 4, order limits 18, two clocks 16 each, delays 12.
_RING: Final = DISCRIMINATOR + 2 + 4 + 4 * 32 + 1 + 3 * 32
_BEHIND_RING: Final = _RING + 8 * 36 + 1
_TOTALS: Final = {
    "last_settled_epoch": 92,
    "last_price": 96,
    "last_price_epoch": 104,
    "traded_wh": 108,
    "fees": 116,
    "epochs_settled": 124,
}


def _after_ring(offset: int) -> Change:
    return flipped(_BEHIND_RING + offset)


def _ring_epoch(data: bytearray) -> None:
    data[_RING + 32] ^= 16


def _number(offset: int, by: int) -> Change:
    def change(data: bytearray) -> None:
        [value] = struct.unpack_from("<Q", data, offset)
        struct.pack_into("<Q", data, offset, value + by)

    return change


def _totals(data: bytearray) -> None:
    """As if one more kilowatt-hour had been minted and burned; the two are 128-bit numbers after four keys."""
    for offset in (DISCRIMINATOR + 2 + 4 * 32, DISCRIMINATOR + 2 + 4 * 32 + 16):
        value = int.from_bytes(data[offset : offset + 16], "little")
        data[offset : offset + 16] = (value + 10**9).to_bytes(16, "little")


def _moved(field: str, source: int, target: int) -> Change:
    def change(data: bytearray) -> None:
        raised(raw.SEAT, field, -1, source)(data)
        raised(raw.SEAT, field, 1, target)(data)

    return change
