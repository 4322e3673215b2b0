from __future__ import annotations
from . import (
    price_rule,
    tie_rule,
)
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class MarketArgsJSON(typing.TypedDict):
    id: int
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
    epoch_length_s: int
    anchor_ts: int
    fee_recipient: str
    community_recipient: str


@dataclass
class MarketArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "id" / borsh.U32,
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
        "epoch_length_s" / borsh.U32,
        "anchor_ts" / borsh.I64,
        "fee_recipient" / BorshPubkey,
        "community_recipient" / BorshPubkey,
    )
    id: int
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
    epoch_length_s: int
    anchor_ts: int
    fee_recipient: Pubkey
    community_recipient: Pubkey

    @classmethod
    def from_decoded(cls, obj: Container) -> "MarketArgs":
        return cls(
            id=obj.id,
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
            epoch_length_s=obj.epoch_length_s,
            anchor_ts=obj.anchor_ts,
            fee_recipient=obj.fee_recipient,
            community_recipient=obj.community_recipient,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "id": self.id,
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
            "epoch_length_s": self.epoch_length_s,
            "anchor_ts": self.anchor_ts,
            "fee_recipient": self.fee_recipient,
            "community_recipient": self.community_recipient,
        }

    def to_json(self) -> MarketArgsJSON:
        return {
            "id": self.id,
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
            "epoch_length_s": self.epoch_length_s,
            "anchor_ts": self.anchor_ts,
            "fee_recipient": str(self.fee_recipient),
            "community_recipient": str(self.community_recipient),
        }

    @classmethod
    def from_json(cls, obj: MarketArgsJSON) -> "MarketArgs":
        return cls(
            id=obj["id"],
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
            epoch_length_s=obj["epoch_length_s"],
            anchor_ts=obj["anchor_ts"],
            fee_recipient=Pubkey.from_string(obj["fee_recipient"]),
            community_recipient=Pubkey.from_string(obj["community_recipient"]),
        )
