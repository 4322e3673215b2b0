from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ClockworkJSON(typing.TypedDict):
    anchor_ts: int
    anchor_epoch: int
    length_s: int


@dataclass
class Clockwork:
    layout: typing.ClassVar = borsh.CStruct(
        "anchor_ts" / borsh.I64, "anchor_epoch" / borsh.U32, "length_s" / borsh.U32
    )
    anchor_ts: int
    anchor_epoch: int
    length_s: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Clockwork":
        return cls(
            anchor_ts=obj.anchor_ts,
            anchor_epoch=obj.anchor_epoch,
            length_s=obj.length_s,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "anchor_ts": self.anchor_ts,
            "anchor_epoch": self.anchor_epoch,
            "length_s": self.length_s,
        }

    def to_json(self) -> ClockworkJSON:
        return {
            "anchor_ts": self.anchor_ts,
            "anchor_epoch": self.anchor_epoch,
            "length_s": self.length_s,
        }

    @classmethod
    def from_json(cls, obj: ClockworkJSON) -> "Clockwork":
        return cls(
            anchor_ts=obj["anchor_ts"],
            anchor_epoch=obj["anchor_epoch"],
            length_s=obj["length_s"],
        )
