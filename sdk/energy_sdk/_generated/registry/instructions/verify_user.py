from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class VerifyUserAccounts(typing.TypedDict):
    user: Pubkey


def verify_user(
    accounts: VerifyUserAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False)
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x7f6\x9djU\xa7tw"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
