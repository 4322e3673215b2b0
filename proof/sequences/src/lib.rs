//! Random sequences of instructions by many actors on the compiled programs.

pub mod actors;
pub mod apart;
pub mod auction;
pub mod calls;
pub mod chain;
pub mod community;
pub mod draw;
pub mod errors;
pub mod instructions;
pub mod invariants;
pub mod model;
pub mod run;
pub mod shrink;
pub mod state;
pub mod steps;
pub mod trades;
pub mod view;
pub mod world;
