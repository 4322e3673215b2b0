"""A transaction on its way to those who sign it, and its file."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from solders.hash import Hash, ParseHashError
from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import InvalidInput, MessageChanged, OfflineFileDamaged, UnexpectedSigner
from ..governance.content import ProposalContent
from ..governance.descriptions import approved_digests, describe
from ..signers import Signer
from ..signers.policy import words
from ..transactions.messages import TransactionMessage, read_message

FORMAT: Final = "energy-market offline transaction"
VERSION: Final = 1
_MAX_BYTES: Final = 65_536
# By their genesis hashes, which nobody can choose.
_NETWORKS: Final = {
    "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d": "mainnet-beta",
    "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY": "testnet",
    "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG": "devnet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineTransaction:
    """A transaction that is signed where there is no network.

    Attributes:
        message: what is signed. It alone counts; everything else is to help people.
        network: genesis hash of the chain that it was made for.
        signatures: those that are there, each of somebody who must sign and valid for the message.
        last_valid_block_height: after this block it cannot run any more; None where it uses a durable nonce.
        exported_at: chain time when it was made [unix s].
        approves: what the message approves, by the digests in it: a signature covers it.
        context: what the exporting computer said about accounts that the message only names. No signature covers
            it: compare it with what another computer shows.
    """

    message: TransactionMessage
    network: Hash
    last_valid_block_height: int | None
    exported_at: int
    approves: tuple[ProposalContent, ...] = ()
    context: tuple[str, ...] = ()
    signatures: Mapping[Pubkey, Signature] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Pubkey, ...]:
        """Who has yet to sign."""
        return tuple(key for key in self.message.signers if key not in self.signatures)

    @property
    def network_name(self) -> str:
        """`mainnet-beta`, `testnet`, `devnet`, or the genesis hash of another chain."""
        return _NETWORKS.get(str(self.network), str(self.network))

    @property
    def summary(self) -> tuple[str, ...]:
        """Each instruction in words; below it what it proposes, or what the proposal that it approves will do."""
        lines = list(words(self.message))
        for content in self.approves:
            lines.append(f"approves proposal {content.number}: {content.title}")
            lines += [f"  approved: {describe(instruction)}" for instruction in content.instructions]
        lines += [f"approves what the file does not show, digest {digest.hex()}" for digest in self.unread]
        return tuple(lines)

    @property
    def unread(self) -> tuple[bytes, ...]:
        """Digests of proposals that the message approves and the file does not show; compare them elsewhere."""
        read = {content.digest for content in self.approves}
        return tuple(digest for digest in approved_digests(self.message.instructions) if digest not in read)

    def require_signer(self, key: Pubkey) -> None:
        """Make sure that the signature of `key` is needed.

        Raises:
            UnexpectedSigner: it is not.
        """
        if key not in self.message.signers:
            raise UnexpectedSigner(
                f"{key} need not sign this transaction; {', '.join(map(str, self.message.signers))} must"
            )

    def sign(self, signer: Signer) -> OfflineTransaction:
        """The same with the signature of `signer`, who may take its time.

        Raises:
            UnexpectedSigner: its signature is not needed.
            SignerError: it did not sign.
        """
        self.require_signer(signer.pubkey())
        return self.with_signatures({signer.pubkey(): signer.sign_message(self.message.raw)})

    def with_signatures(self, signatures: Mapping[Pubkey, Signature]) -> OfflineTransaction:
        """The same with more signatures.

        Raises:
            UnexpectedSigner: one is of somebody who need not sign.
            MessageChanged: one belongs to another message.
        """
        for key, signature in signatures.items():
            self.require_signer(key)
            if not signature.verify(key, self.message.raw):
                raise MessageChanged(
                    f"the signature of {key} does not belong to this message: one of them was changed, or the "
                    "signature is that of another transaction; export it again"
                )
        return replace(self, signatures={**self.signatures, **signatures})

    def combine(self, others: Iterable[OfflineTransaction]) -> OfflineTransaction:
        """The same with the signatures of all.

        Raises:
            MessageChanged: another one's message is not this one.
        """
        combined = self
        for other in others:
            if (other.message.raw, other.network) != (self.message.raw, self.network):
                raise MessageChanged(
                    "these are different transactions: combine copies of one export, signed by different people"
                )
            combined = combined.with_signatures(other.signatures)
        return combined

    # As a file

    def to_bytes(self) -> bytes:
        """The content of its file: JSON in UTF-8."""
        document = self._content() | {
            "sha256": _digest(self._content()),
            "signatures": {
                str(key): str(self.signatures[key]) for key in self.message.signers if key in self.signatures
            },
        }
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_bytes(cls, raw: bytes) -> OfflineTransaction:
        """Read it back, and check everything that can be checked without a network.

        Raises:
            OfflineFileDamaged: it was cut short, is something else, or of another version.
            MessageChanged: what it says is not what was exported, or not what was signed.
            UnexpectedSigner: it has a signature of somebody who need not sign.
        """
        document = _parsed(raw)
        try:
            found = cls(
                message=read_message(base64.b64decode(document["message"], validate=True)),
                network=Hash.from_string(document["network"]),
                last_valid_block_height=document["last_valid_block_height"],
                exported_at=int(document["exported_at"]),
                approves=tuple(
                    ProposalContent.from_bytes(base64.b64decode(content, validate=True))
                    for content in document["approves"]
                ),
                context=tuple(map(str, document["context"])),
            )
            signatures = {
                Pubkey.from_string(key): Signature.from_string(signature)
                for key, signature in document["signatures"].items()
            }
            digest = document["sha256"]
        except (KeyError, TypeError, ValueError, AttributeError, ParseHashError, InvalidInput) as error:
            raise OfflineFileDamaged(f"the file is damaged ({error}); export the transaction again") from None
        content = found._content()
        if any(document.get(name) != value for name, value in content.items()) or digest != _digest(content):
            raise MessageChanged("the file was changed after it was exported; export the transaction again")
        approved = approved_digests(found.message.instructions)
        if any(content.digest not in approved for content in found.approves):
            raise MessageChanged(
                "the file shows another proposal than its message approves; do not sign, export the transaction again"
            )
        return found.with_signatures(signatures)

    def save(self, file: Path) -> None:
        """Write it to `file`, whole or not at all.

        Raises:
            InvalidInput: the file cannot be written.
        """
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            draft.write_bytes(self.to_bytes())
            draft.replace(file)
        except OSError as error:
            raise InvalidInput(f"cannot write {file}: {error.strerror or error}; name another file") from None

    @classmethod
    def load(cls, file: Path) -> OfflineTransaction:
        """Read `file`.

        Raises:
            InvalidInput: it cannot be read.
            OfflineFileDamaged, MessageChanged, UnexpectedSigner: as `from_bytes` does.
        """
        try:
            with file.open("rb") as stream:
                raw = stream.read(_MAX_BYTES + 1)
        except OSError as error:
            raise InvalidInput(f"cannot read {file}: {error.strerror or error}; name an exported file") from None
        return cls.from_bytes(raw)

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "network": str(self.network),
            "exported_at": self.exported_at,
            "last_valid_block_height": self.last_valid_block_height,
            "nonce": None if self.message.nonce is None else str(self.message.nonce.account),
            "signers": [str(key) for key in self.message.signers],
            "summary": list(self.summary),
            "approves": [base64.b64encode(content.to_bytes()).decode() for content in self.approves],
            "context": list(self.context),
            "message": base64.b64encode(self.message.raw).decode(),
        }


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        document = json.loads(raw) if len(raw) <= _MAX_BYTES else None
    except (ValueError, RecursionError):
        if FORMAT.encode() in raw:
            raise OfflineFileDamaged("the file is cut short or damaged; copy it again, or export it again") from None
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise OfflineFileDamaged("this is no exported transaction; make one with --unsigned")
    if document.get("version") != VERSION:
        raise OfflineFileDamaged(
            f"the file is of version {document.get('version')!r}, this program reads {VERSION}; use the same release "
            "on both computers"
        )
    return document


def _digest(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
