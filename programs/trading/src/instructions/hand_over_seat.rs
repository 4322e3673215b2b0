use anchor_lang::prelude::*;

use crate::{errors::*, events::SeatHandedOver, state::*};

#[derive(Accounts)]
pub struct HandOverSeat<'info> {
    pub owner: Signer<'info>,
    pub new_owner: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

pub fn handler(ctx: Context<HandOverSeat>, seat: u16) -> Result<()> {
    let accounts = ctx.accounts;
    let mut data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    let entry = Seat::owned(seats, seat, accounts.owner.key())?;
    ensure!(entry.status == SEAT_SYSTEM, TradingError::NotSystemSeat);
    entry.owner = accounts.new_owner.key();

    emit!(SeatHandedOver { market: ledger.market_id, seat, from: accounts.owner.key(), to: entry.owner });
    Ok(())
}
