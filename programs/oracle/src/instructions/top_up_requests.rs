//! Prepays data requests of a user.
//!
//! *Authority*: anybody, who pays the lamports, and the account when it is the user's first.
//! *Errors*: `ZeroAmount`.

use anchor_lang::{
    prelude::*,
    system_program::{transfer, Transfer},
};
use registry::User;

use crate::{
    constants::{ACCOUNT_VERSION, REQUEST_BALANCE_SEED},
    events::RequestsToppedUp,
    state::RequestBalance,
};

#[derive(Accounts)]
pub struct TopUpRequests<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub user: Box<Account<'info, User>>,
    #[account(init_if_needed, payer = payer, space = 8 + RequestBalance::INIT_SPACE, seeds = [REQUEST_BALANCE_SEED, user.key().as_ref()], bump)]
    pub balance: Account<'info, RequestBalance>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<TopUpRequests>, lamports: u64) -> Result<()> {
    let TopUpRequests { payer, user, balance, .. } = ctx.accounts;
    if balance.version == 0 {
        balance.version = ACCOUNT_VERSION;
        balance.bump = ctx.bumps.balance;
        balance.user = user.key();
    }
    // Paid before it is counted: no balance exceeds the lamports that exist.
    let accounts = Transfer { from: payer.to_account_info(), to: balance.to_account_info() };
    transfer(CpiContext::new(System::id(), accounts), lamports)?;
    balance.top_up(lamports)?;
    emit!(RequestsToppedUp { user: user.key(), payer: payer.key(), lamports });
    Ok(())
}
