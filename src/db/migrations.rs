//! Migrations: those this version knows, and those a database has.

use std::collections::BTreeSet;

use diesel::{QueryResult, RunQueryDsl as _, backend::Backend, migration::MigrationSource, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, OpenFault, StoreFault, result_rows::TextRow};
use crate::clock::Stopwatch;

/// The migrations of a database file.
pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// The same migrations for a server; a test compares the two folders.
pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

fn texts(connection: &mut Connection, query: &str) -> QueryResult<Vec<String>> {
    Ok(sql_query(query).load::<TextRow>(connection)?.into_iter().map(|row| row.text).collect())
}

/// The migrations that were applied to a database, oldest first. Read by SQL, as diesel's own function creates the table of
/// migrations where it is missing, and a reader must not write.
pub(crate) fn applied(connection: &mut Connection) -> QueryResult<Vec<String>> {
    texts(connection, "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version")
}

/// The migrations that this version knows, oldest first. They have the same names for every database.
pub(crate) fn known() -> Result<BTreeSet<String>, OpenFault> {
    let known = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE);
    let known = known.map_err(|error| OpenFault::Migrate(error.to_string()))?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The newest migration of the database.
pub(crate) fn newest_migration(connection: &mut Connection) -> Result<String, StoreFault> {
    Ok(applied(connection)?.pop().unwrap_or_default())
}

/// Whether this version knows that migration.
pub(crate) fn knows_migration(version: &str) -> Result<bool, OpenFault> {
    Ok(known()?.contains(version))
}

/// The findings of the database's integrity checks, at most a hundred of each check; empty where nothing is wrong. PostgreSQL has
/// no such checks: reading a damaged page fails there.
pub(crate) fn integrity(connection: &mut Connection) -> Result<Vec<String>, StoreFault> {
    match connection {
        Connection::Postgres(_) => Ok(Vec::new()),
        Connection::Sqlite(_) => {
            let pages = texts(connection, "SELECT integrity_check AS text FROM pragma_integrity_check")?;
            let keys = "SELECT 'a row of table ' || \"table\" || ' names a row that is not there' AS text
                FROM pragma_foreign_key_check LIMIT 100";
            let keys = texts(connection, keys)?;
            Ok(pages.into_iter().filter(|found| found != "ok").chain(keys).collect())
        }
    }
}

/// Runs the migrations that a database does not have. Of one that has tables already each is logged when it begins and ends: with
/// millions of rows one may take minutes.
pub(crate) fn run_pending<B, C>(connection: &mut C, known: EmbeddedMigrations) -> Result<(), OpenFault>
where
    B: Backend,
    C: MigrationHarness<B>,
    EmbeddedMigrations: MigrationSource<B>,
{
    let migrate = |error: Box<dyn std::error::Error + Send + Sync>| OpenFault::Migrate(error.to_string());
    let is_new = connection.applied_migrations().map_err(migrate)?.is_empty();
    for migration in connection.pending_migrations(known).map_err(migrate)? {
        let (name, stopwatch) = (migration.name().to_string(), Stopwatch::start());
        if !is_new {
            tracing::info!(migration = name, "migration started");
        }
        connection.run_migration(&migration).map_err(migrate)?;
        if !is_new {
            tracing::info!(migration = name, ms = stopwatch.milliseconds(), "migration finished");
        }
    }
    Ok(())
}

/// Fails where the database has a migration that this version does not know. To be called before anything is written: a newer
/// version's tables may mean something else.
pub(crate) fn refuse_newer<B, C>(connection: &mut C, known: &EmbeddedMigrations) -> Result<(), OpenFault>
where
    B: Backend,
    C: MigrationHarness<B>,
    EmbeddedMigrations: MigrationSource<B>,
{
    let migrate = |error: Box<dyn std::error::Error + Send + Sync>| OpenFault::Migrate(error.to_string());
    let applied = connection.applied_migrations().map_err(migrate)?;
    let known = known.migrations().map_err(migrate)?;
    let known = known.iter().map(|migration| migration.name().version().to_string()).collect::<BTreeSet<_>>();
    let unknown = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    unknown.map_or(Ok(()), |version| Err(OpenFault::Newer(version)))
}
