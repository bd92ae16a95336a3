//! The origin of an imported file.

use std::path::Path;

use crate::domain::CspRegion;

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
    /// Nothing is changed: the file is read and checked, and the answer says what its import would do.
    pub dry_run: bool,
    /// Who imports it; absent of a program.
    pub by: Option<String>,
    /// The number of imports of the kind that a preview was made under ([`crate::store::KindImports`]): under another one nothing is
    /// imported. Absent where nothing was previewed.
    pub seen: Option<i64>,
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
        Self {
            name: "unnamed".to_owned(),
            regions: Regions::default(),
            rows: None,
            may_be_empty: false,
            dry_run: false,
            by: None,
            seen: None,
        }
    }
}
