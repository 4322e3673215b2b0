use anchor_lang::prelude::*;
use governance::{Pause, AREA_TRADING};
use registry::{Registry, User, UserStatus};

use crate::{constants::*, errors::*, events::SeatOpened, state::*};

#[derive(Accounts)]
#[instruction(ordinal: u8)]
pub struct OpenSeat<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub owner: Signer<'info>,
    pub pause: Account<'info, Pause>,
    pub registry: Box<Account<'info, Registry>>,
    #[account(constraint = user.key == owner.key() @ TradingError::WrongUser)]
    pub user: Box<Account<'info, User>>,
    /// CHECK: read for its existence only: a record here makes the owner an official.
    #[account(seeds = [OPERATOR_SEED, owner.key().as_ref()], bump, seeds::program = ORACLE_PROGRAM_ID)]
    pub operator_record: UncheckedAccount<'info>,
    #[account(has_one = ledger @ TradingError::WrongLedger)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(
        init_if_needed, payer = payer, space = 8 + SeatPointer::INIT_SPACE,
        seeds = [SEAT_SEED, market.key().as_ref(), user.key().as_ref(), &[ordinal]], bump,
    )]
    pub pointer: Box<Account<'info, SeatPointer>>,
    pub system_program: Program<'info, System>,
}

/// Whether `key` is an authority's or an operator's, who may not trade.
pub fn is_official(registry: &Registry, key: &Pubkey, operator_record: &UncheckedAccount) -> bool {
    registry.is_authority(key) || operator_record.owner == &ORACLE_PROGRAM_ID
}

pub fn handler(ctx: Context<OpenSeat>, ordinal: u8) -> Result<()> {
    let accounts = ctx.accounts;
    ensure!(!accounts.pause.is_paused(AREA_TRADING), TradingError::TradingPaused);
    ensure!(ordinal < SEATS_PER_USER, TradingError::TooManySeats);
    let now = Clock::get()?.unix_timestamp;
    ensure!(!accounts.user.is_frozen(now), TradingError::SeatFrozen);
    ensure!(accounts.user.status == UserStatus::Active, TradingError::UserNotActive);
    let official = is_official(&accounts.registry, &accounts.user.key, &accounts.operator_record);
    ensure!(!official, TradingError::OfficialCannotTrade);
    ensure!(accounts.pointer.version == 0, TradingError::SeatAlreadyOpen);

    let info = accounts.ledger.to_account_info();
    let mut data = info.try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut data)?;
    let index = ledger.take_seat(seats)?;
    let seat = &mut seats[usize::from(index)];
    seat.user = accounts.user.key();
    seat.ordinal = ordinal;
    seat.opened_at = now as u32;
    seat.mirror(&accounts.user, official, now);

    accounts.pointer.set_inner(SeatPointer {
        version: ACCOUNT_VERSION,
        bump: ctx.bumps.pointer,
        market: accounts.market.key(),
        user: accounts.user.key(),
        ordinal,
        seat: index,
    });
    emit!(SeatOpened { market: accounts.market.id, seat: index, user: accounts.user.key(), ordinal });
    Ok(())
}
