import typing
from dataclasses import dataclass
from solders.pubkey import Pubkey
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
import borsh_construct as borsh
from anchorpy.coder.accounts import ACCOUNT_DISCRIMINATOR_SIZE
from anchorpy.error import AccountInvalidDiscriminator
from anchorpy.utils.rpc import get_multiple_accounts
from ..program_id import PROGRAM_ID


class PauseJSON(typing.TypedDict):
    version: int
    bump: int
    areas: int
    since: list[int]
    reserved: list[int]


@dataclass
class Pause:
    discriminator: typing.ClassVar = b"\xa8\xb7\xfc\xe1\x1c\x11\x8a\xae"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "areas" / borsh.U8,
        "since" / borsh.I64[8],
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    areas: int
    since: list[int]
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Pause"]:
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
    ) -> typing.List[typing.Optional["Pause"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Pause"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Pause":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Pause.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            areas=dec.areas,
            since=dec.since,
            reserved=dec.reserved,
        )

    def to_json(self) -> PauseJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "areas": self.areas,
            "since": self.since,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: PauseJSON) -> "Pause":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            areas=obj["areas"],
            since=obj["since"],
            reserved=obj["reserved"],
        )
