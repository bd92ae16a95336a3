//! The origin of an imported file, and the consequences of its import for Devices.

use std::{fmt, path::Path};

use crate::domain::{CspRegion, Eui64};

/// The origin of a file: its name, and what its sender says of its content. For coverage, the name is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name of the file, without its folder.
    pub name: String,
    /// For coverage: the CSP Regions that the file may contain.
    pub regions: Regions,
    /// For coverage: the number of rows it should have without the header, so that a truncated file is refused.
    pub rows: Option<u64>,
    /// For a list that is replaced as a whole: the file may have no lines, which switches off what is checked against it.
    pub may_be_empty: bool,
}

/// The CSP Regions that a coverage file may contain. A single row of a region replaces that region's whole extract, so a stray row
/// must not pass unnoticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Regions {
    /// One region, whichever the file names first.
    #[default]
    Any,
    /// This region alone.
    Only(CspRegion),
    /// Every region that the file names.
    All,
}

impl Origin {
    /// The origin of a file on disk.
    pub fn of_file(file: &Path) -> Self {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::named(&name)
    }

    /// The origin of a file with this name, without control characters (PostgreSQL stores no U+0000) and cut to a bounded length.
    pub fn named(name: &str) -> Self {
        let name = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect::<String>();
        if name.is_empty() { Self::default() } else { Self { name, ..Self::default() } }
    }

    /// The origin of a file without a name that may contain several CSP Regions, or nothing.
    pub fn of_all_regions() -> Self {
        Self { regions: Regions::All, may_be_empty: true, ..Self::default() }
    }
}

/// The longest file name that is stored, in characters.
const MAX_NAME_CHARS: usize = 100;

impl Default for Origin {
    /// The origin of a file without a name.
    fn default() -> Self {
        Self { name: "unnamed".to_owned(), regions: Regions::default(), rows: None, may_be_empty: false }
    }
}

/// The consequences of an import for Devices. Only the import of a Central Products List has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// The Devices suspended.
    pub suspended: Affected,
    /// The Devices restored to their status before the suspension.
    pub restored: Affected,
}

/// Devices that an import changed, which its file does not name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// The first ten, in the order of their IDs.
    pub first: Vec<Eui64>,
    /// The number of all of them.
    pub total: usize,
}

impl Affected {
    /// How many of them are named.
    const NAMED: usize = 10;

    /// Of these Devices.
    pub(in crate::store) fn of(devices: impl Iterator<Item = Eui64>) -> Self {
        let mut first = devices.collect::<Vec<_>>();
        let total = first.len();
        first.sort_unstable();
        first.truncate(Self::NAMED);
        Self { first, total }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl fmt::Display for Affected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.total)?;
        let named = self.first.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self.total - self.first.len() {
            _ if self.is_empty() => Ok(()),
            0 => write!(f, " ({named})"),
            more => write!(f, " ({named} and {more} more)"),
        }
    }
}
