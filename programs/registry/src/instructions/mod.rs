mod add_authority;
mod assign_meter;
mod initialize;
mod register_user;
mod remove_authority;
mod set_admin;
mod unassign_meter;
mod update_user_status;
mod verify_user;

pub use add_authority::*;
pub use assign_meter::*;
pub use initialize::*;
pub use register_user::*;
pub use remove_authority::*;
pub use set_admin::*;
pub use unassign_meter::*;
pub use update_user_status::*;
pub use verify_user::*;
