from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class GuardiansJSON(typing.TypedDict):
    count: int
    members: list[str]
    threshold: int
    delay_s: int


@dataclass
class Guardians:
    layout: typing.ClassVar = borsh.CStruct(
        "count" / borsh.U8,
        "members" / BorshPubkey[7],
        "threshold" / borsh.U8,
        "delay_s" / borsh.U32,
    )
    count: int
    members: list[Pubkey]
    threshold: int
    delay_s: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Guardians":
        return cls(
            count=obj.count,
            members=obj.members,
            threshold=obj.threshold,
            delay_s=obj.delay_s,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "count": self.count,
            "members": self.members,
            "threshold": self.threshold,
            "delay_s": self.delay_s,
        }

    def to_json(self) -> GuardiansJSON:
        return {
            "count": self.count,
            "members": list(map(lambda item: str(item), self.members)),
            "threshold": self.threshold,
            "delay_s": self.delay_s,
        }

    @classmethod
    def from_json(cls, obj: GuardiansJSON) -> "Guardians":
        return cls(
            count=obj["count"],
            members=list(map(lambda item: Pubkey.from_string(item), obj["members"])),
            threshold=obj["threshold"],
            delay_s=obj["delay_s"],
        )
