"""Python SDK of the energy market: one async client over an in-process chain, a validator or any cluster."""

from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from . import energy_token, exceptions, governance, oracle, registry, trading, units
from .client import EnergyClient
from .exceptions import EnergyError
from .programs import PROGRAMS
from .signers import Signer
from .transactions import Receipt
from .transports import LiteSvmTransport, RpcTransport, Transport
from .wallets import load_keypair, save_keypair

__version__ = "0.1.0"

__all__ = [
    "PROGRAMS",
    "EnergyClient",
    "EnergyError",
    "Hash",
    "Instruction",
    "Keypair",
    "LiteSvmTransport",
    "Pubkey",
    "Receipt",
    "RpcTransport",
    "Signature",
    "Signer",
    "Transport",
    "energy_token",
    "exceptions",
    "governance",
    "load_keypair",
    "oracle",
    "registry",
    "save_keypair",
    "trading",
    "units",
]
