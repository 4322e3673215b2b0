from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from spl.token.constants import TOKEN_PROGRAM_ID, ASSOCIATED_TOKEN_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class MintEnergyArgs(typing.TypedDict):
    slot: int


layout = borsh.CStruct("slot" / borsh.U16)


class MintEnergyAccounts(typing.TypedDict):
    authority: Pubkey
    operator: Pubkey
    pause: Pubkey
    oracle: Pubkey
    shard: Pubkey
    user: Pubkey
    holder: Pubkey
    recipient: Pubkey
    token_config: Pubkey
    energy_mint: Pubkey
    energy_token_program: Pubkey


def mint_energy(
    args: MintEnergyArgs,
    accounts: MintEnergyAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["pause"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["shard"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["user"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["holder"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["recipient"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["token_config"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["energy_mint"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["energy_token_program"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=TOKEN_PROGRAM_ID, is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=ASSOCIATED_TOKEN_PROGRAM_ID, is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"L\x1fM\xdbb<\x01\xf1"
    encoded_args = layout.build(
        {
            "slot": args["slot"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
