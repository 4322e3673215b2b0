from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class ActiveJSON(typing.TypedDict):
    kind: typing.Literal["Active"]


class SuspendedJSON(typing.TypedDict):
    kind: typing.Literal["Suspended"]


class InactiveJSON(typing.TypedDict):
    kind: typing.Literal["Inactive"]


@dataclass
class Active:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Active"

    @classmethod
    def to_json(cls) -> ActiveJSON:
        return ActiveJSON(
            kind="Active",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Active": {},
        }


@dataclass
class Suspended:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Suspended"

    @classmethod
    def to_json(cls) -> SuspendedJSON:
        return SuspendedJSON(
            kind="Suspended",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Suspended": {},
        }


@dataclass
class Inactive:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Inactive"

    @classmethod
    def to_json(cls) -> InactiveJSON:
        return InactiveJSON(
            kind="Inactive",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Inactive": {},
        }


UserStatusKind = typing.Union[Active, Suspended, Inactive]
UserStatusJSON = typing.Union[ActiveJSON, SuspendedJSON, InactiveJSON]


def from_decoded(obj: dict) -> UserStatusKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Active" in obj:
        return Active()
    if "Suspended" in obj:
        return Suspended()
    if "Inactive" in obj:
        return Inactive()
    raise ValueError("Invalid enum object")


def from_json(obj: UserStatusJSON) -> UserStatusKind:
    if obj["kind"] == "Active":
        return Active()
    if obj["kind"] == "Suspended":
        return Suspended()
    if obj["kind"] == "Inactive":
        return Inactive()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Active" / borsh.CStruct(),
    "Suspended" / borsh.CStruct(),
    "Inactive" / borsh.CStruct(),
)
