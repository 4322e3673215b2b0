"""`assign_meter` links a meter, new or free, to an active user, on behalf of a registry authority."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk._generated.registry import instructions as generated
from energy_sdk.governance import PauseArea
from energy_sdk.governance.pdas import PAUSE_ADDRESS
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, errors, events, instructions, pdas
from energy_sdk.registry.constants import PROGRAM_ID

from tests.programs.registry.conftest import Register
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OF_ANOTHER_TYPE,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain


async def test_makes_a_new_meter_under_the_next_number(chain: Chain, authority: Keypair, register: Register) -> None:
    """Meter, identifier, user and event agree."""
    user = await register()
    meter_key = Keypair().pubkey()

    receipt = await chain.client.registry.assign_meter(
        user=user.number, meter_id="Zähler 7", rated_power_w=11_000, meter_key=meter_key, authority=authority
    )

    stated = receipt.one(events.MeterAssigned)
    assert (stated.number, stated.meter, stated.user) == (0, pdas.meter_address(0), user.address)
    assert stated.rated_power_w == 11_000
    meter = await chain.client.registry.meter(meter_id="Zähler 7")
    assert (meter.number, meter.meter_id, meter.key, meter.user) == (0, "Zähler 7", meter_key, user.address)
    assert (meter.rated_power_w, meter.assigned_at) == (11_000, await chain.transport.clock())
    assert (await chain.client.registry.user(user=user.number)).meters == (0,)
    assert (await chain.client.registry.registry()).meter_count == 1


async def test_gives_a_free_meter_to_another_user_under_its_old_number(
    chain: Chain, authority: Keypair, register: Register
) -> None:
    """Key, rated power and time are the new assignment's; no number is used up."""
    former, successor = await register(), await register()
    registry = chain.client.registry
    await registry.assign_meter(user=former.number, meter_id="m", rated_power_w=1, authority=authority)
    await registry.unassign_meter(meter_id="m", authority=authority)
    chain.transport.advance(60)

    await registry.assign_meter(user=successor.number, meter_id="m", rated_power_w=2, authority=authority)

    meter = await registry.meter(meter_id="m")
    assert (meter.number, meter.user, meter.rated_power_w, meter.key) == (0, successor.address, 2, None)
    assert meter.assigned_at == await chain.transport.clock()
    assert (await registry.user(user=former.number)).meters == ()
    assert (await registry.user(user=successor.number)).meters == (0,)
    assert (await registry.registry()).meter_count == 1


async def test_rejects_a_meter_that_is_taken(chain: Chain, authority: Keypair, register: Register) -> None:
    """By somebody else or by the same user: assigning twice is refused and changes nothing."""
    owner, other = await register(), await register()
    await chain.client.registry.assign_meter(user=owner.number, meter_id="m", rated_power_w=1, authority=authority)

    for user in (other, owner):
        async with chain.refused(errors.MeterAlreadyAssigned):
            await chain.client.registry.assign_meter(
                user=user.number, meter_id="m", rated_power_w=1, authority=authority
            )


async def test_rejects_a_ninth_meter(chain: Chain, authority: Keypair, register: Register) -> None:
    """Eight fit; a place that is given up can be used again."""
    user = await register()
    registry = chain.client.registry
    for number in range(8):
        await registry.assign_meter(user=user.number, meter_id=f"m{number}", rated_power_w=1, authority=authority)

    async with chain.refused(errors.MeterLimitReached):
        await registry.assign_meter(user=user.number, meter_id="m8", rated_power_w=1, authority=authority)

    await registry.unassign_meter(meter_id="m0", authority=authority)
    await registry.assign_meter(user=user.number, meter_id="m8", rated_power_w=1, authority=authority)
    assert (await registry.user(user=user.number)).meters == (7, 1, 2, 3, 4, 5, 6, 8)


@pytest.mark.parametrize("rated_power_w", [0, 100_000_001, 2**32 - 1])
async def test_rejects_rated_power_out_of_range(
    chain: Chain, authority: Keypair, register: Register, rated_power_w: int
) -> None:
    """A connection of nothing measures nothing, and there is none above 100 MW."""
    user = await register()

    async with chain.refused(errors.InvalidRatedPower):
        await chain.client.registry.assign_meter(
            user=user.number, meter_id="m", rated_power_w=rated_power_w, authority=authority
        )


@pytest.mark.parametrize("rated_power_w", [1, 100_000_000])
async def test_accepts_rated_power_at_its_limits(
    chain: Chain, authority: Keypair, register: Register, rated_power_w: int
) -> None:
    """Both ends belong to the range."""
    user = await register()

    await chain.client.registry.assign_meter(
        user=user.number, meter_id="m", rated_power_w=rated_power_w, authority=authority
    )

    assert (await chain.client.registry.meter(meter=0)).rated_power_w == rated_power_w


@pytest.mark.parametrize("raw", [b"", b"\0m", b"m\0n", b"m\xff", b"\xff" * 32])
async def test_rejects_identifier_that_is_not_text(
    chain: Chain, authority: Keypair, register: Register, raw: bytes
) -> None:
    """Nothing, zero bytes inside, and bytes that are no UTF-8; the SDK would not send them."""
    user = await register()
    padded = raw.ljust(32, b"\0")
    instruction = generated.assign_meter(
        {"id": list(padded), "number": 0, "meter_key": Pubkey.default(), "rated_power_w": 1},
        {
            "authority": authority.pubkey(),
            "registry": pdas.REGISTRY_ADDRESS,
            "pause": PAUSE_ADDRESS,
            "user": user.address,
            "meter_id": Pubkey.find_program_address([b"meter_id", padded], PROGRAM_ID)[0],
            "meter": pdas.meter_address(0),
        },
    )

    async with chain.refused(errors.InvalidMeterId):
        await chain.send(instruction, signers=[authority])


async def test_accepts_identifier_of_32_bytes(chain: Chain, authority: Keypair, register: Register) -> None:
    """The longest there is."""
    user = await register()

    await chain.client.registry.assign_meter(user=user.number, meter_id="x" * 32, rated_power_w=1, authority=authority)

    assert (await chain.client.registry.meter(meter=0)).meter_id == "x" * 32


async def test_rejects_a_number_that_is_not_due(chain: Chain, authority: Keypair, register: Register) -> None:
    """A new meter takes the next number, a known one keeps its own."""
    user = await register()
    registry = chain.client.registry
    for meter_id in ("taken", "free"):
        await registry.assign_meter(user=user.number, meter_id=meter_id, rated_power_w=1, authority=authority)
    await registry.unassign_meter(meter_id="free", authority=authority)

    for meter_id, number in (("new", 1), ("new", 3), ("free", 2), ("taken", 1), ("taken", 2)):
        instruction = instructions.assign_meter(
            authority=authority.pubkey(), user=user.address, meter_id=meter_id, number=number, rated_power_w=1
        )
        async with chain.refused(errors.WrongMeterNumber):
            await chain.send(instruction, signers=[authority])


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_user_that_is_not_active(
    chain: Chain, authority: Keypair, register: Register, status: UserStatus
) -> None:
    """Who may not take part gets no meter."""
    user = await register()
    await chain.client.registry.update_user_status(user=user.number, status=status, authority=authority)

    async with chain.refused(errors.UserNotActive):
        await chain.client.registry.assign_meter(user=user.number, meter_id="m", rated_power_w=1, authority=authority)


async def test_rejects_a_user_that_does_not_exist(chain: Chain, authority: Keypair) -> None:
    """The SDK names what the framework finds."""
    async with chain.refused(errors.UserNotFound):
        await chain.client.registry.assign_meter(user=0, meter_id="m", rated_power_w=1, authority=authority)


async def test_rejects_a_pause_of_registration(chain: Chain, authority: Keypair, register: Register) -> None:
    """The pause covers meters too."""
    user = await register()
    await chain.client.governance.emergency_pause(areas=PauseArea.REGISTRATION)

    async with chain.refused(errors.RegistrationPaused):
        await chain.client.registry.assign_meter(user=user.number, meter_id="m", rated_power_w=1, authority=authority)


async def test_rejects_anybody_but_an_authority(chain: Chain, admin: Keypair, register: Register) -> None:
    """A user cannot raise its own connection, and neither can admin or governance."""
    key = await chain.stranger(1)
    user = await register(key.pubkey())

    for signer in (await chain.stranger(), admin, chain.chief, key):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.assign_meter(user=user.number, meter_id="m", rated_power_w=1, authority=signer)


async def test_rejects_accounts_that_are_not_what_they_should_be(
    chain: Chain, authority: Keypair, register: Register
) -> None:
    """Signature, singletons, user, identifier and meter are each tied down."""
    user = await register()
    instruction = instructions.assign_meter(
        authority=authority.pubkey(), user=user.address, meter_id="m", number=0, rated_power_w=1
    )

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, authority.pubkey()))
    for name, old, new, code in (
        ("registry", pdas.REGISTRY_ADDRESS, await forged(chain, pdas.REGISTRY_ADDRESS), CONSTRAINT_SEEDS),
        ("pause", PAUSE_ADDRESS, await forged(chain, PAUSE_ADDRESS), CONSTRAINT_SEEDS),
        (
            "user",
            user.address,
            await forged(chain, user.address, owner=ENERGY_TOKEN),
            ACCOUNT_OWNED_BY_WRONG_PROGRAM,
        ),
        ("user", user.address, pdas.user_key_address(user.key), ACCOUNT_OF_ANOTHER_TYPE),
        ("meter_id", pdas.meter_id_address("m"), pdas.meter_id_address("n"), CONSTRAINT_SEEDS),
        ("meter", pdas.meter_address(0), pdas.meter_address(1), CONSTRAINT_SEEDS),
    ):
        async with framework_refuses(chain, code, account=name):
            await chain.send(swapped(instruction, old, new), signers=[authority])
