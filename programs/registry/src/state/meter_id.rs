use anchor_lang::prelude::*;

use crate::errors::RegistryError;

/// Points from a meter's identifier to the meter. Stays when the meter is unassigned, so
/// that an identifier keeps its number for good.
#[account]
#[derive(InitSpace, Debug)]
pub struct MeterId {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Number of the meter.
    pub number: u32,
    /// Address of the meter's account.
    pub meter: Pubkey,
}

impl MeterId {
    /// Whether `id` is text of 1 to 32 bytes, padded with zero bytes and nothing else.
    pub fn validate(id: &[u8; 32]) -> Result<()> {
        let length = id.iter().position(|byte| *byte == 0).unwrap_or(id.len());
        let (text, padding) = id.split_at(length);
        require!(
            length > 0 && padding.iter().all(|byte| *byte == 0) && core::str::from_utf8(text).is_ok(),
            RegistryError::InvalidMeterId
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &[u8]) -> [u8; 32] {
        let mut id = [0; 32];
        id[..text.len()].copy_from_slice(text);
        id
    }

    #[test]
    fn text_of_1_to_32_bytes_is_an_identifier() {
        for text in ["A", "meter-42", "Zähler 7", &"x".repeat(32)] {
            assert!(MeterId::validate(&id(text.as_bytes())).is_ok());
        }
    }

    #[test]
    fn emptiness_gaps_and_broken_text_are_refused() {
        for bytes in [&b""[..], b"\0A", b"A\0B", b"A\xff"] {
            assert_eq!(MeterId::validate(&id(bytes)).unwrap_err(), RegistryError::InvalidMeterId.into());
        }
    }
}
