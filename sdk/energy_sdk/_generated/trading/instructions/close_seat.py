from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class CloseSeatAccounts(typing.TypedDict):
    owner: Pubkey
    market: Pubkey
    ledger: Pubkey
    pointer: Pubkey


def close_seat(
    accounts: CloseSeatAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pointer"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"3Md\xc5*\xb9\x07\xe1"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
