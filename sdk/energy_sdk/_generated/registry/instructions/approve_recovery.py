from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class ApproveRecoveryArgs(typing.TypedDict):
    new_key: Pubkey
    reason: types.key_change_reason.KeyChangeReasonKind


layout = borsh.CStruct(
    "new_key" / BorshPubkey, "reason" / types.key_change_reason.layout
)


class ApproveRecoveryAccounts(typing.TypedDict):
    guardian: Pubkey
    user: Pubkey
    recovery: Pubkey
    new_user_key: Pubkey


def approve_recovery(
    args: ApproveRecoveryArgs,
    accounts: ApproveRecoveryAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["guardian"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["recovery"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["new_user_key"], is_signer=False, is_writable=False
        ),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x94`)&l\xbd\x81\xd6"
    encoded_args = layout.build(
        {
            "new_key": args["new_key"],
            "reason": args["reason"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
