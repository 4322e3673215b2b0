use anchor_lang::prelude::*;

use crate::{errors::*, events::PriceBoundsChanged, state::*};

#[derive(Accounts)]
pub struct SetPriceBounds<'info> {
    /// Vouches that the bounds lie within governance's limits.
    pub oracle: Signer<'info>,
    #[account(mut, has_one = oracle @ TradingError::UnauthorizedOracle)]
    pub market: Box<Account<'info, Market>>,
}

pub fn handler(ctx: Context<SetPriceBounds>, floor: u64, ceiling: u64) -> Result<()> {
    let market = &mut ctx.accounts.market;
    let grid = market.grid();
    (market.floor_tick, market.ceiling_tick) =
        grid.ticks_within(floor, ceiling).or_fail(TradingError::PriceBoundsEmpty)?;

    emit!(PriceBoundsChanged {
        market: market.id,
        floor: grid.price_of(market.floor_tick),
        ceiling: grid.price_of(market.ceiling_tick),
    });
    Ok(())
}
