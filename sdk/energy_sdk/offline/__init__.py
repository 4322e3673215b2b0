"""Signing without a network: a transaction goes to the key as a file or as QR codes, and comes back signed."""

from .nonces import close_nonce, create_nonce, find_nonce, replace_nonce
from .qr import join_parts, split_parts, terminal_picture, write_pictures
from .sending import export, export_message, submit
from .transaction import OfflineTransaction

__all__ = [
    "OfflineTransaction",
    "close_nonce",
    "create_nonce",
    "export",
    "export_message",
    "find_nonce",
    "join_parts",
    "replace_nonce",
    "split_parts",
    "submit",
    "terminal_picture",
    "write_pictures",
]
