from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class TopUpRequestsArgs(typing.TypedDict):
    lamports: int


layout = borsh.CStruct("lamports" / borsh.U64)


class TopUpRequestsAccounts(typing.TypedDict):
    payer: Pubkey
    user: Pubkey
    balance: Pubkey


def top_up_requests(
    args: TopUpRequestsArgs,
    accounts: TopUpRequestsAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["balance"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xac?sc4)\xfdw"
    encoded_args = layout.build(
        {
            "lamports": args["lamports"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
