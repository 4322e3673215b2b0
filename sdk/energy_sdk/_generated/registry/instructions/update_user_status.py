from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class UpdateUserStatusArgs(typing.TypedDict):
    status: types.user_status.UserStatusKind


layout = borsh.CStruct("status" / types.user_status.layout)


class UpdateUserStatusAccounts(typing.TypedDict):
    authority: Pubkey
    registry: Pubkey
    user: Pubkey


def update_user_status(
    args: UpdateUserStatusArgs,
    accounts: UpdateUserStatusAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x04\x81\xe7\xdc\xd8,\x977"
    encoded_args = layout.build(
        {
            "status": args["status"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
