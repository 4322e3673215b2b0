from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class EnergyJSON(typing.TypedDict):
    kind: typing.Literal["Energy"]


class PaymentJSON(typing.TypedDict):
    kind: typing.Literal["Payment"]


@dataclass
class Energy:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Energy"

    @classmethod
    def to_json(cls) -> EnergyJSON:
        return EnergyJSON(
            kind="Energy",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Energy": {},
        }


@dataclass
class Payment:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Payment"

    @classmethod
    def to_json(cls) -> PaymentJSON:
        return PaymentJSON(
            kind="Payment",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Payment": {},
        }


AssetKind = typing.Union[Energy, Payment]
AssetJSON = typing.Union[EnergyJSON, PaymentJSON]


def from_decoded(obj: dict) -> AssetKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Energy" in obj:
        return Energy()
    if "Payment" in obj:
        return Payment()
    raise ValueError("Invalid enum object")


def from_json(obj: AssetJSON) -> AssetKind:
    if obj["kind"] == "Energy":
        return Energy()
    if obj["kind"] == "Payment":
        return Payment()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen("Energy" / borsh.CStruct(), "Payment" / borsh.CStruct())
