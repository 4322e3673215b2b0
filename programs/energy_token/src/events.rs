use anchor_lang::prelude::*;

/// The GRID mint exists.
#[event]
pub struct EnergyTokenInitialized {
    pub mint: Pubkey,
    pub admin: Pubkey,
    pub minter: Pubkey,
    pub burner: Pubkey,
}

/// GRID was minted for a user's generation.
#[event]
pub struct EnergyMinted {
    pub user: Pubkey,
    pub energy_wh: u64,
    /// Minted since the start, this included [GRID base units].
    pub minted_total: u128,
}

/// GRID was burned for consumption.
#[event]
pub struct EnergyBurned {
    pub energy_wh: u64,
    /// Burned since the start, this included [GRID base units].
    pub burned_total: u128,
}

/// Others may mint and burn from now on.
#[event]
pub struct RolesChanged {
    pub minter: Pubkey,
    pub burner: Pubkey,
}

/// The next admin is named; the zero key withdraws.
#[event]
pub struct AdminNominated {
    pub new_admin: Pubkey,
}

/// The token's administration was handed over.
#[event]
pub struct AdminChanged {
    pub from: Pubkey,
    pub to: Pubkey,
}
