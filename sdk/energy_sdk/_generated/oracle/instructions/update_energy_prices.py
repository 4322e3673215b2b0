from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class UpdateEnergyPricesArgs(typing.TypedDict):
    floor: int
    ceiling: int


layout = borsh.CStruct("floor" / borsh.U64, "ceiling" / borsh.U64)


class UpdateEnergyPricesAccounts(typing.TypedDict):
    authority: Pubkey
    operator: Pubkey
    oracle: Pubkey
    parameters: Pubkey
    market: Pubkey
    trading_program: Pubkey


def update_energy_prices(
    args: UpdateEnergyPricesArgs,
    accounts: UpdateEnergyPricesAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["oracle"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["parameters"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["market"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["trading_program"], is_signer=False, is_writable=False
        ),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xef\x8aG\x14\xcb\xee\xa1\x9f"
    encoded_args = layout.build(
        {
            "floor": args["floor"],
            "ceiling": args["ceiling"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
