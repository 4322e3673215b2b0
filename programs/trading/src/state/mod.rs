mod book;
mod epoch_result;
mod ledger;
mod market;
mod rules;
mod seat_pointer;

pub use book::*;
pub use epoch_result::*;
pub use ledger::*;
pub use market::*;
pub use rules::*;
pub use seat_pointer::*;
