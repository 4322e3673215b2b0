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


class RequestBalanceJSON(typing.TypedDict):
    version: int
    bump: int
    user: str
    balance: int
    promised: int
    requests: int
    reserved: list[int]


@dataclass
class RequestBalance:
    discriminator: typing.ClassVar = b"\xe60l\xbc%\x10\xf8\xeb"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "user" / BorshPubkey,
        "balance" / borsh.U64,
        "promised" / borsh.U64,
        "requests" / borsh.U64,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    user: Pubkey
    balance: int
    promised: int
    requests: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["RequestBalance"]:
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
    ) -> typing.List[typing.Optional["RequestBalance"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["RequestBalance"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "RequestBalance":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = RequestBalance.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            user=dec.user,
            balance=dec.balance,
            promised=dec.promised,
            requests=dec.requests,
            reserved=dec.reserved,
        )

    def to_json(self) -> RequestBalanceJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "user": str(self.user),
            "balance": self.balance,
            "promised": self.promised,
            "requests": self.requests,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: RequestBalanceJSON) -> "RequestBalance":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            user=Pubkey.from_string(obj["user"]),
            balance=obj["balance"],
            promised=obj["promised"],
            requests=obj["requests"],
            reserved=obj["reserved"],
        )
