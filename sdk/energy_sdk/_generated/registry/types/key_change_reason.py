from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class RoutineJSON(typing.TypedDict):
    kind: typing.Literal["Routine"]


class LostJSON(typing.TypedDict):
    kind: typing.Literal["Lost"]


class StolenJSON(typing.TypedDict):
    kind: typing.Literal["Stolen"]


class SuspectedJSON(typing.TypedDict):
    kind: typing.Literal["Suspected"]


class DrillJSON(typing.TypedDict):
    kind: typing.Literal["Drill"]


@dataclass
class Routine:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Routine"

    @classmethod
    def to_json(cls) -> RoutineJSON:
        return RoutineJSON(
            kind="Routine",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Routine": {},
        }


@dataclass
class Lost:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Lost"

    @classmethod
    def to_json(cls) -> LostJSON:
        return LostJSON(
            kind="Lost",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Lost": {},
        }


@dataclass
class Stolen:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Stolen"

    @classmethod
    def to_json(cls) -> StolenJSON:
        return StolenJSON(
            kind="Stolen",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Stolen": {},
        }


@dataclass
class Suspected:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Suspected"

    @classmethod
    def to_json(cls) -> SuspectedJSON:
        return SuspectedJSON(
            kind="Suspected",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Suspected": {},
        }


@dataclass
class Drill:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Drill"

    @classmethod
    def to_json(cls) -> DrillJSON:
        return DrillJSON(
            kind="Drill",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Drill": {},
        }


KeyChangeReasonKind = typing.Union[Routine, Lost, Stolen, Suspected, Drill]
KeyChangeReasonJSON = typing.Union[
    RoutineJSON, LostJSON, StolenJSON, SuspectedJSON, DrillJSON
]


def from_decoded(obj: dict) -> KeyChangeReasonKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Routine" in obj:
        return Routine()
    if "Lost" in obj:
        return Lost()
    if "Stolen" in obj:
        return Stolen()
    if "Suspected" in obj:
        return Suspected()
    if "Drill" in obj:
        return Drill()
    raise ValueError("Invalid enum object")


def from_json(obj: KeyChangeReasonJSON) -> KeyChangeReasonKind:
    if obj["kind"] == "Routine":
        return Routine()
    if obj["kind"] == "Lost":
        return Lost()
    if obj["kind"] == "Stolen":
        return Stolen()
    if obj["kind"] == "Suspected":
        return Suspected()
    if obj["kind"] == "Drill":
        return Drill()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Routine" / borsh.CStruct(),
    "Lost" / borsh.CStruct(),
    "Stolen" / borsh.CStruct(),
    "Suspected" / borsh.CStruct(),
    "Drill" / borsh.CStruct(),
)
