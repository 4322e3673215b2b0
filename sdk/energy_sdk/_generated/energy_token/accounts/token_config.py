import typing
from dataclasses import dataclass
from solders.pubkey import Pubkey
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
import borsh_construct as borsh
from anchorpy.coder.accounts import ACCOUNT_DISCRIMINATOR_SIZE
from anchorpy.error import AccountInvalidDiscriminator
from anchorpy.utils.rpc import get_multiple_accounts
from anchorpy.borsh_extension import BorshPubkey
from ..program_id import PROGRAM_ID


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
    pending_admin: str
    reserved: list[int]


@dataclass
class TokenConfig:
    discriminator: typing.ClassVar = b"\\I\xff+k3ue"
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
        "pending_admin" / BorshPubkey,
        "reserved" / borsh.U8[32],
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
    pending_admin: Pubkey
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["TokenConfig"]:
        resp = await conn.get_account_info(address, commitment=commitment)
        info = resp.value
        if info is None:
            return None
        if info.owner != program_id:
            raise ValueError("Account does not belong to this program")
        bytes_data = info.data
        return cls.decode(bytes_data)

    @classmethod
    async def fetch_multiple(
        cls,
        conn: AsyncClient,
        addresses: list[Pubkey],
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.List[typing.Optional["TokenConfig"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["TokenConfig"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "TokenConfig":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = TokenConfig.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            mint_bump=dec.mint_bump,
            mint=dec.mint,
            admin=dec.admin,
            minter=dec.minter,
            burner=dec.burner,
            minted=dec.minted,
            burned=dec.burned,
            pending_admin=dec.pending_admin,
            reserved=dec.reserved,
        )

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
            "pending_admin": str(self.pending_admin),
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
            pending_admin=Pubkey.from_string(obj["pending_admin"]),
            reserved=obj["reserved"],
        )
