//! Makes a meter's slot agree with the registry: its user, the user's status and type, its key
//! and its rated power. Without a user, or with one that is not active, the meter stops
//! reporting; what it exported before can still be minted.
//!
//! A changed user takes over from the first interval that begins after the assignment. Readings
//! that arrive before the refresh still count for the former user, so refresh right after
//! assigning. Import that the former user has not retired by then is dropped from the count, and
//! export without a certificate stays without one.
//!
//! *Authority*: nobody's; it only copies what the registry says.
//! *Errors*: `WrongSlot`, `WrongUser`, `UnmintedEnergy`: mint the former user's energy first, for
//! which that user must be active.

use anchor_lang::prelude::*;
use registry::{Meter, User};

use crate::{
    constants::SLOT_SEED,
    errors::OracleError,
    events::MeterRefreshed,
    state::{MeterShard, MeterSlot},
};

#[derive(Accounts)]
pub struct RefreshMeter<'info> {
    pub meter: Box<Account<'info, Meter>>,
    /// CHECK: the meter's user, read as a `User` when there is one. A meter without a user
    /// holds the zero address, which is the system program's.
    #[account(address = meter.user @ OracleError::WrongUser)]
    pub user: UncheckedAccount<'info>,
    #[account(mut, seeds = [SLOT_SEED, meter.key().as_ref()], bump = meter_slot.bump)]
    pub meter_slot: Account<'info, MeterSlot>,
    #[account(mut, constraint = shard.load()?.index == meter_slot.shard @ OracleError::WrongSlot)]
    pub shard: AccountLoader<'info, MeterShard>,
}

pub fn handler<'info>(ctx: Context<'info, RefreshMeter<'info>>) -> Result<()> {
    let RefreshMeter { meter, user, meter_slot, .. } = ctx.accounts;
    let mut shard = ctx.accounts.shard.load_mut()?;
    let slot = shard.slot_mut(meter_slot.slot)?;

    if meter.is_assigned() {
        if meter.user != slot.user {
            slot.hand_over(meter.user, meter.assigned_at)?;
            meter_slot.certified_wh = slot.export_wh;
        }
        slot.link(meter, &*Account::<User>::try_from(user)?);
    } else {
        slot.flags = 0;
    }
    emit!(MeterRefreshed { meter: slot.meter, user: meter.user, active: slot.is_active() });
    Ok(())
}
