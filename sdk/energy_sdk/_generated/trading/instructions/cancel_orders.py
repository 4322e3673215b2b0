from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class CancelOrdersArgs(typing.TypedDict):
    epoch: int
    records: bytes


layout = borsh.CStruct("epoch" / borsh.U32, "records" / borsh.Bytes)


class CancelOrdersAccounts(typing.TypedDict):
    owner: Pubkey
    ledger: Pubkey
    book: Pubkey


def cancel_orders(
    args: CancelOrdersArgs,
    accounts: CancelOrdersAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["book"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xee\xe1_\x9e\xe3g\x08\xc2"
    encoded_args = layout.build(
        {
            "epoch": args["epoch"],
            "records": args["records"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
