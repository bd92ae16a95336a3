//! The origin of a file: what is known of it beside its lines; and the consequences of its import.

use std::path::Path;

use crate::domain::CspRegion;

/// What is known of a file beside its content; of coverage, it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its name.
    pub name: String,
    /// Of coverage: the CSP Regions whose extract it may be.
    pub regions: Regions,
    /// Of coverage: how many rows it is said to have, the header not counted.
    pub rows: Option<u64>,
}

/// Whose coverage extract a file may be: a row of a region replaces all of what is known of that region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Regions {
    /// That of one CSP Region, whichever it names.
    #[default]
    Any,
    /// That of this one.
    Only(CspRegion),
    /// Those of all that it names.
    All,
}

impl Origin {
    /// Of a file by its name, without the folders it lies in.
    pub fn of_file(file: &Path) -> Self {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::named(&name)
    }

    /// Of a file under that name, as far as every database can keep it.
    pub fn named(name: &str) -> Self {
        let name = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect::<String>();
        if name.is_empty() { Self::default() } else { Self { name, ..Self::default() } }
    }

    /// Of a file that was sent without a name and may be of several CSP Regions.
    pub fn of_all_regions() -> Self {
        Self { regions: Regions::All, ..Self::default() }
    }
}

/// So much of a file's name is kept, in characters.
const MAX_NAME_CHARS: usize = 100;

impl Default for Origin {
    /// A file that was sent without a name.
    fn default() -> Self {
        Self { name: "unnamed".to_owned(), regions: Regions::default(), rows: None }
    }
}

/// What followed from an import for Devices; something only from that of a Central Products List.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// How many were suspended.
    pub suspended: usize,
    /// How many went back to where they were.
    pub restored: usize,
}
