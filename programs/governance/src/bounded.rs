//! Text and bytes that no length can make too large. The interface shows them as what they are on the wire: Borsh's
//! `string` and `bytes`.

use std::{
    io::{ErrorKind, Read, Result, Write},
    ops::Deref,
};

use anchor_lang::prelude::*;

use crate::constants::MAX_URI_BYTES;

/// More than any instruction carries, and a third of a program's heap.
const MAX_BYTES: usize = 10_240;

/// Bytes with their length in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// UTF-8 text with its length in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

/// Reads bytes with their length in front.
///
/// Borsh's own readers make room for up to a mebibyte before they look whether so much follows.
/// That is more than the heap, and the runtime would end the program without a named error.
fn read<R: Read>(reader: &mut R) -> Result<Vec<u8>> {
    let length = u32::deserialize_reader(reader)? as usize;
    if length > MAX_BYTES {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl AnchorDeserialize for Bytes {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        read(reader).map(Bytes)
    }
}

impl AnchorSerialize for Bytes {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.0.serialize(writer)
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl FromIterator<u8> for Bytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Bytes(bytes.into_iter().collect())
    }
}

impl AnchorDeserialize for Text {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        String::from_utf8(read(reader)?).map(Text).map_err(|_| ErrorKind::InvalidData.into())
    }
}

impl AnchorSerialize for Text {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.0.serialize(writer)
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Room for the longest text in an account of fixed size, which is a policy's address.
impl Space for Text {
    const INIT_SPACE: usize = 4 + MAX_URI_BYTES as usize;
}

#[cfg(feature = "idl-build")]
impl IdlBuild for Bytes {}

#[cfg(feature = "idl-build")]
impl IdlBuild for Text {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in ["", "abc", &"x".repeat(MAX_BYTES)] {
            let bytes = borsh(&Text(text.into()));
            assert_eq!(bytes, borsh(&text.to_string()));
            assert_eq!(Text::try_from_slice(&bytes).unwrap().0, text);
            assert_eq!(Bytes::try_from_slice(&bytes).unwrap(), text.bytes().collect());
        }
    }

    #[test]
    fn lengths_beyond_the_bytes_are_refused() {
        for length in [1, 4, MAX_BYTES as u32, MAX_BYTES as u32 + 1, u32::MAX] {
            let bytes = [&length.to_le_bytes()[..], b""].concat();
            assert!(Bytes::try_from_slice(&bytes).is_err());
            assert!(Text::try_from_slice(&bytes).is_err());
        }
        let long = borsh(&vec![0u8; MAX_BYTES + 1]);
        assert!(Bytes::try_from_slice(&long).is_err());
        assert!(Text::try_from_slice(&[1, 0, 0, 0, 0xff]).is_err());
    }

    fn borsh(value: &impl AnchorSerialize) -> Vec<u8> {
        let mut bytes = vec![];
        value.serialize(&mut bytes).unwrap();
        bytes
    }
}
