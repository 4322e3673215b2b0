from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class PendingJSON(typing.TypedDict):
    kind: typing.Literal["Pending"]


class FulfilledJSON(typing.TypedDict):
    kind: typing.Literal["Fulfilled"]


class CancelledJSON(typing.TypedDict):
    kind: typing.Literal["Cancelled"]


@dataclass
class Pending:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Pending"

    @classmethod
    def to_json(cls) -> PendingJSON:
        return PendingJSON(
            kind="Pending",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Pending": {},
        }


@dataclass
class Fulfilled:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Fulfilled"

    @classmethod
    def to_json(cls) -> FulfilledJSON:
        return FulfilledJSON(
            kind="Fulfilled",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Fulfilled": {},
        }


@dataclass
class Cancelled:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Cancelled"

    @classmethod
    def to_json(cls) -> CancelledJSON:
        return CancelledJSON(
            kind="Cancelled",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Cancelled": {},
        }


RequestStateKind = typing.Union[Pending, Fulfilled, Cancelled]
RequestStateJSON = typing.Union[PendingJSON, FulfilledJSON, CancelledJSON]


def from_decoded(obj: dict) -> RequestStateKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Pending" in obj:
        return Pending()
    if "Fulfilled" in obj:
        return Fulfilled()
    if "Cancelled" in obj:
        return Cancelled()
    raise ValueError("Invalid enum object")


def from_json(obj: RequestStateJSON) -> RequestStateKind:
    if obj["kind"] == "Pending":
        return Pending()
    if obj["kind"] == "Fulfilled":
        return Fulfilled()
    if obj["kind"] == "Cancelled":
        return Cancelled()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Pending" / borsh.CStruct(),
    "Fulfilled" / borsh.CStruct(),
    "Cancelled" / borsh.CStruct(),
)
