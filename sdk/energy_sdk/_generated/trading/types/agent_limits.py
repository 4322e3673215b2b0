from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class AgentLimitsJSON(typing.TypedDict):
    payment_per_day: int
    payment_per_month: int
    energy_per_day: int
    energy_per_month: int
    expires_at: int


@dataclass
class AgentLimits:
    layout: typing.ClassVar = borsh.CStruct(
        "payment_per_day" / borsh.U64,
        "payment_per_month" / borsh.U64,
        "energy_per_day" / borsh.U64,
        "energy_per_month" / borsh.U64,
        "expires_at" / borsh.I64,
    )
    payment_per_day: int
    payment_per_month: int
    energy_per_day: int
    energy_per_month: int
    expires_at: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "AgentLimits":
        return cls(
            payment_per_day=obj.payment_per_day,
            payment_per_month=obj.payment_per_month,
            energy_per_day=obj.energy_per_day,
            energy_per_month=obj.energy_per_month,
            expires_at=obj.expires_at,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "payment_per_day": self.payment_per_day,
            "payment_per_month": self.payment_per_month,
            "energy_per_day": self.energy_per_day,
            "energy_per_month": self.energy_per_month,
            "expires_at": self.expires_at,
        }

    def to_json(self) -> AgentLimitsJSON:
        return {
            "payment_per_day": self.payment_per_day,
            "payment_per_month": self.payment_per_month,
            "energy_per_day": self.energy_per_day,
            "energy_per_month": self.energy_per_month,
            "expires_at": self.expires_at,
        }

    @classmethod
    def from_json(cls, obj: AgentLimitsJSON) -> "AgentLimits":
        return cls(
            payment_per_day=obj["payment_per_day"],
            payment_per_month=obj["payment_per_month"],
            energy_per_day=obj["energy_per_day"],
            energy_per_month=obj["energy_per_month"],
            expires_at=obj["expires_at"],
        )
