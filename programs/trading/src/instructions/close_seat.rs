use anchor_lang::prelude::*;

use crate::{constants::*, errors::*, events::SeatClosed, state::*};

#[derive(Accounts)]
pub struct CloseSeat<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(has_one = ledger @ TradingError::WrongLedger)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(
        mut, close = owner, has_one = market @ TradingError::WrongMarket,
        seeds = [SEAT_SEED, market.key().as_ref(), pointer.user.as_ref(), &[pointer.ordinal]],
        bump = pointer.bump,
    )]
    pub pointer: Box<Account<'info, SeatPointer>>,
}

pub fn handler(ctx: Context<CloseSeat>) -> Result<()> {
    let accounts = ctx.accounts;
    let index = accounts.pointer.seat;
    let info = accounts.ledger.to_account_info();
    let mut data = info.try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    let seat = Seat::owned(seats, index, accounts.owner.key())?;
    seat.require_not_frozen()?;
    // An order in an unsettled epoch refers to the seat even when it locks nothing.
    let idle = seat.epoch <= accounts.market.last_settled_epoch;
    ensure!(seat.is_drained() && idle, TradingError::SeatInUse);
    ledger.free_seat(seats, index);

    emit!(SeatClosed { market: accounts.market.id, seat: index, user: accounts.pointer.user });
    Ok(())
}
