use anchor_lang::prelude::*;
use registry::Registry;

use super::is_official;
use crate::{constants::*, errors::*, events::AgentAuthorized, state::*};

#[derive(Accounts)]
#[instruction(seat: u16, ordinal: u8, key: Pubkey)]
pub struct AuthorizeAgent<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub owner: Signer<'info>,
    pub registry: Box<Account<'info, Registry>>,
    /// CHECK: read for its existence only: a record here makes the agent an official.
    #[account(seeds = [OPERATOR_SEED, key.as_ref()], bump, seeds::program = ORACLE_PROGRAM_ID)]
    pub operator_record: UncheckedAccount<'info>,
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(
        init_if_needed, payer = payer, space = 8 + Agent::INIT_SPACE,
        seeds = [AGENT_SEED, ledger.key().as_ref(), &seat.to_le_bytes(), &[ordinal]], bump,
    )]
    pub agent: Box<Account<'info, Agent>>,
    pub system_program: Program<'info, System>,
}

pub fn handler(
    ctx: Context<AuthorizeAgent>,
    seat: u16,
    ordinal: u8,
    key: Pubkey,
    limits: AgentLimits,
) -> Result<()> {
    let accounts = ctx.accounts;
    ensure!(ordinal < AGENTS_PER_SEAT, TradingError::TooManyAgents);
    limits.require_in_time(Clock::get()?.unix_timestamp)?;
    let official = is_official(&accounts.registry, &key, &accounts.operator_record);
    ensure!(!official, TradingError::OfficialCannotTrade);

    let data = accounts.ledger.as_ref().try_borrow_data()?;
    let entry = Ledger::seats(&data)?.get(usize::from(seat)).or_fail(TradingError::SeatNotFound)?;
    ensure!(entry.status != SEAT_EMPTY, TradingError::SeatNotFound);
    ensure!(same_key(&entry.owner, accounts.owner.key), TradingError::UnauthorizedSeat);
    entry.require_active()?;

    let agent = &mut accounts.agent;
    let market_id = accounts.ledger.load()?.market_id;
    // Only a change of a grant that holds goes on with what was spent.
    if agent.version == 0 || agent.key != key || !agent.is_of(entry) {
        agent.set_inner(Agent {
            version: ACCOUNT_VERSION,
            bump: ctx.bumps.agent,
            market_id,
            ledger: accounts.ledger.key(),
            seat,
            ordinal,
            key,
            owner: entry.owner,
            opened_at: entry.opened_at,
            limits,
            day: 0,
            month: 0,
            day_start: Spent::default(),
            month_start: Spent::default(),
            reserved: [0; 64],
        });
    }
    agent.limits = limits;

    emit!(AgentAuthorized {
        market: market_id,
        seat,
        ordinal,
        agent: key,
        payment_per_day: limits.payment_per_day,
        payment_per_month: limits.payment_per_month,
        energy_per_day: limits.energy_per_day,
        energy_per_month: limits.energy_per_month,
        expires_at: limits.expires_at,
    });
    Ok(())
}
