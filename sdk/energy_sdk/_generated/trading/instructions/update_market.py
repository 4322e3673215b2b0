from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class UpdateMarketArgs(typing.TypedDict):
    changes: types.market_changes.MarketChanges


layout = borsh.CStruct("changes" / types.market_changes.MarketChanges.layout)


class UpdateMarketAccounts(typing.TypedDict):
    authority: Pubkey
    parameters: Pubkey
    market: Pubkey


def update_market(
    args: UpdateMarketArgs,
    accounts: UpdateMarketAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["parameters"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x99'\x02\xc5\xb32\xc7\xd9"
    encoded_args = layout.build(
        {
            "changes": args["changes"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
