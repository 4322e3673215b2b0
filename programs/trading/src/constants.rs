use anchor_lang::prelude::*;

/// Address of the oracle program. Only its address is known here: the oracle calls trading,
/// so trading never reads the oracle's types.
pub const ORACLE_PROGRAM_ID: Pubkey = pubkey!("orc5yFja8THivAo6PRQkCX8zMttnRWpowvhznzAo9rz");

#[constant]
pub const AUTHORITY_SEED: &[u8] = b"authority";
/// The address that `AUTHORITY_SEED` gives, which owns the vaults, and its bump. Written out,
/// because deriving it costs 1,500 units, a quarter of a withdrawal.
pub const AUTHORITY: Pubkey = pubkey!("7YuZH88s4rogzkuoFqbkCjyJU9ybCMnqTWD92iG31zZL");
pub const AUTHORITY_BUMP: u8 = 255;
#[constant]
pub const MARKET_SEED: &[u8] = b"market";
#[constant]
pub const ENERGY_VAULT_SEED: &[u8] = b"energy_vault";
#[constant]
pub const PAYMENT_VAULT_SEED: &[u8] = b"payment_vault";
#[constant]
pub const SEAT_SEED: &[u8] = b"seat";
#[constant]
pub const AGENT_SEED: &[u8] = b"agent";
#[constant]
pub const RESULT_SEED: &[u8] = b"result";
/// Seeds of the oracle's own accounts that are recognised by address.
pub const ORACLE_SEED: &[u8] = b"oracle";
pub const OPERATOR_SEED: &[u8] = b"operator";

/// Layout version written at the head of every account.
pub const ACCOUNT_VERSION: u8 = 1;

/// Books a market can hold, and how many it must hold before an epoch opens: one open, one
/// clearing, and two in retention.
#[constant]
pub const MAX_BOOKS: u8 = 8;
#[constant]
pub const MIN_BOOKS: u8 = 4;

/// Price ticks a market may have. Bounds the price scan of the worst book.
#[constant]
pub const MAX_TICKS: u16 = 1_024;

/// Bytes of one order in a batch: tick u16, lots u32, little-endian.
#[constant]
pub const ORDER_RECORD_LEN: u8 = 6;

/// Bytes of one order in a batch of cancellations: index u32, client id u64, little-endian.
#[constant]
pub const CANCEL_RECORD_LEN: u8 = 12;

/// Orders that are hashed together into the epoch's digest.
#[constant]
pub const DIGEST_BLOCK: u32 = 256;

/// Seats that a user may hold in one market: a market maker needs one a side.
#[constant]
pub const SEATS_PER_USER: u8 = 2;

/// Agents that a seat may have.
#[constant]
pub const AGENTS_PER_SEAT: u8 = 8;

/// Seconds for which announced withdrawals stay open.
#[constant]
pub const WITHDRAWAL_WINDOW_S: i64 = 86_400;

/// Bounds of the delay between announcing withdrawals and their opening, seconds.
#[constant]
pub const MIN_WITHDRAWAL_DELAY_S: u32 = 60;
#[constant]
pub const MAX_WITHDRAWAL_DELAY_S: u32 = 30 * 86_400;

/// The seat that collects fees, and the one that receives the surplus of pay-as-bid.
#[constant]
pub const FEE_SEAT: u16 = 0;
#[constant]
pub const COMMUNITY_SEAT: u16 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authority_is_what_its_seed_gives() {
        let derived = Pubkey::find_program_address(&[AUTHORITY_SEED], &crate::ID);
        assert_eq!(derived, (AUTHORITY, AUTHORITY_BUMP));
    }
}
