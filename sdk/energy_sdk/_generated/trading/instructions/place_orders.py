from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class PlaceOrdersArgs(typing.TypedDict):
    seat: int
    side: types.side.SideKind
    client_id: int
    records: bytes


layout = borsh.CStruct(
    "seat" / borsh.U16,
    "side" / types.side.layout,
    "client_id" / borsh.U64,
    "records" / borsh.Bytes,
)


class PlaceOrdersAccounts(typing.TypedDict):
    owner: Pubkey
    ledger: Pubkey
    book: Pubkey
    pause: Pubkey


def place_orders(
    args: PlaceOrdersArgs,
    accounts: PlaceOrdersAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["book"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"<?2{\x0c\xc5<\xbe"
    encoded_args = layout.build(
        {
            "seat": args["seat"],
            "side": args["side"].to_encodable(),
            "client_id": args["client_id"],
            "records": args["records"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
