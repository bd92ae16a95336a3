//! What came out of the check and of the import of an uploaded file. Results stay in memory, so their texts are cut.

use crate::store::{ImportFault, Imported, Kind, Origin, RowFault};

/// The most characters of a text that is kept: a line of a file may be long.
const MAX_CHARS: usize = 300;

/// An uploaded file, as pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// The number under which it is kept for a while.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Its length.
    pub bytes: u64,
}

/// What is kept of a file beside its content.
#[derive(Clone, Debug)]
pub(super) struct ImportUpload {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) bytes: u64,
    pub(super) origin: Origin,
}

impl ImportUpload {
    /// The file as pages name it.
    pub(super) fn file(&self, number: u64) -> UploadedFile {
        UploadedFile { number, name: self.name.clone(), kind: self.kind, bytes: self.bytes }
    }
}

/// The result of a check: what the import would do.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// The file.
    pub file: UploadedFile,
    /// The number of imports of the kind before it.
    pub seen: i64,
    /// What the import would do, or what is wrong with the file.
    pub outcome: Result<Imported, FileFaults>,
}

/// The result of an import.
#[derive(Clone, Debug)]
pub struct ImportResult {
    /// The file.
    pub file: UploadedFile,
    /// What it did.
    pub imported: Imported,
}

/// What is wrong with a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFaults {
    /// The first hundred, in the order of lines.
    pub first: Vec<RowFault>,
    /// The number of all of them.
    pub total: usize,
}

impl FileFaults {
    /// The faults of a file; another reason why it was not taken as a sentence.
    ///
    /// # Errors
    /// When it is another reason.
    pub fn of(fault: ImportFault) -> Result<Self, String> {
        match fault {
            ImportFault::Rows { faults, total } => {
                Ok(Self { first: faults.into_iter().map(shortened_fault).collect(), total })
            }
            ImportFault::UnderWay => {
                Err("Another load of coverage is under way. Try again when it is done.".to_owned())
            }
            ImportFault::Overtaken => {
                Err("Something of its kind was imported since it was checked. Check it again.".to_owned())
            }
            ImportFault::Read(fault) => Err(format!("The file cannot be read: {fault}.")),
            ImportFault::Store(fault) => {
                tracing::warn!(%fault, "the store failed in a job of the console");
                Err("The store failed; the reason is in the service's log.".to_owned())
            }
        }
    }
}

/// What an import did, with texts of a bounded length.
pub(super) fn shortened_outcome(mut imported: Imported) -> Imported {
    let warnings = std::mem::take(&mut imported.warnings.first);
    imported.warnings.first = warnings.into_iter().map(shortened_fault).collect();
    for row in &mut imported.changes.first {
        row.key = shortened(std::mem::take(&mut row.key));
        for value in &mut row.values {
            value.before = value.before.take().map(shortened);
            value.after = value.after.take().map(shortened);
        }
    }
    imported
}

fn shortened_fault(fault: RowFault) -> RowFault {
    let RowFault { line, column, value, reason } = fault;
    RowFault { line, column: column.map(shortened), value: value.map(shortened), reason: shortened(reason) }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        None => text,
        Some(_) => text.chars().take(MAX_CHARS).chain("…".chars()).collect(),
    }
}
