from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class IdleJSON(typing.TypedDict):
    kind: typing.Literal["Idle"]


class OpenJSON(typing.TypedDict):
    kind: typing.Literal["Open"]


class ClosedJSON(typing.TypedDict):
    kind: typing.Literal["Closed"]


class ClearingJSON(typing.TypedDict):
    kind: typing.Literal["Clearing"]


class SettledJSON(typing.TypedDict):
    kind: typing.Literal["Settled"]


class VoidingJSON(typing.TypedDict):
    kind: typing.Literal["Voiding"]


class VoidedJSON(typing.TypedDict):
    kind: typing.Literal["Voided"]


@dataclass
class Idle:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Idle"

    @classmethod
    def to_json(cls) -> IdleJSON:
        return IdleJSON(
            kind="Idle",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Idle": {},
        }


@dataclass
class Open:
    discriminator: typing.ClassVar = 1
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
class Closed:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Closed"

    @classmethod
    def to_json(cls) -> ClosedJSON:
        return ClosedJSON(
            kind="Closed",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Closed": {},
        }


@dataclass
class Clearing:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Clearing"

    @classmethod
    def to_json(cls) -> ClearingJSON:
        return ClearingJSON(
            kind="Clearing",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Clearing": {},
        }


@dataclass
class Settled:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Settled"

    @classmethod
    def to_json(cls) -> SettledJSON:
        return SettledJSON(
            kind="Settled",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Settled": {},
        }


@dataclass
class Voiding:
    discriminator: typing.ClassVar = 5
    kind: typing.ClassVar = "Voiding"

    @classmethod
    def to_json(cls) -> VoidingJSON:
        return VoidingJSON(
            kind="Voiding",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Voiding": {},
        }


@dataclass
class Voided:
    discriminator: typing.ClassVar = 6
    kind: typing.ClassVar = "Voided"

    @classmethod
    def to_json(cls) -> VoidedJSON:
        return VoidedJSON(
            kind="Voided",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Voided": {},
        }


BookStateKind = typing.Union[Idle, Open, Closed, Clearing, Settled, Voiding, Voided]
BookStateJSON = typing.Union[
    IdleJSON, OpenJSON, ClosedJSON, ClearingJSON, SettledJSON, VoidingJSON, VoidedJSON
]


def from_decoded(obj: dict) -> BookStateKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Idle" in obj:
        return Idle()
    if "Open" in obj:
        return Open()
    if "Closed" in obj:
        return Closed()
    if "Clearing" in obj:
        return Clearing()
    if "Settled" in obj:
        return Settled()
    if "Voiding" in obj:
        return Voiding()
    if "Voided" in obj:
        return Voided()
    raise ValueError("Invalid enum object")


def from_json(obj: BookStateJSON) -> BookStateKind:
    if obj["kind"] == "Idle":
        return Idle()
    if obj["kind"] == "Open":
        return Open()
    if obj["kind"] == "Closed":
        return Closed()
    if obj["kind"] == "Clearing":
        return Clearing()
    if obj["kind"] == "Settled":
        return Settled()
    if obj["kind"] == "Voiding":
        return Voiding()
    if obj["kind"] == "Voided":
        return Voided()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Idle" / borsh.CStruct(),
    "Open" / borsh.CStruct(),
    "Closed" / borsh.CStruct(),
    "Clearing" / borsh.CStruct(),
    "Settled" / borsh.CStruct(),
    "Voiding" / borsh.CStruct(),
    "Voided" / borsh.CStruct(),
)
