from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ReadingBatchJSON(typing.TypedDict):
    interval: int
    root: list[int]
    records: list[int]


@dataclass
class ReadingBatch:
    layout: typing.ClassVar = borsh.CStruct(
        "interval" / borsh.U32, "root" / borsh.U8[32], "records" / borsh.Bytes
    )
    interval: int
    root: list[int]
    records: bytes

    @classmethod
    def from_decoded(cls, obj: Container) -> "ReadingBatch":
        return cls(interval=obj.interval, root=obj.root, records=obj.records)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"interval": self.interval, "root": self.root, "records": self.records}

    def to_json(self) -> ReadingBatchJSON:
        return {
            "interval": self.interval,
            "root": self.root,
            "records": list(self.records),
        }

    @classmethod
    def from_json(cls, obj: ReadingBatchJSON) -> "ReadingBatch":
        return cls(
            interval=obj["interval"], root=obj["root"], records=bytes(obj["records"])
        )
