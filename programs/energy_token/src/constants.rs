use anchor_lang::prelude::*;

/// Seed of the one [`TokenConfig`](crate::TokenConfig), which is the mint's authority.
#[constant]
pub const TOKEN_CONFIG_SEED: &[u8] = b"energy_token";
/// The address that the seed gives, written out for instructions that are too frequent to derive it.
pub const TOKEN_CONFIG: Pubkey = pubkey!("5gi7TLtV74E3fxCyPdXaqisvdTyR8YSwdJ6mCCZj1a3g");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_config_is_what_its_seed_gives() {
        assert_eq!(Pubkey::find_program_address(&[TOKEN_CONFIG_SEED], &crate::ID).0, TOKEN_CONFIG);
    }
}
