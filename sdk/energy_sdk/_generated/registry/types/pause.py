from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class PauseJSON(typing.TypedDict):
    version: int
    bump: int
    areas: int
    since: list[int]
    reserved: list[int]


@dataclass
class Pause:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "areas" / borsh.U8,
        "since" / borsh.I64[8],
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    areas: int
    since: list[int]
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Pause":
        return cls(
            version=obj.version,
            bump=obj.bump,
            areas=obj.areas,
            since=obj.since,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "areas": self.areas,
            "since": self.since,
            "reserved": self.reserved,
        }

    def to_json(self) -> PauseJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "areas": self.areas,
            "since": self.since,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: PauseJSON) -> "Pause":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            areas=obj["areas"],
            since=obj["since"],
            reserved=obj["reserved"],
        )
