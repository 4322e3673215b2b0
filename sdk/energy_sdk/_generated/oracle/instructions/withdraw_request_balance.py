from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class WithdrawRequestBalanceArgs(typing.TypedDict):
    lamports: int


layout = borsh.CStruct("lamports" / borsh.U64)


class WithdrawRequestBalanceAccounts(typing.TypedDict):
    owner: Pubkey
    user: Pubkey
    balance: Pubkey


def withdraw_request_balance(
    args: WithdrawRequestBalanceArgs,
    accounts: WithdrawRequestBalanceAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["balance"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xda\x8d\xedp\x18\xd3?s"
    encoded_args = layout.build(
        {
            "lamports": args["lamports"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
