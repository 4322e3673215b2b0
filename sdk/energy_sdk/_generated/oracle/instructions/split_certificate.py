from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SplitCertificateArgs(typing.TypedDict):
    energy_wh: int


layout = borsh.CStruct("energy_wh" / borsh.U64)


class SplitCertificateAccounts(typing.TypedDict):
    payer: Pubkey
    owner: Pubkey
    user: Pubkey
    meter_slot: Pubkey
    certificate: Pubkey
    first: Pubkey
    second: Pubkey


def split_certificate(
    args: SplitCertificateArgs,
    accounts: SplitCertificateAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["meter_slot"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["certificate"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["first"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["second"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"V\xb0A\xe4\xc8I\xe7R"
    encoded_args = layout.build(
        {
            "energy_wh": args["energy_wh"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
