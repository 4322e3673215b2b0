//! Asks the operators for the energy of one's own meter and promises them the fee.
//!
//! Only intervals that began after the meter was assigned to the user can be asked for: what came
//! before may be another household's.
//!
//! *Authority*: the user, who pays the request's account until it is closed.
//! *Errors*: `NotMeterOwner`, `InvalidIntervalRange`, `IntervalBeforeAssignment`,
//! `InsufficientOracleBalance` when the free balance is zero or below the fee;
//! `WrongRequestBalance`.

use anchor_lang::prelude::*;
use registry::{Meter, User};

use crate::{
    constants::{ACCOUNT_VERSION, ORACLE_SEED, REQUEST_SEED},
    errors::OracleError,
    events::EnergyDataRequested,
    readings::interval_at,
    state::{require_interval_range, Oracle, Request, RequestBalance, RequestState},
};

#[derive(Accounts)]
pub struct RequestEnergyData<'info> {
    #[account(mut, address = user.key @ OracleError::NotMeterOwner)]
    pub owner: Signer<'info>,
    pub user: Box<Account<'info, User>>,
    #[account(constraint = meter.user == user.key() @ OracleError::NotMeterOwner)]
    pub meter: Box<Account<'info, Meter>>,
    #[account(mut, seeds = [ORACLE_SEED], bump = oracle.bump)]
    pub oracle: Box<Account<'info, Oracle>>,
    /// CHECK: read with `RequestBalance::load`, which names an absent balance.
    #[account(mut)]
    pub balance: UncheckedAccount<'info>,
    #[account(init, payer = owner, space = 8 + Request::INIT_SPACE, seeds = [REQUEST_SEED, &oracle.request_count.to_le_bytes()], bump)]
    pub request: Box<Account<'info, Request>>,
    pub system_program: Program<'info, System>,
}

pub fn handler<'info>(
    ctx: Context<'info, RequestEnergyData<'info>>,
    first_interval: u32,
    last_interval: u32,
) -> Result<()> {
    let RequestEnergyData { user, meter, oracle, balance, request, .. } = ctx.accounts;
    let now = Clock::get()?.unix_timestamp;
    require_interval_range(first_interval, last_interval, now)?;
    require!(
        u64::from(first_interval) > interval_at(meter.assigned_at),
        OracleError::IntervalBeforeAssignment
    );

    let mut balance = RequestBalance::load(balance, &user.key())?;
    let fee = oracle.request_fee;
    balance.promise(fee)?;
    balance.exit(&crate::ID)?;

    let number = oracle.request_count;
    oracle.request_count += 1;
    request.set_inner(Request {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.request,
        number,
        user: user.key(),
        meter: meter.key(),
        first_interval,
        last_interval,
        fee,
        requested_at: now,
        state: RequestState::Pending,
        fulfilled_at: 0,
        operator: Pubkey::default(),
        export_wh: 0,
        import_wh: 0,
        data_hash: [0; 32],
        reserved: [0; 32],
    });
    emit!(EnergyDataRequested {
        number,
        user: user.key(),
        meter: meter.key(),
        first_interval,
        last_interval,
        fee
    });
    Ok(())
}
