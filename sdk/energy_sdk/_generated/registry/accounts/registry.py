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


class RegistryJSON(typing.TypedDict):
    version: int
    bump: int
    admin: str
    authority_count: int
    authorities: list[str]
    user_count: int
    meter_count: int
    pending_admin: str
    reserved: list[int]


@dataclass
class Registry:
    discriminator: typing.ClassVar = b"/\xaen\xf6\xb8\xb6\xfc\xda"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "admin" / BorshPubkey,
        "authority_count" / borsh.U8,
        "authorities" / BorshPubkey[16],
        "user_count" / borsh.U32,
        "meter_count" / borsh.U32,
        "pending_admin" / BorshPubkey,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    admin: Pubkey
    authority_count: int
    authorities: list[Pubkey]
    user_count: int
    meter_count: int
    pending_admin: Pubkey
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Registry"]:
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
    ) -> typing.List[typing.Optional["Registry"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Registry"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Registry":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Registry.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            admin=dec.admin,
            authority_count=dec.authority_count,
            authorities=dec.authorities,
            user_count=dec.user_count,
            meter_count=dec.meter_count,
            pending_admin=dec.pending_admin,
            reserved=dec.reserved,
        )

    def to_json(self) -> RegistryJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "admin": str(self.admin),
            "authority_count": self.authority_count,
            "authorities": list(map(lambda item: str(item), self.authorities)),
            "user_count": self.user_count,
            "meter_count": self.meter_count,
            "pending_admin": str(self.pending_admin),
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: RegistryJSON) -> "Registry":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            admin=Pubkey.from_string(obj["admin"]),
            authority_count=obj["authority_count"],
            authorities=list(
                map(lambda item: Pubkey.from_string(item), obj["authorities"])
            ),
            user_count=obj["user_count"],
            meter_count=obj["meter_count"],
            pending_admin=Pubkey.from_string(obj["pending_admin"]),
            reserved=obj["reserved"],
        )
