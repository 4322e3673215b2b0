from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RevokeApprovalAccounts(typing.TypedDict):
    member: Pubkey
    governance: Pubkey
    proposal: Pubkey


def revoke_approval(
    accounts: RevokeApprovalAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["member"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["proposal"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b",3\xb8l\xb6\xca\x145"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
