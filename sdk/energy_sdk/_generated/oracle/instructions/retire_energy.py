from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from spl.token.constants import TOKEN_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class RetireEnergyArgs(typing.TypedDict):
    slot: int
    seat: int
    energy_wh: int


layout = borsh.CStruct("slot" / borsh.U16, "seat" / borsh.U16, "energy_wh" / borsh.U64)


class RetireEnergyAccounts(typing.TypedDict):
    owner: Pubkey
    user: Pubkey
    oracle: Pubkey
    shard: Pubkey
    market: Pubkey
    ledger: Pubkey
    energy_vault: Pubkey
    trading_authority: Pubkey
    token_config: Pubkey
    energy_mint: Pubkey
    trading_program: Pubkey
    energy_token_program: Pubkey


def retire_energy(
    args: RetireEnergyArgs,
    accounts: RetireEnergyAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["shard"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["ledger"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["energy_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["trading_authority"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=accounts["token_config"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["energy_mint"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["trading_program"], is_signer=False, is_writable=False
        ),
        AccountMeta(
            pubkey=accounts["energy_token_program"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=TOKEN_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xb5\x91\xfa\xad}h\x8d\t"
    encoded_args = layout.build(
        {
            "slot": args["slot"],
            "seat": args["seat"],
            "energy_wh": args["energy_wh"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
