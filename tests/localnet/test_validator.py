"""The packaged programs on a real validator."""

from __future__ import annotations

import pytest
from energy_sdk.localnet import Localnet
from energy_sdk.programs import PROGRAMS
from energy_sdk.transports.rpc import RpcTransport
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

from tests.support.validator import DEPLOYER

UPGRADEABLE_LOADER = Pubkey.from_string("BPFLoaderUpgradeab1e11111111111111111111111")
INSTRUCTION_FALLBACK_NOT_FOUND = 101


async def signed(transport: RpcTransport, instruction: Instruction) -> tuple[VersionedTransaction, int]:
    blockhash = await transport.latest_blockhash()
    message = MessageV0.try_compile(DEPLOYER.pubkey(), [instruction], [], blockhash.hash)
    return VersionedTransaction(message, [DEPLOYER]), blockhash.last_valid_block_height


@pytest.mark.parametrize("name", PROGRAMS)
async def test_program_is_upgradeable_by_the_deployer(localnet: Localnet, name: str) -> None:
    transport = RpcTransport(localnet.url)

    program = await transport.get_account(PROGRAMS[name])

    assert program is not None
    assert program.executable
    assert program.owner == UPGRADEABLE_LOADER
    data = await transport.get_account(Pubkey(program.data[4:36]))
    assert data is not None
    assert Pubkey(data.data[13:45]) == DEPLOYER.pubkey()
    await transport.close()


@pytest.mark.parametrize("name", PROGRAMS)
async def test_program_loads_and_runs(localnet: Localnet, name: str) -> None:
    """Anchor's own answer to an unknown instruction shows that the file was verified and executed."""
    transport = RpcTransport(localnet.url)
    transaction, _ = await signed(transport, Instruction(PROGRAMS[name], b"unknown!", []))

    outcome = await transport.simulate(transaction)

    assert outcome.error is not None
    assert outcome.error.code == INSTRUCTION_FALLBACK_NOT_FOUND
    assert outcome.compute_units > 0
    await transport.close()


async def test_the_deployer_can_pay(localnet: Localnet) -> None:
    transport = RpcTransport(localnet.url)
    receiver = Keypair().pubkey()
    lamports = 1_000_000_000
    transaction, height = await signed(
        transport, transfer(TransferParams(from_pubkey=DEPLOYER.pubkey(), to_pubkey=receiver, lamports=lamports))
    )

    outcome = await transport.send(transaction, last_valid_block_height=height)

    assert outcome.error is None
    account = await transport.get_account(receiver)
    assert account is not None
    assert account.lamports == lamports
    await transport.close()
