"""A signer who is elsewhere."""

from __future__ import annotations

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import SignatureAbsent


class AbsentSigner:
    """Stands in for a key that is not here, so that a transaction can be built for it.

    Whatever would be sent comes back as `SignatureAbsent` with the message, before anything is sent.
    """

    def __init__(self, pubkey: Pubkey) -> None:
        self._pubkey = pubkey

    def pubkey(self) -> Pubkey:
        """The key that is to sign."""
        return self._pubkey

    def sign_message(self, message: bytes, /) -> Signature:
        """Never signs.

        Raises:
            SignatureAbsent: always; `message` is what has to be signed.
        """
        raise SignatureAbsent(
            f"{self._pubkey} signs elsewhere: export the transaction, and have it signed there", message=message
        )
