from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetRequestFeeArgs(typing.TypedDict):
    lamports: int


layout = borsh.CStruct("lamports" / borsh.U64)


class SetRequestFeeAccounts(typing.TypedDict):
    admin: Pubkey
    oracle: Pubkey


def set_request_fee(
    args: SetRequestFeeArgs,
    accounts: SetRequestFeeAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xfe#\n\x16M\xd4_B"
    encoded_args = layout.build(
        {
            "lamports": args["lamports"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
