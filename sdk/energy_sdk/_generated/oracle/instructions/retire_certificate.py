from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class RetireCertificateArgs(typing.TypedDict):
    beneficiary: list[int]


layout = borsh.CStruct("beneficiary" / borsh.U8[32])


class RetireCertificateAccounts(typing.TypedDict):
    owner: Pubkey
    user: Pubkey
    certificate: Pubkey


def retire_certificate(
    args: RetireCertificateArgs,
    accounts: RetireCertificateAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["certificate"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"c\x08\x82\xb4Y\t\xcb\xe1"
    encoded_args = layout.build(
        {
            "beneficiary": args["beneficiary"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
