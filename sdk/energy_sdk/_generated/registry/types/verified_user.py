from __future__ import annotations
from . import user_type
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class VerifiedUserJSON(typing.TypedDict):
    number: int
    user_type: user_type.UserTypeJSON


@dataclass
class VerifiedUser:
    layout: typing.ClassVar = borsh.CStruct(
        "number" / borsh.U32, "user_type" / user_type.layout
    )
    number: int
    user_type: user_type.UserTypeKind

    @classmethod
    def from_decoded(cls, obj: Container) -> "VerifiedUser":
        return cls(number=obj.number, user_type=user_type.from_decoded(obj.user_type))

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"number": self.number, "user_type": self.user_type.to_encodable()}

    def to_json(self) -> VerifiedUserJSON:
        return {"number": self.number, "user_type": self.user_type.to_json()}

    @classmethod
    def from_json(cls, obj: VerifiedUserJSON) -> "VerifiedUser":
        return cls(
            number=obj["number"], user_type=user_type.from_json(obj["user_type"])
        )
