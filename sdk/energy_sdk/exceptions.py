"""Everything the SDK raises on purpose.

EnergyError
├── InvalidInput                       an argument that cannot be right (also a ValueError)
│   ├── InvalidAmount                  not exact, negative or too large
│   ├── IdempotencyConflict            the key stands for other instructions
│   ├── WeakPassword                   too short for a keystore
│   └── OfflineError                   a transaction that is signed elsewhere
│       ├── OfflineFileDamaged         cut short, or no such file at all
│       ├── MessageChanged             not what was exported, or not what was signed
│       ├── WrongNetwork               made for another chain
│       ├── UnexpectedSigner           a signature of somebody who need not sign
│       └── QrPartMissing              not all parts of a QR code are there
├── WalletError                        a key, or the file, words or shares that it is kept in
│   ├── KeyFileNotFound
│   ├── KeyFileMalformed
│   ├── KeyFileDamaged                 the public key does not belong to the secret one
│   ├── KeystoreMalformed              cut short, or no keystore
│   ├── KeystoreUnsupported            another version, key derivation or cipher
│   ├── KdfOutOfBounds                 a key derivation too weak or too costly to run
│   ├── WrongPassword                  or a damaged file: nobody can tell which
│   ├── InvalidMnemonic
│   ├── InvalidShare                   a share with a wrong word
│   ├── SharesDoNotMatch               shares of different sets, or one twice
│   ├── TooFewShares
│   ├── WrongKey                       words, shares or a file of another wallet
│   ├── SignerError                    a signer outside this process did not sign
│   │   ├── SignerRefused              its policy, or the person who was asked, said no
│   │   ├── SignerGone                 nothing answers, or not to the end
│   │   ├── WrongSigner                it has another key than expected
│   │   ├── SignatureAbsent            the key is elsewhere; here is the message
│   │   └── SignerGarbled              it answered with something else than an answer
│   └── SigningLogDamaged              an entry of the log of signatures was changed or removed
├── AccountError                       what an address holds
│   ├── AccountNotFound
│   └── AccountMismatch                another owner, type, version or size than expected
├── EventNotFound                      a receipt without the event asked for
├── MissingPackage                     an optional package is not installed
├── TransportError                     between here and the chain
│   ├── ClusterUnreachable
│   ├── HistoryIncomplete              the chain does not remember enough of its past
│   ├── TransportUnavailable           this installation lacks what the transport needs
│   ├── TransactionExpired             never landed, safe to send again
│   │   └── StaleNonce                 the durable nonce it was signed with has moved on
│   └── OutcomeUnknown                 sent, but the cluster stopped answering
│       └── OutcomePending             the same, kept in an outbox that finds out later
├── OutboxError                        the file of sent transactions cannot be used
└── TransactionFailed                  the chain refused it; nothing changed
    ├── InsufficientFunds
    ├── DuplicateTransaction           these very bytes were processed before
    └── ProgramError                   a program returned an error code
        ├── AnchorError                the framework's own checks, 100 to 5000
        └── <Program>Error             one class per error of each program, e.g.
                                       energy_sdk.registry.errors.UserAlreadyExists
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from solders.pubkey import Pubkey
from solders.signature import Signature


class EnergyError(Exception):
    """Base of everything this package raises on purpose."""


class InvalidInput(EnergyError, ValueError):
    """An argument that cannot be right, found before anything was sent."""


class InvalidAmount(InvalidInput):
    """An amount that is not exact, negative, or too large for 64 bits."""


class IdempotencyConflict(InvalidInput):
    """The idempotency key was used for other instructions, or by another payer."""


class WeakPassword(InvalidInput):
    """A new password that is too short."""


class OfflineError(InvalidInput):
    """A transaction that is signed elsewhere cannot be used."""


class OfflineFileDamaged(OfflineError):
    """The file was cut short, or is no transaction to be signed offline."""


class MessageChanged(OfflineError):
    """The message is not the one that was exported, or not the one that was signed."""


class WrongNetwork(OfflineError):
    """The transaction was made for another chain."""


class UnexpectedSigner(OfflineError):
    """A signature, or a key, of somebody who need not sign."""


class QrPartMissing(OfflineError):
    """Not all parts of a QR code are there."""


class WalletError(EnergyError):
    """A key, or the file, words or shares that it is kept in, cannot be used."""


class KeyFileNotFound(WalletError):
    """No readable file at the path."""


class KeyFileMalformed(WalletError):
    """The file is not a JSON list of 64 byte values."""


class KeyFileDamaged(WalletError):
    """The public key in the file does not belong to its secret key."""


class KeystoreMalformed(WalletError):
    """The file is cut short, or no keystore at all."""


class KeystoreUnsupported(WalletError):
    """The keystore has another version, key derivation or cipher than this release knows."""


class KdfOutOfBounds(WalletError):
    """The keystore's key derivation is too weak to protect it, or too costly to run."""


class WrongPassword(WalletError):
    """The password is wrong or the keystore damaged; the cipher cannot tell which."""


class InvalidMnemonic(WalletError):
    """The words are no mnemonic: their number, their spelling or their checksum is wrong."""


class InvalidShare(WalletError):
    """The words are no share: their number, their spelling or their checksum is wrong."""


class SharesDoNotMatch(WalletError):
    """The shares come from different sets, or contradict each other."""


class TooFewShares(WalletError):
    """More shares of the set are needed."""


class WrongKey(WalletError):
    """The words, shares or file belong to another public key than expected."""


class SignerError(WalletError):
    """A signer outside this process did not sign; nothing was sent."""


class SignerRefused(SignerError):
    """The signer's policy, or the person who was asked, said no."""


class SignerGone(SignerError):
    """Nothing answers where the signer should be, or it went away before it answered."""


class WrongSigner(SignerError):
    """The signer has another key than expected, or signed with another one."""


class SignerGarbled(SignerError):
    """What answers does not speak the signer's protocol."""


class SignatureAbsent(SignerError):
    """The key is elsewhere; `message` is what it has to sign."""

    def __init__(self, text: str, *, message: bytes) -> None:
        super().__init__(text)
        self.message = message


class SigningLogDamaged(WalletError):
    """An entry of the log of signatures was changed or removed."""


class AccountError(EnergyError):
    """An address does not hold what was expected."""


class AccountNotFound(AccountError):
    """Nothing exists at the address."""


class AccountMismatch(AccountError):
    """The account has another owner, type, version or size than expected."""


class EventNotFound(EnergyError):
    """The transaction did not emit exactly one event of the wanted type."""


class MissingPackage(EnergyError):
    """What was asked for needs a package that only an extra of this one brings."""


class TransportError(EnergyError):
    """The chain could not be asked, or did not take the transaction."""


class ClusterUnreachable(TransportError):
    """The cluster does not answer, or refuses to serve this client."""


class HistoryIncomplete(TransportError):
    """The chain does not remember enough of its past to tell."""


class TransportUnavailable(TransportError):
    """This installation lacks something the transport needs."""


class TransactionExpired(TransportError):
    """The transaction was never processed and cannot be any more; it is safe to send a new one."""

    def __init__(self, message: str, *, signature: Signature | None = None) -> None:
        super().__init__(message)
        self.signature = signature


class StaleNonce(TransactionExpired):
    """The durable nonce that the transaction was signed with has moved on: it can never run."""


class OutcomeUnknown(TransportError):
    """The transaction was sent and the cluster stopped answering: look the signature up before repeating."""

    def __init__(self, message: str, *, signature: Signature) -> None:
        super().__init__(message)
        self.signature = signature


class OutcomePending(OutcomeUnknown):
    """The transaction may have been sent and is not decided; the outbox keeps it, and resuming finds out.

    `key` is the idempotency key: sending under it again goes on with the same transaction.
    """

    def __init__(self, message: str, *, signature: Signature, key: str) -> None:
        super().__init__(message, signature=signature)
        self.key = key


class OutboxError(EnergyError):
    """An outbox that cannot be used; nothing was sent without being kept."""


class TransactionFailed(EnergyError):
    """The chain refused the transaction; apart from the fee nothing changed."""

    def __init__(self, message: str, *, signature: Signature | None = None, logs: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.signature = signature
        self.logs = tuple(logs)


class InsufficientFunds(TransactionFailed):
    """An account holds fewer lamports or tokens than the transaction needs."""


class DuplicateTransaction(TransactionFailed):
    """These very bytes were processed before: the first sending counts, this one changed nothing."""


class ProgramError(TransactionFailed):
    """A program returned an error code."""

    def __init__(
        self,
        *,
        program: Pubkey,
        code: int,
        name: str,
        message: str,
        signature: Signature | None = None,
        logs: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{name}: {message}", signature=signature, logs=logs)
        self.program = program
        self.code = code
        self.name = name
        self.message = message


class DeclaredError(ProgramError):
    """Base of the generated classes: one for each error in a program's interface description."""

    PROGRAM_ID: ClassVar[Pubkey]
    CODE: ClassVar[int]
    MESSAGE: ClassVar[str]

    def __init__(
        self,
        *,
        signature: Signature | None = None,
        logs: Sequence[str] = (),
        message: str | None = None,
        code: int | None = None,
    ) -> None:
        super().__init__(
            program=self.PROGRAM_ID,
            code=self.CODE if code is None else code,
            name=type(self).__name__,
            message=self.MESSAGE if message is None else message,
            signature=signature,
            logs=logs,
        )


class AnchorError(ProgramError):
    """One of the framework's own checks failed; `account` names the account that it was about."""

    def __init__(
        self,
        *,
        program: Pubkey,
        code: int,
        name: str,
        message: str,
        account: str | None,
        signature: Signature | None = None,
        logs: Sequence[str] = (),
    ) -> None:
        super().__init__(program=program, code=code, name=name, message=message, signature=signature, logs=logs)
        self.account = account


_DECLARED: dict[Pubkey, dict[int, type[DeclaredError]]] = {}


def declare_errors(*errors: type[DeclaredError]) -> None:
    """Make the transaction layer raise these classes for their program and code."""
    for error in errors:
        _DECLARED.setdefault(error.PROGRAM_ID, {})[error.CODE] = error


def declared_error(program: Pubkey, code: int) -> type[DeclaredError] | None:
    """The class for an error code of a program, if its sub-package declares one."""
    return _DECLARED.get(program, {}).get(code)


def declared_error_by_name(program: Pubkey, name: str) -> type[DeclaredError] | None:
    """The class with this name among a program's errors."""
    return next((error for error in _DECLARED.get(program, {}).values() if error.__name__ == name), None)
