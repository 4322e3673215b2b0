from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class CreateBuyOrderArgs(typing.TypedDict):
    seat: int
    energy_wh: int
    price: int
    client_id: int


layout = borsh.CStruct(
    "seat" / borsh.U16,
    "energy_wh" / borsh.U64,
    "price" / borsh.U64,
    "client_id" / borsh.U64,
)


class CreateBuyOrderAccounts(typing.TypedDict):
    owner: Pubkey
    ledger: Pubkey
    book: Pubkey
    pause: Pubkey


def create_buy_order(
    args: CreateBuyOrderArgs,
    accounts: CreateBuyOrderAccounts,
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
    identifier = b"\xb6W\x00\xa0\xc0B\x97\x82"
    encoded_args = layout.build(
        {
            "seat": args["seat"],
            "energy_wh": args["energy_wh"],
            "price": args["price"],
            "client_id": args["client_id"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
