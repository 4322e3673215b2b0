use anchor_lang::prelude::*;
use anchor_spl::token::{self, Token, TokenAccount, Transfer};

use super::token_units;
use crate::{constants::*, errors::*, events::Withdrawn, state::*};

#[derive(Accounts)]
#[instruction(seat: u16, asset: Asset)]
pub struct Withdraw<'info> {
    pub owner: Signer<'info>,
    #[account(has_one = ledger @ TradingError::WrongLedger)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(
        mut,
        constraint = destination.mint == *market.vault(asset).0 @ TradingError::WrongMint,
        constraint = destination.owner == *owner.key @ TradingError::WrongDestination,
    )]
    pub destination: Box<Account<'info, TokenAccount>>,
    /// CHECK: address only; the token program reads it.
    #[account(mut, address = *market.vault(asset).1 @ TradingError::WrongVault)]
    pub vault: UncheckedAccount<'info>,
    /// CHECK: address only; owns the vault.
    #[account(address = AUTHORITY)]
    pub vault_authority: UncheckedAccount<'info>,
    pub token_program: Program<'info, Token>,
}

pub fn handler(ctx: Context<Withdraw>, seat: u16, asset: Asset, amount: u64) -> Result<()> {
    let accounts = ctx.accounts;
    let units = token_units(asset, amount)?;

    let free = {
        let mut data = accounts.ledger.as_ref().try_borrow_mut_data()?;
        let (ledger, seats) = Ledger::split(&mut data)?;
        let entry = Seat::owned(seats, seat, accounts.owner.key())?;
        entry.require_not_frozen()?;
        if entry.withdrawal_delay_s != 0 {
            entry.count_withdrawal(asset, amount, Clock::get()?.unix_timestamp)?;
        }
        let (free, total, net) = match asset {
            Asset::Energy => (&mut entry.energy_free, &mut ledger.energy_wh, &mut entry.energy_in),
            Asset::Payment => (&mut entry.payment_free, &mut ledger.payment, &mut entry.payment_in),
        };
        *free = free.checked_sub(amount).or_fail(TradingError::InsufficientBalance)?;
        *total -= amount;
        *net = net.wrapping_sub(amount);
        *free
    };

    token::transfer(
        CpiContext::new_with_signer(
            accounts.token_program.key(),
            Transfer {
                from: accounts.vault.to_account_info(),
                to: accounts.destination.to_account_info(),
                authority: accounts.vault_authority.to_account_info(),
            },
            &[&[AUTHORITY_SEED, &[AUTHORITY_BUMP]]],
        ),
        units,
    )?;
    emit!(Withdrawn { market: accounts.market.id, seat, asset, amount, free });
    Ok(())
}
