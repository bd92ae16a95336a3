//! The outcome of an import.

use super::{Consequences, Warnings};
use crate::domain::CspRegion;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The number of lines, the header not counted.
    pub rows: usize,
    /// The consequences for Devices.
    pub consequences: Consequences,
    /// The lines that were imported although they look wrong.
    pub warnings: Warnings,
    /// Of coverage: the extracts that replaced others.
    pub replaced: Vec<ReplacedExtract>,
}

/// An extract that became current, with the number of rows of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplacedExtract {
    /// The CSP Region of both.
    pub region: CspRegion,
    /// The number of rows before.
    pub before: u64,
    /// The number of rows now.
    pub rows: u64,
}
