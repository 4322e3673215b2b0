from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class RegisterUserArgs(typing.TypedDict):
    key: Pubkey
    user_type: types.user_type.UserTypeKind
    location: list[int]


layout = borsh.CStruct(
    "key" / BorshPubkey, "user_type" / types.user_type.layout, "location" / borsh.U8[16]
)


class RegisterUserAccounts(typing.TypedDict):
    authority: Pubkey
    registry: Pubkey
    pause: Pubkey
    user_key: Pubkey
    user: Pubkey


def register_user(
    args: RegisterUserArgs,
    accounts: RegisterUserAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user_key"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x02\xf1\x96\xdfc\xd6ta"
    encoded_args = layout.build(
        {
            "key": args["key"],
            "user_type": args["user_type"].to_encodable(),
            "location": args["location"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
