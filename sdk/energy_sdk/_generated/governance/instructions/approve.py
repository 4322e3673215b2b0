from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class ApproveArgs(typing.TypedDict):
    digest: list[int]


layout = borsh.CStruct("digest" / borsh.U8[32])


class ApproveAccounts(typing.TypedDict):
    member: Pubkey
    governance: Pubkey
    proposal: Pubkey


def approve(
    args: ApproveArgs,
    accounts: ApproveAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["member"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["proposal"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"EJ\xd9$suaL"
    encoded_args = layout.build(
        {
            "digest": args["digest"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
