//! The DUIS codec: parses and decodes requests, verifies their signatures, and writes and signs answers.
//!
//! A message is parsed once. Decoding and signature verification share that one parsed document.

pub mod pem;
pub mod signature;
pub mod xml;
