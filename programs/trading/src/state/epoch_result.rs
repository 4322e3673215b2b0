use anchor_lang::prelude::*;

use super::{BookState, PriceRule, TieRule};
use crate::errors::*;

/// What stays of an epoch. Address: `["result", market, epoch u32]`. Created when the epoch
/// is closed, completed when it is settled, then never written again. It records neither
/// who did so nor when, so its bytes depend on the orders alone.
#[account]
#[derive(InitSpace)]
pub struct EpochResult {
    pub version: u8,
    pub bump: u8,
    pub market: Pubkey,
    pub epoch: u32,
    pub state: BookState,
    pub price_rule: PriceRule,
    pub tie_rule: TieRule,
    pub fee_bps: u16,
    /// True when nothing traded; `price` is then the last price of an earlier epoch.
    pub no_trade: bool,
    /// Clearing price, payment base units a kWh. Under pay-as-bid the reference price.
    pub price: u64,
    /// The equilibrium interval, payment base units a kWh.
    pub price_low: u64,
    pub price_high: u64,
    /// Energy traded, offered and asked for, Wh.
    pub volume_wh: u64,
    pub bid_wh: u64,
    pub ask_wh: u64,
    /// Orders in the log and what became of them.
    pub orders: u32,
    pub filled: u32,
    pub partially_filled: u32,
    pub cancelled: u32,
    pub expired: u32,
    /// Payment base units. `buyers_paid = sellers_received + fees + surplus`; divided by
    /// the volume, the first two are the average prices of either side.
    pub buyers_paid: u64,
    pub sellers_received: u64,
    pub fees: u64,
    pub surplus: u64,
    /// Bounds of the epoch, Unix seconds.
    pub opens_at: i64,
    pub closes_at: i64,
    /// Hash chain over the final bytes of the orders, 64 at a time.
    pub digest: [u8; 32],
    pub reserved: [u8; 32],
}

impl EpochResult {
    /// The result of `epoch` in `market`. Closing an epoch creates the only account of this
    /// type that names both, so owner, type and contents identify it.
    pub fn read(info: &AccountInfo, market: Pubkey, epoch: u32) -> Result<EpochResult> {
        ensure!(info.owner == &crate::ID, TradingError::WrongResult);
        let data = info.try_borrow_data()?;
        let result = EpochResult::try_deserialize(&mut &data[..])?;
        ensure!(result.market == market && result.epoch == epoch, TradingError::WrongResult);
        Ok(result)
    }

    /// Stores the result in the account it was read from.
    pub fn write(&self, info: &AccountInfo) -> Result<()> {
        let mut data = info.try_borrow_mut_data()?;
        self.try_serialize(&mut &mut data[..])
    }
}
