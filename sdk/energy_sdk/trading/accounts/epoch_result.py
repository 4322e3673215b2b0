"""What stays of an epoch once its book is used again."""

from __future__ import annotations

from dataclasses import dataclass

from solders.pubkey import Pubkey

from ...accounts import reading
from ...events.borsh import BorshReader
from ...transports.base import Account
from ...units import WH_PER_KWH
from ..enums import BookState, PriceRule, TieRule
from .data import body_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochResult:
    """What stays of an epoch.

    `price` is the last price of an earlier epoch when `no_trade` is set, and the reference price under
    pay-as-bid. `buyers_paid` = `sellers_received` + `fees` + `surplus`.
    """

    address: Pubkey
    market: Pubkey
    epoch: int
    state: BookState
    price_rule: PriceRule
    tie_rule: TieRule
    fee_bps: int
    no_trade: bool
    price: int
    price_low: int
    price_high: int
    volume_wh: int
    bid_wh: int
    ask_wh: int
    orders: int
    filled: int
    partially_filled: int
    cancelled: int
    expired: int
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    opens_at: int
    closes_at: int
    digest: bytes

    @classmethod
    @reading
    def decode(cls, account: Account) -> EpochResult:
        """Read a result.

        Raises:
            AccountMismatch: the account is something else.
        """
        read = BorshReader(bytes(body_of(account, "EpochResult")))
        read.take(2)
        return cls(
            address=account.address,
            market=read.pubkey(),
            epoch=read.u32(),
            state=BookState(read.u8()),
            price_rule=PriceRule(read.u8()),
            tie_rule=TieRule(read.u8()),
            fee_bps=read.u16(),
            no_trade=read.u8() == 1,
            price=read.u64(),
            price_low=read.u64(),
            price_high=read.u64(),
            volume_wh=read.u64(),
            bid_wh=read.u64(),
            ask_wh=read.u64(),
            orders=read.u32(),
            filled=read.u32(),
            partially_filled=read.u32(),
            cancelled=read.u32(),
            expired=read.u32(),
            buyers_paid=read.u64(),
            sellers_received=read.u64(),
            fees=read.u64(),
            surplus=read.u64(),
            opens_at=read.i64(),
            closes_at=read.i64(),
            digest=bytes(read.take(32)),
        )

    @property
    def is_final(self) -> bool:
        """Whether the figures stand: the epoch is settled or voided, not merely closed."""
        return self.state in (BookState.SETTLED, BookState.VOIDED)

    @property
    def average_paid(self) -> int | None:
        """What buyers paid on average [payment base units per kWh, rounded down]; None without a trade."""
        return self.buyers_paid * WH_PER_KWH // self.volume_wh if self.volume_wh else None

    @property
    def average_received(self) -> int | None:
        """What sellers received on average, after fees [payment base units per kWh, rounded down]."""
        return self.sellers_received * WH_PER_KWH // self.volume_wh if self.volume_wh else None
