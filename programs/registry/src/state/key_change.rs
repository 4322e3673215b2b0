use anchor_lang::prelude::*;

/// Why a key is frozen or changed: all that the chain is told, so that nothing personal is.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum KeyChangeReason {
    /// Keys change from time to time.
    Routine,
    /// Nobody has the key any more.
    Lost,
    /// Somebody else has the key.
    Stolen,
    /// Somebody else may have the key.
    Suspected,
    /// To practise.
    Drill,
}
