//! The DUIS codec: XML read once and decoded, the signature checked over the same reading, answers written and signed.

pub mod signature;
pub mod xml;
