mod accept_admin;
mod burn;
mod initialize;
mod mint_energy_tokens;
mod nominate_admin;
mod set_roles;

pub use accept_admin::*;
pub use burn::*;
pub use initialize::*;
pub use mint_energy_tokens::*;
pub use nominate_admin::*;
pub use set_roles::*;
