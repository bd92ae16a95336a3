//! Migrations: which ones this version knows, and which ones a database has.

use std::collections::BTreeSet;

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, backend::Backend, migration::MigrationSource, sql_query,
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use super::{Connection, OpenFault, StoreFault, sqlite};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(connection: &mut Connection, query: &str) -> QueryResult<Vec<String>> {
    Ok(sql_query(query).load::<Line>(connection)?.into_iter().map(|row| row.line).collect())
}

/// Not by diesel's own means: they make the table where it is missing.
pub(crate) fn applied(connection: &mut Connection) -> QueryResult<Vec<String>> {
    lines(connection, "SELECT version AS line FROM __diesel_schema_migrations ORDER BY version")
}

/// The migrations this version knows, which are the same for every database, oldest first.
pub(crate) fn known() -> Result<BTreeSet<String>, OpenFault> {
    let known = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&sqlite::MIGRATIONS);
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

/// What the database's own checks find wrong with it, at most a hundred sentences; nothing is right. PostgreSQL has no
/// such checks: what can be read there is right.
pub(crate) fn integrity(connection: &mut Connection) -> Result<Vec<String>, StoreFault> {
    match connection {
        Connection::Postgres(_) => Ok(Vec::new()),
        Connection::Sqlite(_) => {
            let pages = lines(connection, "SELECT integrity_check AS line FROM pragma_integrity_check")?;
            let keys = "SELECT 'a row of table ' || \"table\" || ' names a row that is not there' AS line
                FROM pragma_foreign_key_check LIMIT 100";
            let keys = lines(connection, keys)?;
            Ok(pages.into_iter().filter(|found| found != "ok").chain(keys).collect())
        }
    }
}

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
