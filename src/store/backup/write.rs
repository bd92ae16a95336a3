//! The backup: every table into a new file.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{
    BackupFault,
    file::{BackupHeader, BackupWriter, TableLine},
};
use crate::{
    db::{Connection, ReadOnlyStore, newest_migration},
    domain::{Now, instant_text},
    hash::Hash,
    store::tables::TABLES,
};

/// The summary of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The number of rows of all tables.
    pub rows: u64,
    /// The SHA-256 that the file's last line carries.
    pub hash: Hash,
}

/// Writes all tables into a new file, as one snapshot has them.
///
/// The rows go to a temporary file, which gets its final name when it is complete and synced: an incomplete backup never has
/// that name.
///
/// # Errors
/// When the file exists already, cannot be written, or the database fails; no file of that name is left then.
pub fn backup(store: &mut ReadOnlyStore, file: &Path, now: Now) -> Result<BackedUp, BackupFault> {
    if file.exists() {
        return Err(BackupFault::Exists(file.to_owned()));
    }
    let part = temporary_path(file);
    let done = write_file(store, &part, now).and_then(|done| {
        rename_without_replacing(&part, file).map(|()| done).map_err(|reason| {
            let file = file.to_owned();
            if reason.kind() == io::ErrorKind::AlreadyExists {
                BackupFault::Exists(file)
            } else {
                BackupFault::File { file, reason }
            }
        })
    });
    // The temporary file is of no further use, whether it was put in place or not.
    drop(fs::remove_file(&part));
    done
}

fn write_file(store: &mut ReadOnlyStore, part: &Path, now: Now) -> Result<BackedUp, BackupFault> {
    let mut writer = BackupWriter::create(part)?;
    let rows = store.read(|connection| write_tables(connection, &mut writer, now))?;
    // After the transaction: a sync may take long, and a connection that is lost meanwhile is no longer needed.
    Ok(BackedUp { rows, hash: writer.finish()? })
}

/// Writes the header and every table. Returns the number of rows.
fn write_tables(connection: &mut Connection, to: &mut BackupWriter, now: Now) -> Result<u64, BackupFault> {
    to.write_line(&BackupHeader::new(newest_migration(connection)?, instant_text(now.0)))?;
    let mut all = 0;
    for table in &TABLES {
        // The count goes before the rows, so that a restore knows how many to read; both see the same snapshot.
        let rows = (table.count)(connection)?.unsigned_abs();
        to.write_line(&TableLine { table: table.name.to_owned(), rows })?;
        (table.write)(connection, to)?;
        all += rows;
    }
    Ok(all)
}

/// The path of the temporary file: in the same folder, as a hard link or a rename cannot cross file systems.
fn temporary_path(file: &Path) -> PathBuf {
    let mut name = file.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    file.with_file_name(name)
}

/// Gives the temporary file its final name by a hard link: unlike a rename, it never replaces a file that another process
/// created meanwhile.
fn rename_without_replacing(part: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(part, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Some file systems have no hard links.
        Err(_) => fs::rename(part, file)?,
        Ok(()) => {}
    }
    // The name is durable only once the folder is synced too.
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new("."))).and_then(|folder| folder.sync_all())
}
