from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetFeedLimitsArgs(typing.TypedDict):
    max_age_s: int


layout = borsh.CStruct("max_age_s" / borsh.U32)


class SetFeedLimitsAccounts(typing.TypedDict):
    admin: Pubkey
    oracle: Pubkey
    feed: Pubkey


def set_feed_limits(
    args: SetFeedLimitsArgs,
    accounts: SetFeedLimitsAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["feed"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xb6z2f\x82\xac\x89\r"
    encoded_args = layout.build(
        {
            "max_age_s": args["max_age_s"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
