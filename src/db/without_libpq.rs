//! The connection type of a build without libpq: a type without values. Opening one fails and says which build to use.
//!
//! It replaces diesel's `PgConnection`, so that all code for a server is compiled and checked in both builds, and no query, `match`
//! or import needs a second form. Only `establish` can be called: every other method needs a value.

use std::{any::Any, convert::Infallible};

use diesel::{
    Connection, ConnectionError, ConnectionResult, QueryResult,
    connection::{
        AnsiTransactionManager, CacheSize, ConnectionSealed, Instrumentation, LoadConnection,
        MultiConnectionHelper, SimpleConnection, TransactionManager,
    },
    expression::QueryMetadata,
    migration::MigrationConnection,
    pg::{GetPgMetadataCache, Pg, PgMetadataCache, PgValue},
    query_builder::{Query, QueryFragment, QueryId},
    r2d2::R2D2Connection,
    row::{Field, PartialRow, Row, RowIndex, RowSealed},
    sql_types::TypeMetadata,
};

/// A connection to PostgreSQL, which this build cannot make.
#[derive(Debug)]
pub struct PgConnection(Infallible);

/// The stand-in for the `COPY` of rows, which diesel has only in a build with libpq.
macro_rules! copy_rows {
    ($connection:expr, $table:expr, $rows:expr) => {{
        let _ = ($table, $rows);
        $connection.copy()
    }};
}
pub(crate) use copy_rows;

/// The row type of this connection, which has no values either.
#[derive(Debug)]
pub struct NoRow(Infallible);

impl PgConnection {
    /// The body of [`copy_rows`].
    pub(crate) fn copy(&mut self) -> QueryResult<()> {
        match self.0 {}
    }
}

/// Has a `Drop` because diesel's connection has one: the borrow checker treats both builds alike then.
impl Drop for PgConnection {
    fn drop(&mut self) {
        match self.0 {}
    }
}

type TransactionState = <AnsiTransactionManager as TransactionManager<PgConnection>>::TransactionStateData;

impl Connection for PgConnection {
    type Backend = Pg;
    type TransactionManager = AnsiTransactionManager;

    fn establish(_: &str) -> ConnectionResult<Self> {
        // The text reaches the operator as the reason why the database cannot be opened.
        Err(ConnectionError::BadConnection(
            "this smi was built without PostgreSQL: use a package, or build with `--features postgres`"
                .to_owned(),
        ))
    }

    fn execute_returning_count<T>(&mut self, _: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        match self.0 {}
    }

    fn transaction_state(&mut self) -> &mut TransactionState {
        match self.0 {}
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        match self.0 {}
    }

    fn set_instrumentation(&mut self, _: impl Instrumentation) {
        match self.0 {}
    }

    fn set_prepared_statement_cache_size(&mut self, _: CacheSize) {
        match self.0 {}
    }
}

impl SimpleConnection for PgConnection {
    fn batch_execute(&mut self, _: &str) -> QueryResult<()> {
        match self.0 {}
    }
}

impl ConnectionSealed for PgConnection {}

impl LoadConnection for PgConnection {
    type Cursor<'conn, 'query> = std::iter::Empty<QueryResult<NoRow>>;
    type Row<'conn, 'query> = NoRow;

    fn load<'conn, 'query, T>(&'conn mut self, _: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: QueryMetadata<T::SqlType>,
    {
        match self.0 {}
    }
}

impl GetPgMetadataCache for PgConnection {
    fn get_metadata_cache(&mut self) -> &mut PgMetadataCache {
        match self.0 {}
    }
}

impl MultiConnectionHelper for PgConnection {
    fn to_any<'a>(lookup: &mut <Pg as TypeMetadata>::MetadataLookup) -> &mut (dyn Any + 'a) {
        lookup.as_any()
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut <Pg as TypeMetadata>::MetadataLookup> {
        lookup.downcast_mut::<Self>().map(|connection| connection as _)
    }
}

impl R2D2Connection for PgConnection {
    fn ping(&mut self) -> QueryResult<()> {
        match self.0 {}
    }

    fn is_broken(&mut self) -> bool {
        match self.0 {}
    }
}

impl MigrationConnection for PgConnection {
    fn setup(&mut self) -> QueryResult<usize> {
        match self.0 {}
    }
}

impl RowSealed for NoRow {}

impl<'a> Row<'a, Pg> for NoRow {
    type Field<'f>
        = Self
    where
        'a: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        match self.0 {}
    }

    fn get<'b, I>(&'b self, _: I) -> Option<Self>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        match self.0 {}
    }

    fn partial_row(&self, _: std::ops::Range<usize>) -> PartialRow<'_, Self> {
        match self.0 {}
    }
}

impl<I> RowIndex<I> for NoRow {
    fn idx(&self, _: I) -> Option<usize> {
        match self.0 {}
    }
}

impl Field<'_, Pg> for NoRow {
    fn field_name(&self) -> Option<&str> {
        match self.0 {}
    }

    fn value(&self) -> Option<PgValue<'_>> {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use crate::db::Store;

    #[test]
    fn the_url_of_a_server_is_answered_by_what_to_do() {
        let fault = Store::open("postgres://smi:s3cret@db.example/smi").err().unwrap().to_string();
        insta::assert_snapshot!(fault, @"cannot open database `smi on db.example`: this smi was built without PostgreSQL: use a package, or build with `--features postgres`");
    }
}
