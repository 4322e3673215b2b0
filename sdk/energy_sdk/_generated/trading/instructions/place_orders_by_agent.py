from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class PlaceOrdersByAgentArgs(typing.TypedDict):
    side: types.side.SideKind
    client_id: int
    records: bytes


layout = borsh.CStruct(
    "side" / types.side.layout, "client_id" / borsh.U64, "records" / borsh.Bytes
)


class PlaceOrdersByAgentAccounts(typing.TypedDict):
    key: Pubkey
    ledger: Pubkey
    book: Pubkey
    pause: Pubkey
    agent: Pubkey


def place_orders_by_agent(
    args: PlaceOrdersByAgentArgs,
    accounts: PlaceOrdersByAgentAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["book"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["agent"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xa1\x1d\x98jy\x8b\xbd\x11"
    encoded_args = layout.build(
        {
            "side": args["side"].to_encodable(),
            "client_id": args["client_id"],
            "records": args["records"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
