use anchor_lang::prelude::*;

use crate::{constants::*, errors::*, events::WithdrawalsLocked, state::*};

#[derive(Accounts)]
pub struct LockWithdrawals<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

pub fn handler(
    ctx: Context<LockWithdrawals>,
    seat: u16,
    payment_per_day: u64,
    energy_per_day: u64,
    delay_s: u32,
) -> Result<()> {
    let accounts = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    let mut data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    let entry = Seat::owned(seats, seat, accounts.owner.key())?;
    entry.require_not_frozen()?;

    let (locked, removes) = (entry.withdrawal_delay_s != 0, delay_s == 0);
    ensure!(
        (removes && locked) || (MIN_WITHDRAWAL_DELAY_S..=MAX_WITHDRAWAL_DELAY_S).contains(&delay_s),
        TradingError::WithdrawalDelayOutOfRange
    );
    // Who has taken the key over must not take the lock off faster than its owner could.
    let tighter = !removes
        && delay_s >= entry.withdrawal_delay_s
        && payment_per_day <= entry.withdraw_payment_per_day
        && energy_per_day <= entry.withdraw_energy_per_day;
    ensure!(!locked || tighter || entry.withdrawals_are_open(now), TradingError::WithdrawalLimitsLooser);

    entry.withdrawal_delay_s = delay_s;
    entry.withdrawals_open_at = 0;
    (entry.withdraw_payment_per_day, entry.withdraw_energy_per_day) =
        if removes { (0, 0) } else { (payment_per_day, energy_per_day) };

    emit!(WithdrawalsLocked {
        market: ledger.market_id,
        seat,
        payment_per_day: entry.withdraw_payment_per_day,
        energy_per_day: entry.withdraw_energy_per_day,
        delay_s,
    });
    Ok(())
}
