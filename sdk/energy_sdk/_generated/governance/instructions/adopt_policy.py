from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class AdoptPolicyArgs(typing.TypedDict):
    hash: list[int]
    uri: str


layout = borsh.CStruct("hash" / borsh.U8[32], "uri" / borsh.String)


class AdoptPolicyAccounts(typing.TypedDict):
    authority: Pubkey
    payer: Pubkey
    governance: Pubkey
    policy: Pubkey


def adopt_policy(
    args: AdoptPolicyArgs,
    accounts: AdoptPolicyAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["policy"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"7\xfd\xd9p;o\xf7\xb2"
    encoded_args = layout.build(
        {
            "hash": args["hash"],
            "uri": args["uri"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
