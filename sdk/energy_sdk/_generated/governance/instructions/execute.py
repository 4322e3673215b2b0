from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class ExecuteAccounts(typing.TypedDict):
    executor: Pubkey
    governance: Pubkey
    proposal: Pubkey


def execute(
    accounts: ExecuteAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["executor"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["proposal"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x82\xdd\xf2\x9a\r\xc1\xbd\x1d"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
