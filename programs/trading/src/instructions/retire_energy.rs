use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use energy_token::{program::EnergyToken, TokenConfig};

use crate::{constants::*, errors::*, events::EnergyUsed, state::*};

#[derive(Accounts)]
pub struct RetireEnergy<'info> {
    pub owner: Signer<'info>,
    /// Vouches that the energy was metered as used.
    pub oracle: Signer<'info>,
    #[account(
        has_one = ledger @ TradingError::WrongLedger,
        has_one = energy_vault @ TradingError::WrongVault,
        has_one = energy_mint @ TradingError::NotGrid,
        has_one = oracle @ TradingError::UnauthorizedOracle,
    )]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// CHECK: address only; the token programs read it.
    #[account(mut)]
    pub energy_vault: UncheckedAccount<'info>,
    /// CHECK: address only; owns the vault and may burn.
    #[account(address = AUTHORITY)]
    pub authority: UncheckedAccount<'info>,
    #[account(mut)]
    pub token_config: Box<Account<'info, TokenConfig>>,
    /// CHECK: address only; the token programs read it.
    #[account(mut)]
    pub energy_mint: UncheckedAccount<'info>,
    pub energy_token_program: Program<'info, EnergyToken>,
    pub token_program: Program<'info, Token>,
}

pub fn handler(ctx: Context<RetireEnergy>, seat: u16, energy_wh: u64) -> Result<()> {
    let accounts = ctx.accounts;
    ensure!(energy_wh > 0, TradingError::ZeroAmount);
    {
        let mut data = accounts.ledger.as_ref().try_borrow_mut_data()?;
        let (ledger, seats) = Ledger::split(&mut data)?;
        let entry = Seat::owned(seats, seat, accounts.owner.key())?;
        entry.require_not_frozen()?;
        entry.energy_free =
            entry.energy_free.checked_sub(energy_wh).or_fail(TradingError::InsufficientBalance)?;
        entry.energy_in = entry.energy_in.wrapping_sub(energy_wh);
        ledger.energy_wh -= energy_wh;
    }

    energy_token::cpi::burn(
        CpiContext::new_with_signer(
            accounts.energy_token_program.key(),
            energy_token::cpi::accounts::Burn {
                burner: accounts.authority.to_account_info(),
                config: accounts.token_config.to_account_info(),
                mint: accounts.energy_mint.to_account_info(),
                source: accounts.energy_vault.to_account_info(),
                token_program: accounts.token_program.to_account_info(),
            },
            &[&[AUTHORITY_SEED, &[AUTHORITY_BUMP]]],
        ),
        energy_wh,
    )?;
    emit!(EnergyUsed { market: accounts.market.id, seat, energy_wh });
    Ok(())
}
