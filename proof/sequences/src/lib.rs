//! Random sequences of instructions by many actors on the compiled programs.

pub mod chain;
pub mod instructions;
pub mod view;
pub mod world;
