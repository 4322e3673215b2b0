use anchor_lang::prelude::*;

use crate::{errors::*, events::WithdrawalsOpening, state::*};

#[derive(Accounts)]
pub struct OpenWithdrawals<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

pub fn handler(ctx: Context<OpenWithdrawals>, seat: u16) -> Result<()> {
    let accounts = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    let entry = Seat::owned(seats, seat, accounts.owner.key())?;
    entry.require_not_frozen()?;
    ensure!(entry.withdrawal_delay_s != 0, TradingError::WithdrawalsNotLocked);
    let opens_at = now + i64::from(entry.withdrawal_delay_s);
    entry.withdrawals_open_at = opens_at;

    emit!(WithdrawalsOpening { market: ledger.market_id, seat, opens_at });
    Ok(())
}
