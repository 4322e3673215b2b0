"""Chains of one's own: a solana-test-validator (`Localnet`), or the in-process chain as a server (`engine`)."""

from .validator import VALIDATOR, Localnet, find_validator, validator_cache

__all__ = ["VALIDATOR", "Localnet", "find_validator", "validator_cache"]
