from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
from construct import Construct
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetGuardiansArgs(typing.TypedDict):
    guardians: list[Pubkey]
    threshold: int
    delay_s: int


layout = borsh.CStruct(
    "guardians" / borsh.Vec(typing.cast(Construct, BorshPubkey)),
    "threshold" / borsh.U8,
    "delay_s" / borsh.U32,
)


class SetGuardiansAccounts(typing.TypedDict):
    payer: Pubkey
    key: Pubkey
    user: Pubkey
    recovery: Pubkey


def set_guardians(
    args: SetGuardiansArgs,
    accounts: SetGuardiansAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["key"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["recovery"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xa6E\x8c\xb7\x9d\xa9\xfd("
    encoded_args = layout.build(
        {
            "guardians": args["guardians"],
            "threshold": args["threshold"],
            "delay_s": args["delay_s"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
