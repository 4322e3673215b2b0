"""Addresses that somebody sent lamports to before the program could create the account."""

from __future__ import annotations

from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.deployment import initialize_programs
from energy_sdk.localnet import Localnet
from energy_sdk.registry import UserType
from energy_sdk.registry.pdas import user_address

from tests.support.validator import DEPLOYER


async def test_lamports_at_the_next_users_address_do_not_stop_registration(localnet: Localnet) -> None:
    """Addresses are predictable, so anybody can fund them first; creation takes what it finds.

    Needs a runtime with SIMD-0312, which the in-process chain does not have.
    """
    async with EnergyClient(RpcTransport(localnet.url), DEPLOYER) as client:
        await initialize_programs(client)
        await client.tokens.transfer_lamports(recipient=user_address(0), lamports=1_000_000)

        key = Keypair().pubkey()
        await client.registry.register_user(key=key, user_type=UserType.CONSUMER)

        user = await client.registry.user(key=key)
    assert user.address == user_address(0)
