use anchor_lang::prelude::*;

use crate::{constants::MAX_OPERATORS, errors::OracleError};

/// The program's one configuration, and the address that signs its calls: GRID's minter and
/// the oracle of every market that names it.
#[account]
#[derive(InitSpace)]
pub struct Oracle {
    pub version: u8,
    pub bump: u8,
    /// Adds and removes operators and feeds, and sets the request fee.
    pub admin: Pubkey,
    pub operator_count: u8,
    /// The first `operator_count` entries, in no order.
    pub operators: [Pubkey; MAX_OPERATORS as usize],
    pub shard_count: u16,
    /// Meters attached, over all shards.
    pub meter_count: u32,
    /// What a data request costs its user, lamports.
    pub request_fee: u64,
    /// Data requests ever made: the next one's number.
    pub request_count: u64,
    /// Feeds ever created: the next one's number.
    pub feed_count: u16,
    /// May take over as admin; the zero key while nobody is nominated.
    pub pending_admin: Pubkey,
    pub reserved: [u8; 14],
}

impl Oracle {
    pub fn add_operator(&mut self, key: Pubkey) -> Result<()> {
        let free = self.operators.get_mut(usize::from(self.operator_count));
        *free.ok_or(OracleError::OperatorsFull)? = key;
        self.operator_count += 1;
        Ok(())
    }

    pub fn remove_operator(&mut self, key: &Pubkey) -> Result<()> {
        let count = usize::from(self.operator_count);
        let operators = self.operators.get(..count).unwrap_or_default();
        let position = operators.iter().position(|k| k == key);
        let position = position.ok_or(OracleError::OperatorNotFound)?;
        require!(count > 1, OracleError::CannotRemoveLastOperator);
        self.operators.swap(position, count - 1);
        self.operators[count - 1] = Pubkey::default();
        self.operator_count -= 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oracle() -> Oracle {
        Oracle {
            version: 1,
            bump: 255,
            admin: Pubkey::default(),
            operator_count: 0,
            operators: Default::default(),
            shard_count: 0,
            meter_count: 0,
            request_fee: 0,
            request_count: 0,
            feed_count: 0,
            pending_admin: Pubkey::default(),
            reserved: [0; 14],
        }
    }

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    #[test]
    fn seventeenth_operator_is_refused() {
        let mut oracle = oracle();
        for n in 1..=16 {
            oracle.add_operator(key(n)).unwrap();
        }
        let full = oracle.add_operator(key(17)).unwrap_err();
        assert_eq!(full, OracleError::OperatorsFull.into());
    }

    #[test]
    fn removal_leaves_no_gap() {
        let mut oracle = oracle();
        for n in 1..=3 {
            oracle.add_operator(key(n)).unwrap();
        }
        oracle.remove_operator(&key(1)).unwrap();
        assert_eq!(oracle.operators[..3], [key(3), key(2), Pubkey::default()]);
        assert_eq!(oracle.operator_count, 2);
    }

    #[test]
    fn last_operator_stays_and_strangers_are_not_found() {
        let mut oracle = oracle();
        oracle.add_operator(key(1)).unwrap();
        let last = oracle.remove_operator(&key(1)).unwrap_err();
        let stranger = oracle.remove_operator(&key(2)).unwrap_err();
        assert_eq!(last, OracleError::CannotRemoveLastOperator.into());
        assert_eq!(stranger, OracleError::OperatorNotFound.into());
    }
}
