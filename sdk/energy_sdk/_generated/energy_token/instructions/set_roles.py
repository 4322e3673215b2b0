from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetRolesArgs(typing.TypedDict):
    minter: Pubkey
    burner: Pubkey


layout = borsh.CStruct("minter" / BorshPubkey, "burner" / BorshPubkey)


class SetRolesAccounts(typing.TypedDict):
    admin: Pubkey
    config: Pubkey


def set_roles(
    args: SetRolesArgs,
    accounts: SetRolesAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["config"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"wV\x81\xa17\x17\xfa\x0c"
    encoded_args = layout.build(
        {
            "minter": args["minter"],
            "burner": args["burner"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
