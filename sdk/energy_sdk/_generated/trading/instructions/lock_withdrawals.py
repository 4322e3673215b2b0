from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class LockWithdrawalsArgs(typing.TypedDict):
    seat: int
    payment_per_day: int
    energy_per_day: int
    delay_s: int


layout = borsh.CStruct(
    "seat" / borsh.U16,
    "payment_per_day" / borsh.U64,
    "energy_per_day" / borsh.U64,
    "delay_s" / borsh.U32,
)


class LockWithdrawalsAccounts(typing.TypedDict):
    owner: Pubkey
    ledger: Pubkey


def lock_withdrawals(
    args: LockWithdrawalsArgs,
    accounts: LockWithdrawalsAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b'\xa8\x86i\xde\x85\x10"$'
    encoded_args = layout.build(
        {
            "seat": args["seat"],
            "payment_per_day": args["payment_per_day"],
            "energy_per_day": args["energy_per_day"],
            "delay_s": args["delay_s"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
