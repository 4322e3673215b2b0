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


class MeterJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    id: list[int]
    key: str
    user: str
    rated_power_w: int
    assigned_at: int
    reserved: list[int]


@dataclass
class Meter:
    discriminator: typing.ClassVar = b"\x05s\xe3\xf0?\xa6\xce\xb6"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U32,
        "id" / borsh.U8[32],
        "key" / BorshPubkey,
        "user" / BorshPubkey,
        "rated_power_w" / borsh.U32,
        "assigned_at" / borsh.I64,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    number: int
    id: list[int]
    key: Pubkey
    user: Pubkey
    rated_power_w: int
    assigned_at: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Meter"]:
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
    ) -> typing.List[typing.Optional["Meter"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Meter"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Meter":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Meter.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            number=dec.number,
            id=dec.id,
            key=dec.key,
            user=dec.user,
            rated_power_w=dec.rated_power_w,
            assigned_at=dec.assigned_at,
            reserved=dec.reserved,
        )

    def to_json(self) -> MeterJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "id": self.id,
            "key": str(self.key),
            "user": str(self.user),
            "rated_power_w": self.rated_power_w,
            "assigned_at": self.assigned_at,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: MeterJSON) -> "Meter":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            id=obj["id"],
            key=Pubkey.from_string(obj["key"]),
            user=Pubkey.from_string(obj["user"]),
            rated_power_w=obj["rated_power_w"],
            assigned_at=obj["assigned_at"],
            reserved=obj["reserved"],
        )
