"""Changed instructions that may go through, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.adversarial.cell import Cell


@dataclass(frozen=True)
class Harmless:
    """All but `mutator` are patterns. `reason` says why no harm is done."""

    instruction: str
    subject: str
    mutator: str
    detail: str
    reason: str

    def concerns(self, instruction: str) -> bool:
        """Whether this is about cells of `instruction`."""
        return fnmatchcase(instruction, self.instruction)

    def covers(self, instruction: str, cell: Cell) -> bool:
        """Whether this is about `cell`, one of `instruction`."""
        return (
            self.mutator == cell.mutator
            and self.concerns(instruction)
            and fnmatchcase(cell.subject, self.subject)
            and fnmatchcase(cell.detail, self.detail)
        )


ANY_PAYER = "whoever signs may pay; nothing else follows from it"
ANY_RECIPIENT = "who signs says where the rent goes"
ANY_AUTHORITY = "registry authorities have equal powers"
WHOEVER_SIGNS = "both owners sign, and the present one says who follows"
THE_ARGUMENT = "the account is what the caller chooses; nothing ties it to the rest"
ONE_OF_ITS_KIND = "owner and type suffice: only its program makes such accounts, and only this one"
MADE_AT_ITS_SEEDS = "owner and type suffice: only its program makes such accounts, each at the address of its contents"
ADOPTED = "owner and type suffice: its contents name its market and its ledger, and only adoption writes them"
BLANK = "any blank account of the program's will do"
HIS_TOKENS = "any account of that holder and mint will do"
ANY_MINT = "any mint but GRID may be the payment's"
MADE_AGAIN = "what does not exist is made"
ADDRESS_ONLY = "only its address counts, and whether it signs"
STAYS_ITS_OWNERS = "only the vaults' owner could change it, and it signs transfers and burns alone"
HEADER_ONLY = "only the header is read; its size was fixed when it was adopted"
NO_BUSINESS = "whom the mint's authority is does not matter here"
SAME_SEAT_THERE = "the user has a seat of this number there too"
OWN_RISK = "that others may move or close it is its holder's business"

EVERYWHERE = (
    Harmless("*", "*", "given lamports", "", "lamports that are given away are nobody's claim"),
    Harmless("*", "*", "given tokens", "", "a donation is nobody's claim"),
    Harmless("*", "*", "longer", "", "only the program can make its accounts longer, and reads what it knows"),
    Harmless("*", "*", "doubled", "", "accounts beyond those that are declared are not looked at"),
    Harmless("*", "accounts", "one more", "", "accounts beyond those that are declared are not looked at"),
    Harmless("*", "data", "left over", "", "bytes after the arguments are not read: later versions may add to them"),
    Harmless("*", "*", "delegated", "", OWN_RISK),
    Harmless("*", "*", "closable", "", OWN_RISK),
    Harmless("*", "*", "freezable", "", "the issuer of a payment token is trusted; GRID has no freeze authority"),
    *(Harmless("*", name, "clone", "", ONE_OF_ITS_KIND) for name in ("pause", "parameters", "registry")),
    Harmless("trading.create_market", "token_config", "clone", "", ONE_OF_ITS_KIND),
    *(
        Harmless("*", name, "clone", "", MADE_AT_ITS_SEEDS)
        for name in (
            "agent",
            "balance",
            "certificate",
            "feed",
            "market",
            "meter",
            "meter_slot",
            "operator",
            "recipient",
            "recovery",
            "request",
            "result",
            "shard",
            "user",
        )
    ),
    *(Harmless("*", name, "clone", "", ADOPTED) for name in ("book", "ledger")),
    *(
        Harmless(instruction, signer, mutator, "*", ADDRESS_ONLY)
        for instruction, signer in (
            ("energy_token.mint_energy_tokens", "minter"),
            ("trading.close_epoch", "closer"),
            ("trading.create_market", "oracle"),
            ("trading.retire_energy", "oracle"),
            ("trading.set_price_bounds", "oracle"),
        )
        for mutator in ("owner", "closed", "marked as", "cut to")
    ),
    Harmless(
        "governance.*", "authority", "other program's address", "governance", "an approved decision signs with it"
    ),
    Harmless("governance.execute", "executor", "other program's address", "*", "anybody may execute"),
    *(
        Harmless(instruction, payer, "fee payer", "", ANY_PAYER)
        for instruction, payer in (("*", "payer"), ("*", "executor"), ("*", "recipient"))
    ),
)
"""What holds for many instructions. A refusal is welcome too where one is legal."""

HARMLESS = (
    *EVERYWHERE,
    Harmless("energy_token.burn", "source", "clone", "", HIS_TOKENS),
    Harmless("energy_token.mint_energy_tokens", "recipient", "closed", "*", MADE_AGAIN),
    Harmless("oracle.mint_energy", "recipient", "closed", "*", MADE_AGAIN),
    Harmless("oracle.top_up_requests", "balance", "closed", "", MADE_AGAIN),
    Harmless("energy_token.burn", "mint", "mint", "of another authority", NO_BUSINESS),
    Harmless("oracle.retire_energy", "energy_mint", "mint", "of another authority", NO_BUSINESS),
    Harmless("trading.retire_energy", "energy_mint", "mint", "of another authority", NO_BUSINESS),
    Harmless("trading.create_market", "energy_mint", "mint", "of another authority", NO_BUSINESS),
    Harmless("trading.create_market", "payment_mint", "mint", "of another authority", NO_BUSINESS),
    Harmless("trading.create_market", "payment_mint", "clone", "", ANY_MINT),
    Harmless("trading.create_market", "payment_mint", "sibling", "mallory's mint", ANY_MINT),
    Harmless("trading.create_market", "ledger", "cut to", "half", "it gets as many seats as it has room for"),
    Harmless("trading.deposit", "source", "clone", "", HIS_TOKENS),
    Harmless("trading.deposit", "vault", "token account", "of another holder", STAYS_ITS_OWNERS),
    Harmless("trading.withdraw", "destination", "clone", "", HIS_TOKENS),
    Harmless(
        "governance.repeal_policy", "policy", "cut to", "half", "its text is short; the rest of the room is empty"
    ),
    Harmless("oracle.trigger_market_clearing", "book", "cut to", "half", HEADER_ONLY),
    Harmless("trading.close_epoch", "book", "cut to", "half", HEADER_ONLY),
    Harmless("trading.remove_book", "book", "cut to", "half", HEADER_ONLY),
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
    Harmless("oracle.transfer_certificate", "recipient", "sibling", "[abc]*", THE_ARGUMENT),
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
    Harmless("registry.assign_meter", "user", "sibling", "[bc]*", THE_ARGUMENT),
    Harmless("registry.register_user", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.register_user", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.unassign_meter", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.unassign_meter", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.update_user_status", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("registry.update_user_status", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("registry.update_user_status", "user", "sibling", "*", THE_ARGUMENT),
    Harmless("registry.verify_user", "user", "sibling", "[bc]*", THE_ARGUMENT),
    Harmless("trading.authorize_agent", "payer", "stranger", "", ANY_PAYER),
    Harmless("trading.authorize_agent", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("trading.revoke_agent", "signer", "other wallet", "mallory", "an agent may give itself up"),
    Harmless("trading.clear_epoch", "book", "sibling", "book 0 of market 1", "its epoch is settled: it does nothing"),
    *(
        Harmless(f"registry.{name}", "payer", mutator, "*", ANY_PAYER)
        for name in ("finish_recovery", "set_guardians")
        for mutator in ("stranger", "other wallet")
    ),
    Harmless("registry.freeze_user", "authority", "other wallet", "ana", "a user may freeze the key it signs with"),
    Harmless("trading.hand_over_seat", "new_owner", "missing", "", WHOEVER_SIGNS),
    Harmless("trading.hand_over_seat", "new_owner", "stranger", "", WHOEVER_SIGNS),
    Harmless("trading.hand_over_seat", "new_owner", "fee payer", "", WHOEVER_SIGNS),
    Harmless("trading.hand_over_seat", "new_owner", "other wallet", "*", WHOEVER_SIGNS),
    Harmless("trading.hand_over_seat", "new_owner", "other program's address", "*", WHOEVER_SIGNS),
    Harmless("registry.rotate_key", "payer", "stranger", "", ANY_PAYER),
    Harmless("registry.rotate_key", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("trading.close_epoch", "payer", "stranger", "", ANY_PAYER),
    Harmless("trading.close_epoch", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("trading.create_market", "authority", "other wallet", "chief", ANY_AUTHORITY),
    Harmless("trading.create_market", "authority", "other wallet", "rival", ANY_AUTHORITY),
    Harmless("trading.open_epoch", "book", "sibling", "book [12] of market 1", "any idle book of the market serves"),
    Harmless("trading.lock_withdrawals", "ledger", "sibling", "ledger 2", SAME_SEAT_THERE),
    Harmless("trading.open_seat", "payer", "stranger", "", ANY_PAYER),
    Harmless("trading.open_seat", "payer", "other wallet", "*", ANY_PAYER),
    Harmless("trading.refresh_seat", "ledger", "sibling", "ledger 2", SAME_SEAT_THERE),
    Harmless("trading.remove_book", "book", "sibling", "book [12] of market 1", "the choice among idle books is free"),
    Harmless("trading.set_price_bounds", "market", "sibling", "market 2", THE_ARGUMENT),
)
