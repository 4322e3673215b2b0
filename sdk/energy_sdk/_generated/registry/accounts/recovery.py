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


class RecoveryJSON(typing.TypedDict):
    version: int
    bump: int
    user: str
    guardians: types.guardians.GuardiansJSON
    next_guardians: types.guardians.GuardiansJSON
    next_from: int
    new_key: str
    approvals: int
    opened_at: int
    approved_at: int
    frozen_by: str
    reserved: list[int]


@dataclass
class Recovery:
    discriminator: typing.ClassVar = b'\xf2\xa6"\xe3G\xd9\x9bg'
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "user" / BorshPubkey,
        "guardians" / types.guardians.Guardians.layout,
        "next_guardians" / types.guardians.Guardians.layout,
        "next_from" / borsh.I64,
        "new_key" / BorshPubkey,
        "approvals" / borsh.U8,
        "opened_at" / borsh.I64,
        "approved_at" / borsh.I64,
        "frozen_by" / BorshPubkey,
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    user: Pubkey
    guardians: types.guardians.Guardians
    next_guardians: types.guardians.Guardians
    next_from: int
    new_key: Pubkey
    approvals: int
    opened_at: int
    approved_at: int
    frozen_by: Pubkey
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Recovery"]:
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
    ) -> typing.List[typing.Optional["Recovery"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Recovery"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Recovery":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Recovery.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            user=dec.user,
            guardians=types.guardians.Guardians.from_decoded(dec.guardians),
            next_guardians=types.guardians.Guardians.from_decoded(dec.next_guardians),
            next_from=dec.next_from,
            new_key=dec.new_key,
            approvals=dec.approvals,
            opened_at=dec.opened_at,
            approved_at=dec.approved_at,
            frozen_by=dec.frozen_by,
            reserved=dec.reserved,
        )

    def to_json(self) -> RecoveryJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "user": str(self.user),
            "guardians": self.guardians.to_json(),
            "next_guardians": self.next_guardians.to_json(),
            "next_from": self.next_from,
            "new_key": str(self.new_key),
            "approvals": self.approvals,
            "opened_at": self.opened_at,
            "approved_at": self.approved_at,
            "frozen_by": str(self.frozen_by),
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: RecoveryJSON) -> "Recovery":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            user=Pubkey.from_string(obj["user"]),
            guardians=types.guardians.Guardians.from_json(obj["guardians"]),
            next_guardians=types.guardians.Guardians.from_json(obj["next_guardians"]),
            next_from=obj["next_from"],
            new_key=Pubkey.from_string(obj["new_key"]),
            approvals=obj["approvals"],
            opened_at=obj["opened_at"],
            approved_at=obj["approved_at"],
            frozen_by=Pubkey.from_string(obj["frozen_by"]),
            reserved=obj["reserved"],
        )
