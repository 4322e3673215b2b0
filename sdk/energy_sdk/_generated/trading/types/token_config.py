from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class TokenConfigJSON(typing.TypedDict):
    version: int
    bump: int
    mint_bump: int
    mint: str
    admin: str
    minter: str
    burner: str
    minted: int
    burned: int
    reserved: list[int]


@dataclass
class TokenConfig:
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "mint_bump" / borsh.U8,
        "mint" / BorshPubkey,
        "admin" / BorshPubkey,
        "minter" / BorshPubkey,
        "burner" / BorshPubkey,
        "minted" / borsh.U128,
        "burned" / borsh.U128,
        "reserved" / borsh.U8[64],
    )
    version: int
    bump: int
    mint_bump: int
    mint: Pubkey
    admin: Pubkey
    minter: Pubkey
    burner: Pubkey
    minted: int
    burned: int
    reserved: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "TokenConfig":
        return cls(
            version=obj.version,
            bump=obj.bump,
            mint_bump=obj.mint_bump,
            mint=obj.mint,
            admin=obj.admin,
            minter=obj.minter,
            burner=obj.burner,
            minted=obj.minted,
            burned=obj.burned,
            reserved=obj.reserved,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "version": self.version,
            "bump": self.bump,
            "mint_bump": self.mint_bump,
            "mint": self.mint,
            "admin": self.admin,
            "minter": self.minter,
            "burner": self.burner,
            "minted": self.minted,
            "burned": self.burned,
            "reserved": self.reserved,
        }

    def to_json(self) -> TokenConfigJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "mint_bump": self.mint_bump,
            "mint": str(self.mint),
            "admin": str(self.admin),
            "minter": str(self.minter),
            "burner": str(self.burner),
            "minted": self.minted,
            "burned": self.burned,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: TokenConfigJSON) -> "TokenConfig":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            mint_bump=obj["mint_bump"],
            mint=Pubkey.from_string(obj["mint"]),
            admin=Pubkey.from_string(obj["admin"]),
            minter=Pubkey.from_string(obj["minter"]),
            burner=Pubkey.from_string(obj["burner"]),
            minted=obj["minted"],
            burned=obj["burned"],
            reserved=obj["reserved"],
        )
