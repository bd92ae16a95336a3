//! The connection pool of readers: connections that only read, so that a query does not wait for the writer.

use std::sync::{Mutex, PoisonError};

use diesel::Connection as _;
use diesel::r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection, R2D2Connection as _};

use super::{
    Connection, OpenFault, StoreFault,
    location::{Location, StoreOptions},
    transient::StatementWatch,
};
use crate::metrics::StoreMeter;

/// A pool of connections that only read.
pub(super) struct Readers(Pool<Manager>);

impl Readers {
    /// Opens the first connection; more are opened on demand.
    pub(super) fn open(location: Location, options: StoreOptions) -> Result<Self, OpenFault> {
        let database = location.shown().to_owned();
        let pool = Pool::builder()
            .max_size(options.readers)
            // One is opened now, so that a database that cannot be read fails the start, not the first request.
            .min_idle(Some(1))
            .connection_timeout(options.timeout)
            // A connection may have been lost while it was idle. The test finds that before a caller's query does.
            .test_on_check_out(true)
            // A fault goes to the caller that waits for a connection; the log would repeat it for each attempt.
            .error_handler(Box::new(NopErrorHandler))
            .build(Manager(location));
        pool.map(Self).map_err(|error| OpenFault::Connect { database, reason: error.to_string() })
    }

    /// Lends a tested connection. Waits for a free one, at most as long as the store's timeout.
    pub(super) fn acquire(&self) -> Result<PooledConnection<Manager>, StoreFault> {
        self.0.get().map_err(|error| StoreFault::Unavailable(error.to_string()))
    }
}

/// The pool's manager: opens connections and tests them.
pub(super) struct Manager(Location);

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = OpenFault;

    fn connect(&self) -> Result<Connection, OpenFault> {
        self.0.open_reader()
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), OpenFault> {
        let database = self.0.shown().to_owned();
        connection.ping().map_err(|error| OpenFault::Connect { database, reason: error.to_string() })
    }

    /// A connection that was left in a transaction, as by a fault or a panic, is not reused.
    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || connection.is_unusable()
    }
}

/// The connections that batches of requests read with on a server: one for each batch that is under way. No pool tests or opens them
/// behind the scenes: the beginning of the transaction is the test, and after a fault the next is opened at once.
pub(super) struct BatchReaders {
    location: Location,
    idle: Mutex<Vec<Connection>>,
}

impl BatchReaders {
    pub(super) const fn new(location: Location) -> Self {
        Self { location, idle: Mutex::new(Vec::new()) }
    }

    /// Reads one snapshot.
    pub(super) fn read<T, F: From<StoreFault>>(
        &self,
        meter: &StoreMeter,
        work: impl FnOnce(&mut Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        let mut reader = self.begin(meter)?;
        // Where the work fails, the connection is dropped with its transaction.
        let outcome = work(&mut reader)?;
        reader.roll_back().map_err(StoreFault::from)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        Ok(outcome)
    }

    /// A connection in a transaction: an idle one that the server still knows, or a new one.
    fn begin(&self, meter: &StoreMeter) -> Result<Connection, StoreFault> {
        let next = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(mut reader) = next() {
            if reader.begin_reading().is_ok() {
                return Ok(reader);
            }
        }
        let mut reader = self.location.open_reader()?;
        reader.set_instrumentation(StatementWatch::new(meter.clone()));
        reader.begin_reading()?;
        Ok(reader)
    }
}
