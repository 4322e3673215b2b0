from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class HandOverSeatArgs(typing.TypedDict):
    seat: int


layout = borsh.CStruct("seat" / borsh.U16)


class HandOverSeatAccounts(typing.TypedDict):
    owner: Pubkey
    new_owner: Pubkey
    ledger: Pubkey


def hand_over_seat(
    args: HandOverSeatArgs,
    accounts: HandOverSeatAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["new_owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xbb\xe7\r\xdc\\B5\xf9"
    encoded_args = layout.build(
        {
            "seat": args["seat"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
