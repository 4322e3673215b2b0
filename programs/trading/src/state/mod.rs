use anchor_lang::prelude::Pubkey;

mod agent;
mod book;
mod epoch_result;
mod ledger;
mod market;
mod rules;
mod seat_pointer;

pub use agent::*;
pub use book::*;
pub use epoch_result::*;
pub use ledger::*;
pub use market::*;
pub use rules::*;
pub use seat_pointer::*;

/// Whether two keys are equal, compared in words: `==` costs half as much again.
#[inline(always)]
pub fn same_key(a: &Pubkey, b: &Pubkey) -> bool {
    let (a, b): ([u64; 4], [u64; 4]) = (bytemuck::cast(a.to_bytes()), bytemuck::cast(b.to_bytes()));
    a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3]
}
