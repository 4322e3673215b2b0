from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class UpdateFeedArgs(typing.TypedDict):
    value: int
    observed_at: int


layout = borsh.CStruct("value" / borsh.I64, "observed_at" / borsh.I64)


class UpdateFeedAccounts(typing.TypedDict):
    authority: Pubkey
    operator: Pubkey
    feed: Pubkey


def update_feed(
    args: UpdateFeedArgs,
    accounts: UpdateFeedAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["feed"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xde\x064\x83\xadQq\xf7"
    encoded_args = layout.build(
        {
            "value": args["value"],
            "observed_at": args["observed_at"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
