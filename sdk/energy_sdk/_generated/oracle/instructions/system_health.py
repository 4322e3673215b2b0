from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SystemHealthArgs(typing.TypedDict):
    tolerated_intervals: int


layout = borsh.CStruct("tolerated_intervals" / borsh.U16)


class SystemHealthAccounts(typing.TypedDict):
    market: Pubkey


def system_health(
    args: SystemHealthArgs,
    accounts: SystemHealthAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=False)
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x03\x97A/\xb7\xd4\x8a\xf2"
    encoded_args = layout.build(
        {
            "tolerated_intervals": args["tolerated_intervals"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
