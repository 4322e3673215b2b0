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
from .. import types


class UserJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    key: str
    user_type: types.user_type.UserTypeJSON
    status: types.user_status.UserStatusJSON
    location: list[int]
    registered_at: int
    meter_count: int
    meters: list[int]
    frozen_until: int
    reserved: list[int]


@dataclass
class User:
    discriminator: typing.ClassVar = b"\x9fu_\xe3\xef\x97:\xec"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U32,
        "key" / BorshPubkey,
        "user_type" / types.user_type.layout,
        "status" / types.user_status.layout,
        "location" / borsh.U8[16],
        "registered_at" / borsh.I64,
        "meter_count" / borsh.U8,
        "meters" / borsh.U32[8],
        "frozen_until" / borsh.I64,
        "reserved" / borsh.U8[8],
    )
    version: int
    bump: int
    number: int
    key: Pubkey
    user_type: types.user_type.UserTypeKind
    status: types.user_status.UserStatusKind
    location: list[int]
    registered_at: int
    meter_count: int
    meters: list[int]
    frozen_until: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["User"]:
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
    ) -> typing.List[typing.Optional["User"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["User"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "User":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = User.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            number=dec.number,
            key=dec.key,
            user_type=types.user_type.from_decoded(dec.user_type),
            status=types.user_status.from_decoded(dec.status),
            location=dec.location,
            registered_at=dec.registered_at,
            meter_count=dec.meter_count,
            meters=dec.meters,
            frozen_until=dec.frozen_until,
            reserved=dec.reserved,
        )

    def to_json(self) -> UserJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "key": str(self.key),
            "user_type": self.user_type.to_json(),
            "status": self.status.to_json(),
            "location": self.location,
            "registered_at": self.registered_at,
            "meter_count": self.meter_count,
            "meters": self.meters,
            "frozen_until": self.frozen_until,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: UserJSON) -> "User":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            key=Pubkey.from_string(obj["key"]),
            user_type=types.user_type.from_json(obj["user_type"]),
            status=types.user_status.from_json(obj["status"]),
            location=obj["location"],
            registered_at=obj["registered_at"],
            meter_count=obj["meter_count"],
            meters=obj["meters"],
            frozen_until=obj["frozen_until"],
            reserved=obj["reserved"],
        )
