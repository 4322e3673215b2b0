from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class BookSlotJSON(typing.TypedDict):
    address: str
    epoch: int


@dataclass
class BookSlot:
    layout: typing.ClassVar = borsh.CStruct(
        "address" / BorshPubkey, "epoch" / borsh.U32
    )
    address: Pubkey
    epoch: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "BookSlot":
        return cls(address=obj.address, epoch=obj.epoch)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"address": self.address, "epoch": self.epoch}

    def to_json(self) -> BookSlotJSON:
        return {"address": str(self.address), "epoch": self.epoch}

    @classmethod
    def from_json(cls, obj: BookSlotJSON) -> "BookSlot":
        return cls(address=Pubkey.from_string(obj["address"]), epoch=obj["epoch"])
