from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class CancelOrderArgs(typing.TypedDict):
    epoch: int
    index: int
    client_id: int


layout = borsh.CStruct(
    "epoch" / borsh.U32, "index" / borsh.U32, "client_id" / borsh.U64
)


class CancelOrderAccounts(typing.TypedDict):
    owner: Pubkey
    ledger: Pubkey
    book: Pubkey


def cancel_order(
    args: CancelOrderArgs,
    accounts: CancelOrderAccounts,
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
    identifier = b"_\x81\xed\xf0\x081\xdf\x84"
    encoded_args = layout.build(
        {
            "epoch": args["epoch"],
            "index": args["index"],
            "client_id": args["client_id"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
