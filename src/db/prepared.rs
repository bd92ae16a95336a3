//! Prepared statements whose SQL never changes, so that they stay cached: diesel prepares each of its own UPDATEs anew.

use std::marker::PhantomData;

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl,
    backend::Backend,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{Array, BigInt, Binary, HasSqlType, Nullable, Text, Untyped},
};

use super::{Connection, PgConnection, connection::on_either};

/// A bound value of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Optional(Option<&'a str>),
    Number(i64),
    Bytes(&'a [u8]),
}

/// A column of many rows, bound as one array: so the SQL does not depend on their number.
#[derive(Clone, Debug)]
pub(crate) enum Column<'a> {
    Texts(Vec<Option<&'a str>>),
    Numbers(Vec<Option<i64>>),
    Bytes(Vec<Option<&'a [u8]>>),
    /// One number for all rows.
    Number(i64),
}

impl<'a> Column<'a> {
    pub(crate) fn texts<R>(rows: &'a [R], text: impl Fn(&'a R) -> Option<&'a str>) -> Self {
        Self::Texts(rows.iter().map(text).collect())
    }

    pub(crate) fn numbers<R>(rows: &'a [R], number: impl Fn(&'a R) -> Option<i64>) -> Self {
        Self::Numbers(rows.iter().map(number).collect())
    }

    pub(crate) fn bytes<R>(rows: &'a [R], bytes: impl Fn(&'a R) -> Option<&'a [u8]>) -> Self {
        Self::Bytes(rows.iter().map(bytes).collect())
    }
}

/// The SQL of a statement: the text before each bound value, and after the last. The type is the key of diesel's statement cache.
pub(crate) trait Statement: 'static {
    const TEXT: &'static [&'static str];
}

/// A statement and its values.
struct Filled<'a, S> {
    values: &'a [Value<'a>],
    statement: PhantomData<S>,
}

/// Runs a statement; how many rows it changed.
pub(crate) fn run<S: Statement>(connection: &mut Connection, values: &[Value<'_>]) -> QueryResult<usize> {
    let filled = Filled { values, statement: PhantomData::<S> };
    on_either!(connection, |inner| filled.execute(inner))
}

/// Runs a statement with many rows on a server; how many it changed.
pub(crate) fn run_with_rows<S: Statement>(
    connection: &mut PgConnection,
    columns: &[Column<'_>],
) -> QueryResult<usize> {
    FilledWithRows { columns, statement: PhantomData::<S> }.execute(connection)
}

/// Runs a query for many rows on a server; columns of the result are matched by their names.
pub(crate) fn load_for_rows<S: Statement, R>(
    connection: &mut PgConnection,
    columns: &[Column<'_>],
) -> QueryResult<Vec<R>>
where
    R: QueryableByName<Pg> + 'static,
{
    FilledWithRows { columns, statement: PhantomData::<S> }.load(connection)
}

/// A statement and its columns.
struct FilledWithRows<'a, S> {
    columns: &'a [Column<'a>],
    statement: PhantomData<S>,
}

impl<S: Statement> QueryId for FilledWithRows<'_, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C, S> RunQueryDsl<C> for FilledWithRows<'_, S> {}

impl<S> Query for FilledWithRows<'_, S> {
    type SqlType = Untyped;
}

impl<S: Statement> QueryFragment<Pg> for FilledWithRows<'_, S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut columns = self.columns.iter();
        for part in S::TEXT {
            out.push_sql(part);
            match columns.next() {
                Some(Column::Texts(texts)) => out.push_bind_param::<Array<Nullable<Text>>, _>(texts)?,
                Some(Column::Numbers(numbers)) => {
                    out.push_bind_param::<Array<Nullable<BigInt>>, _>(numbers)?
                }
                Some(Column::Bytes(bytes)) => out.push_bind_param::<Array<Nullable<Binary>>, _>(bytes)?,
                Some(Column::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                None => {}
            }
        }
        Ok(())
    }
}

impl<S: Statement> QueryId for Filled<'_, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C, S> RunQueryDsl<C> for Filled<'_, S> {}

impl<DB, S: Statement> QueryFragment<DB> for Filled<'_, S>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt> + HasSqlType<Binary>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut values = self.values.iter();
        for part in S::TEXT {
            out.push_sql(part);
            match values.next() {
                Some(Value::Text(text)) => out.push_bind_param::<Text, str>(text)?,
                Some(Value::Optional(text)) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                Some(Value::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(Value::Bytes(bytes)) => out.push_bind_param::<Binary, [u8]>(bytes)?,
                None => {}
            }
        }
        Ok(())
    }
}
