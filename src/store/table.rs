//! A table, declared once: what diesel knows of it, and its rows as a backup keeps them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use diesel::{
    QueryResult,
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _};

use crate::db::Connection;

/// A table whose rows can be counted, paged through, inserted and deleted without knowing its subject.
pub(in crate::store) trait StoredTable {
    /// Its name.
    const NAME: &'static str;
    /// The names of its columns.
    const COLUMNS: &'static [&'static str];
    /// A whole row. In JSON an absent value is left out, and an unknown column is refused.
    type Row: Serialize + DeserializeOwned;
    /// The first column of its primary key; pages are in its order.
    type Key: Clone + PartialEq;

    /// The key of a row.
    fn key(row: &Self::Row) -> &Self::Key;

    /// How many rows it has.
    fn count(connection: &mut Connection) -> QueryResult<i64>;

    /// The first rows whose key is greater than that one, in the order of keys.
    fn page_after(
        connection: &mut Connection,
        after: Option<&Self::Key>,
        limit: i64,
    ) -> QueryResult<Vec<Self::Row>>;

    /// Every row of that key.
    fn of_key(connection: &mut Connection, key: &Self::Key) -> QueryResult<Vec<Self::Row>>;

    /// Inserts rows.
    fn insert(connection: &mut Connection, rows: Vec<Self::Row>) -> QueryResult<()>;

    /// Deletes every row.
    fn clear(connection: &mut Connection) -> QueryResult<usize>;
}

/// Declares a table as `diesel::table!` does, and implements [`StoredTable`] for it.
///
/// Migrations make the table; a test compares the columns with theirs. A column that a later version adds must be
/// `Nullable`: older backups lack it.
macro_rules! stored_table {
    (
        $(#[$doc:meta])*
        $table:ident ($key:ident $(, $more:ident)*) {
            $($column:ident -> $type:ident $(<$inner:ident>)?,)+
        }
    ) => {
        diesel::table! {
            $(#[$doc])*
            $table ($key $(, $more)*) {
                $($column -> $type $(<$inner>)?,)+
            }
        }

        const _: () = {
            use diesel::{prelude::*, sql_types::*};

            use $crate::{
                db::{Connection, insert_rows},
                store::table::{ColumnType, StoredTable},
            };

            #[derive(Queryable, Selectable, Insertable, serde::Serialize, serde::Deserialize)]
            #[diesel(table_name = $table, treat_none_as_default_value = false)]
            #[serde(deny_unknown_fields)]
            pub(in crate::store) struct Row {
                $(
                    #[serde(skip_serializing_if = "crate::store::table::is_absent")]
                    $column: <$type $(<$inner>)? as ColumnType>::Value,
                )+
            }

            impl StoredTable for $table::table {
                const NAME: &'static str = stringify!($table);
                const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];
                type Row = Row;
                type Key = <diesel::dsl::SqlTypeOf<$table::$key> as ColumnType>::Value;

                fn key(row: &Row) -> &Self::Key {
                    &row.$key
                }

                fn count(connection: &mut Connection) -> QueryResult<i64> {
                    $table::table.count().get_result(connection)
                }

                fn page_after(
                    connection: &mut Connection,
                    after: Option<&Self::Key>,
                    limit: i64,
                ) -> QueryResult<Vec<Row>> {
                    let query = $table::table.order($table::$key).limit(limit).select(Row::as_select());
                    match after {
                        None => query.load(connection),
                        Some(after) => query.filter($table::$key.gt(after)).load(connection),
                    }
                }

                fn of_key(connection: &mut Connection, key: &Self::Key) -> QueryResult<Vec<Row>> {
                    $table::table.filter($table::$key.eq(key)).select(Row::as_select()).load(connection)
                }

                fn insert(connection: &mut Connection, rows: Vec<Row>) -> QueryResult<()> {
                    insert_rows!(connection, $table::table, rows)
                }

                fn clear(connection: &mut Connection) -> QueryResult<usize> {
                    diesel::delete($table::table).execute(connection)
                }
            }
        };
    };
}
pub(in crate::store) use stored_table;

/// The Rust type that holds the values of an SQL type.
pub(in crate::store) trait ColumnType {
    type Value;
}

impl ColumnType for Text {
    type Value = String;
}

impl ColumnType for BigInt {
    type Value = i64;
}

impl ColumnType for Bool {
    type Value = bool;
}

impl ColumnType for Binary {
    type Value = Bytes;
}

impl<T: ColumnType> ColumnType for Nullable<T> {
    type Value = Option<T::Value>;
}

/// Whether a value is NULL; only one of a `Nullable` column can be.
pub(in crate::store) trait MayBeAbsent {
    fn is_absent(&self) -> bool {
        false
    }
}

impl MayBeAbsent for String {}
impl MayBeAbsent for i64 {}
impl MayBeAbsent for bool {}
impl MayBeAbsent for Bytes {}

impl<T> MayBeAbsent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// [`MayBeAbsent::is_absent`], by a path that serde can name.
pub(in crate::store) fn is_absent(value: &impl MayBeAbsent) -> bool {
    value.is_absent()
}

/// Bytes of a `Binary` column; base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(in crate::store) struct Bytes(Vec<u8>);

impl<DB: Backend> FromSql<Binary, DB> for Bytes
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Vec::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<Binary, DB> for Bytes
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_slice().to_sql(out)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map(Self).map_err(D::Error::custom)
    }
}
