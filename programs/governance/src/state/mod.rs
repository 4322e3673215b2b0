mod governance;
mod parameters;
mod pause;
mod policy;
mod proposal;

pub use governance::*;
pub use parameters::*;
pub use pause::*;
pub use policy::*;
pub use proposal::*;
