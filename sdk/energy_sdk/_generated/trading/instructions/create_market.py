from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from spl.token.constants import TOKEN_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class CreateMarketArgs(typing.TypedDict):
    args: types.market_args.MarketArgs


layout = borsh.CStruct("args" / types.market_args.MarketArgs.layout)


class CreateMarketAccounts(typing.TypedDict):
    authority: Pubkey
    registry: Pubkey
    parameters: Pubkey
    market: Pubkey
    ledger: Pubkey
    token_config: Pubkey
    energy_mint: Pubkey
    payment_mint: Pubkey
    energy_vault: Pubkey
    payment_vault: Pubkey
    vault_authority: Pubkey
    oracle: Pubkey


def create_market(
    args: CreateMarketArgs,
    accounts: CreateMarketAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["parameters"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["token_config"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["energy_mint"], is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["payment_mint"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["energy_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["payment_vault"], is_signer=False, is_writable=True
        ),
        AccountMeta(
            pubkey=accounts["vault_authority"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=TOKEN_PROGRAM_ID, is_signer=False, is_writable=False),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"g\xe2a\xeb\xc8\xbc\xfb\xfe"
    encoded_args = layout.build(
        {
            "args": args["args"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
