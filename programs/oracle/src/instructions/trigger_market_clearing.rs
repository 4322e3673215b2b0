//! Closes a market's epoch that is over, so that anyone may clear it.
//!
//! *Authority*: an operator with the operations role, who pays the result account.
//! *Errors*: `UnauthorizedOperator`, `WrongMarket`; trading's own, such as its `EpochNotOver`
//! and `EpochAlreadyClosed`.

use anchor_lang::prelude::*;
use trading::{program::Trading, Book, Market};

use crate::{
    constants::{ORACLE, ORACLE_SEED, ROLE_OPERATOR},
    errors::OracleError,
    events::ClearingTriggered,
    state::{Operator, Oracle},
};

// What only passes through to trading is checked there, against the market.
#[derive(Accounts)]
pub struct TriggerMarketClearing<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(address = ORACLE)]
    pub oracle: Box<Account<'info, Oracle>>,
    #[account(constraint = market.oracle == oracle.key() @ OracleError::WrongMarket)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    /// CHECK: trading creates it at the epoch's address.
    #[account(mut)]
    pub result: UncheckedAccount<'info>,
    pub trading_program: Program<'info, Trading>,
    pub system_program: Program<'info, System>,
}

pub fn handler(ctx: Context<TriggerMarketClearing>) -> Result<()> {
    let accounts = ctx.accounts;
    let market = accounts.market.id;
    let epoch = accounts.book.load()?.epoch;

    let call = trading::cpi::accounts::CloseEpoch {
        payer: accounts.authority.to_account_info(),
        closer: accounts.oracle.to_account_info(),
        market: accounts.market.to_account_info(),
        book: accounts.book.to_account_info(),
        result: accounts.result.to_account_info(),
        system_program: accounts.system_program.to_account_info(),
    };
    let signer: &[&[u8]] = &[ORACLE_SEED, &[accounts.oracle.bump]];
    trading::cpi::close_epoch(CpiContext::new_with_signer(trading::ID, call, &[signer]))?;
    emit!(ClearingTriggered { market, epoch });
    Ok(())
}
