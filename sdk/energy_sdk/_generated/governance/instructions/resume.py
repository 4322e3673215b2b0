from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class ResumeArgs(typing.TypedDict):
    areas: int


layout = borsh.CStruct("areas" / borsh.U8)


class ResumeAccounts(typing.TypedDict):
    authority: Pubkey
    governance: Pubkey
    pause: Pubkey


def resume(
    args: ResumeArgs,
    accounts: ResumeAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x01\xa63\xaa\x7f \x8d\xce"
    encoded_args = layout.build(
        {
            "areas": args["areas"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
