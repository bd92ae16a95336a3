//! Connections that read, a few of them, each for one at a time.

use diesel::r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection, R2D2Connection as _};

use super::{
    Connection, OpenFault, StoreFault,
    location::{Location, StoreOptions},
};

/// The readers of a store.
pub(super) struct Readers(Pool<Manager>);

impl Readers {
    /// Opens the first; more are opened when they are needed.
    pub(super) fn open(location: Location, options: StoreOptions) -> Result<Self, OpenFault> {
        let database = location.shown().to_owned();
        let pool = Pool::builder()
            .max_size(options.readers)
            .min_idle(Some(1))
            .connection_timeout(options.timeout)
            .test_on_check_out(true)
            // What fails is told to whoever waits for it.
            .error_handler(Box::new(NopErrorHandler))
            .build(Manager(location));
        pool.map(Self).map_err(|error| OpenFault::Connect { database, reason: error.to_string() })
    }

    /// One that works and that nobody else has; it waits for one as long as the store's timeout.
    pub(super) fn take(&self) -> Result<PooledConnection<Manager>, StoreFault> {
        self.0.get().map_err(|error| StoreFault::Unavailable(error.to_string()))
    }
}

/// Opens readers and looks after them.
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

    /// One that was left in a transaction, as by a panic, is not used again.
    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || connection.is_unusable()
    }
}
