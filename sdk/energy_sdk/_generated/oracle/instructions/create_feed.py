from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class CreateFeedArgs(typing.TypedDict):
    name: list[int]
    unit: list[int]
    decimals: int
    max_age_s: int


layout = borsh.CStruct(
    "name" / borsh.U8[32],
    "unit" / borsh.U8[16],
    "decimals" / borsh.I8,
    "max_age_s" / borsh.U32,
)


class CreateFeedAccounts(typing.TypedDict):
    payer: Pubkey
    admin: Pubkey
    oracle: Pubkey
    feed: Pubkey


def create_feed(
    args: CreateFeedArgs,
    accounts: CreateFeedAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["admin"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["feed"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xadV_^\r\xc1C\xb4"
    encoded_args = layout.build(
        {
            "name": args["name"],
            "unit": args["unit"],
            "decimals": args["decimals"],
            "max_age_s": args["max_age_s"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
