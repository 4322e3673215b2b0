from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class VoidEpochArgs(typing.TypedDict):
    max_orders: int


layout = borsh.CStruct("max_orders" / borsh.U32)


class VoidEpochAccounts(typing.TypedDict):
    pause: Pubkey
    market: Pubkey
    ledger: Pubkey
    book: Pubkey
    result: Pubkey


def void_epoch(
    args: VoidEpochArgs,
    accounts: VoidEpochAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["book"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["result"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"TI\xe5\xc9\xe0$)\xcb"
    encoded_args = layout.build(
        {
            "max_orders": args["max_orders"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
