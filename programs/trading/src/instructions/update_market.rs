use anchor_lang::prelude::*;
use governance::Parameters;

use crate::{errors::*, events::MarketUpdated, state::*};

/// What may change after creation; `None` leaves a field as it is. Everything here takes
/// effect with the next epoch that opens, the epoch length with the next one that begins.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Default, PartialEq)]
pub struct MarketChanges {
    pub price_rule: Option<PriceRule>,
    pub tie_rule: Option<TieRule>,
    pub fee_bps: Option<u16>,
    pub min_order_wh: Option<u64>,
    pub max_order_wh: Option<u64>,
    pub max_orders_per_seat: Option<u16>,
    pub epoch_length_s: Option<u32>,
    /// Takes the grace, void and retention times that governance holds now.
    pub adopt_delays: bool,
}

#[derive(Accounts)]
pub struct UpdateMarket<'info> {
    pub authority: Signer<'info>,
    pub parameters: Box<Account<'info, Parameters>>,
    #[account(mut, has_one = authority @ TradingError::UnauthorizedMarketAuthority)]
    pub market: Box<Account<'info, Market>>,
}

pub fn handler(ctx: Context<UpdateMarket>, changes: MarketChanges) -> Result<()> {
    ensure!(changes != MarketChanges::default(), TradingError::NothingToChange);
    let (market, parameters) = (&mut ctx.accounts.market, &ctx.accounts.parameters);

    market.price_rule = changes.price_rule.unwrap_or(market.price_rule);
    market.tie_rule = changes.tie_rule.unwrap_or(market.tie_rule);
    market.fee_bps = changes.fee_bps.unwrap_or(market.fee_bps);
    market.min_order_wh = changes.min_order_wh.unwrap_or(market.min_order_wh);
    market.max_order_wh = changes.max_order_wh.unwrap_or(market.max_order_wh);
    market.max_orders_per_seat = changes.max_orders_per_seat.unwrap_or(market.max_orders_per_seat);
    if let Some(length_s) = changes.epoch_length_s {
        market.change_epoch_length(Clock::get()?.unix_timestamp, length_s)?;
        ensure!(length_s != 0, TradingError::InvalidEpochLength);
    }
    if changes.adopt_delays {
        market.clearing_grace_s = parameters.clearing_grace_s;
        market.void_after_s = parameters.void_after_s;
        market.book_retention_s = parameters.book_retention_s;
    }
    market.validate(parameters)?;

    emit!(MarketUpdated { market: market.id });
    Ok(())
}
