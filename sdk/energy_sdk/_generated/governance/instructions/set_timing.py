from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class SetTimingArgs(typing.TypedDict):
    timelock_s: int
    proposal_expiry_s: int


layout = borsh.CStruct("timelock_s" / borsh.U32, "proposal_expiry_s" / borsh.U32)


class SetTimingAccounts(typing.TypedDict):
    authority: Pubkey
    governance: Pubkey


def set_timing(
    args: SetTimingArgs,
    accounts: SetTimingAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["governance"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x0e\xd8b\xb96\xbd\xfd\x87"
    encoded_args = layout.build(
        {
            "timelock_s": args["timelock_s"],
            "proposal_expiry_s": args["proposal_expiry_s"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
