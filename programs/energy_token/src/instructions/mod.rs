mod burn;
mod initialize;
mod mint_energy_tokens;
mod set_roles;

pub use burn::*;
pub use initialize::*;
pub use mint_energy_tokens::*;
pub use set_roles::*;
