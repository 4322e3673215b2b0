from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class FulfillEnergyDataArgs(typing.TypedDict):
    number: int
    export_wh: int
    import_wh: int
    data_hash: list[int]


layout = borsh.CStruct(
    "number" / borsh.U64,
    "export_wh" / borsh.U64,
    "import_wh" / borsh.U64,
    "data_hash" / borsh.U8[32],
)


class FulfillEnergyDataAccounts(typing.TypedDict):
    authority: Pubkey
    operator: Pubkey
    request: Pubkey
    balance: Pubkey


def fulfill_energy_data(
    args: FulfillEnergyDataArgs,
    accounts: FulfillEnergyDataAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["authority"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["operator"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["request"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["balance"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xb3^\x98\x96\xb9\xb9\xcdO"
    encoded_args = layout.build(
        {
            "number": args["number"],
            "export_wh": args["export_wh"],
            "import_wh": args["import_wh"],
            "data_hash": args["data_hash"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
