"""Every byte of the accounts that are not read field by field elsewhere: headers, padding, reserved space."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from ..accounts import DISCRIMINATOR_SIZE, PodLayout
from ..trading.accounts import BOOK_HEADER_SIZE, LEDGER_HEADER_SIZE, SEAT_SIZE

BOOK: Final = PodLayout(
    ("version", "B"),
    ("state", "B"),
    ("price_rule", "B"),
    ("tie_rule", "B"),
    ("market_id", "I"),
    ("market", "pubkey"),
    ("ledger", "pubkey"),
    ("opens_at", "q"),
    ("closes_at", "q"),
    ("price_min", "Q"),
    ("tick_size", "Q"),
    ("epoch", "I"),
    ("previous_epoch", "I"),
    ("capacity", "I"),
    ("count", "I"),
    ("cursor", "I"),
    ("lot_wh", "I"),
    ("first_lot_value", "I"),
    ("tick_lot_value", "I"),
    ("min_lots", "I"),
    ("max_lots", "I"),
    ("bid_lots", "I"),
    ("ask_lots", "I"),
    ("tick_count", "H"),
    ("highest_bid", "H"),
    ("lowest_ask", "H"),
    ("max_orders_per_seat", "H"),
    ("fee_bps", "H"),
    ("low", "H"),
    ("high", "H"),
    ("price", "H"),
    ("volume", "I"),
    ("marginal_bid", "I"),
    ("marginal_ask", "I"),
    ("seen_bid", "I"),
    ("seen_ask", "I"),
    ("filled", "I"),
    ("partially_filled", "I"),
    ("cancelled", "I"),
    ("expired", "I"),
    ("padding", "4s"),
    ("buyers_paid", "Q"),
    ("sellers_gross", "Q"),
    ("fees", "Q"),
    ("digest", "32s"),
    ("floor_tick", "H"),
    ("ceiling_tick", "H"),
    ("reserved", "60s"),
)
"""A book's header, all of it."""

LEDGER: Final = PodLayout(
    ("version", "B"),
    ("padding", "3s"),
    ("market_id", "I"),
    ("market", "pubkey"),
    ("sequence", "Q"),
    ("energy_wh", "Q"),
    ("payment", "Q"),
    ("capacity", "H"),
    ("used", "H"),
    ("free_head", "H"),
    ("padding2", "2s"),
    ("reserved", "56s"),
)
"""A ledger's header, all of it."""

SEAT: Final = PodLayout(
    ("user", "pubkey"),
    ("owner", "pubkey"),
    ("energy_free", "Q"),
    ("energy_locked", "Q"),
    ("payment_free", "Q"),
    ("payment_locked", "Q"),
    ("last_client_id", "Q"),
    ("epoch", "I"),
    ("orders", "H"),
    ("side", "B"),
    ("status", "B"),
    ("ordinal", "B"),
    ("user_type", "B"),
    ("next_free", "H"),
    ("opened_at", "I"),
    ("payment_in", "Q"),
    ("energy_in", "Q"),
    ("withdraw_payment_per_day", "Q"),
    ("withdraw_energy_per_day", "Q"),
    ("withdrawn_payment", "Q"),
    ("withdrawn_energy", "Q"),
    ("withdrawals_open_at", "q"),
    ("withdrawn_day", "I"),
    ("withdrawal_delay_s", "I"),
    ("reserved", "8s"),
)
"""A seat, all of it."""

assert DISCRIMINATOR_SIZE + BOOK.size == BOOK_HEADER_SIZE
assert DISCRIMINATOR_SIZE + LEDGER.size == LEDGER_HEADER_SIZE
assert SEAT.size == SEAT_SIZE


def book_header(data: bytes) -> dict[str, Any]:
    """The header of a book's account data, by name."""
    return BOOK.read(data, DISCRIMINATOR_SIZE)


def ledger_header(data: bytes) -> dict[str, Any]:
    """The header of a ledger's account data, by name."""
    return LEDGER.read(data, DISCRIMINATOR_SIZE)


def seat(data: bytes, index: int) -> dict[str, Any]:
    """One seat of a ledger's account data, by name."""
    return SEAT.read(data, LEDGER_HEADER_SIZE + index * SEAT_SIZE)


def after(data: bytes, layout: Any) -> bytes:
    """What follows the last field of an account that AnchorPy's `layout` describes."""
    stream = BytesIO(data[DISCRIMINATOR_SIZE:])
    layout.parse_stream(stream)
    return stream.read()
