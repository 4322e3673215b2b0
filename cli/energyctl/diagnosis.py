"""Why nothing is where it should be: another network, or programs that nobody has set up."""

from __future__ import annotations

from energy_sdk import PROGRAMS, EnergyClient
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.exceptions import AccountNotFound
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.oracle.pdas import ORACLE_ADDRESS
from energy_sdk.registry.pdas import REGISTRY_ADDRESS

ROOTS = {
    "governance": GOVERNANCE_ADDRESS,
    "registry": REGISTRY_ADDRESS,
    "energy_token": TOKEN_CONFIG_ADDRESS,
    "oracle": ORACLE_ADDRESS,
}
"""What each program's `initialize` creates. Trading has markets instead."""


class ClusterNotReady(AccountNotFound):
    """The cluster does not have the energy market's programs, or they are not initialised."""


async def require_market_programs(client: EnergyClient, url: str, *, initialised: bool = True) -> None:
    """Check that the cluster has the programs and, if `initialised`, that they are set up.

    Raises:
        ClusterNotReady: it is not so; the message says what to do.
    """
    found = await client.transport.get_accounts([*PROGRAMS.values(), *ROOTS.values()])
    programs, roots = found[: len(PROGRAMS)], found[len(PROGRAMS) :]
    missing = [name for name, account in zip(PROGRAMS, programs, strict=True) if not (account and account.executable)]
    if len(missing) == len(PROGRAMS):
        raise ClusterNotReady(
            f"the cluster at {url} does not have the energy market's programs; choose another with --url, "
            "or start a chain of your own with `energyctl localnet start`"
        )
    if missing:
        raise ClusterNotReady(f"the cluster at {url} lacks programs of the energy market: {', '.join(missing)}")
    bare = [name for name, account in zip(ROOTS, roots, strict=True) if account is None]
    if bare and initialised:
        raise ClusterNotReady(
            f"the programs at {url} are not initialised ({', '.join(bare)}); their upgrade authority does so "
            "with `energyctl initialize`"
        )
