//! Pays the user free lamports of their request balance back.
//!
//! *Authority*: the user, while the key is not frozen.
//! *Errors*: `UnauthorizedUser`, `UserFrozen`, `ZeroAmount`, `InsufficientOracleBalance` for more than is free,
//! and where nothing was ever paid in; `WrongRequestBalance`.

use anchor_lang::prelude::*;
use registry::User;

use crate::{errors::OracleError, events::RequestBalanceWithdrawn, state::RequestBalance};

#[derive(Accounts)]
pub struct WithdrawRequestBalance<'info> {
    #[account(mut, address = user.key @ OracleError::UnauthorizedUser)]
    pub owner: Signer<'info>,
    pub user: Box<Account<'info, User>>,
    /// CHECK: read with `RequestBalance::load`, which names an absent balance.
    #[account(mut)]
    pub balance: UncheckedAccount<'info>,
}

pub fn handler<'info>(ctx: Context<'info, WithdrawRequestBalance<'info>>, lamports: u64) -> Result<()> {
    let WithdrawRequestBalance { owner, user, balance } = ctx.accounts;
    require!(!user.is_frozen(Clock::get()?.unix_timestamp), OracleError::UserFrozen);
    let mut balance = RequestBalance::load(balance, &user.key())?;
    balance.withdraw(lamports)?;
    balance.sub_lamports(lamports)?;
    owner.add_lamports(lamports)?;
    balance.exit(&crate::ID)?;
    emit!(RequestBalanceWithdrawn { user: user.key(), lamports });
    Ok(())
}
