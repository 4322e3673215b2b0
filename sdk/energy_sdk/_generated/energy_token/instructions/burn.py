from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from spl.token.constants import TOKEN_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class BurnArgs(typing.TypedDict):
    energy_wh: int


layout = borsh.CStruct("energy_wh" / borsh.U64)


class BurnAccounts(typing.TypedDict):
    burner: Pubkey
    config: Pubkey
    mint: Pubkey
    source: Pubkey


def burn(
    args: BurnArgs,
    accounts: BurnAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["burner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["config"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["mint"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["source"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=TOKEN_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"tn\x1d8k\xdb*]"
    encoded_args = layout.build(
        {
            "energy_wh": args["energy_wh"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
