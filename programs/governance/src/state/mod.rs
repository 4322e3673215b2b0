mod governance;
mod parameters;
mod pause;

pub use governance::*;
pub use parameters::*;
pub use pause::*;
