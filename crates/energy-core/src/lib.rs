//! Units, rounding, epoch arithmetic and the call auction, in plain Rust.
//!
//! Nothing here knows accounts, signers or a clock: the trading program feeds these
//! functions with numbers from its accounts, and the host runs the same functions in tests.

pub mod auction;
pub mod calendar;
pub mod epoch;
pub mod fees;
pub mod grid;
pub mod units;
