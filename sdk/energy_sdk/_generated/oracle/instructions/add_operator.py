from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class AddOperatorArgs(typing.TypedDict):
    operator_key: Pubkey
    roles: int


layout = borsh.CStruct("operator_key" / BorshPubkey, "roles" / borsh.U8)


class AddOperatorAccounts(typing.TypedDict):
    admin: Pubkey
    payer: Pubkey
    oracle: Pubkey
    operator: Pubkey
    user_key: Pubkey


def add_operator(
    args: AddOperatorArgs,
    accounts: AddOperatorAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["user_key"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x95\x8e\xbbD!\xfaWi"
    encoded_args = layout.build(
        {
            "operator_key": args["operator_key"],
            "roles": args["roles"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
