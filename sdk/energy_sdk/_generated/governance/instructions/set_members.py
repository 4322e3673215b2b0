from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
from construct import Construct
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetMembersArgs(typing.TypedDict):
    members: list[Pubkey]
    threshold: int


layout = borsh.CStruct(
    "members" / borsh.Vec(typing.cast(Construct, BorshPubkey)), "threshold" / borsh.U8
)


class SetMembersAccounts(typing.TypedDict):
    authority: Pubkey
    governance: Pubkey


def set_members(
    args: SetMembersArgs,
    accounts: SetMembersAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b")\x05\xc6\x98\xbf\x8f\xd9\x1d"
    encoded_args = layout.build(
        {
            "members": args["members"],
            "threshold": args["threshold"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
