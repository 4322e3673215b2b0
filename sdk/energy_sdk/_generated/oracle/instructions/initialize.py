from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class InitializeArgs(typing.TypedDict):
    admin: Pubkey
    operator_key: Pubkey
    roles: int


layout = borsh.CStruct(
    "admin" / BorshPubkey, "operator_key" / BorshPubkey, "roles" / borsh.U8
)


class InitializeAccounts(typing.TypedDict):
    deployer: Pubkey
    program: Pubkey
    program_data: Pubkey
    oracle: Pubkey
    operator: Pubkey
    user_key: Pubkey


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
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["user_key"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xaf\xafm\x1f\r\x98\x9b\xed"
    encoded_args = layout.build(
        {
            "admin": args["admin"],
            "operator_key": args["operator_key"],
            "roles": args["roles"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
