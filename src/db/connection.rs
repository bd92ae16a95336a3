//! A connection to either database: queries are written once, for both.

#[cfg(feature = "postgres")]
pub use diesel::PgConnection;
use diesel::{
    MultiConnection, QueryResult, SqliteConnection,
    connection::{AnsiTransactionManager, TransactionManager},
};

#[cfg(not(feature = "postgres"))]
pub use super::without_libpq::PgConnection;
#[cfg(not(feature = "postgres"))]
pub(crate) use super::without_libpq::copy_rows;

/// A connection to the database.
#[derive(MultiConnection)]
pub enum AnyConnection {
    /// To a database file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConnection),
}

/// Runs a query on the connection inside [`AnyConnection`], so that its prepared statement is cached: through the enum diesel
/// builds the SQL again for each use. For the queries that every request runs.
///
/// Two things make SQLite prepare a statement again each time it runs, which takes ten times as long as running it: a list
/// of values (`eq_any`), whose length is part of its SQL, and a `LIMIT`, whose bound value it plans by. So a row that is found
/// by its key is loaded by `get_result`, never by `first`.
macro_rules! on_either {
    ($connection:expr, |$inner:ident| $query:expr) => {
        match $connection {
            $crate::db::Connection::Sqlite($inner) => $query,
            $crate::db::Connection::Postgres($inner) => $query,
        }
    };
}
pub(crate) use on_either;

/// Loads at most `$limit` rows of a query. For SQLite the iterator is stopped early, as a statement with a `LIMIT` is prepared
/// again each time. A server gets the `LIMIT`, as it would send all rows otherwise.
macro_rules! load_some {
    ($connection:expr, $query:expr, $limit:expr, $row:ty) => {
        match $connection {
            $crate::db::Connection::Sqlite(connection) => {
                let query = $query.select(<$row>::as_select());
                query
                    .load_iter::<$row, _>(connection)?
                    .take($limit)
                    .collect::<diesel::QueryResult<Vec<$row>>>()
            }
            $crate::db::Connection::Postgres(connection) => {
                let limit = i64::try_from($limit).unwrap_or(i64::MAX);
                $query.select(<$row>::as_select()).limit(limit).load(connection)
            }
        }
    };
}
pub(crate) use load_some;

/// How rows are loaded one by one from a server: as they come, and not all at once into memory.
#[cfg(feature = "postgres")]
pub(crate) type RowByRow = diesel::pg::PgRowByRowLoadingMode;
#[cfg(not(feature = "postgres"))]
pub(crate) type RowByRow = diesel::connection::DefaultLoadingMode;

/// Passes on the rows of a query one by one, so that memory does not grow with their number. Ends at the first fault, of the database or
/// of `$each`.
macro_rules! for_each_row {
    ($connection:expr, $query:expr, $row:ty, $each:expr) => {{
        use diesel::connection::DefaultLoadingMode;
        use $crate::db::{RowByRow, StoreFault};
        let mut each = $each;
        match $connection {
            $crate::db::Connection::Sqlite(connection) => {
                let rows = $query.load_iter::<$row, DefaultLoadingMode>(connection);
                rows.map_err(StoreFault::from)?.try_for_each(|row| each(row.map_err(StoreFault::from)?))
            }
            $crate::db::Connection::Postgres(connection) => {
                let rows = $query.load_iter::<$row, RowByRow>(connection);
                rows.map_err(StoreFault::from)?.try_for_each(|row| each(row.map_err(StoreFault::from)?))
            }
        }
    }};
}
pub(crate) use for_each_row;

/// Inserts rows: into a file one by one, by a statement that stays prepared; on a server by one statement, as each is a round
/// trip. There the statement for one row stays prepared too; that for several differs with their number.
macro_rules! insert_rows {
    ($connection:expr, $table:expr, $rows:expr) => {
        match $connection {
            $crate::db::Connection::Sqlite(connection) => $rows
                .into_iter()
                .try_for_each(|row| diesel::insert_into($table).values(row).execute(connection).map(|_| ())),
            $crate::db::Connection::Postgres(connection) => {
                let mut rows = $rows.into_iter().collect::<Vec<_>>();
                let inserted = match rows.pop() {
                    Some(only) if rows.is_empty() => {
                        diesel::insert_into($table).values(only).execute(connection)
                    }
                    Some(last) => {
                        rows.push(last);
                        diesel::insert_into($table).values(rows).execute(connection)
                    }
                    None => Ok(0),
                };
                inserted.map(|_| ())
            }
        }
    };
}
pub(crate) use insert_rows;

/// Inserts rows on a server by `COPY`, the fastest way for many: only the server's log limits it.
#[cfg(feature = "postgres")]
macro_rules! copy_rows {
    ($connection:expr, $table:expr, $rows:expr) => {{
        use diesel::ExecuteCopyFromDsl as _;
        diesel::copy_from($table).from_insertable($rows).execute($connection).map(drop)
    }};
}
#[cfg(feature = "postgres")]
pub(crate) use copy_rows;

type Transactions = <AnyConnection as diesel::Connection>::TransactionManager;

/// The number of the writers' advisory lock (`smi` and 1). Every transaction that writes takes it first and holds it to its end: batches
/// of requests share it, everything else holds it alone. All versions share the number: it must never change.
pub(crate) const WRITERS_LOCK: i64 = 0x73_6d_69_01;

/// How a transaction that writes holds the writers' lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WritersLock {
    /// Alone: it may read and change anything.
    Exclusive,
    /// Beside others that share it: it locks the rows that it decides on itself. On a file there is no sharing.
    Shared,
}

impl AnyConnection {
    /// Begins a transaction that writes. It waits for the writers' lock, in this process and in others. After a fault the connection
    /// must be dropped.
    pub(crate) fn begin_writing(&mut self, lock: WritersLock) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => {
                // IMMEDIATE locks before anything is read. A deferred transaction locks at its first write, and fails there
                // at once where another process wrote since its first read: waiting would not help.
                AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
            }
            Self::Postgres(connection) => {
                // Under a stricter level the statement that waits for the lock would fix the snapshot, and the transaction
                // would not see what the previous holder of the lock committed. Both go out in one round trip.
                let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {}", lock_sql(lock));
                AnsiTransactionManager::begin_transaction_sql(connection, &begin)
            }
        }
    }

    /// Begins a transaction that reads one snapshot of the database.
    pub(crate) fn begin_reading(&mut self) -> QueryResult<()> {
        match self {
            // In WAL mode the first query fixes the snapshot, and a reader never blocks the writer.
            Self::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN"),
            Self::Postgres(connection) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                AnsiTransactionManager::begin_transaction_sql(connection, begin)
            }
        }
    }

    /// Commits the transaction.
    pub(crate) fn commit(&mut self) -> QueryResult<()> {
        Transactions::commit_transaction(self)
    }

    /// Rolls back the innermost savepoint, or the transaction where there is none.
    pub(crate) fn roll_back(&mut self) -> QueryResult<()> {
        Transactions::rollback_transaction(self)
    }

    /// The number of open transactions and savepoints; 0 where the connection is lost.
    pub(crate) fn depth(&mut self) -> u32 {
        let depth = Transactions::transaction_manager_status_mut(self).transaction_depth();
        depth.ok().flatten().map_or(0, std::num::NonZeroU32::get)
    }

    /// Whether the connection must be replaced: a transaction was left open, or the connection was lost. To be asked between
    /// transactions.
    pub(crate) fn is_unusable(&mut self) -> bool {
        Transactions::is_broken_transaction_manager(self)
    }
}

/// The SQL expression of a lock's number within the current schema. A server's advisory locks belong to the whole database, where several
/// inventories may have a schema each. The hash is PostgreSQL's own and the same in every version since 11.
pub(crate) fn number_in_schema(number: i64) -> String {
    format!("hashtextextended(current_schema(), {number})")
}

/// Waits for the writers' advisory lock, to hold it alone until the end of the transaction.
pub(crate) fn lock_writers(connection: &mut PgConnection) -> QueryResult<()> {
    use diesel::connection::SimpleConnection as _;
    connection.batch_execute(&lock_sql(WritersLock::Exclusive))
}

fn lock_sql(lock: WritersLock) -> String {
    let function = match lock {
        WritersLock::Exclusive => "pg_advisory_xact_lock",
        WritersLock::Shared => "pg_advisory_xact_lock_shared",
    };
    format!("SELECT {function}({})", number_in_schema(WRITERS_LOCK))
}
