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


class EpochResultJSON(typing.TypedDict):
    version: int
    bump: int
    market: str
    epoch: int
    state: types.book_state.BookStateJSON
    price_rule: types.price_rule.PriceRuleJSON
    tie_rule: types.tie_rule.TieRuleJSON
    fee_bps: int
    no_trade: bool
    price: int
    price_low: int
    price_high: int
    volume_wh: int
    bid_wh: int
    ask_wh: int
    orders: int
    filled: int
    partially_filled: int
    cancelled: int
    expired: int
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    opens_at: int
    closes_at: int
    digest: list[int]
    reserved: list[int]


@dataclass
class EpochResult:
    discriminator: typing.ClassVar = b"\x0c\x8a\xbf\x1c\xe2?RS"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "market" / BorshPubkey,
        "epoch" / borsh.U32,
        "state" / types.book_state.layout,
        "price_rule" / types.price_rule.layout,
        "tie_rule" / types.tie_rule.layout,
        "fee_bps" / borsh.U16,
        "no_trade" / borsh.Bool,
        "price" / borsh.U64,
        "price_low" / borsh.U64,
        "price_high" / borsh.U64,
        "volume_wh" / borsh.U64,
        "bid_wh" / borsh.U64,
        "ask_wh" / borsh.U64,
        "orders" / borsh.U32,
        "filled" / borsh.U32,
        "partially_filled" / borsh.U32,
        "cancelled" / borsh.U32,
        "expired" / borsh.U32,
        "buyers_paid" / borsh.U64,
        "sellers_received" / borsh.U64,
        "fees" / borsh.U64,
        "surplus" / borsh.U64,
        "opens_at" / borsh.I64,
        "closes_at" / borsh.I64,
        "digest" / borsh.U8[32],
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    market: Pubkey
    epoch: int
    state: types.book_state.BookStateKind
    price_rule: types.price_rule.PriceRuleKind
    tie_rule: types.tie_rule.TieRuleKind
    fee_bps: int
    no_trade: bool
    price: int
    price_low: int
    price_high: int
    volume_wh: int
    bid_wh: int
    ask_wh: int
    orders: int
    filled: int
    partially_filled: int
    cancelled: int
    expired: int
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    opens_at: int
    closes_at: int
    digest: list[int]
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["EpochResult"]:
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
    ) -> typing.List[typing.Optional["EpochResult"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["EpochResult"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "EpochResult":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = EpochResult.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            market=dec.market,
            epoch=dec.epoch,
            state=types.book_state.from_decoded(dec.state),
            price_rule=types.price_rule.from_decoded(dec.price_rule),
            tie_rule=types.tie_rule.from_decoded(dec.tie_rule),
            fee_bps=dec.fee_bps,
            no_trade=dec.no_trade,
            price=dec.price,
            price_low=dec.price_low,
            price_high=dec.price_high,
            volume_wh=dec.volume_wh,
            bid_wh=dec.bid_wh,
            ask_wh=dec.ask_wh,
            orders=dec.orders,
            filled=dec.filled,
            partially_filled=dec.partially_filled,
            cancelled=dec.cancelled,
            expired=dec.expired,
            buyers_paid=dec.buyers_paid,
            sellers_received=dec.sellers_received,
            fees=dec.fees,
            surplus=dec.surplus,
            opens_at=dec.opens_at,
            closes_at=dec.closes_at,
            digest=dec.digest,
            reserved=dec.reserved,
        )

    def to_json(self) -> EpochResultJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "market": str(self.market),
            "epoch": self.epoch,
            "state": self.state.to_json(),
            "price_rule": self.price_rule.to_json(),
            "tie_rule": self.tie_rule.to_json(),
            "fee_bps": self.fee_bps,
            "no_trade": self.no_trade,
            "price": self.price,
            "price_low": self.price_low,
            "price_high": self.price_high,
            "volume_wh": self.volume_wh,
            "bid_wh": self.bid_wh,
            "ask_wh": self.ask_wh,
            "orders": self.orders,
            "filled": self.filled,
            "partially_filled": self.partially_filled,
            "cancelled": self.cancelled,
            "expired": self.expired,
            "buyers_paid": self.buyers_paid,
            "sellers_received": self.sellers_received,
            "fees": self.fees,
            "surplus": self.surplus,
            "opens_at": self.opens_at,
            "closes_at": self.closes_at,
            "digest": self.digest,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: EpochResultJSON) -> "EpochResult":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            market=Pubkey.from_string(obj["market"]),
            epoch=obj["epoch"],
            state=types.book_state.from_json(obj["state"]),
            price_rule=types.price_rule.from_json(obj["price_rule"]),
            tie_rule=types.tie_rule.from_json(obj["tie_rule"]),
            fee_bps=obj["fee_bps"],
            no_trade=obj["no_trade"],
            price=obj["price"],
            price_low=obj["price_low"],
            price_high=obj["price_high"],
            volume_wh=obj["volume_wh"],
            bid_wh=obj["bid_wh"],
            ask_wh=obj["ask_wh"],
            orders=obj["orders"],
            filled=obj["filled"],
            partially_filled=obj["partially_filled"],
            cancelled=obj["cancelled"],
            expired=obj["expired"],
            buyers_paid=obj["buyers_paid"],
            sellers_received=obj["sellers_received"],
            fees=obj["fees"],
            surplus=obj["surplus"],
            opens_at=obj["opens_at"],
            closes_at=obj["closes_at"],
            digest=obj["digest"],
            reserved=obj["reserved"],
        )
