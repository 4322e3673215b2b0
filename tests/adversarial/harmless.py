"""Changed instructions that may go through, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.adversarial.cell import Cell


@dataclass(frozen=True)
class Harmless:
    """`detail` is a pattern."""

    instruction: str
    account: str
    mutator: str
    detail: str
    reason: str

    def covers(self, cell: Cell) -> bool:
        """Whether this is about `cell`, which belongs to the same instruction."""
        return (self.account, self.mutator) == (cell.account, cell.mutator) and fnmatchcase(cell.detail, self.detail)


ANY_PAYER = "whoever signs may pay; nothing else follows from it"
ANY_RECIPIENT = "the admin, who signs, says where the rent goes"
ANY_AUTHORITY = "registry authorities have equal powers"
ANY_RECIPIENT = "the authority chooses who gets the rent"
THE_ARGUMENT = "the account is what the caller chooses; nothing ties it to the rest"

HARMLESS = (
    Harmless(
        "energy_token.mint_energy_tokens",
        "payer",
        "missing",
        "",
        "the token account exists, so there is nothing to pay",
    ),
    Harmless("energy_token.mint_energy_tokens", "payer", "stranger", "", ANY_PAYER),
    Harmless("energy_token.mint_energy_tokens", "payer", "other wallet", "*", ANY_PAYER),
    Harmless(
        "energy_token.burn",
        "source",
        "sibling",
        "energy vault 2",
        "the burner owns it too; trading names the vault",
    ),
    Harmless("governance.adopt_policy", "payer", "stranger", "", ANY_PAYER),
    Harmless("governance.adopt_policy", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("governance.approve", "proposal", "sibling", "*", THE_ARGUMENT),
    Harmless("governance.cancel_proposal", "proposal", "sibling", "*", THE_ARGUMENT),
    Harmless("governance.execute", "executor", "missing", "", "whoever executes needs no account"),
    Harmless("governance.execute", "executor", "stranger", "", "what was approved, anybody may execute"),
    Harmless("governance.execute", "executor", "other wallet", "*", "what was approved, anybody may execute"),
    Harmless("governance.propose", "payer", "stranger", "", ANY_PAYER),
    Harmless("governance.propose", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("governance.repeal_policy", "policy", "sibling", "*", THE_ARGUMENT),
    Harmless("governance.revoke_approval", "proposal", "sibling", "*", THE_ARGUMENT),
    Harmless("governance.emergency_pause", "authority", "other wallet", "guardian", "a guardian may pause"),
    Harmless("oracle.add_operator", "payer", "stranger", "", ANY_PAYER),
    Harmless("oracle.add_operator", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("oracle.remove_operator", "recipient", "missing", "", ANY_RECIPIENT),
    Harmless("oracle.remove_operator", "recipient", "stranger", "", ANY_RECIPIENT),
    Harmless("oracle.remove_operator", "recipient", "other wallet", "*", ANY_RECIPIENT),
    Harmless("oracle.remove_operator", "recipient", "same as", "admin", ANY_RECIPIENT),
    Harmless("trading.remove_book", "recipient", "missing", "", ANY_RECIPIENT),
    Harmless("trading.remove_book", "recipient", "stranger", "", ANY_RECIPIENT),
    Harmless("trading.remove_book", "recipient", "other wallet", "*", ANY_RECIPIENT),
    Harmless("trading.remove_book", "recipient", "same as", "authority", ANY_RECIPIENT),
    Harmless("oracle.attach_meter", "shard", "sibling", "shard 0", "any shard with a free slot serves"),
    Harmless("oracle.split_certificate", "payer", "stranger", "", ANY_PAYER),
    Harmless("oracle.split_certificate", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("oracle.transfer_certificate", "recipient", "same as", "user", "giving it to oneself changes nothing"),
    Harmless("oracle.transfer_certificate", "recipient", "sibling", "*", THE_ARGUMENT),
    Harmless("oracle.update_energy_prices", "market", "sibling", "market 2", THE_ARGUMENT),
    Harmless("oracle.create_feed", "payer", "stranger", "", ANY_PAYER),
    Harmless("oracle.create_feed", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("oracle.remove_feed", "feed", "sibling", "*", THE_ARGUMENT),
    Harmless("oracle.remove_feed", "recipient", "missing", "", ANY_RECIPIENT),
    Harmless("oracle.remove_feed", "recipient", "stranger", "", ANY_RECIPIENT),
    Harmless("oracle.remove_feed", "recipient", "other wallet", "*", ANY_RECIPIENT),
    Harmless("oracle.remove_feed", "recipient", "same as", "admin", ANY_RECIPIENT),
    Harmless("oracle.set_feed_limits", "feed", "sibling", "*", THE_ARGUMENT),
    Harmless("oracle.system_health", "market", "sibling", "market 2", THE_ARGUMENT),
    Harmless("oracle.top_up_requests", "payer", "stranger", "", ANY_PAYER),
    Harmless("oracle.top_up_requests", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("oracle.update_feed", "feed", "sibling", "*", THE_ARGUMENT),
    Harmless("registry.assign_meter", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.assign_meter", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.assign_meter", "user", "sibling", "*", THE_ARGUMENT),
    Harmless("registry.register_user", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.register_user", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.unassign_meter", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.unassign_meter", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.update_user_status", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.update_user_status", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.update_user_status", "user", "sibling", "*", THE_ARGUMENT),
    Harmless("registry.verify_user", "user", "sibling", "*", THE_ARGUMENT),
    Harmless("trading.clear_epoch", "book", "sibling", "book 0 of market 1", "its epoch is settled: it does nothing"),
    Harmless("trading.close_epoch", "payer", "stranger", "", ANY_PAYER),
    Harmless("trading.close_epoch", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("trading.create_market", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("trading.create_market", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("trading.open_epoch", "book", "sibling", "book [12] of market 1", "any idle book of the market serves"),
    Harmless("trading.open_seat", "payer", "stranger", "", ANY_PAYER),
    Harmless("trading.open_seat", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("trading.refresh_seat", "ledger", "sibling", "ledger 2", "the user has a seat of this number there too"),
    Harmless("trading.remove_book", "book", "sibling", "book [12] of market 1", "the choice among idle books is free"),
    Harmless("trading.set_price_bounds", "market", "sibling", "market 2", THE_ARGUMENT),
)
