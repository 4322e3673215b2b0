from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class IssueCertificateArgs(typing.TypedDict):
    energy_wh: int
    source: types.energy_source.EnergySourceKind


layout = borsh.CStruct("energy_wh" / borsh.U64, "source" / types.energy_source.layout)


class IssueCertificateAccounts(typing.TypedDict):
    authority: Pubkey
    operator: Pubkey
    pause: Pubkey
    meter_slot: Pubkey
    shard: Pubkey
    user: Pubkey
    certificate: Pubkey


def issue_certificate(
    args: IssueCertificateArgs,
    accounts: IssueCertificateAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["meter_slot"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["shard"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["certificate"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"=\xc57\x1c\x9f\x12\x84\x80"
    encoded_args = layout.build(
        {
            "energy_wh": args["energy_wh"],
            "source": args["source"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
