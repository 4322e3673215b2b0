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


class PolicyJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    hash: list[int]
    adopted_at: int
    repealed_at: int
    reserved: list[int]
    uri: str


@dataclass
class Policy:
    discriminator: typing.ClassVar = b"\xde\x87\x07\xa3\xeb\xb1!D"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U32,
        "hash" / borsh.U8[32],
        "adopted_at" / borsh.I64,
        "repealed_at" / borsh.I64,
        "reserved" / borsh.U8[32],
        "uri" / borsh.String,
    )
    version: int
    bump: int
    number: int
    hash: list[int]
    adopted_at: int
    repealed_at: int
    reserved: list[int]
    uri: str

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Policy"]:
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
    ) -> typing.List[typing.Optional["Policy"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Policy"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Policy":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Policy.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            number=dec.number,
            hash=dec.hash,
            adopted_at=dec.adopted_at,
            repealed_at=dec.repealed_at,
            reserved=dec.reserved,
            uri=dec.uri,
        )

    def to_json(self) -> PolicyJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "hash": self.hash,
            "adopted_at": self.adopted_at,
            "repealed_at": self.repealed_at,
            "reserved": self.reserved,
            "uri": self.uri,
        }

    @classmethod
    def from_json(cls, obj: PolicyJSON) -> "Policy":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            hash=obj["hash"],
            adopted_at=obj["adopted_at"],
            repealed_at=obj["repealed_at"],
            reserved=obj["reserved"],
            uri=obj["uri"],
        )
