from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class NominateAdminArgs(typing.TypedDict):
    new_admin: Pubkey


layout = borsh.CStruct("new_admin" / BorshPubkey)


class NominateAdminAccounts(typing.TypedDict):
    admin: Pubkey
    oracle: Pubkey


def nominate_admin(
    args: NominateAdminArgs,
    accounts: NominateAdminAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x86\x0b\x1f\xf4\x14M\x8ay"
    encoded_args = layout.build(
        {
            "new_admin": args["new_admin"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
