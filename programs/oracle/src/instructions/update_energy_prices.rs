//! Bounds the prices of a market's epochs that are not open yet. Trading takes the bounds inward
//! to its ticks; an epoch keeps those it opened with.
//!
//! *Authority*: an operator with the operations role, within governance's limits.
//! *Errors*: `UnauthorizedOperator`, `WrongMarket`, `PriceBoundsOutsideLimits`; trading's own
//! `PriceBoundsEmpty`.

use anchor_lang::prelude::*;
use governance::Parameters;
use trading::{program::Trading, Market};

use crate::{
    constants::{ORACLE_SEED, ROLE_OPERATOR},
    errors::OracleError,
    state::{Operator, Oracle},
};

#[derive(Accounts)]
pub struct UpdateEnergyPrices<'info> {
    pub authority: Signer<'info>,
    /// CHECK: `grants` reads it.
    #[account(constraint = Operator::grants(&operator, authority.key, ROLE_OPERATOR) @ OracleError::UnauthorizedOperator)]
    pub operator: UncheckedAccount<'info>,
    #[account(seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    pub parameters: Box<Account<'info, Parameters>>,
    #[account(mut, constraint = market.oracle == oracle.key() @ OracleError::WrongMarket)]
    pub market: Box<Account<'info, Market>>,
    pub trading_program: Program<'info, Trading>,
}

/// `floor` and `ceiling` in payment base units a kWh.
pub fn handler(ctx: Context<UpdateEnergyPrices>, floor: u64, ceiling: u64) -> Result<()> {
    let accounts = ctx.accounts;
    require!(
        floor >= accounts.parameters.min_price && ceiling <= accounts.parameters.max_price,
        OracleError::PriceBoundsOutsideLimits
    );

    let call = trading::cpi::accounts::SetPriceBounds {
        oracle: accounts.oracle.to_account_info(),
        market: accounts.market.to_account_info(),
    };
    let signer: &[&[u8]] = &[ORACLE_SEED, &[accounts.oracle.bump]];
    trading::cpi::set_price_bounds(CpiContext::new_with_signer(trading::ID, call, &[signer]), floor, ceiling)
}
