use anchor_lang::prelude::*;

use super::cancel_orders::{self, Scope};
use crate::{errors::*, state::*};

#[derive(Accounts)]
pub struct CancelOrdersByAgent<'info> {
    pub key: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    #[account(
        has_one = key @ TradingError::AgentNotAuthorized,
        has_one = ledger @ TradingError::AgentNotAuthorized,
    )]
    pub agent: Account<'info, Agent>,
}

pub fn handler(ctx: Context<CancelOrdersByAgent>, epoch: u32, records: Vec<u8>) -> Result<()> {
    let CancelOrdersByAgent { ledger, book, agent, .. } = ctx.accounts;
    {
        let mut data = ledger.as_ref().try_borrow_mut_data()?;
        let (_, seats) = Ledger::split(&mut data)?;
        agent.seat_in(seats, Clock::get()?.unix_timestamp)?;
    }
    let scope = Scope { owner: &agent.owner, seat: Some(agent.seat) };
    cancel_orders::many(scope, ledger.as_ref(), book.as_ref(), epoch, &records)
}
