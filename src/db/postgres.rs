//! PostgreSQL: connecting to a server, the settings of a session, and migrations (`migrations/postgres`).
//!
//! Several instances of this program may share one database. A transaction that writes holds one advisory lock from its first
//! statement to its end (`WRITERS_LOCK`): imports and all else hold it alone, batches of requests share it and lock the RequestIDs and
//! Devices that they decide on, all at once and in the order of their keys, before they read them. So no decision is made on facts
//! that another transaction is changing, and READ COMMITTED is enough. Migrations run under the same lock, alone.

mod fitness;
mod url;

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
    time::Duration,
};

use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _, sql_query};

pub(crate) use self::url::without_password;
use self::{fitness::Fitness, url::ServerUrl};
use super::{OpenFault, PgConnection, connection::lock_writers, migrations, result_rows::NumberRow};

/// The timeout of every statement, those of an import included.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);
/// The timeout of migrations: one instance runs them, and the others wait for it.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(300);

/// Sets the messages of a session to English: transient faults are recognised by their text, as diesel passes on no SQLSTATE. Only a
/// superuser, or a role that was granted it, may do so. For other roles [`Fitness`] checks the language at the start.
const SET_ENGLISH: &str =
    "DO $$ BEGIN SET lc_messages TO 'C'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";

/// A database on a server, with the timeout of locks and of connecting.
#[derive(Clone, Debug)]
pub(crate) struct PostgresServer {
    url: ServerUrl,
    timeout: Duration,
    /// What tells its sessions from those of other instances, behind the name of the program.
    suffix: String,
}

impl PostgresServer {
    /// Parses `postgres://user:password@host/database?option=value`.
    pub(crate) fn parse(url: &str, timeout: Duration) -> Result<Self, OpenFault> {
        let suffix = format!("{:016x}", RandomState::new().build_hasher().finish());
        Ok(Self { url: ServerUrl::parse(url, timeout)?, timeout, suffix })
    }

    /// Connects for writing and runs missing migrations, unless the tables are another program's.
    pub(crate) fn open_writer(&self) -> Result<PgConnection, OpenFault> {
        let mut connection = self.reopen_writer()?;
        self.refuse_unfit(&mut connection)?;
        self.refuse_shared_sessions(&mut connection)?;
        // In one transaction, which PostgreSQL allows for changes of tables too: a migration that fails leaves nothing behind.
        let migrated =
            connection.transaction(|connection| self.migrate(connection).map_err(MigrateFault::Refused));
        migrated.map_err(|fault| match fault {
            MigrateFault::Refused(fault) => fault,
            MigrateFault::Server(error) => self.unusable(&error),
        })?;
        Ok(connection)
    }

    /// Connects for writing without checks and migrations: again after the connection was lost, when the tables are known to be ours.
    pub(crate) fn reopen_writer(&self) -> Result<PgConnection, OpenFault> {
        // Every query of the writer has an index. Plans of prepared statements are cached: one that was made while a table was
        // empty would choose a scan, which costs the same then, and keep scanning until the next ANALYZE.
        self.connect("SET default_transaction_read_only TO off; SET enable_seqscan TO off")
    }

    /// The database and its host, for messages.
    pub(crate) fn shown(&self) -> &str {
        self.url.shown()
    }

    /// Connects for reading only, after a writer has prepared the database.
    pub(crate) fn open_reader(&self) -> Result<PgConnection, OpenFault> {
        // As for a writer: batches of requests read here too.
        self.connect("SET default_transaction_read_only TO on; SET enable_seqscan TO off")
    }

    /// Connects for reading without creating or migrating anything; none where there are no tables yet.
    pub(crate) fn open_read_only(&self) -> Result<Option<PgConnection>, OpenFault> {
        // A backup may wait long for its disk between two queries: the timeout of idle transactions is off.
        let mut connection = self.connect(
            "SET default_transaction_read_only TO on; SET idle_in_transaction_session_timeout TO 0",
        )?;
        Ok(if self.has_our_tables(&mut connection)? { Some(connection) } else { None })
    }

    /// Fails where another process of this program has the database open. It waits a second for one that is about to end.
    pub(crate) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        let mut connection = self.open_reader()?;
        for _ in 0..10 {
            let others = "SELECT COUNT(*) AS number FROM pg_stat_activity, pg_sleep(0.1) \
                WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND split_part(application_name, '/', 1) = split_part(current_setting('application_name'), '/', 1)";
            let others = sql_query(others).get_result::<NumberRow>(&mut connection);
            if others.map_err(|error| self.unusable(&error))?.number == 0 {
                return Ok(());
            }
        }
        Err(OpenFault::InUse(self.shown().to_owned()))
    }

    /// Whether another instance or program of this kind has the database open.
    pub(crate) fn is_used_by_others(&self) -> Result<bool, OpenFault> {
        let mut connection = self.open_reader()?;
        let others = "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE datname = current_database() \
            AND split_part(application_name, '/', 1) = split_part(current_setting('application_name'), '/', 1) \
            AND application_name <> current_setting('application_name')";
        let others = sql_query(others).get_result::<NumberRow>(&mut connection);
        Ok(others.map_err(|error| self.unusable(&error))?.number > 0)
    }

    /// Checks that the service could write to it, without writing.
    pub(crate) fn check_usable(&self) -> Result<(), OpenFault> {
        let mut connection = self.open_reader()?;
        self.refuse_unfit(&mut connection)?;
        self.refuse_shared_sessions(&mut connection)
    }

    /// Fails where the database cannot hold an inventory, before anything is written to it.
    fn refuse_unfit(&self, connection: &mut PgConnection) -> Result<(), OpenFault> {
        let fitness = Fitness::load(connection).map_err(|error| self.unusable(&error))?;
        fitness.fault().map_or(Ok(()), |reason| Err(self.unfit(reason)))
    }

    /// Fails behind a connection pooler that lends one session of the server to several connections: settings, advisory locks and
    /// prepared statements would be shared with another connection.
    fn refuse_shared_sessions(&self, connection: &mut PgConnection) -> Result<(), OpenFault> {
        let session = |connection: &mut PgConnection| {
            let query = sql_query("SELECT pg_backend_pid()::bigint AS number");
            query.get_result::<NumberRow>(connection).map_err(|error| self.unusable(&error))
        };
        // The first connection is idle between the two queries, so such a pooler lends its session to the second.
        if session(connection)?.number != session(&mut self.open_reader()?)?.number {
            return Ok(());
        }
        Err(self.unfit("a connection pooler shares its sessions; set `pool_mode = session` there".to_owned()))
    }

    /// Opens a session for an advisory lock, which may be idle for any time.
    pub(crate) fn open_session(&self) -> Result<PgConnection, OpenFault> {
        self.connect("SET idle_in_transaction_session_timeout TO 0")
    }

    /// Connects and sets up the session, by the common settings and `more`.
    fn connect(&self, more: &str) -> Result<PgConnection, OpenFault> {
        let mut connection =
            PgConnection::establish(self.url.full()).map_err(|error| self.unusable(&error))?;
        let (timeout, statement) = (self.timeout.as_millis(), STATEMENT_TIMEOUT.as_millis());
        // The timeout of idle transactions ends an instance that hangs while it holds the writers' lock, so the others go on.
        // `synchronous_commit` is set although on is the default: a database or role may have it off, and a crash would
        // undo what was answered. `jit` is off, as `enable_seqscan` off makes the server think a plan with a scan so dear that it would
        // compile it anew each time it runs.
        let session = format!(
            "SET lock_timeout TO {timeout}; SET idle_in_transaction_session_timeout TO {timeout}; \
             SET statement_timeout TO {statement}; SET synchronous_commit TO on; SET jit TO off; {SET_ENGLISH}; \
             SELECT set_config('application_name', left(current_setting('application_name'), 40) || '/{suffix}', false); \
             {more}",
            suffix = self.suffix
        );
        connection.batch_execute(&session).map_err(|error| self.unusable(&error))?;
        Ok(connection)
    }

    /// The fault of a connection: libpq's message, without the password that it may repeat.
    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        let reason = self.url.redacted(reason.to_string());
        OpenFault::Connect { database: self.shown().to_owned(), reason: reason.trim_end().to_owned() }
    }

    /// The fault of a database that cannot be used as it is set up.
    fn unfit(&self, reason: String) -> OpenFault {
        OpenFault::Unfit { database: self.shown().to_owned(), reason }
    }

    /// Runs missing migrations in the caller's transaction. A failure leaves the database unchanged.
    fn migrate(&self, connection: &mut PgConnection) -> Result<(), OpenFault> {
        let timeout = MIGRATION_TIMEOUT.as_millis();
        let timeouts = format!(
            "SET LOCAL lock_timeout TO {timeout}; SET LOCAL statement_timeout TO {timeout}; \
             SET LOCAL idle_in_transaction_session_timeout TO {timeout}"
        );
        // LOCAL: the session's own timeouts are back after the transaction.
        connection.batch_execute(&timeouts).map_err(|error| self.unusable(&error))?;
        lock_writers(connection).map_err(|error| self.unusable(&error))?;
        // Under the lock: another instance that starts may have made the tables in between.
        if self.has_our_tables(connection)? {
            migrations::refuse_newer(connection, &migrations::POSTGRES)?;
        }
        migrations::run_pending(connection, migrations::POSTGRES)
    }

    /// Whether the database has our tables: false where it is empty, a fault where its tables are another program's.
    fn has_our_tables(&self, connection: &mut PgConnection) -> Result<bool, OpenFault> {
        let tables = |connection: &mut PgConnection, condition: &str| {
            let query = format!(
                "SELECT COUNT(*) AS number FROM pg_catalog.pg_class \
                 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm') {condition}"
            );
            sql_query(query).get_result::<NumberRow>(connection).map_err(|error| self.unusable(&error))
        };
        if tables(connection, "")?.number == 0 {
            return Ok(false);
        }
        if tables(connection, "AND relname = '__diesel_schema_migrations'")?.number == 0 {
            return Err(OpenFault::Foreign(self.shown().to_owned()));
        }
        Ok(true)
    }
}

/// Why the transaction of the migrations was rolled back.
enum MigrateFault {
    Refused(OpenFault),
    Server(diesel::result::Error),
}

impl From<diesel::result::Error> for MigrateFault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Server(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Store;

    #[test]
    fn the_fault_of_a_connection_shows_no_password() {
        let url = "postgresql://smi:p%40ss@db.example:5432/smi";
        let server = PostgresServer::parse(url, Duration::from_secs(5)).unwrap();
        assert!(!format!("{server:?}").contains("p%40ss"));
        let fault = server.unusable(&"invalid: p%40ss, p@ss\n").to_string();
        assert_eq!(fault, "cannot open database `smi on db.example:5432`: invalid: ***, ***");
    }

    #[test]
    fn what_libpq_repeats_of_a_url_is_not_repeated() {
        for url in
            ["postgres://smi:s3%cret@/db?host=/nowhere", "postgres://smi:s3cret@/db?host=/nowhere&s3cret=1"]
        {
            let fault = Store::open(url).err().unwrap().to_string();
            assert!(fault.starts_with("cannot open database `db on /nowhere`: "), "{fault}");
            assert!(!fault.contains("s3%cret") && !fault.contains("s3cret"), "{fault}");
        }
    }
}
