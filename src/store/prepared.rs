//! Statements whose text never changes, so that they stay prepared: diesel prepares each UPDATE of its own anew.

use std::marker::PhantomData;

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, Binary, HasSqlType, Nullable, Text},
};

use super::{Connection, any::on_either};

/// A value of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Optional(Option<&'a str>),
    Number(i64),
    Bytes(&'a [u8]),
}

/// The text of a statement: what stands before each value, and after the last. Its type is what it is kept prepared under.
pub(super) trait Statement: 'static {
    const TEXT: &'static [&'static str];
}

/// A statement and its values.
struct Filled<'a, S> {
    values: &'a [Value<'a>],
    statement: PhantomData<S>,
}

/// Runs it; how many rows it changed.
pub(super) fn run<S: Statement>(connection: &mut Connection, values: &[Value<'_>]) -> QueryResult<usize> {
    let filled = Filled { values, statement: PhantomData::<S> };
    on_either!(connection, |inner| filled.execute(inner))
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
