from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ParameterChangesJSON(typing.TypedDict):
    epoch_length_s: typing.Optional[int]
    offer_lock_s: typing.Optional[int]
    fee_bps: typing.Optional[int]
    max_fee_bps: typing.Optional[int]
    min_order_wh: typing.Optional[int]
    max_order_wh: typing.Optional[int]
    max_orders_per_seat: typing.Optional[int]
    reading_max_age_s: typing.Optional[int]
    reading_future_s: typing.Optional[int]
    clearing_grace_s: typing.Optional[int]
    void_after_s: typing.Optional[int]
    book_retention_s: typing.Optional[int]
    min_price: typing.Optional[int]
    max_price: typing.Optional[int]


@dataclass
class ParameterChanges:
    layout: typing.ClassVar = borsh.CStruct(
        "epoch_length_s" / borsh.Option(borsh.U32),
        "offer_lock_s" / borsh.Option(borsh.U32),
        "fee_bps" / borsh.Option(borsh.U16),
        "max_fee_bps" / borsh.Option(borsh.U16),
        "min_order_wh" / borsh.Option(borsh.U64),
        "max_order_wh" / borsh.Option(borsh.U64),
        "max_orders_per_seat" / borsh.Option(borsh.U16),
        "reading_max_age_s" / borsh.Option(borsh.U32),
        "reading_future_s" / borsh.Option(borsh.U32),
        "clearing_grace_s" / borsh.Option(borsh.U32),
        "void_after_s" / borsh.Option(borsh.U32),
        "book_retention_s" / borsh.Option(borsh.U32),
        "min_price" / borsh.Option(borsh.U64),
        "max_price" / borsh.Option(borsh.U64),
    )
    epoch_length_s: typing.Optional[int]
    offer_lock_s: typing.Optional[int]
    fee_bps: typing.Optional[int]
    max_fee_bps: typing.Optional[int]
    min_order_wh: typing.Optional[int]
    max_order_wh: typing.Optional[int]
    max_orders_per_seat: typing.Optional[int]
    reading_max_age_s: typing.Optional[int]
    reading_future_s: typing.Optional[int]
    clearing_grace_s: typing.Optional[int]
    void_after_s: typing.Optional[int]
    book_retention_s: typing.Optional[int]
    min_price: typing.Optional[int]
    max_price: typing.Optional[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "ParameterChanges":
        return cls(
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
            min_price=obj.min_price,
            max_price=obj.max_price,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
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
            "min_price": self.min_price,
            "max_price": self.max_price,
        }

    def to_json(self) -> ParameterChangesJSON:
        return {
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
            "min_price": self.min_price,
            "max_price": self.max_price,
        }

    @classmethod
    def from_json(cls, obj: ParameterChangesJSON) -> "ParameterChanges":
        return cls(
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
            min_price=obj["min_price"],
            max_price=obj["max_price"],
        )
