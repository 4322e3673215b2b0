from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class RemoveOperatorArgs(typing.TypedDict):
    operator_key: Pubkey


layout = borsh.CStruct("operator_key" / BorshPubkey)


class RemoveOperatorAccounts(typing.TypedDict):
    admin: Pubkey
    recipient: Pubkey
    oracle: Pubkey
    operator: Pubkey


def remove_operator(
    args: RemoveOperatorArgs,
    accounts: RemoveOperatorAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["recipient"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"T\xb7~\xfb\x89\x96\xd6\x86"
    encoded_args = layout.build(
        {
            "operator_key": args["operator_key"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
