from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class CancelOrdersByAgentArgs(typing.TypedDict):
    epoch: int
    records: bytes


layout = borsh.CStruct("epoch" / borsh.U32, "records" / borsh.Bytes)


class CancelOrdersByAgentAccounts(typing.TypedDict):
    key: Pubkey
    ledger: Pubkey
    book: Pubkey
    agent: Pubkey


def cancel_orders_by_agent(
    args: CancelOrdersByAgentArgs,
    accounts: CancelOrdersByAgentAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["book"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["agent"], is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x02\x90\x93\x8e\x91W\xb8\x9e"
    encoded_args = layout.build(
        {
            "epoch": args["epoch"],
            "records": args["records"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
