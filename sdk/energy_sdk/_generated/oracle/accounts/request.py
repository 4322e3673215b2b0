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


class RequestJSON(typing.TypedDict):
    version: int
    bump: int
    number: int
    user: str
    meter: str
    first_interval: int
    last_interval: int
    fee: int
    requested_at: int
    state: types.request_state.RequestStateJSON
    fulfilled_at: int
    operator: str
    export_wh: int
    import_wh: int
    data_hash: list[int]
    reserved: list[int]


@dataclass
class Request:
    discriminator: typing.ClassVar = b"}\xac\x96\xa1\xa2s'G"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "number" / borsh.U64,
        "user" / BorshPubkey,
        "meter" / BorshPubkey,
        "first_interval" / borsh.U32,
        "last_interval" / borsh.U32,
        "fee" / borsh.U64,
        "requested_at" / borsh.I64,
        "state" / types.request_state.layout,
        "fulfilled_at" / borsh.I64,
        "operator" / BorshPubkey,
        "export_wh" / borsh.U64,
        "import_wh" / borsh.U64,
        "data_hash" / borsh.U8[32],
        "reserved" / borsh.U8[32],
    )
    version: int
    bump: int
    number: int
    user: Pubkey
    meter: Pubkey
    first_interval: int
    last_interval: int
    fee: int
    requested_at: int
    state: types.request_state.RequestStateKind
    fulfilled_at: int
    operator: Pubkey
    export_wh: int
    import_wh: int
    data_hash: list[int]
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Request"]:
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
    ) -> typing.List[typing.Optional["Request"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Request"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Request":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Request.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            number=dec.number,
            user=dec.user,
            meter=dec.meter,
            first_interval=dec.first_interval,
            last_interval=dec.last_interval,
            fee=dec.fee,
            requested_at=dec.requested_at,
            state=types.request_state.from_decoded(dec.state),
            fulfilled_at=dec.fulfilled_at,
            operator=dec.operator,
            export_wh=dec.export_wh,
            import_wh=dec.import_wh,
            data_hash=dec.data_hash,
            reserved=dec.reserved,
        )

    def to_json(self) -> RequestJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "number": self.number,
            "user": str(self.user),
            "meter": str(self.meter),
            "first_interval": self.first_interval,
            "last_interval": self.last_interval,
            "fee": self.fee,
            "requested_at": self.requested_at,
            "state": self.state.to_json(),
            "fulfilled_at": self.fulfilled_at,
            "operator": str(self.operator),
            "export_wh": self.export_wh,
            "import_wh": self.import_wh,
            "data_hash": self.data_hash,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: RequestJSON) -> "Request":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            number=obj["number"],
            user=Pubkey.from_string(obj["user"]),
            meter=Pubkey.from_string(obj["meter"]),
            first_interval=obj["first_interval"],
            last_interval=obj["last_interval"],
            fee=obj["fee"],
            requested_at=obj["requested_at"],
            state=types.request_state.from_json(obj["state"]),
            fulfilled_at=obj["fulfilled_at"],
            operator=Pubkey.from_string(obj["operator"]),
            export_wh=obj["export_wh"],
            import_wh=obj["import_wh"],
            data_hash=obj["data_hash"],
            reserved=obj["reserved"],
        )
