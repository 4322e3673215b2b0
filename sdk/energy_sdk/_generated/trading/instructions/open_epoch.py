from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class OpenEpochAccounts(typing.TypedDict):
    pause: Pubkey
    market: Pubkey
    book: Pubkey


def open_epoch(
    accounts: OpenEpochAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["book"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"K9\xda!\xad\xfe\xcf\x88"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
