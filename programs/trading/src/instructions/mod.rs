// Anchor looks for the accounts of every instruction at one level; handlers are called by
// their full path, so that they all share the name is harmless.
#![allow(ambiguous_glob_reexports)]

pub mod accept_authority;
pub mod add_book;
pub mod authorize_agent;
pub mod cancel_orders;
pub mod cancel_orders_by_agent;
pub mod clear_epoch;
pub mod close_epoch;
pub mod close_seat;
pub mod create_market;
pub mod deposit;
pub mod hand_over_seat;
pub mod lock_withdrawals;
pub mod nominate_authority;
pub mod open_epoch;
pub mod open_seat;
pub mod open_withdrawals;
pub mod place_orders;
pub mod place_orders_by_agent;
pub mod refresh_seat;
pub mod remove_book;
pub mod retire_energy;
pub mod revoke_agent;
pub mod set_price_bounds;
pub mod update_market;
pub mod void_epoch;
pub mod withdraw;

pub use accept_authority::*;
pub use add_book::*;
pub use authorize_agent::*;
pub use cancel_orders::*;
pub use cancel_orders_by_agent::*;
pub use clear_epoch::*;
pub use close_epoch::*;
pub use close_seat::*;
pub use create_market::*;
pub use deposit::*;
pub use hand_over_seat::*;
pub use lock_withdrawals::*;
pub use nominate_authority::*;
pub use open_epoch::*;
pub use open_seat::*;
pub use open_withdrawals::*;
pub use place_orders::*;
pub use place_orders_by_agent::*;
pub use refresh_seat::*;
pub use remove_book::*;
pub use retire_energy::*;
pub use revoke_agent::*;
pub use set_price_bounds::*;
pub use update_market::*;
pub use withdraw::*;
