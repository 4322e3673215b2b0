from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class TimeJSON(typing.TypedDict):
    kind: typing.Literal["Time"]


class ProRataJSON(typing.TypedDict):
    kind: typing.Literal["ProRata"]


@dataclass
class Time:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Time"

    @classmethod
    def to_json(cls) -> TimeJSON:
        return TimeJSON(
            kind="Time",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Time": {},
        }


@dataclass
class ProRata:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "ProRata"

    @classmethod
    def to_json(cls) -> ProRataJSON:
        return ProRataJSON(
            kind="ProRata",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "ProRata": {},
        }


TieRuleKind = typing.Union[Time, ProRata]
TieRuleJSON = typing.Union[TimeJSON, ProRataJSON]


def from_decoded(obj: dict) -> TieRuleKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Time" in obj:
        return Time()
    if "ProRata" in obj:
        return ProRata()
    raise ValueError("Invalid enum object")


def from_json(obj: TieRuleJSON) -> TieRuleKind:
    if obj["kind"] == "Time":
        return Time()
    if obj["kind"] == "ProRata":
        return ProRata()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen("Time" / borsh.CStruct(), "ProRata" / borsh.CStruct())
