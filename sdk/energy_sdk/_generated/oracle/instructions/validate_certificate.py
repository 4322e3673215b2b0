from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class ValidateCertificateAccounts(typing.TypedDict):
    certificate: Pubkey
    meter_slot: Pubkey


def validate_certificate(
    accounts: ValidateCertificateAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["certificate"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["meter_slot"], is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"v\x06\xee\x14\xfcY\xda\xa4"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
