from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class AssignMeterArgs(typing.TypedDict):
    id: list[int]
    number: int
    meter_key: Pubkey
    rated_power_w: int


layout = borsh.CStruct(
    "id" / borsh.U8[32],
    "number" / borsh.U32,
    "meter_key" / BorshPubkey,
    "rated_power_w" / borsh.U32,
)


class AssignMeterAccounts(typing.TypedDict):
    authority: Pubkey
    registry: Pubkey
    pause: Pubkey
    user: Pubkey
    meter_id: Pubkey
    meter: Pubkey


def assign_meter(
    args: AssignMeterArgs,
    accounts: AssignMeterAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["meter_id"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["meter"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"5<p\xe7$\xc1\xe4\xc6"
    encoded_args = layout.build(
        {
            "id": args["id"],
            "number": args["number"],
            "meter_key": args["meter_key"],
            "rated_power_w": args["rated_power_w"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
