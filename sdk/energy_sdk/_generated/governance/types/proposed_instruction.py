from __future__ import annotations
from . import proposed_account
import typing
from dataclasses import dataclass
from construct import Container, Construct
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class ProposedInstructionJSON(typing.TypedDict):
    program_id: str
    accounts: list[proposed_account.ProposedAccountJSON]
    data: list[int]


@dataclass
class ProposedInstruction:
    layout: typing.ClassVar = borsh.CStruct(
        "program_id" / BorshPubkey,
        "accounts"
        / borsh.Vec(typing.cast(Construct, proposed_account.ProposedAccount.layout)),
        "data" / borsh.Bytes,
    )
    program_id: Pubkey
    accounts: list[proposed_account.ProposedAccount]
    data: bytes

    @classmethod
    def from_decoded(cls, obj: Container) -> "ProposedInstruction":
        return cls(
            program_id=obj.program_id,
            accounts=list(
                map(
                    lambda item: proposed_account.ProposedAccount.from_decoded(item),
                    obj.accounts,
                )
            ),
            data=obj.data,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "program_id": self.program_id,
            "accounts": list(map(lambda item: item.to_encodable(), self.accounts)),
            "data": self.data,
        }

    def to_json(self) -> ProposedInstructionJSON:
        return {
            "program_id": str(self.program_id),
            "accounts": list(map(lambda item: item.to_json(), self.accounts)),
            "data": list(self.data),
        }

    @classmethod
    def from_json(cls, obj: ProposedInstructionJSON) -> "ProposedInstruction":
        return cls(
            program_id=Pubkey.from_string(obj["program_id"]),
            accounts=list(
                map(
                    lambda item: proposed_account.ProposedAccount.from_json(item),
                    obj["accounts"],
                )
            ),
            data=bytes(obj["data"]),
        )
