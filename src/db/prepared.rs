//! Prepared statements with fixed SQL, which stay in the connection's statement cache. diesel does not cache its own UPDATEs: it
//! prepares each again.

use std::marker::PhantomData;

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl,
    backend::Backend,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{Array, BigInt, Binary, Bool, HasSqlType, Nullable, Text, Untyped},
};

use super::{Connection, PgConnection, connection::on_either};

/// A value that is bound to a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BindValue<'a> {
    Text(&'a str),
    Optional(Option<&'a str>),
    Number(i64),
    Bytes(&'a [u8]),
}

/// A column of many rows, bound as one array: the SQL is the same for any number of rows, and stays prepared.
#[derive(Clone, Debug)]
pub(crate) enum BindColumn<'a> {
    Texts(Vec<Option<&'a str>>),
    Numbers(Vec<Option<i64>>),
    Bytes(Vec<Option<&'a [u8]>>),
    Flags(Vec<Option<bool>>),
    /// One number for all rows.
    Number(i64),
}

impl<'a> BindColumn<'a> {
    pub(crate) fn texts<R>(rows: &'a [R], text: impl Fn(&'a R) -> Option<&'a str>) -> Self {
        Self::Texts(rows.iter().map(text).collect())
    }

    pub(crate) fn numbers<R>(rows: &'a [R], number: impl Fn(&'a R) -> Option<i64>) -> Self {
        Self::Numbers(rows.iter().map(number).collect())
    }

    pub(crate) fn bytes<R>(rows: &'a [R], bytes: impl Fn(&'a R) -> Option<&'a [u8]>) -> Self {
        Self::Bytes(rows.iter().map(bytes).collect())
    }

    pub(crate) fn flags<R>(rows: &'a [R], flag: impl Fn(&'a R) -> Option<bool>) -> Self {
        Self::Flags(rows.iter().map(flag).collect())
    }
}

/// The SQL of a statement: the text before each bound value, and the text after the last. diesel caches the prepared statement
/// under the type's identity, so each statement is a type.
pub(crate) trait Statement: 'static {
    const TEXT: &'static [&'static str];
}

/// A statement with its values.
struct BoundStatement<'a, S> {
    values: &'a [BindValue<'a>],
    statement: PhantomData<S>,
}

/// Runs a statement. Returns how many rows it changed.
pub(crate) fn run<S: Statement>(connection: &mut Connection, values: &[BindValue<'_>]) -> QueryResult<usize> {
    let bound = BoundStatement { values, statement: PhantomData::<S> };
    on_either!(connection, |inner| bound.execute(inner))
}

/// Runs a statement with many rows on a server. Returns how many rows it changed.
pub(crate) fn run_with_rows<S: Statement>(
    connection: &mut PgConnection,
    columns: &[BindColumn<'_>],
) -> QueryResult<usize> {
    BoundRowStatement { columns, statement: PhantomData::<S> }.execute(connection)
}

/// Runs a query for many rows on a server; columns of the result are matched by their names.
pub(crate) fn load_for_rows<S: Statement, R>(
    connection: &mut PgConnection,
    columns: &[BindColumn<'_>],
) -> QueryResult<Vec<R>>
where
    R: QueryableByName<Pg> + 'static,
{
    BoundRowStatement { columns, statement: PhantomData::<S> }.load(connection)
}

/// A statement with its columns.
struct BoundRowStatement<'a, S> {
    columns: &'a [BindColumn<'a>],
    statement: PhantomData<S>,
}

impl<S: Statement> QueryId for BoundRowStatement<'_, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C, S> RunQueryDsl<C> for BoundRowStatement<'_, S> {}

impl<S> Query for BoundRowStatement<'_, S> {
    type SqlType = Untyped;
}

impl<S: Statement> QueryFragment<Pg> for BoundRowStatement<'_, S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut columns = self.columns.iter();
        for part in S::TEXT {
            out.push_sql(part);
            // The text after the last column has none behind it.
            match columns.next() {
                Some(BindColumn::Texts(texts)) => out.push_bind_param::<Array<Nullable<Text>>, _>(texts)?,
                Some(BindColumn::Numbers(numbers)) => {
                    out.push_bind_param::<Array<Nullable<BigInt>>, _>(numbers)?
                }
                Some(BindColumn::Bytes(bytes)) => out.push_bind_param::<Array<Nullable<Binary>>, _>(bytes)?,
                Some(BindColumn::Flags(flags)) => out.push_bind_param::<Array<Nullable<Bool>>, _>(flags)?,
                Some(BindColumn::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                None => {}
            }
        }
        Ok(())
    }
}

impl<S: Statement> QueryId for BoundStatement<'_, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C, S> RunQueryDsl<C> for BoundStatement<'_, S> {}

impl<DB, S: Statement> QueryFragment<DB> for BoundStatement<'_, S>
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
            // The text after the last value has none behind it.
            match values.next() {
                Some(BindValue::Text(text)) => out.push_bind_param::<Text, str>(text)?,
                Some(BindValue::Optional(text)) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                Some(BindValue::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(BindValue::Bytes(bytes)) => out.push_bind_param::<Binary, [u8]>(bytes)?,
                None => {}
            }
        }
        Ok(())
    }
}
