from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class VetoRecoveryAccounts(typing.TypedDict):
    key: Pubkey
    user: Pubkey
    recovery: Pubkey


def veto_recovery(
    accounts: VetoRecoveryAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["recovery"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"9\x1eaW\x9e\x8b\x1f\x07"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
