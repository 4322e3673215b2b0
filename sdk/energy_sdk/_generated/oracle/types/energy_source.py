from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class SolarJSON(typing.TypedDict):
    kind: typing.Literal["Solar"]


class WindJSON(typing.TypedDict):
    kind: typing.Literal["Wind"]


class HydroJSON(typing.TypedDict):
    kind: typing.Literal["Hydro"]


class BiomassJSON(typing.TypedDict):
    kind: typing.Literal["Biomass"]


class OtherJSON(typing.TypedDict):
    kind: typing.Literal["Other"]


@dataclass
class Solar:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Solar"

    @classmethod
    def to_json(cls) -> SolarJSON:
        return SolarJSON(
            kind="Solar",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Solar": {},
        }


@dataclass
class Wind:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Wind"

    @classmethod
    def to_json(cls) -> WindJSON:
        return WindJSON(
            kind="Wind",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Wind": {},
        }


@dataclass
class Hydro:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Hydro"

    @classmethod
    def to_json(cls) -> HydroJSON:
        return HydroJSON(
            kind="Hydro",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Hydro": {},
        }


@dataclass
class Biomass:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Biomass"

    @classmethod
    def to_json(cls) -> BiomassJSON:
        return BiomassJSON(
            kind="Biomass",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Biomass": {},
        }


@dataclass
class Other:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Other"

    @classmethod
    def to_json(cls) -> OtherJSON:
        return OtherJSON(
            kind="Other",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Other": {},
        }


EnergySourceKind = typing.Union[Solar, Wind, Hydro, Biomass, Other]
EnergySourceJSON = typing.Union[SolarJSON, WindJSON, HydroJSON, BiomassJSON, OtherJSON]


def from_decoded(obj: dict) -> EnergySourceKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Solar" in obj:
        return Solar()
    if "Wind" in obj:
        return Wind()
    if "Hydro" in obj:
        return Hydro()
    if "Biomass" in obj:
        return Biomass()
    if "Other" in obj:
        return Other()
    raise ValueError("Invalid enum object")


def from_json(obj: EnergySourceJSON) -> EnergySourceKind:
    if obj["kind"] == "Solar":
        return Solar()
    if obj["kind"] == "Wind":
        return Wind()
    if obj["kind"] == "Hydro":
        return Hydro()
    if obj["kind"] == "Biomass":
        return Biomass()
    if obj["kind"] == "Other":
        return Other()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Solar" / borsh.CStruct(),
    "Wind" / borsh.CStruct(),
    "Hydro" / borsh.CStruct(),
    "Biomass" / borsh.CStruct(),
    "Other" / borsh.CStruct(),
)
