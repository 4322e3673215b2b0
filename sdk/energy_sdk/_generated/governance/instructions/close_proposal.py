from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class CloseProposalAccounts(typing.TypedDict):
    governance: Pubkey
    proposal: Pubkey
    payer: Pubkey


def close_proposal(
    accounts: CloseProposalAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["proposal"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["payer"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xd5\xb2\x8b\x132\xbfR\xf5"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
