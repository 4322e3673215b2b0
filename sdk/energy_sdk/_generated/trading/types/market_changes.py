from __future__ import annotations
from . import (
    price_rule,
    tie_rule,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class MarketChangesJSON(typing.TypedDict):
    price_rule: typing.Optional[price_rule.PriceRuleJSON]
    tie_rule: typing.Optional[tie_rule.TieRuleJSON]
    fee_bps: typing.Optional[int]
    min_order_wh: typing.Optional[int]
    max_order_wh: typing.Optional[int]
    max_orders_per_seat: typing.Optional[int]
    epoch_length_s: typing.Optional[int]
    adopt_delays: bool


@dataclass
class MarketChanges:
    layout: typing.ClassVar = borsh.CStruct(
        "price_rule" / borsh.Option(price_rule.layout),
        "tie_rule" / borsh.Option(tie_rule.layout),
        "fee_bps" / borsh.Option(borsh.U16),
        "min_order_wh" / borsh.Option(borsh.U64),
        "max_order_wh" / borsh.Option(borsh.U64),
        "max_orders_per_seat" / borsh.Option(borsh.U16),
        "epoch_length_s" / borsh.Option(borsh.U32),
        "adopt_delays" / borsh.Bool,
    )
    price_rule: typing.Optional[price_rule.PriceRuleKind]
    tie_rule: typing.Optional[tie_rule.TieRuleKind]
    fee_bps: typing.Optional[int]
    min_order_wh: typing.Optional[int]
    max_order_wh: typing.Optional[int]
    max_orders_per_seat: typing.Optional[int]
    epoch_length_s: typing.Optional[int]
    adopt_delays: bool

    @classmethod
    def from_decoded(cls, obj: Container) -> "MarketChanges":
        return cls(
            price_rule=(
                None
                if obj.price_rule is None
                else price_rule.from_decoded(obj.price_rule)
            ),
            tie_rule=(
                None if obj.tie_rule is None else tie_rule.from_decoded(obj.tie_rule)
            ),
            fee_bps=obj.fee_bps,
            min_order_wh=obj.min_order_wh,
            max_order_wh=obj.max_order_wh,
            max_orders_per_seat=obj.max_orders_per_seat,
            epoch_length_s=obj.epoch_length_s,
            adopt_delays=obj.adopt_delays,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "price_rule": (
                None if self.price_rule is None else self.price_rule.to_encodable()
            ),
            "tie_rule": (
                None if self.tie_rule is None else self.tie_rule.to_encodable()
            ),
            "fee_bps": self.fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "epoch_length_s": self.epoch_length_s,
            "adopt_delays": self.adopt_delays,
        }

    def to_json(self) -> MarketChangesJSON:
        return {
            "price_rule": (
                None if self.price_rule is None else self.price_rule.to_json()
            ),
            "tie_rule": (None if self.tie_rule is None else self.tie_rule.to_json()),
            "fee_bps": self.fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "epoch_length_s": self.epoch_length_s,
            "adopt_delays": self.adopt_delays,
        }

    @classmethod
    def from_json(cls, obj: MarketChangesJSON) -> "MarketChanges":
        return cls(
            price_rule=(
                None
                if obj["price_rule"] is None
                else price_rule.from_json(obj["price_rule"])
            ),
            tie_rule=(
                None if obj["tie_rule"] is None else tie_rule.from_json(obj["tie_rule"])
            ),
            fee_bps=obj["fee_bps"],
            min_order_wh=obj["min_order_wh"],
            max_order_wh=obj["max_order_wh"],
            max_orders_per_seat=obj["max_orders_per_seat"],
            epoch_length_s=obj["epoch_length_s"],
            adopt_delays=obj["adopt_delays"],
        )
