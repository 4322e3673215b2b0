from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class FreezeUserArgs(typing.TypedDict):
    reason: types.key_change_reason.KeyChangeReasonKind


layout = borsh.CStruct("reason" / types.key_change_reason.layout)


class FreezeUserAccounts(typing.TypedDict):
    authority: Pubkey
    user: Pubkey
    recovery: Pubkey


def freeze_user(
    args: FreezeUserArgs,
    accounts: FreezeUserAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["recovery"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xf7\xd8jR\x9fM1G"
    encoded_args = layout.build(
        {
            "reason": args["reason"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
