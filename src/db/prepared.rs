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

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Texts(texts) => out.push_bind_param::<Array<Nullable<Text>>, _>(texts),
            Self::Numbers(numbers) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(numbers),
            Self::Flags(flags) => out.push_bind_param::<Array<Nullable<Bool>>, _>(flags),
            Self::Bytes(bytes) => out.push_bind_param::<Array<Nullable<Binary>>, _>(bytes),
            Self::Number(number) => out.push_bind_param::<BigInt, _>(number),
        }
    }
}

/// A table whose rows are inserted and updated as one set on a server. The first column is its key.
pub(crate) trait RowTable: 'static {
    /// Its name.
    const NAME: &'static str;
    /// The names of its columns.
    const COLUMNS: &'static [&'static str];
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

/// Inserts a set of rows on a server, whatever their number by one statement. The columns are those of the table, in its order.
pub(crate) fn insert_set<T: RowTable>(
    connection: &mut PgConnection,
    columns: &[BindColumn<'_>],
) -> QueryResult<usize> {
    InsertSet { columns, table: PhantomData::<T> }.execute(connection)
}

/// Updates a set of rows on a server, every column of those with these keys. Returns how many there were.
pub(crate) fn update_set<T: RowTable>(
    connection: &mut PgConnection,
    columns: &[BindColumn<'_>],
) -> QueryResult<usize> {
    UpdateSet { columns, table: PhantomData::<T> }.execute(connection)
}

/// The statement of [`insert_set`].
struct InsertSet<'a, T> {
    columns: &'a [BindColumn<'a>],
    table: PhantomData<T>,
}

/// The statement of [`update_set`].
struct UpdateSet<'a, T> {
    columns: &'a [BindColumn<'a>],
    table: PhantomData<T>,
}

impl<T: RowTable> QueryId for InsertSet<'_, T> {
    type QueryId = InsertSet<'static, T>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T: RowTable> QueryId for UpdateSet<'_, T> {
    type QueryId = UpdateSet<'static, T>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C, T> RunQueryDsl<C> for InsertSet<'_, T> {}
impl<C, T> RunQueryDsl<C> for UpdateSet<'_, T> {}

impl<T: RowTable> QueryFragment<Pg> for InsertSet<'_, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_sql(T::NAME);
        out.push_sql(" (");
        push_list(&mut out, T::COLUMNS, |out, column| out.push_sql(column));
        out.push_sql(") SELECT * FROM unnest(");
        push_columns(&mut out, self.columns)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<T: RowTable> QueryFragment<Pg> for UpdateSet<'_, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_sql(T::NAME);
        out.push_sql(" SET ");
        let (key, changed) = T::COLUMNS.split_first().unwrap_or((&"", &[]));
        push_list(&mut out, changed, |out, column| {
            out.push_sql(column);
            out.push_sql(" = new.");
            out.push_sql(column);
        });
        out.push_sql(" FROM unnest(");
        push_columns(&mut out, self.columns)?;
        out.push_sql(") AS new (");
        push_list(&mut out, T::COLUMNS, |out, column| out.push_sql(column));
        out.push_sql(") WHERE ");
        out.push_sql(T::NAME);
        out.push_sql(".");
        out.push_sql(key);
        out.push_sql(" = new.");
        out.push_sql(key);
        Ok(())
    }
}

/// Pushes names with commas between them.
fn push_list<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    names: &[&str],
    push: impl Fn(&mut AstPass<'_, 'b, Pg>, &str),
) {
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            out.push_sql(", ");
        }
        push(out, name);
    }
}

/// Pushes the bound arrays with commas between them.
fn push_columns<'b>(out: &mut AstPass<'_, 'b, Pg>, columns: &'b [BindColumn<'b>]) -> QueryResult<()> {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            out.push_sql(", ");
        }
        column.push(out)?;
    }
    Ok(())
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
            if let Some(column) = columns.next() {
                column.push(&mut out)?;
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
