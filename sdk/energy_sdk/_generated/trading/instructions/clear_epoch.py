from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class ClearEpochArgs(typing.TypedDict):
    max_orders: int


layout = borsh.CStruct("max_orders" / borsh.U32)


class ClearEpochAccounts(typing.TypedDict):
    pause: Pubkey
    market: Pubkey
    ledger: Pubkey
    book: Pubkey
    result: Pubkey


def clear_epoch(
    args: ClearEpochArgs,
    accounts: ClearEpochAccounts,
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
    identifier = b"\xe5\x01AM\x92,\x91n"
    encoded_args = layout.build(
        {
            "max_orders": args["max_orders"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
