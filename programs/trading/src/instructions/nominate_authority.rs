use anchor_lang::prelude::*;

use crate::{errors::*, events::AuthorityNominated, state::*};

#[derive(Accounts)]
pub struct NominateAuthority<'info> {
    pub authority: Signer<'info>,
    #[account(mut, has_one = authority @ TradingError::UnauthorizedMarketAuthority)]
    pub market: Box<Account<'info, Market>>,
}

pub fn handler(ctx: Context<NominateAuthority>, new_authority: Pubkey) -> Result<()> {
    let market = &mut ctx.accounts.market;
    market.pending_authority = new_authority;

    emit!(AuthorityNominated { market: market.id, new_authority });
    Ok(())
}
