"""What an operator does while a community runs, where several programs must learn of it at once.

The registry says who a user is and whose a meter is; seats and the oracle's slots mirror it when they are
refreshed. Here both go into one transaction, so that nobody trades or reports on an outdated record.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from . import oracle, registry, trading
from .client import EnergyClient
from .exceptions import AccountNotFound
from .oracle import Role
from .registry import UserStatus
from .signers import Signer
from .trading import BookState, EpochResult, Market
from .trading.constants import SEATS_PER_USER
from .transactions import Receipt


async def set_user_status(
    client: EnergyClient,
    *,
    user: Pubkey,
    status: UserStatus,
    markets: Sequence[Market],
    authority: Signer | None = None,
) -> Receipt:
    """Change a user's standing and let its seats and meters know.

    Args:
        user: the registry account.
        markets: where the user's seats are to be refreshed.
        authority: a registry authority; the payer by default.

    Raises:
        registry.errors.NotRecRegulator: `authority` is no registry authority.
        registry.errors.UserNotFound: there is no such user.
    """
    signer = authority or client.payer
    found = await client.registry.user(user=user)
    parts = [registry.instructions.update_user_status(authority=signer.pubkey(), user=user, status=status)]
    parts += await seat_refreshes(client, user=user, key=found.key, markets=markets)
    for number in found.meters:
        shard = await _shard_of(client, number)
        if shard is not None:
            meter = registry.pdas.meter_address(number)
            parts.append(oracle.instructions.refresh_meter(meter=meter, user=user, shard=shard))
    return await client.transactions.send(parts, signers=[signer])


async def seat_refreshes(
    client: EnergyClient, *, user: Pubkey, key: Pubkey, markets: Sequence[Market]
) -> list[Instruction]:
    """Instructions that let a user's seats know of its standing and its key; nothing is sent.

    Args:
        user: the registry account.
        key: the key the user has when they run: after `rotate_key` in the same transaction, the new one.
        markets: where to look for seats.
    """
    found = []
    for market in markets:
        for ordinal in range(SEATS_PER_USER):
            seat = await client.trading.find_seat(market, user=user, ordinal=ordinal)
            if seat is not None:
                found.append(
                    trading.instructions.refresh_seat(user=user, user_key=key, ledger=market.ledger, seat=seat)
                )
    return found


async def move_meter(
    client: EnergyClient,
    *,
    meter_id: str,
    user: Pubkey,
    rated_power_w: int,
    meter_key: Pubkey | None = None,
    authority: Signer | None = None,
) -> Receipt:
    """Hand a meter that has a user over to another, all or nothing.

    The new user takes over from the next interval; import that the former user has not retired is dropped,
    and export that has no certificate by then stays without one.

    Args:
        meter_id: the meter's identifier.
        user: registry account of the new user.
        rated_power_w: rated power of the connection [W].
        meter_key: the key the meter signs its own readings with; none by default.
        authority: a registry authority; the payer by default.

    Raises:
        oracle.errors.UnmintedEnergy: mint the former user's energy first.
        registry.errors.UserNotActive, registry.errors.MeterLimitReached: the new user cannot take it.
        AccountNotFound: no meter has this identifier.
    """
    signer = authority or client.payer
    meter = await client.registry.meter(meter_id=meter_id)
    if meter.user is None:
        raise AccountNotFound(f"meter {meter_id} has no user to take it from; assign it instead")
    parts = [
        registry.instructions.unassign_meter(authority=signer.pubkey(), meter=meter.address, user=meter.user),
        registry.instructions.assign_meter(
            authority=signer.pubkey(),
            user=user,
            meter_id=meter_id,
            number=meter.number,
            rated_power_w=rated_power_w,
            meter_key=meter_key,
        ),
    ]
    shard = await _shard_of(client, meter.number)
    if shard is not None:
        parts.append(oracle.instructions.refresh_meter(meter=meter.address, user=user, shard=shard))
    return await client.transactions.send(parts, signers=[signer])


async def settle_due_epochs(client: EnergyClient, market: Market) -> AsyncIterator[EpochResult]:
    """Close and settle every epoch that is over, oldest first: what has to be called regularly in a market.

    Anybody may. With the OPERATOR role the client's payer closes epochs as soon as they are over, without it once
    the grace period is over too. Several may do this at once: who is second finds the work done. Ends at the
    first epoch that nobody can settle yet.

    Yields:
        The result of each epoch that has become final, voided ones included.

    Raises:
        trading.errors.ClearingPaused: clearing stands still, and the delay before voiding is not over.
    """
    operator = await client.oracle.operator(key=client.payer.pubkey())
    is_operator = operator is not None and Role.OPERATOR in operator.roles
    while (epoch := (await client.trading.market(market.id)).oldest_unsettled_epoch()) is not None:
        book = await client.trading.book(market, epoch)
        if book.state is BookState.OPEN:
            due = book.closes_at + (0 if is_operator else market.clearing_grace_s)
            if await client.transport.clock() < due:
                return
            await _close(client, market, epoch, is_operator=is_operator)
        yield await _finish(client, market, epoch)


async def _close(client: EnergyClient, market: Market, epoch: int, *, is_operator: bool) -> None:
    try:
        if is_operator:
            await client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        else:
            await client.trading.close_epoch(market, epoch)
    except trading.errors.EpochAlreadyClosed:
        # Somebody else was quicker.
        pass


async def _finish(client: EnergyClient, market: Market, epoch: int) -> EpochResult:
    try:
        return await client.trading.settle_epoch(market, epoch)
    except trading.errors.EpochVoided:
        # Voiding has begun, so it can only be completed.
        pass
    except trading.errors.ClearingPaused as paused:
        try:
            await client.trading.void_epoch(market, epoch)
        except trading.errors.VoidNotDue:
            raise paused from None
    return await _void(client, market, epoch)


async def _void(client: EnergyClient, market: Market, epoch: int) -> EpochResult:
    while True:
        result = await client.trading.result(market, epoch)
        if result is not None and result.is_final:
            return result
        await client.trading.void_epoch(market, epoch)


async def _shard_of(client: EnergyClient, meter: int) -> int | None:
    try:
        return (await client.oracle.meter_slot(meter=meter)).shard
    except AccountNotFound:
        return None
