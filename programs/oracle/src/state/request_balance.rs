use anchor_lang::prelude::*;

use crate::errors::OracleError;

/// What a user has prepaid for data requests. The lamports lie in this account, on top of its
/// rent; lamports that somebody sends here otherwise are not counted.
#[account]
#[derive(InitSpace)]
pub struct RequestBalance {
    pub version: u8,
    pub bump: u8,
    /// Registry account of the user.
    pub user: Pubkey,
    /// Prepaid and not spent, lamports.
    pub balance: u64,
    /// The part of it that open requests have promised to whoever answers, lamports.
    pub promised: u64,
    /// Requests ever made from it.
    pub requests: u64,
    pub reserved: [u8; 32],
}

impl RequestBalance {
    /// Reads the balance of `user`. Errors: `InsufficientOracleBalance` for an absent account: who
    /// has no balance has none to spend; `WrongRequestBalance` for another user's or type's.
    pub fn load<'info>(info: &'info AccountInfo<'info>, user: &Pubkey) -> Result<Account<'info, Self>> {
        require!(info.owner != &System::id(), OracleError::InsufficientOracleBalance);
        let found = Account::<Self>::try_from(info).ok().filter(|balance| balance.user == *user);
        found.ok_or(OracleError::WrongRequestBalance.into())
    }

    /// Lamports that no request has promised.
    pub fn free(&self) -> u64 {
        self.balance.saturating_sub(self.promised)
    }

    /// Adds lamports. Errors: `ZeroAmount`.
    pub fn top_up(&mut self, lamports: u64) -> Result<()> {
        require!(lamports > 0, OracleError::ZeroAmount);
        self.balance = self.balance.saturating_add(lamports);
        Ok(())
    }

    /// Takes free lamports out. Errors: `ZeroAmount`, `InsufficientOracleBalance`.
    pub fn withdraw(&mut self, lamports: u64) -> Result<()> {
        require!(lamports > 0, OracleError::ZeroAmount);
        require!(lamports <= self.free(), OracleError::InsufficientOracleBalance);
        self.balance -= lamports;
        Ok(())
    }

    /// Promises a request's fee. A balance of zero makes no request, even where they are free.
    ///
    /// Errors: `InsufficientOracleBalance`.
    pub fn promise(&mut self, fee: u64) -> Result<()> {
        require!(self.free() > 0 && self.free() >= fee, OracleError::InsufficientOracleBalance);
        self.promised += fee;
        self.requests += 1;
        Ok(())
    }

    /// Spends a promised fee. Errors: those of `release`.
    pub fn spend(&mut self, fee: u64) -> Result<()> {
        self.release(fee)?;
        self.balance = self.balance.checked_sub(fee).ok_or(OracleError::WrongRequestBalance)?;
        Ok(())
    }

    /// Frees a promised fee. Errors: `WrongRequestBalance` when it was not promised from here.
    pub fn release(&mut self, fee: u64) -> Result<()> {
        self.promised = self.promised.checked_sub(fee).ok_or(OracleError::WrongRequestBalance)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(balance: u64, promised: u64) -> RequestBalance {
        RequestBalance {
            version: 1,
            bump: 255,
            user: Pubkey::default(),
            balance,
            promised,
            requests: 0,
            reserved: [0; 32],
        }
    }

    #[test]
    fn promises_end_with_the_free_part() {
        let mut balance = balance(25, 0);
        balance.promise(10).unwrap();
        balance.promise(10).unwrap();
        assert_eq!(balance.promise(10).unwrap_err(), OracleError::InsufficientOracleBalance.into());
        assert_eq!((balance.free(), balance.requests), (5, 2));
    }

    #[test]
    fn zero_balance_refuses_free_requests_too() {
        assert!(balance(1, 0).promise(0).is_ok());
        assert!(balance(0, 0).promise(0).is_err());
        assert!(balance(7, 7).promise(0).is_err());
    }

    #[test]
    fn what_is_promised_cannot_be_withdrawn() {
        let mut balance = balance(25, 10);
        assert_eq!(balance.withdraw(16).unwrap_err(), OracleError::InsufficientOracleBalance.into());
        balance.withdraw(15).unwrap();
        balance.spend(10).unwrap();
        assert_eq!((balance.balance, balance.promised), (0, 0));
    }
}
