//! One connection to either database: queries are written once, for both.

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
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConnection),
}

/// Runs a query on whichever database it is, in that database's own terms: [`AnyConnection`] would write its SQL anew for
/// each use. What every request needs goes this way.
///
/// Two things make SQLite prepare a statement again each time it runs, which takes ten times as long as running it: a list
/// of values (`eq_any`), whose length is part of its SQL, and a `LIMIT`, whose bound value it plans by. So what is found by
/// its key is asked for by `get_result`, never by `first`.
macro_rules! on_either {
    ($connection:expr, |$inner:ident| $query:expr) => {
        match $connection {
            $crate::db::Connection::Sqlite($inner) => $query,
            $crate::db::Connection::Postgres($inner) => $query,
        }
    };
}
pub(crate) use on_either;

/// At most so many rows of a query: SQLite stops handing them out, a server is told beforehand.
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

/// Inserts rows. A file is told one by one, by a statement that stays prepared; a server all at once, as each statement to it is
/// a way there and back. The statement for one row stays prepared there too; the one for several is another for each number.
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

/// Inserts rows on a server by `COPY`, which takes many at the speed of its log.
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

/// Whoever writes takes this lock first, for the length of the transaction: so those of all instances take turns.
/// The number says nothing, but must never change: it is `smi` and the version of this agreement.
pub(crate) const WRITERS_LOCK: i64 = 0x73_6d_69_01;

impl AnyConnection {
    /// Begins a transaction that no other writer's overlaps, in this process or in another.
    pub(crate) fn begin_writing(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => {
                AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
            }
            Self::Postgres(connection) => {
                let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
                AnsiTransactionManager::begin_transaction_sql(connection, begin)?;
                lock_writers(connection).inspect_err(|_| abandon(connection))
            }
        }
    }

    /// Begins a transaction that sees one state of the database and changes nothing.
    pub(crate) fn begin_reading(&mut self) -> QueryResult<()> {
        match self {
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

    /// Takes back what was done since the transaction or savepoint began.
    pub(crate) fn roll_back(&mut self) -> QueryResult<()> {
        Transactions::rollback_transaction(self)
    }

    /// How many transactions and savepoints are open; none where the connection is lost.
    pub(crate) fn depth(&mut self) -> u32 {
        let depth = Transactions::transaction_manager_status_mut(self).transaction_depth();
        depth.ok().flatten().map_or(0, std::num::NonZeroU32::get)
    }

    /// Between transactions: whether one was left open, or the connection was lost.
    pub(crate) fn is_unusable(&mut self) -> bool {
        Transactions::is_broken_transaction_manager(self)
    }
}

/// Waits for the writers before.
pub(crate) fn lock_writers(connection: &mut PgConnection) -> QueryResult<()> {
    use diesel::connection::SimpleConnection as _;
    connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
}

/// The fault that led here is told; one on the way out leaves the connection unusable, which is looked at.
fn abandon(connection: &mut PgConnection) {
    drop(AnsiTransactionManager::rollback_transaction(connection));
}
