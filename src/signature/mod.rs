//! Signatures: one profile, checked over the same reading of the bytes that is decoded.

pub mod canonical;
