mod emergency_pause;
mod initialize;
mod resume;
mod update_parameters;

pub use emergency_pause::*;
pub use initialize::*;
pub use resume::*;
pub use update_parameters::*;
