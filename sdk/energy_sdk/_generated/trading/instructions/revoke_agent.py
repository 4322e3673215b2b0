from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RevokeAgentAccounts(typing.TypedDict):
    signer: Pubkey
    ledger: Pubkey
    agent: Pubkey
    owner: Pubkey


def revoke_agent(
    accounts: RevokeAgentAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["signer"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["agent"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["owner"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xe3<\xd1}\xf0u\xa3I"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
