"""A wallet's secret split into shares after SLIP-39, any `threshold` of which give it back.

Fewer shares tell nothing about the secret. The arithmetic is that of the package `shamir-mnemonic`, SLIP-39's
reference implementation; see `CAUTION`. What is split is the entropy of the mnemonic (or the secret key of a
wallet without words), so wallets that use SLIP-39 themselves derive other keys from the same shares: combine them
here, or turn the secret that another tool gives back into BIP-39 words.

Sources: A. Shamir, "How to share a secret" (1979); SLIP-0039.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shamir_mnemonic import EncryptedMasterSecret, MnemonicError, Share, decode_mnemonics, generate_mnemonics
from shamir_mnemonic.shamir import ShareGroup, recover_ems
from solders.keypair import Keypair

from ..exceptions import InvalidInput, InvalidShare, SharesDoNotMatch, TooFewShares
from .wallet import Wallet

CAUTION: Final = (
    "Shares are computed by SLIP-39's reference implementation, which is not hardened against side channels and "
    "says that it should not handle sensitive secrets. Split and combine offline, on a machine that you trust; for "
    "larger amounts prefer a hardware wallet, or a multisig."
)

MAX_SHARES: Final = 16


def split_wallet(wallet: Wallet, *, threshold: int, count: int) -> tuple[str, ...]:
    """Shares of a wallet's secret; `threshold` of them are enough to recover it.

    A mnemonic's passphrase is not in the shares.

    Args:
        threshold: 2 to `count`.
        count: 2 to 16.

    Raises:
        InvalidInput: numbers that make no sense.
    """
    if not 2 <= threshold <= count <= MAX_SHARES:
        raise InvalidInput(
            f"{threshold} of {count} is not possible; use 2 to {MAX_SHARES} shares, 2 or more to recover"
        )
    secret = wallet.keypair.secret() if wallet.mnemonic is None else wallet.mnemonic.entropy
    shares = tuple(generate_mnemonics(1, [(threshold, count)], secret)[0])
    # Nobody finds out later that shares were wrong from the start.
    for chosen in (shares[:threshold], shares[-threshold:]):
        if combine_shares(chosen) != secret:
            raise SharesDoNotMatch("the shares do not give the secret back; nothing was handed out")
    return shares


def combine_shares(shares: Sequence[str], *, passphrase: str = "") -> bytes:
    """The secret that shares belong to: a mnemonic's entropy, or a secret key.

    Args:
        passphrase: of the shares themselves, which those of `split_wallet` do not have. With a wrong one, another
            secret comes out: SLIP-39 cannot tell.

    Raises:
        InvalidShare: a share has a wrong word, or is none.
        SharesDoNotMatch: the shares are of different sets, or contradict each other.
        TooFewShares: there are not enough of them; the message says how many are.
    """
    texts = [" ".join(share.lower().split()) for share in shares]
    if not texts:
        raise TooFewShares("no share was given")
    # The library's messages repeat words of the shares.
    parsed = [_parsed(text, place) for place, text in enumerate(texts, 1)]
    if len({share.common_parameters() for share in parsed}) > 1:
        raise SharesDoNotMatch("the shares are of different sets; use those of one only")
    try:
        groups = decode_mnemonics(texts)
        _require_enough(parsed[0], groups)
        return bytes(_recovered(parsed[0], groups).decrypt(passphrase.encode()))
    except MnemonicError:
        raise SharesDoNotMatch("the shares contradict each other; one of them is of another set") from None


def keypair_of_secret(secret: bytes) -> Keypair:
    """The key pair of a wallet without words, from what its shares give.

    Raises:
        InvalidShare: the secret is not a secret key of 32 bytes.
    """
    if len(secret) != 32:
        raise InvalidShare(f"the shares hold {len(secret)} bytes, which are no secret key but those of a mnemonic")
    return Keypair.from_seed(secret)


def _parsed(text: str, place: int) -> Share:
    try:
        return Share.from_mnemonic(text)
    except MnemonicError:
        raise InvalidShare(
            f"share {place} is not one: a word is misspelt or another one, or some are missing (it has "
            f"{len(text.split())}, of usually 20 or 33)"
        ) from None


def _require_enough(share: Share, groups: dict[int, ShareGroup]) -> None:
    incomplete = [group for group in groups.values() if not group.is_complete()]
    if len(groups) - len(incomplete) >= share.group_threshold:
        return
    if share.group_count == 1:
        raise TooFewShares(f"{len(incomplete[0])} of {share.member_threshold} shares; more of the set are needed")
    raise TooFewShares(
        f"{len(groups) - len(incomplete)} of {share.group_threshold} groups are complete; more shares are needed"
    )


def _recovered(share: Share, groups: dict[int, ShareGroup]) -> EncryptedMasterSecret:
    complete = [(number, group) for number, group in groups.items() if group.is_complete()]
    return recover_ems({number: group.get_minimal_group() for number, group in complete[: share.group_threshold]})
