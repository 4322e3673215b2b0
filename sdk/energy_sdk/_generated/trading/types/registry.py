from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class RegistryJSON(typing.TypedDict):
    version: int
    bump: int
    admin: str
    authority_count: int
    authorities: list[str]
    user_count: int
    meter_count: int
    reserved: list[int]


@dataclass
class Registry:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "admin" / BorshPubkey,
        "authority_count" / borsh.U8,
        "authorities" / BorshPubkey[16],
        "user_count" / borsh.U32,
        "meter_count" / borsh.U32,
        "reserved" / borsh.U8[64],
    )
    version: int
    bump: int
    admin: Pubkey
    authority_count: int
    authorities: list[Pubkey]
    user_count: int
    meter_count: int
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Registry":
        return cls(
            version=obj.version,
            bump=obj.bump,
            admin=obj.admin,
            authority_count=obj.authority_count,
            authorities=obj.authorities,
            user_count=obj.user_count,
            meter_count=obj.meter_count,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "admin": self.admin,
            "authority_count": self.authority_count,
            "authorities": self.authorities,
            "user_count": self.user_count,
            "meter_count": self.meter_count,
            "reserved": self.reserved,
        }

    def to_json(self) -> RegistryJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "admin": str(self.admin),
            "authority_count": self.authority_count,
            "authorities": list(map(lambda item: str(item), self.authorities)),
            "user_count": self.user_count,
            "meter_count": self.meter_count,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: RegistryJSON) -> "Registry":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            admin=Pubkey.from_string(obj["admin"]),
            authority_count=obj["authority_count"],
            authorities=list(
                map(lambda item: Pubkey.from_string(item), obj["authorities"])
            ),
            user_count=obj["user_count"],
            meter_count=obj["meter_count"],
            reserved=obj["reserved"],
        )
