//! `[test]`.

use std::path::PathBuf;

use serde::Deserialize;

use super::{read::instant, section::section};
use crate::domain::Timestamp;

section!(
    /// `[test]`
    RawTest {
        #[serde(deserialize_with = "instant")]
        clock: Timestamp,
        journal: u32,
        journal_bytes: u64,
        states_dir: PathBuf,
    }
);
