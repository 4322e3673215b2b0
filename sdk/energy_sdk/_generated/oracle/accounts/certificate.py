import typing
from dataclasses import dataclass
from solders.pubkey import Pubkey
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
import borsh_construct as borsh
from anchorpy.coder.accounts import ACCOUNT_DISCRIMINATOR_SIZE
from anchorpy.error import AccountInvalidDiscriminator
from anchorpy.utils.rpc import get_multiple_accounts
from anchorpy.borsh_extension import BorshPubkey
from ..program_id import PROGRAM_ID
from .. import types


class CertificateJSON(typing.TypedDict):
    version: int
    bump: int
    meter: str
    index: int
    owner: str
    from_wh: int
    to_wh: int
    source: types.energy_source.EnergySourceJSON
    issued_at: int
    through_interval: int
    state: types.certificate_state.CertificateStateJSON
    retired_at: int
    beneficiary: list[int]
    reserved: list[int]


@dataclass
class Certificate:
    discriminator: typing.ClassVar = b"\xca\xe5\xde\xdct\x14JC"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "meter" / BorshPubkey,
        "index" / borsh.U32,
        "owner" / BorshPubkey,
        "from_wh" / borsh.U64,
        "to_wh" / borsh.U64,
        "source" / types.energy_source.layout,
        "issued_at" / borsh.I64,
        "through_interval" / borsh.U64,
        "state" / types.certificate_state.layout,
        "retired_at" / borsh.I64,
        "beneficiary" / borsh.U8[32],
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    meter: Pubkey
    index: int
    owner: Pubkey
    from_wh: int
    to_wh: int
    source: types.energy_source.EnergySourceKind
    issued_at: int
    through_interval: int
    state: types.certificate_state.CertificateStateKind
    retired_at: int
    beneficiary: list[int]
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Certificate"]:
        resp = await conn.get_account_info(address, commitment=commitment)
        info = resp.value
        if info is None:
            return None
        if info.owner != program_id:
            raise ValueError("Account does not belong to this program")
        bytes_data = info.data
        return cls.decode(bytes_data)

    @classmethod
    async def fetch_multiple(
        cls,
        conn: AsyncClient,
        addresses: list[Pubkey],
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.List[typing.Optional["Certificate"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Certificate"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Certificate":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Certificate.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            meter=dec.meter,
            index=dec.index,
            owner=dec.owner,
            from_wh=dec.from_wh,
            to_wh=dec.to_wh,
            source=types.energy_source.from_decoded(dec.source),
            issued_at=dec.issued_at,
            through_interval=dec.through_interval,
            state=types.certificate_state.from_decoded(dec.state),
            retired_at=dec.retired_at,
            beneficiary=dec.beneficiary,
            reserved=dec.reserved,
        )

    def to_json(self) -> CertificateJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "meter": str(self.meter),
            "index": self.index,
            "owner": str(self.owner),
            "from_wh": self.from_wh,
            "to_wh": self.to_wh,
            "source": self.source.to_json(),
            "issued_at": self.issued_at,
            "through_interval": self.through_interval,
            "state": self.state.to_json(),
            "retired_at": self.retired_at,
            "beneficiary": self.beneficiary,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: CertificateJSON) -> "Certificate":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            meter=Pubkey.from_string(obj["meter"]),
            index=obj["index"],
            owner=Pubkey.from_string(obj["owner"]),
            from_wh=obj["from_wh"],
            to_wh=obj["to_wh"],
            source=types.energy_source.from_json(obj["source"]),
            issued_at=obj["issued_at"],
            through_interval=obj["through_interval"],
            state=types.certificate_state.from_json(obj["state"]),
            retired_at=obj["retired_at"],
            beneficiary=obj["beneficiary"],
            reserved=obj["reserved"],
        )
