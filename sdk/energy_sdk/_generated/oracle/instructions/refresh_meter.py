from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RefreshMeterAccounts(typing.TypedDict):
    meter: Pubkey
    user: Pubkey
    meter_slot: Pubkey
    shard: Pubkey


def refresh_meter(
    accounts: RefreshMeterAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["meter"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["meter_slot"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["shard"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xd4\x81\x9d\xb5J\xafWn"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
