//! Records a batch of readings: all of them or, if one is refused, none.
//!
//! *Authority*: an operator of the metering service; or a meter's own key, when every record
//! is that meter's (then `operator` is the address where the key's role would be).
//! *Errors*: `UnauthorizedOperator`, `MeteringPaused`, `MalformedBatch`; for a record
//! `MeterNotFound` and, in this order, `MeterInactive`, `ReadingInFuture`, `ReadingTooOld`,
//! `DuplicateReading`, `ReadingAboveRatedPower`, `ConsumerCannotExport`.

use anchor_lang::prelude::*;
use governance::{Bytes, Parameters, Pause, AREA_METERING};

use crate::{
    constants::ROLE_AMI,
    errors::OracleError,
    events::ReadingsRecorded,
    readings::{Batch, PackedReading, Window},
    state::{MeterShard, Operator},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct ReadingBatch {
    /// Number of the interval the records' ages count back from.
    pub interval: u32,
    /// Commitment to the meter-signed readings this batch comes from.
    pub root: [u8; 32],
    /// 12 bytes a reading, little-endian: slot u16, age in intervals u16, export [Wh] u32,
    /// import [Wh] u32.
    pub records: Bytes,
}

// Deriving addresses again would cost more than all the rest here, and prove nothing new:
// governance creates one `Parameters` and one `Pause`, and this program no shard but its own,
// so owner and type, which Anchor checks, tie each account to its root.
#[derive(Accounts)]
pub struct SubmitMeterData<'info> {
    pub submitter: Signer<'info>,
    /// CHECK: `grants` reads it.
    pub operator: UncheckedAccount<'info>,
    #[account(constraint = !pause.is_paused(AREA_METERING) @ OracleError::MeteringPaused)]
    pub pause: Account<'info, Pause>,
    pub parameters: Account<'info, Parameters>,
    #[account(mut)]
    pub shard: AccountLoader<'info, MeterShard>,
}

pub fn handler(ctx: Context<SubmitMeterData>, batch: ReadingBatch) -> Result<()> {
    let SubmitMeterData { submitter, operator, parameters, shard, .. } = ctx.accounts;
    let records: &[PackedReading] =
        bytemuck::try_cast_slice(&batch.records).map_err(|_| OracleError::MalformedBatch)?;
    require!(!records.is_empty(), OracleError::MalformedBatch);

    let is_operator = Operator::grants(operator, submitter.key, ROLE_AMI);
    let readings = Batch {
        records,
        interval: batch.interval.into(),
        window: Window::at(
            Clock::get()?.unix_timestamp,
            parameters.reading_max_age_s,
            parameters.reading_future_s,
        ),
        meter_key: (!is_operator).then_some(submitter.key),
    };
    let mut shard = shard.load_mut()?;
    let (export_wh, import_wh) = readings.record(shard.attached_mut())?;
    shard.readings += records.len() as u64;
    emit!(ReadingsRecorded {
        shard: shard.index,
        interval: batch.interval,
        count: records.len() as u16,
        export_wh,
        import_wh,
        root: batch.root,
    });
    Ok(())
}
