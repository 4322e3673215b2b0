from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class SubmitMeterDataArgs(typing.TypedDict):
    batch: types.reading_batch.ReadingBatch


layout = borsh.CStruct("batch" / types.reading_batch.ReadingBatch.layout)


class SubmitMeterDataAccounts(typing.TypedDict):
    submitter: Pubkey
    operator: Pubkey
    pause: Pubkey
    parameters: Pubkey
    shard: Pubkey


def submit_meter_data(
    args: SubmitMeterDataArgs,
    accounts: SubmitMeterDataAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["submitter"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["parameters"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["shard"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x0e\xbd\x04\xb7\xae\xc6u\xb4"
    encoded_args = layout.build(
        {
            "batch": args["batch"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
