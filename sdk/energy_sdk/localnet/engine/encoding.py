"""Accounts and bytes in the encodings of JSON-RPC."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

import based58
import zstandard
from solders.pubkey import Pubkey

from ...addresses import TOKEN_PROGRAM
from ...transports.base import Account
from .errors import INVALID_REQUEST, RpcError, invalid_params

ENCODINGS: Final = ("binary", "base58", "base64", "base64+zstd", "jsonParsed")
"""Of accounts; "binary" is what clients get that name none: base58 as a bare string."""

# Base58 takes quadratic time, so clusters limit it, too.
_BASE58_BYTES: Final = 128
_NEVER_RENT: Final = 2**64 - 1

TOKEN_ACCOUNT_BYTES: Final = 165
MINT_BYTES: Final = 82
_STATES: Final = ("uninitialized", "initialized", "frozen")

Read = Callable[[Pubkey], Account | None]


def base58_encode(data: bytes) -> str:
    return based58.b58encode(data).decode()


def base58_decode(text: str) -> bytes:
    """Raises: ValueError: a letter is not in base58's alphabet."""
    return based58.b58decode(text.encode())


def base64_encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def account_json(
    account: Account, config: dict[str, Any], read: Read, *, default: str = "binary", lenient: bool = False
) -> dict[str, Any]:
    """An account as JSON-RPC gives it, by `encoding` and `dataSlice` of a request's configuration.

    Args:
        default: the encoding where none is named.
        lenient: what is too long for base58 comes in base64; it is an error otherwise.
    """
    encoding = config.get("encoding") or default
    if encoding not in ENCODINGS:
        raise invalid_params(f"unknown encoding {encoding!r}; expected one of {', '.join(ENCODINGS)}")
    return {
        "lamports": account.lamports,
        "owner": str(account.owner),
        "data": _data_json(account, encoding, config.get("dataSlice"), read, lenient=lenient),
        "executable": account.executable,
        "rentEpoch": _NEVER_RENT,
        "space": len(account.data),
    }


def _data_json(account: Account, encoding: str, part: Any, read: Read, *, lenient: bool) -> Any:
    if encoding == "jsonParsed":
        parsed = parsed_token(account, read)
        if parsed is not None:
            return parsed
        # What a cluster does with accounts of programs that it does not know.
        encoding = "base64"
    data = account.data
    if part is not None:
        if not isinstance(part, dict) or not all(_is_size(part.get(name)) for name in ("offset", "length")):
            raise invalid_params("dataSlice takes the whole numbers offset and length")
        data = data[part["offset"] : part["offset"] + part["length"]]
    if lenient and len(data) > _BASE58_BYTES and encoding in ("binary", "base58"):
        encoding = "base64"
    if encoding in ("binary", "base58"):
        if len(data) > _BASE58_BYTES:
            raise RpcError(
                INVALID_REQUEST,
                f"Encoded binary (base 58) data should be less than {_BASE58_BYTES} bytes, please use Base64 encoding.",
            )
        text = base58_encode(data)
        return text if encoding == "binary" else [text, "base58"]
    return [base64_encode(zstandard.compress(data) if encoding == "base64+zstd" else data), encoding]


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


# SPL Token: an account is mint 32, owner 32, amount u64, delegate, state, native, delegated amount, close
# authority; a mint is authority, supply u64, decimals u8, initialised, freeze authority. Optional keys are led
# by a u32 tag.


def is_token_account(account: Account | None) -> bool:
    """Whether it is an account of the SPL token program that holds tokens."""
    return account is not None and account.owner == TOKEN_PROGRAM and len(account.data) == TOKEN_ACCOUNT_BYTES


def is_mint(account: Account | None) -> bool:
    return account is not None and account.owner == TOKEN_PROGRAM and len(account.data) == MINT_BYTES


def token_mint(account: Account) -> Pubkey:
    return Pubkey.from_bytes(account.data[:32])


def token_owner(account: Account) -> Pubkey:
    return Pubkey.from_bytes(account.data[32:64])


def token_amount(account: Account) -> int:
    return int.from_bytes(account.data[64:72], "little")


def mint_supply(mint: Account) -> int:
    return int.from_bytes(mint.data[36:44], "little")


def mint_decimals(mint: Account) -> int:
    return mint.data[44]


def amount_json(amount: int, decimals: int) -> dict[str, Any]:
    """A token amount with all the forms that clients expect."""
    text = str(amount).rjust(decimals + 1, "0")
    if decimals:
        text = f"{text[:-decimals]}.{text[-decimals:]}".rstrip("0").rstrip(".")
    return {"amount": str(amount), "decimals": decimals, "uiAmount": float(text), "uiAmountString": text}


def parsed_token(account: Account, read: Read) -> dict[str, Any] | None:
    """An SPL token account or mint in words; None for all else."""
    if is_mint(account):
        info, kind = _mint_info(account), "mint"
    elif is_token_account(account) and is_mint(mint := read(token_mint(account))):
        assert mint is not None
        info, kind = _token_info(account, mint_decimals(mint)), "account"
    else:
        return None
    return {"program": "spl-token", "parsed": {"info": info, "type": kind}, "space": len(account.data)}


def _mint_info(account: Account) -> dict[str, Any]:
    data = account.data
    return {
        "mintAuthority": _optional_key(data[0:36]),
        "supply": str(mint_supply(account)),
        "decimals": mint_decimals(account),
        "isInitialized": bool(data[45]),
        "freezeAuthority": _optional_key(data[46:82]),
    }


def _token_info(account: Account, decimals: int) -> dict[str, Any]:
    data = account.data
    native = int.from_bytes(data[109:113], "little") == 1
    info: dict[str, Any] = {
        "mint": str(token_mint(account)),
        "owner": str(token_owner(account)),
        "tokenAmount": amount_json(token_amount(account), decimals),
        "state": _STATES[data[108]] if data[108] < len(_STATES) else _STATES[0],
        "isNative": native,
    }
    if native:
        info["rentExemptReserve"] = amount_json(int.from_bytes(data[113:121], "little"), decimals)
    if (delegate := _optional_key(data[72:108])) is not None:
        info["delegate"] = delegate
        info["delegatedAmount"] = amount_json(int.from_bytes(data[121:129], "little"), decimals)
    if (closer := _optional_key(data[129:165])) is not None:
        info["closeAuthority"] = closer
    return info


def _optional_key(data: bytes) -> str | None:
    return str(Pubkey.from_bytes(data[4:])) if int.from_bytes(data[:4], "little") else None
