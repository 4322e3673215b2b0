from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class MeterJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    id: list[int]
    key: str
    user: str
    rated_power_w: int
    assigned_at: int
    reserved: list[int]


@dataclass
class Meter:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U32,
        "id" / borsh.U8[32],
        "key" / BorshPubkey,
        "user" / BorshPubkey,
        "rated_power_w" / borsh.U32,
        "assigned_at" / borsh.I64,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    number: int
    id: list[int]
    key: Pubkey
    user: Pubkey
    rated_power_w: int
    assigned_at: int
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Meter":
        return cls(
            version=obj.version,
            bump=obj.bump,
            number=obj.number,
            id=obj.id,
            key=obj.key,
            user=obj.user,
            rated_power_w=obj.rated_power_w,
            assigned_at=obj.assigned_at,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "id": self.id,
            "key": self.key,
            "user": self.user,
            "rated_power_w": self.rated_power_w,
            "assigned_at": self.assigned_at,
            "reserved": self.reserved,
        }

    def to_json(self) -> MeterJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "id": self.id,
            "key": str(self.key),
            "user": str(self.user),
            "rated_power_w": self.rated_power_w,
            "assigned_at": self.assigned_at,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: MeterJSON) -> "Meter":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            id=obj["id"],
            key=Pubkey.from_string(obj["key"]),
            user=Pubkey.from_string(obj["user"]),
            rated_power_w=obj["rated_power_w"],
            assigned_at=obj["assigned_at"],
            reserved=obj["reserved"],
        )
