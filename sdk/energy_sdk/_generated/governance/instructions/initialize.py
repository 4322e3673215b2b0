from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class InitializeArgs(typing.TypedDict):
    authority: Pubkey
    guardian: Pubkey


layout = borsh.CStruct("authority" / BorshPubkey, "guardian" / BorshPubkey)


class InitializeAccounts(typing.TypedDict):
    deployer: Pubkey
    program: Pubkey
    program_data: Pubkey
    governance: Pubkey
    parameters: Pubkey
    pause: Pubkey
    treasury: Pubkey


def initialize(
    args: InitializeArgs,
    accounts: InitializeAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["deployer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["program"], is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["program_data"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["parameters"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["treasury"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xaf\xafm\x1f\r\x98\x9b\xed"
    encoded_args = layout.build(
        {
            "authority": args["authority"],
            "guardian": args["guardian"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
