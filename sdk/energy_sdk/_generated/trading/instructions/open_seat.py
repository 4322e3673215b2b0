from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class OpenSeatArgs(typing.TypedDict):
    ordinal: int


layout = borsh.CStruct("ordinal" / borsh.U8)


class OpenSeatAccounts(typing.TypedDict):
    payer: Pubkey
    owner: Pubkey
    pause: Pubkey
    registry: Pubkey
    user: Pubkey
    operator_record: Pubkey
    market: Pubkey
    ledger: Pubkey
    pointer: Pubkey


def open_seat(
    args: OpenSeatArgs,
    accounts: OpenSeatAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["operator_record"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pointer"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x9a~o\xb80\x0f~\xd9"
    encoded_args = layout.build(
        {
            "ordinal": args["ordinal"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
