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


class OracleJSON(typing.TypedDict):
    version: int
    bump: int
    admin: str
    operator_count: int
    operators: list[str]
    shard_count: int
    meter_count: int
    request_fee: int
    request_count: int
    feed_count: int
    pending_admin: str
    reserved: list[int]


@dataclass
class Oracle:
    discriminator: typing.ClassVar = b"\x8b\xc2\x83\xb3\x8c\xb3\xe5\xf4"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "admin" / BorshPubkey,
        "operator_count" / borsh.U8,
        "operators" / BorshPubkey[16],
        "shard_count" / borsh.U16,
        "meter_count" / borsh.U32,
        "request_fee" / borsh.U64,
        "request_count" / borsh.U64,
        "feed_count" / borsh.U16,
        "pending_admin" / BorshPubkey,
        "reserved" / borsh.U8[14],
    )
    version: int
    bump: int
    admin: Pubkey
    operator_count: int
    operators: list[Pubkey]
    shard_count: int
    meter_count: int
    request_fee: int
    request_count: int
    feed_count: int
    pending_admin: Pubkey
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Oracle"]:
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
    ) -> typing.List[typing.Optional["Oracle"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Oracle"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Oracle":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Oracle.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            admin=dec.admin,
            operator_count=dec.operator_count,
            operators=dec.operators,
            shard_count=dec.shard_count,
            meter_count=dec.meter_count,
            request_fee=dec.request_fee,
            request_count=dec.request_count,
            feed_count=dec.feed_count,
            pending_admin=dec.pending_admin,
            reserved=dec.reserved,
        )

    def to_json(self) -> OracleJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "admin": str(self.admin),
            "operator_count": self.operator_count,
            "operators": list(map(lambda item: str(item), self.operators)),
            "shard_count": self.shard_count,
            "meter_count": self.meter_count,
            "request_fee": self.request_fee,
            "request_count": self.request_count,
            "feed_count": self.feed_count,
            "pending_admin": str(self.pending_admin),
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: OracleJSON) -> "Oracle":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            admin=Pubkey.from_string(obj["admin"]),
            operator_count=obj["operator_count"],
            operators=list(
                map(lambda item: Pubkey.from_string(item), obj["operators"])
            ),
            shard_count=obj["shard_count"],
            meter_count=obj["meter_count"],
            request_fee=obj["request_fee"],
            request_count=obj["request_count"],
            feed_count=obj["feed_count"],
            pending_admin=Pubkey.from_string(obj["pending_admin"]),
            reserved=obj["reserved"],
        )
