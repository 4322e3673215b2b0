import typing
from dataclasses import dataclass
from construct import Construct
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


class ProposalJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    proposer: str
    payer: str
    membership: int
    approvals: int
    state: types.proposal_state.ProposalStateJSON
    created_at: int
    approved_at: int
    expires_at: int
    reserved: list[int]
    title: str
    instructions: list[types.proposed_instruction.ProposedInstructionJSON]


@dataclass
class Proposal:
    discriminator: typing.ClassVar = b"\x1a^\xbd\xbbt\x885!"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U64,
        "proposer" / BorshPubkey,
        "payer" / BorshPubkey,
        "membership" / borsh.U32,
        "approvals" / borsh.U16,
        "state" / types.proposal_state.layout,
        "created_at" / borsh.I64,
        "approved_at" / borsh.I64,
        "expires_at" / borsh.I64,
        "reserved" / borsh.U8[32],
        "title" / borsh.String,
        "instructions"
        / borsh.Vec(
            typing.cast(
                Construct, types.proposed_instruction.ProposedInstruction.layout
            )
        ),
    )
    version: int
    bump: int
    number: int
    proposer: Pubkey
    payer: Pubkey
    membership: int
    approvals: int
    state: types.proposal_state.ProposalStateKind
    created_at: int
    approved_at: int
    expires_at: int
    reserved: list[int]
    title: str
    instructions: list[types.proposed_instruction.ProposedInstruction]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Proposal"]:
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
    ) -> typing.List[typing.Optional["Proposal"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Proposal"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Proposal":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Proposal.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            number=dec.number,
            proposer=dec.proposer,
            payer=dec.payer,
            membership=dec.membership,
            approvals=dec.approvals,
            state=types.proposal_state.from_decoded(dec.state),
            created_at=dec.created_at,
            approved_at=dec.approved_at,
            expires_at=dec.expires_at,
            reserved=dec.reserved,
            title=dec.title,
            instructions=list(
                map(
                    lambda item: types.proposed_instruction.ProposedInstruction.from_decoded(
                        item
                    ),
                    dec.instructions,
                )
            ),
        )

    def to_json(self) -> ProposalJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "proposer": str(self.proposer),
            "payer": str(self.payer),
            "membership": self.membership,
            "approvals": self.approvals,
            "state": self.state.to_json(),
            "created_at": self.created_at,
            "approved_at": self.approved_at,
            "expires_at": self.expires_at,
            "reserved": self.reserved,
            "title": self.title,
            "instructions": list(map(lambda item: item.to_json(), self.instructions)),
        }

    @classmethod
    def from_json(cls, obj: ProposalJSON) -> "Proposal":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            proposer=Pubkey.from_string(obj["proposer"]),
            payer=Pubkey.from_string(obj["payer"]),
            membership=obj["membership"],
            approvals=obj["approvals"],
            state=types.proposal_state.from_json(obj["state"]),
            created_at=obj["created_at"],
            approved_at=obj["approved_at"],
            expires_at=obj["expires_at"],
            reserved=obj["reserved"],
            title=obj["title"],
            instructions=list(
                map(
                    lambda item: types.proposed_instruction.ProposedInstruction.from_json(
                        item
                    ),
                    obj["instructions"],
                )
            ),
        )
