from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class RefreshSeatArgs(typing.TypedDict):
    seat: int


layout = borsh.CStruct("seat" / borsh.U16)


class RefreshSeatAccounts(typing.TypedDict):
    registry: Pubkey
    user: Pubkey
    operator_record: Pubkey
    ledger: Pubkey


def refresh_seat(
    args: RefreshSeatArgs,
    accounts: RefreshSeatAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["operator_record"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"@\xd3\x8d\xe1@\xb5\xb9\x8b"
    encoded_args = layout.build(
        {
            "seat": args["seat"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
