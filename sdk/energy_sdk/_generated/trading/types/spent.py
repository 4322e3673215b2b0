from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class SpentJSON(typing.TypedDict):
    payment: int
    energy: int


@dataclass
class Spent:
    layout: typing.ClassVar = borsh.CStruct("payment" / borsh.I64, "energy" / borsh.I64)
    payment: int
    energy: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Spent":
        return cls(payment=obj.payment, energy=obj.energy)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"payment": self.payment, "energy": self.energy}

    def to_json(self) -> SpentJSON:
        return {"payment": self.payment, "energy": self.energy}

    @classmethod
    def from_json(cls, obj: SpentJSON) -> "Spent":
        return cls(payment=obj["payment"], energy=obj["energy"])
