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


class ParametersJSON(typing.TypedDict):
    version: int
    bump: int
    epoch_length_s: int
    offer_lock_s: int
    fee_bps: int
    max_fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    reading_max_age_s: int
    reading_future_s: int
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    min_price: int
    max_price: int
    reserved: list[int]


@dataclass
class Parameters:
    discriminator: typing.ClassVar = b"\xe9\x02\x19mF\xe4\xce\xe4"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "epoch_length_s" / borsh.U32,
        "offer_lock_s" / borsh.U32,
        "fee_bps" / borsh.U16,
        "max_fee_bps" / borsh.U16,
        "min_order_wh" / borsh.U64,
        "max_order_wh" / borsh.U64,
        "max_orders_per_seat" / borsh.U16,
        "reading_max_age_s" / borsh.U32,
        "reading_future_s" / borsh.U32,
        "clearing_grace_s" / borsh.U32,
        "void_after_s" / borsh.U32,
        "book_retention_s" / borsh.U32,
        "min_price" / borsh.U64,
        "max_price" / borsh.U64,
        "reserved" / borsh.U8[112],
    )
    version: int
    bump: int
    epoch_length_s: int
    offer_lock_s: int
    fee_bps: int
    max_fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    reading_max_age_s: int
    reading_future_s: int
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    min_price: int
    max_price: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Parameters"]:
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
    ) -> typing.List[typing.Optional["Parameters"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Parameters"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Parameters":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Parameters.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            epoch_length_s=dec.epoch_length_s,
            offer_lock_s=dec.offer_lock_s,
            fee_bps=dec.fee_bps,
            max_fee_bps=dec.max_fee_bps,
            min_order_wh=dec.min_order_wh,
            max_order_wh=dec.max_order_wh,
            max_orders_per_seat=dec.max_orders_per_seat,
            reading_max_age_s=dec.reading_max_age_s,
            reading_future_s=dec.reading_future_s,
            clearing_grace_s=dec.clearing_grace_s,
            void_after_s=dec.void_after_s,
            book_retention_s=dec.book_retention_s,
            min_price=dec.min_price,
            max_price=dec.max_price,
            reserved=dec.reserved,
        )

    def to_json(self) -> ParametersJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "epoch_length_s": self.epoch_length_s,
            "offer_lock_s": self.offer_lock_s,
            "fee_bps": self.fee_bps,
            "max_fee_bps": self.max_fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "reading_max_age_s": self.reading_max_age_s,
            "reading_future_s": self.reading_future_s,
            "clearing_grace_s": self.clearing_grace_s,
            "void_after_s": self.void_after_s,
            "book_retention_s": self.book_retention_s,
            "min_price": self.min_price,
            "max_price": self.max_price,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: ParametersJSON) -> "Parameters":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            epoch_length_s=obj["epoch_length_s"],
            offer_lock_s=obj["offer_lock_s"],
            fee_bps=obj["fee_bps"],
            max_fee_bps=obj["max_fee_bps"],
            min_order_wh=obj["min_order_wh"],
            max_order_wh=obj["max_order_wh"],
            max_orders_per_seat=obj["max_orders_per_seat"],
            reading_max_age_s=obj["reading_max_age_s"],
            reading_future_s=obj["reading_future_s"],
            clearing_grace_s=obj["clearing_grace_s"],
            void_after_s=obj["void_after_s"],
            book_retention_s=obj["book_retention_s"],
            min_price=obj["min_price"],
            max_price=obj["max_price"],
            reserved=obj["reserved"],
        )
