from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class AuthorizeAgentArgs(typing.TypedDict):
    seat: int
    ordinal: int
    key: Pubkey
    limits: types.agent_limits.AgentLimits


layout = borsh.CStruct(
    "seat" / borsh.U16,
    "ordinal" / borsh.U8,
    "key" / BorshPubkey,
    "limits" / types.agent_limits.AgentLimits.layout,
)


class AuthorizeAgentAccounts(typing.TypedDict):
    payer: Pubkey
    owner: Pubkey
    registry: Pubkey
    operator_record: Pubkey
    ledger: Pubkey
    agent: Pubkey


def authorize_agent(
    args: AuthorizeAgentArgs,
    accounts: AuthorizeAgentAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["payer"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["registry"], is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["operator_record"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["agent"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"V6G6\x9fd\x97d"
    encoded_args = layout.build(
        {
            "seat": args["seat"],
            "ordinal": args["ordinal"],
            "key": args["key"],
            "limits": args["limits"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
