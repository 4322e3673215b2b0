"""Another account in the place of each one, and each right it has taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from energy_sdk import Pubkey
from energy_sdk.addresses import (
    ASSOCIATED_TOKEN_PROGRAM,
    SYSTEM_PROGRAM,
    TOKEN_PROGRAM,
    UPGRADEABLE_LOADER,
    program_data_address,
)
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS
from energy_sdk.oracle.pdas import ORACLE_ADDRESS
from energy_sdk.programs import PROGRAMS
from energy_sdk.trading.pdas import AUTHORITY_ADDRESS
from energy_sdk.transports.base import Account
from solders.instruction import AccountMeta, Instruction

from tests.adversarial.cell import Cell
from tests.adversarial.ground import FEE_PAYER, STRANGER, Ground
from tests.adversarial.idl import discriminators
from tests.support.world import keypair

NOWHERE = keypair(402).pubkey()
COPY = keypair(403).pubkey()
ATTACKER_PROGRAM = keypair(404).pubkey()

CALLED = {
    "system_program": SYSTEM_PROGRAM,
    "token_program": TOKEN_PROGRAM,
    "associated_token_program": ASSOCIATED_TOKEN_PROGRAM,
} | PROGRAMS

SIGNING = {
    "energy_token": TOKEN_CONFIG_ADDRESS,
    "governance": GOVERNANCE_ADDRESS,
    "oracle": ORACLE_ADDRESS,
    "trading": AUTHORITY_ADDRESS,
    "treasury": TREASURY_ADDRESS,
    "attacker's program": Pubkey.find_program_address([b"authority"], ATTACKER_PROGRAM)[0],
}

Kind = tuple[Pubkey, bytes | int]
WALLET: Kind = (SYSTEM_PROGRAM, 0)


def other_accounts(ground: Ground) -> Iterator[Cell]:
    """Every other account that could pass for each one."""
    known = ground.known()
    for index, (name, meta) in enumerate(zip(ground.names, ground.instruction.accounts, strict=True)):
        for mutator, detail, key in _others(ground, meta, known):
            yield Cell(name, mutator, detail, with_meta(ground.instruction, index, at(meta, key)))


def attackers_program(ground: Ground) -> Iterator[Cell]:
    """The code of another program at an address of the attacker's in the place of each program."""
    for index, name, meta, own in accounts(ground):
        if own.executable:
            elf = ground.transport._account(program_data_address(PROGRAMS["registry"]))
            assert elf is not None
            data = replace(elf, address=program_data_address(ATTACKER_PROGRAM))
            program = replace(
                ground.known()[PROGRAMS["registry"]],
                address=ATTACKER_PROGRAM,
                data=(2).to_bytes(4, "little") + bytes(data.address),
            )
            changed = with_meta(ground.instruction, index, at(meta, ATTACKER_PROGRAM))
            yield Cell(name, "attacker's program", "", changed, (data, program))


def copies(ground: Ground) -> Iterator[Cell]:
    """The bytes of each account at another address, of the attacker's program and of the right one.

    The second kind can exist only where a program would create it; it shows what else ties the account.
    """
    for index, name, meta, own in accounts(ground):
        if own.executable or not own.data:
            continue
        changed = with_meta(ground.instruction, index, at(meta, COPY))
        yield Cell(name, "copy", "", changed, (replace(own, address=COPY, owner=ATTACKER_PROGRAM),))
        yield Cell(name, "clone", "", changed, (replace(own, address=COPY),))


def rights(ground: Ground) -> Iterator[Cell]:
    """Each signature left out, and each account that is written made read-only."""
    for index, (name, meta) in enumerate(zip(ground.names, ground.instruction.accounts, strict=True)):
        if meta.is_signer:
            changed = AccountMeta(meta.pubkey, is_signer=False, is_writable=meta.is_writable)
            yield Cell(name, "unsigned", "", with_meta(ground.instruction, index, changed))
        if meta.is_writable:
            changed = AccountMeta(meta.pubkey, is_signer=meta.is_signer, is_writable=False)
            yield Cell(name, "read-only", "", with_meta(ground.instruction, index, changed))


def order(ground: Ground) -> Iterator[Cell]:
    """Each two accounts in each other's place, the last one left out, and one too many."""
    metas = ground.instruction.accounts
    for (i, one), (j, other) in combinations(enumerate(metas), 2):
        if one.pubkey != other.pubkey and one.is_signer == other.is_signer:
            changed = with_meta(ground.instruction, i, at(one, other.pubkey))
            changed = with_meta(changed, j, at(other, one.pubkey))
            yield Cell(ground.names[i], "swapped with", ground.names[j], changed)
    if metas:
        yield Cell(ground.names[-1], "left out", "", with_metas(ground.instruction, metas[:-1]))
        yield Cell(ground.names[-1], "doubled", "", with_metas(ground.instruction, [*metas, metas[-1]]))
    stranger = AccountMeta(STRANGER, is_signer=False, is_writable=True)
    yield Cell("accounts", "one more", "", with_metas(ground.instruction, [*metas, stranger]))


def _others(ground: Ground, meta: AccountMeta, known: dict[Pubkey, Account]) -> Iterator[tuple[str, str, Pubkey]]:
    yield "missing", "", NOWHERE
    own = known.get(meta.pubkey)
    others = {key: account for key, account in known.items() if key != meta.pubkey}
    if meta.is_signer or own is None or kind(own) == WALLET:
        yield "stranger", "", STRANGER
        yield "fee payer", "", FEE_PAYER
        for wallet, key in ground.wallets.items():
            if key != meta.pubkey:
                yield "other wallet", wallet, key
    if meta.is_signer:
        # Nothing but a wallet, or a program for an address of its own, can be made to sign.
        for program, key in SIGNING.items() if not meta.is_writable else ():
            if key != meta.pubkey:
                yield "other program's address", program, key
        return
    if own is not None and own.executable:
        for program, address in CALLED.items():
            if address != meta.pubkey:
                yield "other program", program, address
        return
    # A twin: two roles of the instruction played by one account.
    for other, twin in zip(ground.names, ground.instruction.accounts, strict=True):
        if twin.pubkey != meta.pubkey:
            yield "same as", other, twin.pubkey
    own_kind = WALLET if own is None else kind(own)
    seen = {WALLET, own_kind}
    for number, (key, account) in enumerate(others.items()):
        if kind(account) == own_kind != WALLET:
            yield "sibling", ground.labels.get(key, str(number)), key
        elif kind(account) not in seen and not account.executable:
            seen.add(kind(account))
            yield "other type", label(account), key


def accounts(ground: Ground) -> Iterator[tuple[int, str, AccountMeta, Account]]:
    """Place, name, use and content of every account that exists."""
    for index, (name, meta) in enumerate(zip(ground.names, ground.instruction.accounts, strict=True)):
        own = ground.transport._account(meta.pubkey)
        if own is not None:
            yield index, name, meta, own


def kind(account: Account) -> Kind:
    """Owner, and what tells the owner's types apart."""
    if account.owner in PROGRAMS.values():
        return account.owner, account.data[:8]
    if account.owner == UPGRADEABLE_LOADER:
        return account.owner, account.data[:4]
    return account.owner, len(account.data)


def label(account: Account) -> str:
    """The kind in words."""
    for program, address in PROGRAMS.items():
        if account.owner == address:
            return f"{program}.{discriminators(address).get(account.data[:8], 'empty')}"
    return {82: "mint", 165: "token account"}.get(len(account.data), "program data")


def at(meta: AccountMeta, key: Pubkey) -> AccountMeta:
    """The same use of another account."""
    return AccountMeta(key, meta.is_signer, meta.is_writable)


def with_meta(instruction: Instruction, index: int, meta: AccountMeta) -> Instruction:
    """The instruction with another account at one place."""
    return with_metas(instruction, [*instruction.accounts[:index], meta, *instruction.accounts[index + 1 :]])


def with_metas(instruction: Instruction, metas: list[AccountMeta]) -> Instruction:
    """The instruction with other accounts."""
    return Instruction(instruction.program_id, bytes(instruction.data), metas)
