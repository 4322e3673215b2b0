use anchor_lang::prelude::*;

use crate::{
    constants::{MAX_REQUEST_INTERVALS, REQUEST_TIMEOUT_S},
    errors::OracleError,
    readings::interval_at,
};

/// Where a request stands. Fulfilled and cancelled are final.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RequestState {
    /// Waits for an operator's answer.
    Pending,
    /// Answered; the operator has the fee.
    Fulfilled,
    /// Not answered in time and taken back; the user has the fee.
    Cancelled,
}

/// A user's question for the energy of one of their meters, and the answer to it.
#[account]
#[derive(InitSpace)]
pub struct Request {
    pub version: u8,
    pub bump: u8,
    /// Position among all requests, from 0.
    pub number: u64,
    /// Registry account of the user who asks and pays.
    pub user: Pubkey,
    /// Registry account of the meter.
    pub meter: Pubkey,
    /// The intervals asked for, both included.
    pub first_interval: u32,
    pub last_interval: u32,
    /// Promised to whoever answers, lamports.
    pub fee: u64,
    /// Unix seconds.
    pub requested_at: i64,
    pub state: RequestState,
    /// Unix seconds; 0 until fulfilled, as everything below.
    pub fulfilled_at: i64,
    /// Key of the operator who answered.
    pub operator: Pubkey,
    /// Totals of the intervals at the connection point, Wh.
    pub export_wh: u64,
    pub import_wh: u64,
    /// Commitment to the readings behind the totals, which are delivered off the chain.
    pub data_hash: [u8; 32],
    pub reserved: [u8; 32],
}

impl Request {
    /// Reads request `number`, or says `RequestNotFound` for anything else, an absent account
    /// included.
    pub fn load<'info>(info: &'info AccountInfo<'info>, number: u64) -> Result<Account<'info, Self>> {
        let found = Account::<Self>::try_from(info).ok().filter(|request| request.number == number);
        found.ok_or(OracleError::RequestNotFound.into())
    }

    /// Errors: `RequestAlreadyFulfilled`, `RequestAlreadyCancelled`.
    pub fn require_pending(&self) -> Result<()> {
        match self.state {
            RequestState::Pending => Ok(()),
            RequestState::Fulfilled => err!(OracleError::RequestAlreadyFulfilled),
            RequestState::Cancelled => err!(OracleError::RequestAlreadyCancelled),
        }
    }

    /// Whether `now` (Unix seconds) is late enough to take the request back.
    pub fn is_timed_out(&self, now: i64) -> bool {
        now >= self.requested_at.saturating_add(REQUEST_TIMEOUT_S.into())
    }
}

/// Demands intervals that can be asked for at `now` (Unix seconds): over, in order, and no more
/// than 31 days of them. Errors: `InvalidIntervalRange`.
pub fn require_interval_range(first: u32, last: u32, now: i64) -> Result<()> {
    let in_order = last.checked_sub(first).is_some_and(|more| more < MAX_REQUEST_INTERVALS);
    require!(in_order && u64::from(last) < interval_at(now), OracleError::InvalidIntervalRange);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_over_in_order_and_a_month_at_most() {
        let now = 900 * 10_000;
        for (first, last) in [(9_999, 9_999), (0, 0), (7_024, 9_999)] {
            assert!(require_interval_range(first, last, now).is_ok());
        }
        for (first, last) in [(10_000, 10_000), (9, 8), (7_023, 9_999), (0, u32::MAX)] {
            let refused = require_interval_range(first, last, now).unwrap_err();
            assert_eq!(refused, OracleError::InvalidIntervalRange.into());
        }
    }
}
