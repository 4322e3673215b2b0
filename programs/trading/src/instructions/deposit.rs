use anchor_lang::prelude::*;
use anchor_spl::token::{self, Token, TokenAccount, Transfer};
use energy_core::units::grid_units;

use crate::{errors::*, events::Deposited, state::*};

#[derive(Accounts)]
#[instruction(seat: u16, asset: Asset)]
pub struct Deposit<'info> {
    pub owner: Signer<'info>,
    #[account(has_one = ledger @ TradingError::WrongLedger)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut, constraint = source.mint == *market.vault(asset).0 @ TradingError::WrongMint)]
    pub source: Box<Account<'info, TokenAccount>>,
    /// CHECK: address only; the token program reads it.
    #[account(mut, address = *market.vault(asset).1 @ TradingError::WrongVault)]
    pub vault: UncheckedAccount<'info>,
    pub token_program: Program<'info, Token>,
}

/// Token base units of `amount`, which counts Wh of energy or base units of payment.
pub fn token_units(asset: Asset, amount: u64) -> Result<u64> {
    ensure!(amount > 0, TradingError::ZeroAmount);
    match asset {
        Asset::Energy => grid_units(amount).or_fail(TradingError::AmountTooLarge),
        Asset::Payment => Ok(amount),
    }
}

pub fn handler(ctx: Context<Deposit>, seat: u16, asset: Asset, amount: u64) -> Result<()> {
    let accounts = ctx.accounts;
    let units = token_units(asset, amount)?;
    ensure!(accounts.source.amount >= units, TradingError::InsufficientBalance);

    let free = {
        let mut data = accounts.ledger.as_ref().try_borrow_mut_data()?;
        let (ledger, seats) = Ledger::split(&mut data)?;
        let entry = Seat::owned(seats, seat, accounts.owner.key())?;
        let (free, total, net) = match asset {
            Asset::Energy => (&mut entry.energy_free, &mut ledger.energy_wh, &mut entry.energy_in),
            Asset::Payment => (&mut entry.payment_free, &mut ledger.payment, &mut entry.payment_in),
        };
        // The sum bounds every seat, so the cap here lets settlement add without a check.
        let sum = total.checked_add(amount).filter(|&sum| sum <= i64::MAX as u64);
        *total = sum.or_fail(TradingError::AmountTooLarge)?;
        *free += amount;
        *net = net.wrapping_add(amount);
        *free
    };

    token::transfer(
        CpiContext::new(
            accounts.token_program.key(),
            Transfer {
                from: accounts.source.to_account_info(),
                to: accounts.vault.to_account_info(),
                authority: accounts.owner.to_account_info(),
            },
        ),
        units,
    )?;
    emit!(Deposited { market: accounts.market.id, seat, asset, amount, free });
    Ok(())
}
