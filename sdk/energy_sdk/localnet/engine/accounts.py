"""Methods about accounts and SPL tokens."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final

from ...addresses import TOKEN_PROGRAM
from ...transports.base import Account
from .chain import Chain
from .cluster import with_context
from .encoding import (
    account_json,
    amount_json,
    base58_decode,
    is_mint,
    is_token_account,
    mint_decimals,
    mint_supply,
    token_amount,
    token_mint,
    token_owner,
)
from .errors import invalid_params
from .params import Params, as_flag, as_list, as_pubkey, as_text, as_whole

_MAX_ACCOUNTS: Final = 100
_MAX_FILTERS: Final = 4
_MAX_MEMCMP_BYTES: Final = 128

Filter = Callable[[Account], bool]


def _account_info(chain: Chain, params: Params) -> dict[str, Any]:
    address, config = params.pubkey(0, "address"), params.config(1)
    return with_context(chain, shown(chain, chain.account(address), config))


def _multiple_accounts(chain: Chain, params: Params) -> dict[str, Any]:
    addresses, config = params.pubkeys(0, "addresses", most=_MAX_ACCOUNTS), params.config(1)
    found = [shown(chain, chain.account(address), config, default="base64") for address in addresses]
    return with_context(chain, found)


def _balance(chain: Chain, params: Params) -> dict[str, Any]:
    account = chain.account(params.pubkey(0, "address"))
    params.config(1)
    return with_context(chain, 0 if account is None else account.lamports)


def _program_accounts(chain: Chain, params: Params) -> Any:
    program, config = params.pubkey(0, "program"), params.config(1)
    matches = filters(config.get("filters"))
    found = [
        keyed(chain, account, config)
        for account in chain.store.accounts(owner=program)
        if all(match(account) for match in matches)
    ]
    return with_context(chain, found) if as_flag(config.get("withContext"), "withContext") else found


def _token_account_balance(chain: Chain, params: Params) -> dict[str, Any]:
    account = chain.account(params.pubkey(0, "address"))
    params.config(1)
    if account is None:
        raise invalid_params("Invalid param: could not find account")
    mint = chain.account(token_mint(account)) if is_token_account(account) else None
    if mint is None or not is_mint(mint):
        raise invalid_params("Invalid param: not a Token account")
    return with_context(chain, amount_json(token_amount(account), mint_decimals(mint)))


def _token_supply(chain: Chain, params: Params) -> dict[str, Any]:
    mint = chain.account(params.pubkey(0, "mint"))
    params.config(1)
    if mint is None:
        raise invalid_params("Invalid param: could not find account")
    if not is_mint(mint):
        raise invalid_params("Invalid param: not a Token mint")
    return with_context(chain, amount_json(mint_supply(mint), mint_decimals(mint)))


def _token_accounts_by_owner(chain: Chain, params: Params) -> dict[str, Any]:
    owner, which, config = params.pubkey(0, "owner"), params.config(1), params.config(2)
    if "mint" in which:
        mint = as_pubkey(which["mint"], "mint")
        if not is_mint(chain.account(mint)):
            raise invalid_params("Invalid param: could not find mint")
    elif "programId" in which:
        if as_pubkey(which["programId"], "programId") != TOKEN_PROGRAM:
            raise invalid_params(f"Invalid param: unrecognized Token program id; this chain knows {TOKEN_PROGRAM}")
        mint = None
    else:
        raise invalid_params("Invalid params: expected {mint} or {programId} at position 1")
    found = [
        keyed(chain, account, config)
        for account in chain.store.accounts(owner=TOKEN_PROGRAM)
        if is_token_account(account) and token_owner(account) == owner and mint in (None, token_mint(account))
    ]
    return with_context(chain, found)


def shown(
    chain: Chain, account: Account | None, config: dict[str, Any], *, default: str = "binary", lenient: bool = False
) -> dict[str, Any] | None:
    """An account as `account_json` has it, or null where nothing exists."""
    return None if account is None else account_json(account, config, chain.account, default=default, lenient=lenient)


def keyed(chain: Chain, account: Account, config: dict[str, Any], *, lenient: bool = False) -> dict[str, Any]:
    """An account with its address, as lists of accounts have it."""
    return {"pubkey": str(account.address), "account": shown(chain, account, config, lenient=lenient)}


def filters(given: Any) -> list[Filter]:
    """The filters of `getProgramAccounts`: dataSize, memcmp and tokenAccountState, all of which must match."""
    if given is None:
        return []
    return [_filter(entry) for entry in as_list(given, "filters", most=_MAX_FILTERS)]


def _filter(given: Any) -> Filter:
    if given == "tokenAccountState":
        return is_token_account
    if isinstance(given, dict) and set(given) == {"dataSize"}:
        size = as_whole(given["dataSize"], "dataSize")
        return lambda account: len(account.data) == size
    if isinstance(given, dict) and set(given) == {"memcmp"} and isinstance(given["memcmp"], dict):
        offset = as_whole(given["memcmp"].get("offset"), "offset")
        wanted = _compared(given["memcmp"])
        return lambda account: account.data[offset : offset + len(wanted)] == wanted
    raise invalid_params(f"Invalid params: {given!r} is not a filter; expected dataSize, memcmp or tokenAccountState")


def _compared(memcmp: dict[str, Any]) -> bytes:
    given, encoding = memcmp.get("bytes"), memcmp.get("encoding") or "base58"
    if isinstance(given, list) and all(isinstance(value, int) and 0 <= value <= 255 for value in given):
        raw = bytes(given)
    else:
        text = as_text(given, "bytes")
        if len(text) > 2 * _MAX_MEMCMP_BYTES:
            raise invalid_params(f"memcmp takes at most {_MAX_MEMCMP_BYTES} bytes")
        try:
            raw = base64.b64decode(text, validate=True) if encoding == "base64" else base58_decode(text)
        except (ValueError, binascii.Error) as error:
            raise invalid_params(f"memcmp bytes are not {encoding}: {error}") from None
    if len(raw) > _MAX_MEMCMP_BYTES:
        raise invalid_params(f"memcmp takes at most {_MAX_MEMCMP_BYTES} bytes")
    return raw


METHODS: Final[dict[str, Callable[[Chain, Params], Any]]] = {
    "getAccountInfo": _account_info,
    "getBalance": _balance,
    "getMultipleAccounts": _multiple_accounts,
    "getProgramAccounts": _program_accounts,
    "getTokenAccountBalance": _token_account_balance,
    "getTokenAccountsByOwner": _token_accounts_by_owner,
    "getTokenSupply": _token_supply,
}
