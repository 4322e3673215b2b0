"""Which instructions may be sent twice."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adversarial.changes import CLOSERS, ORDERS
from tests.adversarial.fixtures import INITIALISERS

REPLAYS: Mapping[str, str] = {
    name: error
    for error, names in {
        "AccountNotInitialized": (
            "governance.close_proposal",
            "oracle.remove_feed",
            "trading.close_seat",
            "trading.revoke_agent",
        ),
        "AccountOwnedByWrongProgram": ("trading.remove_book",),
        "AlreadyApproved": ("governance.approve",),
        "CertificateAlreadyRetired": ("oracle.retire_certificate",),
        "ClientIdNotIncreasing": ORDERS,
        "ConstraintSeeds": (
            "governance.adopt_policy",
            "governance.propose",
            "oracle.create_feed",
            "oracle.issue_certificate",
            "oracle.open_shard",
            "oracle.request_energy_data",
            "oracle.split_certificate",
        ),
        "ConstraintZero": ("trading.add_book",),
        "DuplicateReading": ("oracle.submit_meter_data",),
        "EpochAlreadyClosed": CLOSERS,
        "EpochAlreadyOpened": ("trading.open_epoch",),
        # What a newer chain answers with AccountAlreadyInUse.
        "InvalidInstructionData": (*INITIALISERS, "trading.create_market"),
        "MeterAlreadyAssigned": ("registry.assign_meter",),
        "MeterAlreadyAttached": ("oracle.attach_meter",),
        "MeterNotAssigned": ("registry.unassign_meter",),
        "NotApproved": ("governance.revoke_approval",),
        "NotCertificateOwner": ("oracle.transfer_certificate",),
        "NotNominated": (
            "energy_token.accept_admin",
            "oracle.accept_admin",
            "registry.accept_admin",
            "trading.accept_authority",
        ),
        "NothingToMint": ("oracle.mint_energy",),
        "ObservationNotNewer": ("oracle.update_feed",),
        "OperatorAlreadyExists": ("oracle.add_operator",),
        "OperatorNotFound": ("oracle.remove_operator",),
        "OrderNotActive": ("trading.cancel_order", "trading.cancel_orders", "trading.cancel_orders_by_agent"),
        "PolicyAlreadyRepealed": ("governance.repeal_policy",),
        "ProposalNotOpen": ("governance.cancel_proposal", "governance.execute"),
        "RecoveryAlreadyApproved": ("registry.approve_recovery",),
        "RecoveryNotOpen": ("registry.veto_recovery",),
        "RecRegulatorAlreadyExists": ("registry.add_authority",),
        "RecRegulatorNotFound": ("registry.remove_authority",),
        "RequestAlreadyCancelled": ("oracle.cancel_request",),
        "RequestAlreadyFulfilled": ("oracle.fulfill_energy_data",),
        "RequestNotFound": ("oracle.close_request",),
        "SeatAlreadyOpen": ("trading.open_seat",),
        "UnauthorizedAuthority": ("governance.set_members",),
        "UnauthorizedSeat": ("trading.hand_over_seat",),
        "UserAlreadyExists": ("registry.register_user",),
        "UserFrozen": ("registry.freeze_user",),
        "UserNotFound": ("registry.finish_recovery", "registry.rotate_key"),
        "UserNotFrozen": ("registry.unfreeze_user",),
    }.items()
    for name in names
}
"""What a second, equal instruction is answered."""

SETS = "it sets what is set already"
MOVES = "it moves as much again, of what its signer may move"
READS = "it changes nothing"
SYSTEM = "only programs sign it, each time for what they checked"

REPEATABLE: Mapping[str, str] = {
    "energy_token.burn": SYSTEM,
    "energy_token.mint_energy_tokens": SYSTEM,
    "energy_token.nominate_admin": SETS,
    "energy_token.set_roles": SETS,
    "governance.emergency_pause": SETS,
    "governance.resume": SETS,
    "governance.set_guardian": SETS,
    "governance.set_timing": SETS,
    "governance.update_parameters": SETS,
    "oracle.nominate_admin": SETS,
    "oracle.refresh_meter": SETS,
    "oracle.retire_energy": MOVES,
    "oracle.set_feed_limits": SETS,
    "oracle.set_request_fee": SETS,
    "oracle.system_health": READS,
    "oracle.top_up_requests": MOVES,
    "oracle.update_energy_prices": SETS,
    "oracle.validate_certificate": READS,
    "oracle.withdraw_request_balance": MOVES,
    "registry.nominate_admin": SETS,
    "registry.set_guardians": "the same guardians wait to follow themselves",
    "registry.update_user_status": SETS,
    "registry.verify_user": READS,
    "trading.authorize_agent": SETS,
    "trading.clear_epoch": "once settled it does nothing",
    "trading.deposit": MOVES,
    "trading.lock_withdrawals": SETS,
    "trading.nominate_authority": SETS,
    "trading.open_withdrawals": "it starts the delay anew",
    "trading.refresh_seat": SETS,
    "trading.retire_energy": MOVES,
    "trading.set_price_bounds": SETS,
    "trading.update_market": SETS,
    "trading.void_epoch": "once voided it does nothing",
    "trading.withdraw": MOVES,
}
"""Instructions that may be sent again, and why that is right."""
