"""Every program is initialised once, by its upgrade authority: what the four initialisers refuse alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from energy_sdk import Pubkey, energy_token, governance, oracle, registry
from energy_sdk.addresses import program_data_address
from energy_sdk.exceptions import EnergyError, ProgramError, TransactionFailed
from energy_sdk.program_files import program_files
from energy_sdk.programs import ENERGY_TOKEN, GOVERNANCE, ORACLE, REGISTRY, TRADING
from solders.instruction import Instruction

from tests.support.tampering import ACCOUNT_NOT_SIGNER, framework_refuses, swapped, unsigned
from tests.support.world import Chain, keypair

SOMEBODY = keypair(7).pubkey()


@dataclass(frozen=True, kw_only=True)
class Initialiser:
    """One program's initialiser, called by `deployer` in favour of `SOMEBODY`."""

    program: Pubkey
    build: Callable[[Pubkey], Instruction]
    not_deployer: type[EnergyError]


INITIALISERS = {
    "governance": Initialiser(
        program=GOVERNANCE,
        build=lambda deployer: governance.instructions.initialize(deployer=deployer, authority=SOMEBODY),
        not_deployer=governance.errors.NotDeployer,
    ),
    "registry": Initialiser(
        program=REGISTRY,
        build=lambda deployer: registry.instructions.initialize(deployer=deployer, authority=SOMEBODY, admin=SOMEBODY),
        not_deployer=registry.errors.NotDeployer,
    ),
    "energy_token": Initialiser(
        program=ENERGY_TOKEN,
        build=lambda deployer: energy_token.instructions.initialize(
            deployer=deployer, admin=SOMEBODY, minter=SOMEBODY, burner=SOMEBODY
        ),
        not_deployer=energy_token.errors.NotDeployer,
    ),
    "oracle": Initialiser(
        program=ORACLE,
        build=lambda deployer: oracle.instructions.initialize(
            deployer=deployer, admin=SOMEBODY, operator=SOMEBODY, roles=oracle.Role.AMI
        ),
        not_deployer=oracle.errors.NotDeployer,
    ),
}


@pytest.fixture(params=INITIALISERS)
def initialiser(request: pytest.FixtureRequest) -> Initialiser:
    """Each program's in turn."""
    return INITIALISERS[request.param]


async def test_upgrade_authority_initialises(bare: Chain, initialiser: Initialiser) -> None:
    """The very instruction that is refused below goes through for the deployer."""
    await bare.send(initialiser.build(bare.chief.pubkey()))


async def test_rejects_anybody_but_the_upgrade_authority(bare: Chain, initialiser: Initialiser) -> None:
    """Nobody gets ahead of the deployer and takes the offices."""
    stranger = await bare.stranger()

    async with bare.refused(initialiser.not_deployer):
        await bare.send(initialiser.build(stranger.pubkey()), signers=[stranger])


async def test_rejects_program_data_of_another_program(bare: Chain, initialiser: Initialiser) -> None:
    """The upgrade authority of some other program is nobody here."""
    stranger = await bare.stranger()
    bare.transport.install_program(TRADING, program_files()[TRADING].read_bytes(), upgrade_authority=stranger.pubkey())
    instruction = swapped(
        initialiser.build(stranger.pubkey()),
        program_data_address(initialiser.program),
        program_data_address(TRADING),
    )

    async with bare.refused(initialiser.not_deployer):
        await bare.send(instruction, signers=[stranger])


async def test_rejects_a_program_that_is_final(bare: Chain, initialiser: Initialiser) -> None:
    """Without an upgrade authority nobody can initialise: do so before making a program final."""
    bare.transport.install_program(initialiser.program, program_files()[initialiser.program].read_bytes())

    async with bare.refused(initialiser.not_deployer):
        await bare.send(initialiser.build(bare.chief.pubkey()))


async def test_rejects_a_deployer_that_does_not_sign(bare: Chain, initialiser: Initialiser) -> None:
    """Naming the deployer is not enough."""
    instruction = unsigned(initialiser.build(SOMEBODY), SOMEBODY)

    async with framework_refuses(bare, ACCOUNT_NOT_SIGNER, account="deployer"):
        await bare.send(instruction)


async def test_rejects_a_second_time(bare: Chain, initialiser: Initialiser) -> None:
    """What exists is not written over. The runtime itself refuses to create an account twice."""
    await bare.send(initialiser.build(bare.chief.pubkey()))

    async with bare.refused(TransactionFailed, ProgramError) as caught:
        await bare.send(initialiser.build(bare.chief.pubkey()))

    error = caught[0]
    if isinstance(error, ProgramError):
        assert (error.program, error.code) == (Pubkey.default(), 0)
    else:
        assert "InvalidInstructionData" in str(error)
