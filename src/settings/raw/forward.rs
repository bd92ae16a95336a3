//! `[forward]`.

use std::{
    num::{NonZero, NonZeroUsize},
    path::PathBuf,
};

use serde::Deserialize;

use super::section::section;

section!(
    /// `[forward]`
    RawForward {
        url: String,
        timeout_ms: NonZero<u32>,
        max_in_flight: NonZeroUsize,
        breaker_failures: NonZero<u32>,
        breaker_seconds: u32,
        ca: PathBuf,
        certificate: PathBuf,
        key: PathBuf,
    }
);
