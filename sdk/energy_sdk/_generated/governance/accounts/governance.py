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


class GovernanceJSON(typing.TypedDict):
    version: int
    bump: int
    threshold: int
    member_count: int
    members: list[str]
    guardian: str
    membership: int
    proposals: int
    timelock_s: int
    proposal_expiry_s: int
    policies: int
    treasury_bump: int
    reserved: list[int]


@dataclass
class Governance:
    discriminator: typing.ClassVar = b"\x12\x8fX\rI\xd9/1"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "threshold" / borsh.U8,
        "member_count" / borsh.U8,
        "members" / BorshPubkey[10],
        "guardian" / BorshPubkey,
        "membership" / borsh.U32,
        "proposals" / borsh.U64,
        "timelock_s" / borsh.U32,
        "proposal_expiry_s" / borsh.U32,
        "policies" / borsh.U32,
        "treasury_bump" / borsh.U8,
        "reserved" / borsh.U8[59],
    )
    version: int
    bump: int
    threshold: int
    member_count: int
    members: list[Pubkey]
    guardian: Pubkey
    membership: int
    proposals: int
    timelock_s: int
    proposal_expiry_s: int
    policies: int
    treasury_bump: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Governance"]:
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
    ) -> typing.List[typing.Optional["Governance"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Governance"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Governance":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Governance.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            threshold=dec.threshold,
            member_count=dec.member_count,
            members=dec.members,
            guardian=dec.guardian,
            membership=dec.membership,
            proposals=dec.proposals,
            timelock_s=dec.timelock_s,
            proposal_expiry_s=dec.proposal_expiry_s,
            policies=dec.policies,
            treasury_bump=dec.treasury_bump,
            reserved=dec.reserved,
        )

    def to_json(self) -> GovernanceJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "threshold": self.threshold,
            "member_count": self.member_count,
            "members": list(map(lambda item: str(item), self.members)),
            "guardian": str(self.guardian),
            "membership": self.membership,
            "proposals": self.proposals,
            "timelock_s": self.timelock_s,
            "proposal_expiry_s": self.proposal_expiry_s,
            "policies": self.policies,
            "treasury_bump": self.treasury_bump,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: GovernanceJSON) -> "Governance":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            threshold=obj["threshold"],
            member_count=obj["member_count"],
            members=list(map(lambda item: Pubkey.from_string(item), obj["members"])),
            guardian=Pubkey.from_string(obj["guardian"]),
            membership=obj["membership"],
            proposals=obj["proposals"],
            timelock_s=obj["timelock_s"],
            proposal_expiry_s=obj["proposal_expiry_s"],
            policies=obj["policies"],
            treasury_bump=obj["treasury_bump"],
            reserved=obj["reserved"],
        )
