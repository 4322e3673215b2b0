from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class OpenWithdrawalsArgs(typing.TypedDict):
    seat: int


layout = borsh.CStruct("seat" / borsh.U16)


class OpenWithdrawalsAccounts(typing.TypedDict):
    owner: Pubkey
    ledger: Pubkey


def open_withdrawals(
    args: OpenWithdrawalsArgs,
    accounts: OpenWithdrawalsAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xc1\xb0\x83\xc8\x9b\xce\x17\xba"
    encoded_args = layout.build(
        {
            "seat": args["seat"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
