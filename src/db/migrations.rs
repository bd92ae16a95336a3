//! Migrations: those this version knows, and those a database has.

use std::collections::BTreeSet;

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, backend::Backend, migration::MigrationSource, sql_query,
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, OpenFault, StoreFault};

/// The migrations of a database file.
pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// The same steps in the terms of a server; a test compares the two folders.
pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    text: String,
}

fn texts(connection: &mut Connection, query: &str) -> QueryResult<Vec<String>> {
    Ok(sql_query(query).load::<TextRow>(connection)?.into_iter().map(|row| row.text).collect())
}

/// The migrations of a database, oldest first. Read by SQL, as diesel's own function creates the table where it is missing.
pub(crate) fn applied(connection: &mut Connection) -> QueryResult<Vec<String>> {
    texts(connection, "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version")
}

/// The migrations this version knows, which are the same for every database, oldest first.
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

/// What the database's integrity checks find wrong with it, at most a hundred sentences; none where all is right.
/// PostgreSQL has no such checks: a page that is damaged fails when it is read.
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

/// Refuses a database with a migration that this version does not know.
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
