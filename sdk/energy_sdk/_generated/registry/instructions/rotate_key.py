from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class RotateKeyArgs(typing.TypedDict):
    reason: types.key_change_reason.KeyChangeReasonKind


layout = borsh.CStruct("reason" / types.key_change_reason.layout)


class RotateKeyAccounts(typing.TypedDict):
    payer: Pubkey
    key: Pubkey
    new_key: Pubkey
    registry: Pubkey
    user: Pubkey
    user_key: Pubkey
    new_user_key: Pubkey


def rotate_key(
    args: RotateKeyArgs,
    accounts: RotateKeyAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["new_key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["user_key"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["new_user_key"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"V\xf0\xc2t\x1f\x03\xac\xc8"
    encoded_args = layout.build(
        {
            "reason": args["reason"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
