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


class AgentJSON(typing.TypedDict):
    version: int
    bump: int
    market_id: int
    ledger: str
    seat: int
    ordinal: int
    key: str
    owner: str
    opened_at: int
    limits: types.agent_limits.AgentLimitsJSON
    day: int
    month: int
    day_start: types.spent.SpentJSON
    month_start: types.spent.SpentJSON
    reserved: list[int]


@dataclass
class Agent:
    discriminator: typing.ClassVar = b"/\xa6p\x93\x9b\xc5V\x07"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "market_id" / borsh.U32,
        "ledger" / BorshPubkey,
        "seat" / borsh.U16,
        "ordinal" / borsh.U8,
        "key" / BorshPubkey,
        "owner" / BorshPubkey,
        "opened_at" / borsh.U32,
        "limits" / types.agent_limits.AgentLimits.layout,
        "day" / borsh.U32,
        "month" / borsh.U32,
        "day_start" / types.spent.Spent.layout,
        "month_start" / types.spent.Spent.layout,
        "reserved" / borsh.U8[64],
    )
    version: int
    bump: int
    market_id: int
    ledger: Pubkey
    seat: int
    ordinal: int
    key: Pubkey
    owner: Pubkey
    opened_at: int
    limits: types.agent_limits.AgentLimits
    day: int
    month: int
    day_start: types.spent.Spent
    month_start: types.spent.Spent
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Agent"]:
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
    ) -> typing.List[typing.Optional["Agent"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Agent"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Agent":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Agent.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            market_id=dec.market_id,
            ledger=dec.ledger,
            seat=dec.seat,
            ordinal=dec.ordinal,
            key=dec.key,
            owner=dec.owner,
            opened_at=dec.opened_at,
            limits=types.agent_limits.AgentLimits.from_decoded(dec.limits),
            day=dec.day,
            month=dec.month,
            day_start=types.spent.Spent.from_decoded(dec.day_start),
            month_start=types.spent.Spent.from_decoded(dec.month_start),
            reserved=dec.reserved,
        )

    def to_json(self) -> AgentJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "market_id": self.market_id,
            "ledger": str(self.ledger),
            "seat": self.seat,
            "ordinal": self.ordinal,
            "key": str(self.key),
            "owner": str(self.owner),
            "opened_at": self.opened_at,
            "limits": self.limits.to_json(),
            "day": self.day,
            "month": self.month,
            "day_start": self.day_start.to_json(),
            "month_start": self.month_start.to_json(),
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: AgentJSON) -> "Agent":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            market_id=obj["market_id"],
            ledger=Pubkey.from_string(obj["ledger"]),
            seat=obj["seat"],
            ordinal=obj["ordinal"],
            key=Pubkey.from_string(obj["key"]),
            owner=Pubkey.from_string(obj["owner"]),
            opened_at=obj["opened_at"],
            limits=types.agent_limits.AgentLimits.from_json(obj["limits"]),
            day=obj["day"],
            month=obj["month"],
            day_start=types.spent.Spent.from_json(obj["day_start"]),
            month_start=types.spent.Spent.from_json(obj["month_start"]),
            reserved=obj["reserved"],
        )
