use anchor_lang::prelude::*;

/// Seed of the one [`TokenConfig`](crate::TokenConfig), which is the mint's authority.
#[constant]
pub const TOKEN_CONFIG_SEED: &[u8] = b"energy_token";
/// Seed of the GRID mint.
#[constant]
pub const GRID_MINT_SEED: &[u8] = b"grid_mint";

/// Layout version written into every account of this program.
#[constant]
pub const ACCOUNT_VERSION: u8 = 1;
/// Decimals of GRID: one GRID is one kWh.
#[constant]
pub const GRID_DECIMALS: u8 = 9;
/// GRID base units in one Wh.
#[constant]
pub const UNITS_PER_WH: u64 = 1_000_000;
