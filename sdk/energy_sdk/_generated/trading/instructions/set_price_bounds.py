from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetPriceBoundsArgs(typing.TypedDict):
    floor: int
    ceiling: int


layout = borsh.CStruct("floor" / borsh.U64, "ceiling" / borsh.U64)


class SetPriceBoundsAccounts(typing.TypedDict):
    oracle: Pubkey
    market: Pubkey


def set_price_bounds(
    args: SetPriceBoundsArgs,
    accounts: SetPriceBoundsAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["oracle"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xbc`u\x15K\x9aq\xb4"
    encoded_args = layout.build(
        {
            "floor": args["floor"],
            "ceiling": args["ceiling"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
