from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class FinishRecoveryAccounts(typing.TypedDict):
    payer: Pubkey
    new_key: Pubkey
    registry: Pubkey
    user: Pubkey
    recovery: Pubkey
    user_key: Pubkey
    new_user_key: Pubkey


def finish_recovery(
    accounts: FinishRecoveryAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["new_key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["recovery"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["user_key"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["new_user_key"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"3\xe9\xd8\xb4\xd3#\xfc\xba"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
