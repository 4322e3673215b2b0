"""Who signs: a key pair in this process, or something that keeps the key elsewhere."""

from .base import Signer, signature_of

__all__ = ["Signer", "signature_of"]
