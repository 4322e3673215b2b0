from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetGuardianArgs(typing.TypedDict):
    guardian: Pubkey


layout = borsh.CStruct("guardian" / BorshPubkey)


class SetGuardianAccounts(typing.TypedDict):
    authority: Pubkey
    governance: Pubkey


def set_guardian(
    args: SetGuardianArgs,
    accounts: SetGuardianAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x93\xf32y\x9a\xa42\x1e"
    encoded_args = layout.build(
        {
            "guardian": args["guardian"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
