//! The read-only store: a database that is neither created nor migrated, nor changed. For `smi check`, `smi audit` and backups.

use std::time::Duration;

use diesel::{RunQueryDsl as _, sql_query};

use super::{Connection, OpenFault, StoreFault, WritersLock, location::Location, migrations};

/// A database opened read-only. A service may have it open at the same time.
pub struct ReadOnlyStore(Connection);

impl ReadOnlyStore {
    /// Opens the database; none where it does not exist yet. The timeout is that of locks and of connecting.
    ///
    /// # Errors
    /// When the URL is not supported, or the database cannot be opened or is not of this version.
    pub fn open(url: &str, timeout: Duration) -> Result<Option<Self>, OpenFault> {
        let location = Location::parse(url, timeout)?;
        Ok(location.open_read_only()?.map(Self))
    }

    /// Checks that the service could write to the database of that URL, without writing. One that does not exist yet passes.
    ///
    /// # Errors
    /// When the URL is not supported, or the database cannot be reached or written to, with the reason.
    pub fn check_usable(url: &str, timeout: Duration) -> Result<(), OpenFault> {
        Location::parse(url, timeout)?.check_usable()
    }

    /// Writes to the database of that URL as the service would, and rolls back.
    ///
    /// # Errors
    /// When it cannot be opened for writing, or the write's own fault: a transient one where another process kept writing.
    pub fn try_writing(
        url: &str,
        timeout: Duration,
        write: impl FnOnce(&mut Connection) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let mut connection = Location::parse(url, timeout)?.open_unmigrated()?;
        connection.begin_writing(WritersLock::Shared)?;
        let written = write(&mut connection);
        connection.roll_back()?;
        written
    }

    /// Reads one snapshot of the database.
    ///
    /// # Errors
    /// The work's own fault, or the database's.
    pub fn read<T, F: From<StoreFault>>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        self.0.begin_reading().map_err(StoreFault::from)?;
        let outcome = work(&mut self.0);
        // Rolled back in either case: there is nothing to commit, and the connection must not stay in the transaction.
        let ended = self.0.roll_back().map_err(StoreFault::from);
        let outcome = outcome?;
        ended?;
        Ok(outcome)
    }

    /// The newest migration that the database has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn version(&mut self) -> Result<String, StoreFault> {
        self.read(migrations::newest_migration)
    }

    /// Runs the database's integrity checks and reads every row of these tables. Returns what the checks find wrong.
    ///
    /// # Errors
    /// When the database fails.
    pub fn integrity(&mut self, tables: &[&str]) -> Result<Vec<String>, StoreFault> {
        self.read(|connection| {
            // PostgreSQL has no integrity check: a damaged page shows only when its rows are read.
            for table in tables {
                sql_query(format!("SELECT COUNT(*) FROM {table}")).execute(connection)?;
            }
            migrations::integrity(connection)
        })
    }
}
