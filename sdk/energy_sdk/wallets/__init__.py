"""Wallets: key files of the Solana command line, keystores under a password, mnemonics, and shares of them."""

from .files import copy_wallet_file, open_signer, open_wallet, read_public_key, read_wallet_file, save_keystore
from .keyfile import load_keypair, save_keypair
from .keystore import STRONG, KdfParameters, Keystore
from .mnemonics import DEFAULT_DERIVATION, SOLANA_KEYGEN, Mnemonic, account_path, find_derivation
from .shares import CAUTION, combine_shares, keypair_of_secret, split_wallet
from .wallet import Wallet

__all__ = [
    "CAUTION",
    "DEFAULT_DERIVATION",
    "SOLANA_KEYGEN",
    "STRONG",
    "KdfParameters",
    "Keystore",
    "Mnemonic",
    "Wallet",
    "account_path",
    "combine_shares",
    "copy_wallet_file",
    "find_derivation",
    "keypair_of_secret",
    "load_keypair",
    "open_signer",
    "open_wallet",
    "read_public_key",
    "read_wallet_file",
    "save_keypair",
    "save_keystore",
    "split_wallet",
]
