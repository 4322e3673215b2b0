mod key_change;
mod meter;
mod meter_id;
mod recovery;
mod registry;
mod user;
mod user_key;

pub use key_change::*;
pub use meter::*;
pub use meter_id::*;
pub use recovery::*;
pub use registry::*;
pub use user::*;
pub use user_key::*;
