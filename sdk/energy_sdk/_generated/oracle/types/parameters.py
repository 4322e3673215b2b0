from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ParametersJSON(typing.TypedDict):
    version: int
    bump: int
    epoch_length_s: int
    offer_lock_s: int
    fee_bps: int
    max_fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    reading_max_age_s: int
    reading_future_s: int
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    reserved: list[int]


@dataclass
class Parameters:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "epoch_length_s" / borsh.U32,
        "offer_lock_s" / borsh.U32,
        "fee_bps" / borsh.U16,
        "max_fee_bps" / borsh.U16,
        "min_order_wh" / borsh.U64,
        "max_order_wh" / borsh.U64,
        "max_orders_per_seat" / borsh.U16,
        "reading_max_age_s" / borsh.U32,
        "reading_future_s" / borsh.U32,
        "clearing_grace_s" / borsh.U32,
        "void_after_s" / borsh.U32,
        "book_retention_s" / borsh.U32,
        "reserved" / borsh.U8[128],
    )
    version: int
    bump: int
    epoch_length_s: int
    offer_lock_s: int
    fee_bps: int
    max_fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    reading_max_age_s: int
    reading_future_s: int
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Parameters":
        return cls(
            version=obj.version,
            bump=obj.bump,
            epoch_length_s=obj.epoch_length_s,
            offer_lock_s=obj.offer_lock_s,
            fee_bps=obj.fee_bps,
            max_fee_bps=obj.max_fee_bps,
            min_order_wh=obj.min_order_wh,
            max_order_wh=obj.max_order_wh,
            max_orders_per_seat=obj.max_orders_per_seat,
            reading_max_age_s=obj.reading_max_age_s,
            reading_future_s=obj.reading_future_s,
            clearing_grace_s=obj.clearing_grace_s,
            void_after_s=obj.void_after_s,
            book_retention_s=obj.book_retention_s,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "epoch_length_s": self.epoch_length_s,
            "offer_lock_s": self.offer_lock_s,
            "fee_bps": self.fee_bps,
            "max_fee_bps": self.max_fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "reading_max_age_s": self.reading_max_age_s,
            "reading_future_s": self.reading_future_s,
            "clearing_grace_s": self.clearing_grace_s,
            "void_after_s": self.void_after_s,
            "book_retention_s": self.book_retention_s,
            "reserved": self.reserved,
        }

    def to_json(self) -> ParametersJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "epoch_length_s": self.epoch_length_s,
            "offer_lock_s": self.offer_lock_s,
            "fee_bps": self.fee_bps,
            "max_fee_bps": self.max_fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "reading_max_age_s": self.reading_max_age_s,
            "reading_future_s": self.reading_future_s,
            "clearing_grace_s": self.clearing_grace_s,
            "void_after_s": self.void_after_s,
            "book_retention_s": self.book_retention_s,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: ParametersJSON) -> "Parameters":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            epoch_length_s=obj["epoch_length_s"],
            offer_lock_s=obj["offer_lock_s"],
            fee_bps=obj["fee_bps"],
            max_fee_bps=obj["max_fee_bps"],
            min_order_wh=obj["min_order_wh"],
            max_order_wh=obj["max_order_wh"],
            max_orders_per_seat=obj["max_orders_per_seat"],
            reading_max_age_s=obj["reading_max_age_s"],
            reading_future_s=obj["reading_future_s"],
            clearing_grace_s=obj["clearing_grace_s"],
            void_after_s=obj["void_after_s"],
            book_retention_s=obj["book_retention_s"],
            reserved=obj["reserved"],
        )
