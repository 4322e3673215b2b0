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


class SeatPointerJSON(typing.TypedDict):
    version: int
    bump: int
    market: str
    user: str
    ordinal: int
    seat: int


@dataclass
class SeatPointer:
    discriminator: typing.ClassVar = b"naT\xf5u\xbb\xbb\x01"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "market" / BorshPubkey,
        "user" / BorshPubkey,
        "ordinal" / borsh.U8,
        "seat" / borsh.U16,
    )
    version: int
    bump: int
    market: Pubkey
    user: Pubkey
    ordinal: int
    seat: int

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["SeatPointer"]:
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
    ) -> typing.List[typing.Optional["SeatPointer"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["SeatPointer"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "SeatPointer":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = SeatPointer.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            market=dec.market,
            user=dec.user,
            ordinal=dec.ordinal,
            seat=dec.seat,
        )

    def to_json(self) -> SeatPointerJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "market": str(self.market),
            "user": str(self.user),
            "ordinal": self.ordinal,
            "seat": self.seat,
        }

    @classmethod
    def from_json(cls, obj: SeatPointerJSON) -> "SeatPointer":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            market=Pubkey.from_string(obj["market"]),
            user=Pubkey.from_string(obj["user"]),
            ordinal=obj["ordinal"],
            seat=obj["seat"],
        )
