//! Text in fields of fixed size.

/// Whether `bytes` are UTF-8 text, padded with zero bytes and nothing else, and not empty.
pub fn is_text(bytes: &[u8]) -> bool {
    let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (text, padding) = bytes.split_at(length);
    length > 0 && padding.iter().all(|byte| *byte == 0) && core::str::from_utf8(text).is_ok()
}
