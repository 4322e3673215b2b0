from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class MidpointJSON(typing.TypedDict):
    kind: typing.Literal["Midpoint"]


class BuyersEndJSON(typing.TypedDict):
    kind: typing.Literal["BuyersEnd"]


class SellersEndJSON(typing.TypedDict):
    kind: typing.Literal["SellersEnd"]


class PayAsBidJSON(typing.TypedDict):
    kind: typing.Literal["PayAsBid"]


@dataclass
class Midpoint:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Midpoint"

    @classmethod
    def to_json(cls) -> MidpointJSON:
        return MidpointJSON(
            kind="Midpoint",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Midpoint": {},
        }


@dataclass
class BuyersEnd:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "BuyersEnd"

    @classmethod
    def to_json(cls) -> BuyersEndJSON:
        return BuyersEndJSON(
            kind="BuyersEnd",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "BuyersEnd": {},
        }


@dataclass
class SellersEnd:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "SellersEnd"

    @classmethod
    def to_json(cls) -> SellersEndJSON:
        return SellersEndJSON(
            kind="SellersEnd",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "SellersEnd": {},
        }


@dataclass
class PayAsBid:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "PayAsBid"

    @classmethod
    def to_json(cls) -> PayAsBidJSON:
        return PayAsBidJSON(
            kind="PayAsBid",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "PayAsBid": {},
        }


PriceRuleKind = typing.Union[Midpoint, BuyersEnd, SellersEnd, PayAsBid]
PriceRuleJSON = typing.Union[MidpointJSON, BuyersEndJSON, SellersEndJSON, PayAsBidJSON]


def from_decoded(obj: dict) -> PriceRuleKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Midpoint" in obj:
        return Midpoint()
    if "BuyersEnd" in obj:
        return BuyersEnd()
    if "SellersEnd" in obj:
        return SellersEnd()
    if "PayAsBid" in obj:
        return PayAsBid()
    raise ValueError("Invalid enum object")


def from_json(obj: PriceRuleJSON) -> PriceRuleKind:
    if obj["kind"] == "Midpoint":
        return Midpoint()
    if obj["kind"] == "BuyersEnd":
        return BuyersEnd()
    if obj["kind"] == "SellersEnd":
        return SellersEnd()
    if obj["kind"] == "PayAsBid":
        return PayAsBid()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Midpoint" / borsh.CStruct(),
    "BuyersEnd" / borsh.CStruct(),
    "SellersEnd" / borsh.CStruct(),
    "PayAsBid" / borsh.CStruct(),
)
