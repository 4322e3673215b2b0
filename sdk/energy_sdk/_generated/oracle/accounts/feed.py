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


class FeedJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    name: list[int]
    unit: list[int]
    decimals: int
    max_age_s: int
    value: int
    observed_at: int
    updated_at: int
    updated_slot: int
    updates: int
    created_at: int
    first_observed_at: int
    fresh_s: int
    reserved: list[int]


@dataclass
class Feed:
    discriminator: typing.ClassVar = b"E\xbf\x10\xe3\x84\xbbT\xe3"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U16,
        "name" / borsh.U8[32],
        "unit" / borsh.U8[16],
        "decimals" / borsh.I8,
        "max_age_s" / borsh.U32,
        "value" / borsh.I64,
        "observed_at" / borsh.I64,
        "updated_at" / borsh.I64,
        "updated_slot" / borsh.U64,
        "updates" / borsh.U64,
        "created_at" / borsh.I64,
        "first_observed_at" / borsh.I64,
        "fresh_s" / borsh.U64,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    number: int
    name: list[int]
    unit: list[int]
    decimals: int
    max_age_s: int
    value: int
    observed_at: int
    updated_at: int
    updated_slot: int
    updates: int
    created_at: int
    first_observed_at: int
    fresh_s: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Feed"]:
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
    ) -> typing.List[typing.Optional["Feed"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Feed"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Feed":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Feed.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            number=dec.number,
            name=dec.name,
            unit=dec.unit,
            decimals=dec.decimals,
            max_age_s=dec.max_age_s,
            value=dec.value,
            observed_at=dec.observed_at,
            updated_at=dec.updated_at,
            updated_slot=dec.updated_slot,
            updates=dec.updates,
            created_at=dec.created_at,
            first_observed_at=dec.first_observed_at,
            fresh_s=dec.fresh_s,
            reserved=dec.reserved,
        )

    def to_json(self) -> FeedJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "name": self.name,
            "unit": self.unit,
            "decimals": self.decimals,
            "max_age_s": self.max_age_s,
            "value": self.value,
            "observed_at": self.observed_at,
            "updated_at": self.updated_at,
            "updated_slot": self.updated_slot,
            "updates": self.updates,
            "created_at": self.created_at,
            "first_observed_at": self.first_observed_at,
            "fresh_s": self.fresh_s,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: FeedJSON) -> "Feed":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            name=obj["name"],
            unit=obj["unit"],
            decimals=obj["decimals"],
            max_age_s=obj["max_age_s"],
            value=obj["value"],
            observed_at=obj["observed_at"],
            updated_at=obj["updated_at"],
            updated_slot=obj["updated_slot"],
            updates=obj["updates"],
            created_at=obj["created_at"],
            first_observed_at=obj["first_observed_at"],
            fresh_s=obj["fresh_s"],
            reserved=obj["reserved"],
        )
