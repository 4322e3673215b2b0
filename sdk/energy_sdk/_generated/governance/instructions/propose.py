from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from construct import Construct
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class ProposeArgs(typing.TypedDict):
    title: str
    instructions: list[types.proposed_instruction.ProposedInstruction]


layout = borsh.CStruct(
    "title" / borsh.String,
    "instructions"
    / borsh.Vec(
        typing.cast(Construct, types.proposed_instruction.ProposedInstruction.layout)
    ),
)


class ProposeAccounts(typing.TypedDict):
    proposer: Pubkey
    payer: Pubkey
    governance: Pubkey
    proposal: Pubkey


def propose(
    args: ProposeArgs,
    accounts: ProposeAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["proposer"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["proposal"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"]\xfdR\xa8v!fZ"
    encoded_args = layout.build(
        {
            "title": args["title"],
            "instructions": list(
                map(lambda item: item.to_encodable(), args["instructions"])
            ),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
