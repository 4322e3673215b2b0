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


class MarketJSON(typing.TypedDict):
    version: int
    bump: int
    id: int
    authority: str
    oracle: str
    energy_mint: str
    payment_mint: str
    payment_decimals: int
    energy_vault: str
    payment_vault: str
    ledger: str
    books: list[types.book_slot.BookSlotJSON]
    book_count: int
    price_min: int
    tick_size: int
    tick_count: int
    lot_wh: int
    price_rule: types.price_rule.PriceRuleJSON
    tie_rule: types.tie_rule.TieRuleJSON
    fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    clock: types.clockwork.ClockworkJSON
    next: types.clockwork.ClockworkJSON
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    last_opened_epoch: int
    last_settled_epoch: int
    last_price: int
    last_price_epoch: int
    traded_wh: int
    fees: int
    epochs_settled: int
    floor_tick: int
    ceiling_tick: int
    pending_authority: str
    reserved: list[int]


@dataclass
class Market:
    discriminator: typing.ClassVar = b"\xdb\xbe\xd57\x00\xe3\xc6\x9a"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "id" / borsh.U32,
        "authority" / BorshPubkey,
        "oracle" / BorshPubkey,
        "energy_mint" / BorshPubkey,
        "payment_mint" / BorshPubkey,
        "payment_decimals" / borsh.U8,
        "energy_vault" / BorshPubkey,
        "payment_vault" / BorshPubkey,
        "ledger" / BorshPubkey,
        "books" / types.book_slot.BookSlot.layout[8],
        "book_count" / borsh.U8,
        "price_min" / borsh.U64,
        "tick_size" / borsh.U64,
        "tick_count" / borsh.U16,
        "lot_wh" / borsh.U32,
        "price_rule" / types.price_rule.layout,
        "tie_rule" / types.tie_rule.layout,
        "fee_bps" / borsh.U16,
        "min_order_wh" / borsh.U64,
        "max_order_wh" / borsh.U64,
        "max_orders_per_seat" / borsh.U16,
        "clock" / types.clockwork.Clockwork.layout,
        "next" / types.clockwork.Clockwork.layout,
        "clearing_grace_s" / borsh.U32,
        "void_after_s" / borsh.U32,
        "book_retention_s" / borsh.U32,
        "last_opened_epoch" / borsh.U32,
        "last_settled_epoch" / borsh.U32,
        "last_price" / borsh.U64,
        "last_price_epoch" / borsh.U32,
        "traded_wh" / borsh.U64,
        "fees" / borsh.U64,
        "epochs_settled" / borsh.U32,
        "floor_tick" / borsh.U16,
        "ceiling_tick" / borsh.U16,
        "pending_authority" / BorshPubkey,
        "reserved" / borsh.U8[92],
    )
    version: int
    bump: int
    id: int
    authority: Pubkey
    oracle: Pubkey
    energy_mint: Pubkey
    payment_mint: Pubkey
    payment_decimals: int
    energy_vault: Pubkey
    payment_vault: Pubkey
    ledger: Pubkey
    books: list[types.book_slot.BookSlot]
    book_count: int
    price_min: int
    tick_size: int
    tick_count: int
    lot_wh: int
    price_rule: types.price_rule.PriceRuleKind
    tie_rule: types.tie_rule.TieRuleKind
    fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    clock: types.clockwork.Clockwork
    next: types.clockwork.Clockwork
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    last_opened_epoch: int
    last_settled_epoch: int
    last_price: int
    last_price_epoch: int
    traded_wh: int
    fees: int
    epochs_settled: int
    floor_tick: int
    ceiling_tick: int
    pending_authority: Pubkey
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Market"]:
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
    ) -> typing.List[typing.Optional["Market"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Market"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Market":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Market.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            id=dec.id,
            authority=dec.authority,
            oracle=dec.oracle,
            energy_mint=dec.energy_mint,
            payment_mint=dec.payment_mint,
            payment_decimals=dec.payment_decimals,
            energy_vault=dec.energy_vault,
            payment_vault=dec.payment_vault,
            ledger=dec.ledger,
            books=list(
                map(lambda item: types.book_slot.BookSlot.from_decoded(item), dec.books)
            ),
            book_count=dec.book_count,
            price_min=dec.price_min,
            tick_size=dec.tick_size,
            tick_count=dec.tick_count,
            lot_wh=dec.lot_wh,
            price_rule=types.price_rule.from_decoded(dec.price_rule),
            tie_rule=types.tie_rule.from_decoded(dec.tie_rule),
            fee_bps=dec.fee_bps,
            min_order_wh=dec.min_order_wh,
            max_order_wh=dec.max_order_wh,
            max_orders_per_seat=dec.max_orders_per_seat,
            clock=types.clockwork.Clockwork.from_decoded(dec.clock),
            next=types.clockwork.Clockwork.from_decoded(dec.next),
            clearing_grace_s=dec.clearing_grace_s,
            void_after_s=dec.void_after_s,
            book_retention_s=dec.book_retention_s,
            last_opened_epoch=dec.last_opened_epoch,
            last_settled_epoch=dec.last_settled_epoch,
            last_price=dec.last_price,
            last_price_epoch=dec.last_price_epoch,
            traded_wh=dec.traded_wh,
            fees=dec.fees,
            epochs_settled=dec.epochs_settled,
            floor_tick=dec.floor_tick,
            ceiling_tick=dec.ceiling_tick,
            pending_authority=dec.pending_authority,
            reserved=dec.reserved,
        )

    def to_json(self) -> MarketJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "id": self.id,
            "authority": str(self.authority),
            "oracle": str(self.oracle),
            "energy_mint": str(self.energy_mint),
            "payment_mint": str(self.payment_mint),
            "payment_decimals": self.payment_decimals,
            "energy_vault": str(self.energy_vault),
            "payment_vault": str(self.payment_vault),
            "ledger": str(self.ledger),
            "books": list(map(lambda item: item.to_json(), self.books)),
            "book_count": self.book_count,
            "price_min": self.price_min,
            "tick_size": self.tick_size,
            "tick_count": self.tick_count,
            "lot_wh": self.lot_wh,
            "price_rule": self.price_rule.to_json(),
            "tie_rule": self.tie_rule.to_json(),
            "fee_bps": self.fee_bps,
            "min_order_wh": self.min_order_wh,
            "max_order_wh": self.max_order_wh,
            "max_orders_per_seat": self.max_orders_per_seat,
            "clock": self.clock.to_json(),
            "next": self.next.to_json(),
            "clearing_grace_s": self.clearing_grace_s,
            "void_after_s": self.void_after_s,
            "book_retention_s": self.book_retention_s,
            "last_opened_epoch": self.last_opened_epoch,
            "last_settled_epoch": self.last_settled_epoch,
            "last_price": self.last_price,
            "last_price_epoch": self.last_price_epoch,
            "traded_wh": self.traded_wh,
            "fees": self.fees,
            "epochs_settled": self.epochs_settled,
            "floor_tick": self.floor_tick,
            "ceiling_tick": self.ceiling_tick,
            "pending_authority": str(self.pending_authority),
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: MarketJSON) -> "Market":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            id=obj["id"],
            authority=Pubkey.from_string(obj["authority"]),
            oracle=Pubkey.from_string(obj["oracle"]),
            energy_mint=Pubkey.from_string(obj["energy_mint"]),
            payment_mint=Pubkey.from_string(obj["payment_mint"]),
            payment_decimals=obj["payment_decimals"],
            energy_vault=Pubkey.from_string(obj["energy_vault"]),
            payment_vault=Pubkey.from_string(obj["payment_vault"]),
            ledger=Pubkey.from_string(obj["ledger"]),
            books=list(
                map(lambda item: types.book_slot.BookSlot.from_json(item), obj["books"])
            ),
            book_count=obj["book_count"],
            price_min=obj["price_min"],
            tick_size=obj["tick_size"],
            tick_count=obj["tick_count"],
            lot_wh=obj["lot_wh"],
            price_rule=types.price_rule.from_json(obj["price_rule"]),
            tie_rule=types.tie_rule.from_json(obj["tie_rule"]),
            fee_bps=obj["fee_bps"],
            min_order_wh=obj["min_order_wh"],
            max_order_wh=obj["max_order_wh"],
            max_orders_per_seat=obj["max_orders_per_seat"],
            clock=types.clockwork.Clockwork.from_json(obj["clock"]),
            next=types.clockwork.Clockwork.from_json(obj["next"]),
            clearing_grace_s=obj["clearing_grace_s"],
            void_after_s=obj["void_after_s"],
            book_retention_s=obj["book_retention_s"],
            last_opened_epoch=obj["last_opened_epoch"],
            last_settled_epoch=obj["last_settled_epoch"],
            last_price=obj["last_price"],
            last_price_epoch=obj["last_price_epoch"],
            traded_wh=obj["traded_wh"],
            fees=obj["fees"],
            epochs_settled=obj["epochs_settled"],
            floor_tick=obj["floor_tick"],
            ceiling_tick=obj["ceiling_tick"],
            pending_authority=Pubkey.from_string(obj["pending_authority"]),
            reserved=obj["reserved"],
        )
