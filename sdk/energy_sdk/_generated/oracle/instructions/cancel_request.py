from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class CancelRequestArgs(typing.TypedDict):
    number: int


layout = borsh.CStruct("number" / borsh.U64)


class CancelRequestAccounts(typing.TypedDict):
    owner: Pubkey
    user: Pubkey
    request: Pubkey
    balance: Pubkey


def cancel_request(
    args: CancelRequestArgs,
    accounts: CancelRequestAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["request"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["balance"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"A\xc4\xb1\xf7S\x97!\x82"
    encoded_args = layout.build(
        {
            "number": args["number"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
