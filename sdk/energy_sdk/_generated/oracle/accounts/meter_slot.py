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


class MeterSlotJSON(typing.TypedDict):
    version: int
    bump: int
    meter: str
    shard: int
    slot: int
    certified_wh: int
    certificate_count: int
    reserved: list[int]


@dataclass
class MeterSlot:
    discriminator: typing.ClassVar = b"\r\xdd\xe8\xf3\xaa\xef\xdf\x0b"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "meter" / BorshPubkey,
        "shard" / borsh.U16,
        "slot" / borsh.U16,
        "certified_wh" / borsh.U64,
        "certificate_count" / borsh.U32,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    meter: Pubkey
    shard: int
    slot: int
    certified_wh: int
    certificate_count: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["MeterSlot"]:
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
    ) -> typing.List[typing.Optional["MeterSlot"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["MeterSlot"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "MeterSlot":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = MeterSlot.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            meter=dec.meter,
            shard=dec.shard,
            slot=dec.slot,
            certified_wh=dec.certified_wh,
            certificate_count=dec.certificate_count,
            reserved=dec.reserved,
        )

    def to_json(self) -> MeterSlotJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "meter": str(self.meter),
            "shard": self.shard,
            "slot": self.slot,
            "certified_wh": self.certified_wh,
            "certificate_count": self.certificate_count,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: MeterSlotJSON) -> "MeterSlot":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            meter=Pubkey.from_string(obj["meter"]),
            shard=obj["shard"],
            slot=obj["slot"],
            certified_wh=obj["certified_wh"],
            certificate_count=obj["certificate_count"],
            reserved=obj["reserved"],
        )
