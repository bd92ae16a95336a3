//! The backup file format: a writer and a reader of its lines, both of which hash what passes.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::BackupFault;
use crate::hash::{Hash, Hasher};

/// The version of this format.
const FORMAT: u32 = 1;
/// The longest line that is read: a file without line ends must not exhaust memory.
const MAX_LINE_BYTES: u64 = 512 * 1024 * 1024;

/// The header, the first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupHeader {
    smi_backup: u32,
    /// The newest migration of the database it was taken from.
    pub(super) schema: String,
    /// The instant of the backup.
    pub(super) taken_at: String,
}

/// The heading of a table, the line before its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableLine {
    pub(super) table: String,
    pub(super) rows: u64,
}

/// The trailer, the last line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastLine {
    sha256: String,
}

impl BackupHeader {
    pub(super) fn new(schema: String, taken_at: String) -> Self {
        Self { smi_backup: FORMAT, schema, taken_at }
    }
}

/// The text of the trailer. It is compared byte by byte: no other spelling ends a backup.
fn last_line(hash: Hash) -> String {
    format!("{{\"sha256\":\"{hash}\"}}\n")
}

/// The writer of a backup file: appends lines and hashes them.
pub(in crate::store) struct BackupWriter {
    to: BufWriter<File>,
    file: PathBuf,
    hasher: Hasher,
}

impl BackupWriter {
    /// Creates a new file that only its owner can read: it holds the whole inventory.
    pub(super) fn create(file: &Path) -> Result<Self, BackupFault> {
        let to = owner_only_options().write(true).create_new(true).open(file);
        let to = BufWriter::new(to.map_err(|reason| BackupFault::File { file: file.to_owned(), reason })?);
        Ok(Self { to, file: file.to_owned(), hasher: Hasher::plain() })
    }

    /// Appends a value as one line of JSON.
    pub(super) fn write_line(&mut self, line: &impl Serialize) -> Result<(), BackupFault> {
        let text = serde_json::to_vec(line).map_err(io::Error::from);
        let written = text.and_then(|mut text| {
            text.push(b'\n');
            self.hasher.raw(&text);
            self.to.write_all(&text)
        });
        written.map_err(|reason| self.fault(reason))
    }

    /// Writes the trailer and syncs the file to disk.
    pub(super) fn finish(mut self) -> Result<Hash, BackupFault> {
        let hash = self.hasher.clone().finish();
        let last = self.to.write_all(last_line(hash).as_bytes()).and_then(|()| self.to.flush());
        let on_disk = last.and_then(|()| self.to.get_ref().sync_all());
        on_disk.map_err(|reason| self.fault(reason))?;
        Ok(hash)
    }

    fn fault(&self, reason: io::Error) -> BackupFault {
        BackupFault::File { file: self.file.clone(), reason }
    }
}

/// Options that create a file with mode 0600.
#[cfg(unix)]
fn owner_only_options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Default options: without Unix modes, the folder's permissions apply.
#[cfg(not(unix))]
fn owner_only_options() -> OpenOptions {
    OpenOptions::new()
}

/// The reader of a backup file: reads lines, counts and hashes them.
pub(in crate::store) struct BackupReader {
    from: BufReader<File>,
    hasher: Hasher,
    line: u64,
}

impl BackupReader {
    /// Opens a file and reads its header.
    pub(super) fn open(file: &Path) -> Result<(Self, BackupHeader), BackupFault> {
        let from = File::open(file).map_err(|reason| BackupFault::File { file: file.to_owned(), reason })?;
        let mut reader = Self { from: BufReader::new(from), hasher: Hasher::plain(), line: 0 };
        let line = reader.read_hashed()?;
        let header = serde_json::from_slice::<BackupHeader>(&line);
        let header = header.map_err(|_| reader.broken_line("it is not a backup of smi"))?;
        if header.smi_backup != FORMAT {
            let reason = format!("format {} is not known, only format {FORMAT}", header.smi_backup);
            return Err(reader.broken_line(&reason));
        }
        Ok((reader, header))
    }

    /// Reads the heading of the next table; `None` at a trailer whose checksum fits.
    pub(super) fn next_table(&mut self) -> Result<Option<TableLine>, BackupFault> {
        let line = self.read_line()?;
        // Table or trailer: the two have no field in common, and unknown fields are refused.
        if let Ok(table) = serde_json::from_slice::<TableLine>(&line) {
            self.hasher.raw(&line);
            return Ok(Some(table));
        }
        let found = self.hasher.clone().finish();
        if line != last_line(found).into_bytes() {
            let last = serde_json::from_slice::<LastLine>(&line).ok();
            let said = last.and_then(|last| last.sha256.parse().ok()).filter(|said| *said != found);
            return Err(match said {
                Some(said) => BackupFault::Checksum { said, found },
                None => self.broken_line("here should be a table, or the end with its SHA-256"),
            });
        }
        // The checksum covers what precedes the trailer: rows appended behind it would pass unseen.
        let mut more = [0; 1];
        match self.from.read(&mut more) {
            Ok(0) => Ok(None),
            Ok(_) => Err(self.broken_line("something follows the last line")),
            Err(error) => Err(self.broken_line(&error.to_string())),
        }
    }

    /// Reads the line of the next row.
    pub(super) fn next_row(&mut self) -> Result<Vec<u8>, BackupFault> {
        self.read_hashed()
    }

    /// The error for the line that was read last.
    pub(super) fn broken_line(&self, reason: &str) -> BackupFault {
        BackupFault::Broken { line: self.line, reason: reason.to_owned() }
    }

    /// Reads a line into the checksum.
    fn read_hashed(&mut self) -> Result<Vec<u8>, BackupFault> {
        let line = self.read_line()?;
        self.hasher.raw(&line);
        Ok(line)
    }

    /// Reads a line without hashing it: the trailer is not part of its own checksum.
    fn read_line(&mut self) -> Result<Vec<u8>, BackupFault> {
        self.line += 1;
        let mut line = Vec::new();
        let read = (&mut self.from).take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        match read {
            Err(error) => Err(self.broken_line(&error.to_string())),
            Ok(_) if line.last() != Some(&b'\n') => Err(self.broken_line("the file ends here, too early")),
            Ok(_) => Ok(line),
        }
    }
}
