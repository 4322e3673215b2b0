from __future__ import annotations
from . import (
    book_slot,
    clockwork,
    price_rule,
    tie_rule,
)
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class MarketJSON(typing.TypedDict):
    version: int
    bump: int
    id: int
    authority: str
    oracle: str
    energy_mint: str
    payment_mint: str
    payment_decimals: int
    energy_vault: str
    payment_vault: str
    ledger: str
    books: list[book_slot.BookSlotJSON]
    book_count: int
    price_min: int
    tick_size: int
    tick_count: int
    lot_wh: int
    price_rule: price_rule.PriceRuleJSON
    tie_rule: tie_rule.TieRuleJSON
    fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    clock: clockwork.ClockworkJSON
    next: clockwork.ClockworkJSON
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    last_opened_epoch: int
    last_settled_epoch: int
    last_price: int
    last_price_epoch: int
    traded_wh: int
    fees: int
    epochs_settled: int
    reserved: list[int]


@dataclass
class Market:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "id" / borsh.U32,
        "authority" / BorshPubkey,
        "oracle" / BorshPubkey,
        "energy_mint" / BorshPubkey,
        "payment_mint" / BorshPubkey,
        "payment_decimals" / borsh.U8,
        "energy_vault" / BorshPubkey,
        "payment_vault" / BorshPubkey,
        "ledger" / BorshPubkey,
        "books" / book_slot.BookSlot.layout[8],
        "book_count" / borsh.U8,
        "price_min" / borsh.U64,
        "tick_size" / borsh.U64,
        "tick_count" / borsh.U16,
        "lot_wh" / borsh.U32,
        "price_rule" / price_rule.layout,
        "tie_rule" / tie_rule.layout,
        "fee_bps" / borsh.U16,
        "min_order_wh" / borsh.U64,
        "max_order_wh" / borsh.U64,
        "max_orders_per_seat" / borsh.U16,
        "clock" / clockwork.Clockwork.layout,
        "next" / clockwork.Clockwork.layout,
        "clearing_grace_s" / borsh.U32,
        "void_after_s" / borsh.U32,
        "book_retention_s" / borsh.U32,
        "last_opened_epoch" / borsh.U32,
        "last_settled_epoch" / borsh.U32,
        "last_price" / borsh.U64,
        "last_price_epoch" / borsh.U32,
        "traded_wh" / borsh.U64,
        "fees" / borsh.U64,
        "epochs_settled" / borsh.U32,
        "reserved" / borsh.U8[128],
    )
    version: int
    bump: int
    id: int
    authority: Pubkey
    oracle: Pubkey
    energy_mint: Pubkey
    payment_mint: Pubkey
    payment_decimals: int
    energy_vault: Pubkey
    payment_vault: Pubkey
    ledger: Pubkey
    books: list[book_slot.BookSlot]
    book_count: int
    price_min: int
    tick_size: int
    tick_count: int
    lot_wh: int
    price_rule: price_rule.PriceRuleKind
    tie_rule: tie_rule.TieRuleKind
    fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    clock: clockwork.Clockwork
    next: clockwork.Clockwork
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    last_opened_epoch: int
    last_settled_epoch: int
    last_price: int
    last_price_epoch: int
    traded_wh: int
    fees: int
    epochs_settled: int
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Market":
        return cls(
            version=obj.version,
            bump=obj.bump,
            id=obj.id,
            authority=obj.authority,
            oracle=obj.oracle,
            energy_mint=obj.energy_mint,
            payment_mint=obj.payment_mint,
            payment_decimals=obj.payment_decimals,
            energy_vault=obj.energy_vault,
            payment_vault=obj.payment_vault,
            ledger=obj.ledger,
            books=list(
                map(lambda item: book_slot.BookSlot.from_decoded(item), obj.books)
            ),
            book_count=obj.book_count,
            price_min=obj.price_min,
            tick_size=obj.tick_size,
            tick_count=obj.tick_count,
            lot_wh=obj.lot_wh,
            price_rule=price_rule.from_decoded(obj.price_rule),
            tie_rule=tie_rule.from_decoded(obj.tie_rule),
            fee_bps=obj.fee_bps,
            min_order_wh=obj.min_order_wh,
            max_order_wh=obj.max_order_wh,
            max_orders_per_seat=obj.max_orders_per_seat,
            clock=clockwork.Clockwork.from_decoded(obj.clock),
            next=clockwork.Clockwork.from_decoded(obj.next),
            clearing_grace_s=obj.clearing_grace_s,
            void_after_s=obj.void_after_s,
            book_retention_s=obj.book_retention_s,
            last_opened_epoch=obj.last_opened_epoch,
            last_settled_epoch=obj.last_settled_epoch,
            last_price=obj.last_price,
            last_price_epoch=obj.last_price_epoch,
            traded_wh=obj.traded_wh,
            fees=obj.fees,
            epochs_settled=obj.epochs_settled,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "id": self.id,
            "authority": self.authority,
            "oracle": self.oracle,
            "energy_mint": self.energy_mint,
            "payment_mint": self.payment_mint,
            "payment_decimals": self.payment_decimals,
            "energy_vault": self.energy_vault,
            "payment_vault": self.payment_vault,
            "ledger": self.ledger,
            "books": list(map(lambda item: item.to_encodable(), self.books)),
            "book_count": self.book_count,
            "price_min": self.price_min,
            "tick_size": self.tick_size,
            "tick_count": self.tick_count,
            "lot_wh": self.lot_wh,
            "price_rule": self.price_rule.to_encodable(),
            "tie_rule": self.tie_rule.to_encodable(),
            "fee_bps": self.fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "clock": self.clock.to_encodable(),
            "next": self.next.to_encodable(),
            "clearing_grace_s": self.clearing_grace_s,
            "void_after_s": self.void_after_s,
            "book_retention_s": self.book_retention_s,
            "last_opened_epoch": self.last_opened_epoch,
            "last_settled_epoch": self.last_settled_epoch,
            "last_price": self.last_price,
            "last_price_epoch": self.last_price_epoch,
            "traded_wh": self.traded_wh,
            "fees": self.fees,
            "epochs_settled": self.epochs_settled,
            "reserved": self.reserved,
        }

    def to_json(self) -> MarketJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "id": self.id,
            "authority": str(self.authority),
            "oracle": str(self.oracle),
            "energy_mint": str(self.energy_mint),
            "payment_mint": str(self.payment_mint),
            "payment_decimals": self.payment_decimals,
            "energy_vault": str(self.energy_vault),
            "payment_vault": str(self.payment_vault),
            "ledger": str(self.ledger),
            "books": list(map(lambda item: item.to_json(), self.books)),
            "book_count": self.book_count,
            "price_min": self.price_min,
            "tick_size": self.tick_size,
            "tick_count": self.tick_count,
            "lot_wh": self.lot_wh,
            "price_rule": self.price_rule.to_json(),
            "tie_rule": self.tie_rule.to_json(),
            "fee_bps": self.fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "clock": self.clock.to_json(),
            "next": self.next.to_json(),
            "clearing_grace_s": self.clearing_grace_s,
            "void_after_s": self.void_after_s,
            "book_retention_s": self.book_retention_s,
            "last_opened_epoch": self.last_opened_epoch,
            "last_settled_epoch": self.last_settled_epoch,
            "last_price": self.last_price,
            "last_price_epoch": self.last_price_epoch,
            "traded_wh": self.traded_wh,
            "fees": self.fees,
            "epochs_settled": self.epochs_settled,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: MarketJSON) -> "Market":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            id=obj["id"],
            authority=Pubkey.from_string(obj["authority"]),
            oracle=Pubkey.from_string(obj["oracle"]),
            energy_mint=Pubkey.from_string(obj["energy_mint"]),
            payment_mint=Pubkey.from_string(obj["payment_mint"]),
            payment_decimals=obj["payment_decimals"],
            energy_vault=Pubkey.from_string(obj["energy_vault"]),
            payment_vault=Pubkey.from_string(obj["payment_vault"]),
            ledger=Pubkey.from_string(obj["ledger"]),
            books=list(
                map(lambda item: book_slot.BookSlot.from_json(item), obj["books"])
            ),
            book_count=obj["book_count"],
            price_min=obj["price_min"],
            tick_size=obj["tick_size"],
            tick_count=obj["tick_count"],
            lot_wh=obj["lot_wh"],
            price_rule=price_rule.from_json(obj["price_rule"]),
            tie_rule=tie_rule.from_json(obj["tie_rule"]),
            fee_bps=obj["fee_bps"],
            min_order_wh=obj["min_order_wh"],
            max_order_wh=obj["max_order_wh"],
            max_orders_per_seat=obj["max_orders_per_seat"],
            clock=clockwork.Clockwork.from_json(obj["clock"]),
            next=clockwork.Clockwork.from_json(obj["next"]),
            clearing_grace_s=obj["clearing_grace_s"],
            void_after_s=obj["void_after_s"],
            book_retention_s=obj["book_retention_s"],
            last_opened_epoch=obj["last_opened_epoch"],
            last_settled_epoch=obj["last_settled_epoch"],
            last_price=obj["last_price"],
            last_price_epoch=obj["last_price_epoch"],
            traded_wh=obj["traded_wh"],
            fees=obj["fees"],
            epochs_settled=obj["epochs_settled"],
            reserved=obj["reserved"],
        )
