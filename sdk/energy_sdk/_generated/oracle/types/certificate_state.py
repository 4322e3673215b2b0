from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class LiveJSON(typing.TypedDict):
    kind: typing.Literal["Live"]


class RetiredJSON(typing.TypedDict):
    kind: typing.Literal["Retired"]


class SplitJSON(typing.TypedDict):
    kind: typing.Literal["Split"]


@dataclass
class Live:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Live"

    @classmethod
    def to_json(cls) -> LiveJSON:
        return LiveJSON(
            kind="Live",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Live": {},
        }


@dataclass
class Retired:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Retired"

    @classmethod
    def to_json(cls) -> RetiredJSON:
        return RetiredJSON(
            kind="Retired",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Retired": {},
        }


@dataclass
class Split:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Split"

    @classmethod
    def to_json(cls) -> SplitJSON:
        return SplitJSON(
            kind="Split",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Split": {},
        }


CertificateStateKind = typing.Union[Live, Retired, Split]
CertificateStateJSON = typing.Union[LiveJSON, RetiredJSON, SplitJSON]


def from_decoded(obj: dict) -> CertificateStateKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Live" in obj:
        return Live()
    if "Retired" in obj:
        return Retired()
    if "Split" in obj:
        return Split()
    raise ValueError("Invalid enum object")


def from_json(obj: CertificateStateJSON) -> CertificateStateKind:
    if obj["kind"] == "Live":
        return Live()
    if obj["kind"] == "Retired":
        return Retired()
    if obj["kind"] == "Split":
        return Split()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Live" / borsh.CStruct(), "Retired" / borsh.CStruct(), "Split" / borsh.CStruct()
)
