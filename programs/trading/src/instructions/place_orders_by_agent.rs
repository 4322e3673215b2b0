use anchor_lang::prelude::*;
use governance::Pause;

use super::place_orders::{self, Target};
use crate::{errors::*, state::*};

#[derive(Accounts)]
pub struct PlaceOrdersByAgent<'info> {
    pub key: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    pub pause: Account<'info, Pause>,
    #[account(
        mut,
        has_one = key @ TradingError::AgentNotAuthorized,
        has_one = ledger @ TradingError::AgentNotAuthorized,
    )]
    pub agent: Account<'info, Agent>,
}

pub fn handler<const SIDE: u8>(
    ctx: Context<PlaceOrdersByAgent>,
    client_id: u64,
    records: Vec<u8>,
) -> Result<()> {
    let PlaceOrdersByAgent { ledger, book, pause, agent, .. } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    {
        let mut data = ledger.as_ref().try_borrow_mut_data()?;
        let (_, seats) = Ledger::split(&mut data)?;
        let seat = agent.seat_in(seats, now)?;
        agent.begin(seat, now);
    }
    let target = Target { owner: &agent.owner, ledger: ledger.as_ref(), book: book.as_ref(), pause };
    place_orders::many::<SIDE>(target, agent.seat, client_id, &records)?;

    let data = ledger.as_ref().try_borrow_data()?;
    agent.check_limits::<SIDE>(&Ledger::seats(&data)?[usize::from(agent.seat)])
}
