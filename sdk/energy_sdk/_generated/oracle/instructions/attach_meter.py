from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class AttachMeterAccounts(typing.TypedDict):
    authority: Pubkey
    operator: Pubkey
    oracle: Pubkey
    meter: Pubkey
    user: Pubkey
    shard: Pubkey
    meter_slot: Pubkey


def attach_meter(
    accounts: AttachMeterAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["meter"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["shard"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["meter_slot"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xda\xef,\xf4\xd8\x1eg\x1e"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
