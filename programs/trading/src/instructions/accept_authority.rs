use anchor_lang::prelude::*;

use crate::{errors::*, events::AuthorityChanged, state::*};

#[derive(Accounts)]
pub struct AcceptAuthority<'info> {
    /// Signs, so that the market cannot go to a key nobody holds.
    #[account(address = market.pending_authority @ TradingError::NotNominated)]
    pub new_authority: Signer<'info>,
    #[account(mut)]
    pub market: Box<Account<'info, Market>>,
}

pub fn handler(ctx: Context<AcceptAuthority>) -> Result<()> {
    let market = &mut ctx.accounts.market;
    let from = market.authority;
    market.authority = std::mem::take(&mut market.pending_authority);

    emit!(AuthorityChanged { market: market.id, from, to: market.authority });
    Ok(())
}
