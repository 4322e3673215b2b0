use anchor_lang::prelude::*;

use crate::{constants::UNITS_PER_WH, errors::EnergyTokenError};

/// The GRID mint, who may mint and burn, and how much they did. Its address is the mint's
/// only authority.
#[account]
#[derive(InitSpace, Debug)]
pub struct TokenConfig {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Canonical bump of the mint's address.
    pub mint_bump: u8,
    /// The GRID mint.
    pub mint: Pubkey,
    /// Names the minter and the burner.
    pub admin: Pubkey,
    /// May mint: the oracle's address.
    pub minter: Pubkey,
    /// May burn from its own accounts: the trading program's custody address.
    pub burner: Pubkey,
    /// Minted since the start [GRID base units].
    pub minted: u128,
    /// Burned through this program since the start [GRID base units]. Holders may also
    /// burn directly, so the supply is at most `minted - burned`.
    pub burned: u128,
    /// May take over as admin; the zero key while nobody is nominated.
    pub pending_admin: Pubkey,
    pub reserved: [u8; 32],
}

impl TokenConfig {
    /// Adds to what was minted.
    pub fn record_mint(&mut self, units: u64) {
        self.minted += u128::from(units);
    }

    /// Adds to what was burned.
    pub fn record_burn(&mut self, units: u64) {
        self.burned += u128::from(units);
    }
}

/// GRID base units of `energy_wh`, which must be at least one Wh.
pub fn units_of(energy_wh: u64) -> Result<u64> {
    require!(energy_wh > 0, EnergyTokenError::ZeroAmount);
    energy_wh.checked_mul(UNITS_PER_WH).ok_or_else(|| EnergyTokenError::AmountTooLarge.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kwh_is_one_grid() {
        assert_eq!(units_of(1_000).unwrap(), 10u64.pow(9));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let largest = u64::MAX / UNITS_PER_WH;
        assert_eq!(largest, 18_446_744_073_709);
        assert!(units_of(largest).is_ok());
        assert_eq!(units_of(largest + 1).unwrap_err(), EnergyTokenError::AmountTooLarge.into());
        assert_eq!(units_of(0).unwrap_err(), EnergyTokenError::ZeroAmount.into());
    }
}
