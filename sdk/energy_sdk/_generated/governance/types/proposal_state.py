from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class OpenJSON(typing.TypedDict):
    kind: typing.Literal["Open"]


class ExecutedJSON(typing.TypedDict):
    kind: typing.Literal["Executed"]


class CancelledJSON(typing.TypedDict):
    kind: typing.Literal["Cancelled"]


@dataclass
class Open:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Open"

    @classmethod
    def to_json(cls) -> OpenJSON:
        return OpenJSON(
            kind="Open",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Open": {},
        }


@dataclass
class Executed:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Executed"

    @classmethod
    def to_json(cls) -> ExecutedJSON:
        return ExecutedJSON(
            kind="Executed",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Executed": {},
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


ProposalStateKind = typing.Union[Open, Executed, Cancelled]
ProposalStateJSON = typing.Union[OpenJSON, ExecutedJSON, CancelledJSON]


def from_decoded(obj: dict) -> ProposalStateKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Open" in obj:
        return Open()
    if "Executed" in obj:
        return Executed()
    if "Cancelled" in obj:
        return Cancelled()
    raise ValueError("Invalid enum object")


def from_json(obj: ProposalStateJSON) -> ProposalStateKind:
    if obj["kind"] == "Open":
        return Open()
    if obj["kind"] == "Executed":
        return Executed()
    if obj["kind"] == "Cancelled":
        return Cancelled()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Open" / borsh.CStruct(),
    "Executed" / borsh.CStruct(),
    "Cancelled" / borsh.CStruct(),
)
