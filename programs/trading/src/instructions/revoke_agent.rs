use anchor_lang::prelude::*;

use crate::{errors::*, events::AgentRevoked, state::*};

#[derive(Accounts)]
pub struct RevokeAgent<'info> {
    pub signer: Signer<'info>,
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(
        mut, close = owner,
        has_one = ledger @ TradingError::WrongLedger,
        has_one = owner @ TradingError::WrongDestination,
    )]
    pub agent: Box<Account<'info, Agent>>,
    /// CHECK: address only; gets the rent.
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
}

pub fn handler(ctx: Context<RevokeAgent>) -> Result<()> {
    let accounts = ctx.accounts;
    let (agent, signer) = (&accounts.agent, accounts.signer.key);
    let data = accounts.ledger.as_ref().try_borrow_data()?;
    let seat = Ledger::seats(&data)?.get(usize::from(agent.seat)).or_fail(TradingError::SeatNotFound)?;
    // A seat that has another owner by now is the new one's to tidy.
    ensure!(
        [agent.key, agent.owner, seat.owner].iter().any(|key| same_key(key, signer)),
        TradingError::UnauthorizedSeat
    );

    emit!(AgentRevoked {
        market: agent.market_id,
        seat: agent.seat,
        ordinal: agent.ordinal,
        agent: agent.key,
    });
    Ok(())
}
