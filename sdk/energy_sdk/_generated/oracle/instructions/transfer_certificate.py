from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class TransferCertificateAccounts(typing.TypedDict):
    owner: Pubkey
    user: Pubkey
    recipient: Pubkey
    certificate: Pubkey


def transfer_certificate(
    accounts: TransferCertificateAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["recipient"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["certificate"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x00\xd7fh\xd2\xf4\xba\x07"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
