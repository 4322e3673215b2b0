"""`adopt_policy` and `repeal_policy` record which rules were in force, and when."""

from __future__ import annotations

from hashlib import sha256

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.governance import errors, events, instructions, pdas
from energy_sdk.governance.constants import MAX_URI_BYTES
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS

from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain

TEXT = sha256(b"At least half of the energy is renewable.").digest()
URI = "https://example.org/policy.txt"


@pytest.fixture
async def chain(chain: Chain, authority: Keypair) -> Chain:
    """With an authority that can pay."""
    await chain.transport.airdrop(authority.pubkey(), 1_000_000_000)
    return chain


async def test_a_policy_is_recorded_and_repealed(chain: Chain, authority: Keypair) -> None:
    """Its record stays, with both times."""
    governance = chain.client.governance

    adopted = await governance.adopt_policy(sha256=TEXT, uri=URI, authority=authority)

    stated = adopted.one(events.PolicyAdopted)
    assert (stated.number, stated.hash, stated.uri) == (0, TEXT, URI)
    began = await chain.transport.clock()
    policy = await governance.policy(0)
    assert (policy.sha256, policy.uri, policy.adopted_at, policy.repealed_at) == (TEXT, URI, began, None)
    chain.transport.advance(60)
    repealed = await governance.repeal_policy(number=0, authority=authority)
    assert repealed.one(events.PolicyRepealed).number == 0
    policy = await governance.policy(0)
    assert (policy.is_in_force, policy.adopted_at, policy.repealed_at) == (False, began, began + 60)
    async with chain.refused(errors.PolicyAlreadyRepealed):
        await governance.repeal_policy(number=0, authority=authority)


async def test_policies_are_listed_in_order_of_adoption(chain: Chain, authority: Keypair) -> None:
    """Repealed ones included."""
    governance = chain.client.governance
    for number in range(3):
        await governance.adopt_policy(sha256=TEXT, uri=f"{URI}?{number}", authority=authority)
    await governance.repeal_policy(number=1, authority=authority)

    found = [policy async for policy in governance.policies()]

    assert [(policy.number, policy.uri, policy.is_in_force) for policy in found] == [
        (0, f"{URI}?0", True),
        (1, f"{URI}?1", False),
        (2, f"{URI}?2", True),
    ]
    with pytest.raises(AccountNotFound):
        await governance.policy(3)


@pytest.mark.parametrize("uri", ["", "x" * (MAX_URI_BYTES + 1)])
async def test_rejects_an_address_of_no_or_too_many_bytes(chain: Chain, authority: Keypair, uri: str) -> None:
    """1 to 200 bytes; 200 fit."""
    async with chain.refused(errors.InvalidPolicyUri):
        await chain.client.governance.adopt_policy(sha256=TEXT, uri=uri, authority=authority)

    await chain.client.governance.adopt_policy(sha256=TEXT, uri="x" * MAX_URI_BYTES, authority=authority)


async def test_rejects_a_digest_of_another_length(chain: Chain, authority: Keypair) -> None:
    """Before anything is sent."""
    async with chain.refused(InvalidInput):
        await chain.client.governance.adopt_policy(sha256=TEXT[:-1], uri=URI, authority=authority)


async def test_rejects_anybody_but_the_authority(chain: Chain, authority: Keypair, guardian: Keypair) -> None:
    """Neither a stranger, nor the guardian, nor the deployer."""
    governance = chain.client.governance
    await governance.adopt_policy(sha256=TEXT, uri=URI, authority=authority)
    await chain.transport.airdrop(guardian.pubkey(), 1_000_000_000)
    for signer in (await chain.stranger(), guardian, chain.chief):
        async with chain.refused(errors.UnauthorizedAuthority):
            await governance.adopt_policy(sha256=TEXT, uri=URI, authority=signer)
        async with chain.refused(errors.UnauthorizedAuthority):
            await governance.repeal_policy(number=0, authority=signer)


async def test_rejects_missing_signatures_and_forged_accounts(chain: Chain, authority: Keypair) -> None:
    """Copies elsewhere, and the account of another number."""
    await chain.client.governance.adopt_policy(sha256=TEXT, uri=URI, authority=authority)
    key, chief = authority.pubkey(), chain.chief.pubkey()
    adopt = instructions.adopt_policy(authority=key, payer=chief, number=1, sha256=TEXT, uri=URI)
    repeal = instructions.repeal_policy(authority=key, number=0)
    for instruction in (adopt, repeal):
        async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
            await chain.send(unsigned(instruction, key))
    for instruction, name, old, new in (
        (adopt, "governance", GOVERNANCE_ADDRESS, await forged(chain, GOVERNANCE_ADDRESS)),
        (adopt, "policy", pdas.policy_address(1), pdas.policy_address(2)),
        (repeal, "governance", GOVERNANCE_ADDRESS, await forged(chain, GOVERNANCE_ADDRESS)),
        (repeal, "policy", pdas.policy_address(0), await forged(chain, pdas.policy_address(0))),
    ):
        async with framework_refuses(chain, CONSTRAINT_SEEDS, account=name):
            await chain.send(swapped(instruction, old, new), signers=[authority])
