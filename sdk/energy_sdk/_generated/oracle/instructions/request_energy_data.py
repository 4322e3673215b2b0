from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class RequestEnergyDataArgs(typing.TypedDict):
    first_interval: int
    last_interval: int


layout = borsh.CStruct("first_interval" / borsh.U32, "last_interval" / borsh.U32)


class RequestEnergyDataAccounts(typing.TypedDict):
    owner: Pubkey
    user: Pubkey
    meter: Pubkey
    oracle: Pubkey
    balance: Pubkey
    request: Pubkey


def request_energy_data(
    args: RequestEnergyDataArgs,
    accounts: RequestEnergyDataAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["meter"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["balance"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["request"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x1c\x92G\xdc5\xb7\xc4\xa1"
    encoded_args = layout.build(
        {
            "first_interval": args["first_interval"],
            "last_interval": args["last_interval"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
