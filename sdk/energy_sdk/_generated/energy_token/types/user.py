from __future__ import annotations
from . import user_status, user_type
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class UserJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    key: str
    user_type: user_type.UserTypeJSON
    status: user_status.UserStatusJSON
    location: list[int]
    registered_at: int
    meter_count: int
    meters: list[int]
    reserved: list[int]


@dataclass
class User:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U32,
        "key" / BorshPubkey,
        "user_type" / user_type.layout,
        "status" / user_status.layout,
        "location" / borsh.U8[16],
        "registered_at" / borsh.I64,
        "meter_count" / borsh.U8,
        "meters" / borsh.U32[8],
        "reserved" / borsh.U8[16],
    )
    version: int
    bump: int
    number: int
    key: Pubkey
    user_type: user_type.UserTypeKind
    status: user_status.UserStatusKind
    location: list[int]
    registered_at: int
    meter_count: int
    meters: list[int]
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "User":
        return cls(
            version=obj.version,
            bump=obj.bump,
            number=obj.number,
            key=obj.key,
            user_type=user_type.from_decoded(obj.user_type),
            status=user_status.from_decoded(obj.status),
            location=obj.location,
            registered_at=obj.registered_at,
            meter_count=obj.meter_count,
            meters=obj.meters,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "key": self.key,
            "user_type": self.user_type.to_encodable(),
            "status": self.status.to_encodable(),
            "location": self.location,
            "registered_at": self.registered_at,
            "meter_count": self.meter_count,
            "meters": self.meters,
            "reserved": self.reserved,
        }

    def to_json(self) -> UserJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "key": str(self.key),
            "user_type": self.user_type.to_json(),
            "status": self.status.to_json(),
            "location": self.location,
            "registered_at": self.registered_at,
            "meter_count": self.meter_count,
            "meters": self.meters,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: UserJSON) -> "User":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            key=Pubkey.from_string(obj["key"]),
            user_type=user_type.from_json(obj["user_type"]),
            status=user_status.from_json(obj["status"]),
            location=obj["location"],
            registered_at=obj["registered_at"],
            meter_count=obj["meter_count"],
            meters=obj["meters"],
            reserved=obj["reserved"],
        )
